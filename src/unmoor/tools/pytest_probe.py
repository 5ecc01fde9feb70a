"""A pytest plugin, copied into the environment of a test run: it notes where the package was imported from.

Not part of unmoor at run time: it stands alone, on any Python that pytest runs on. Each process of the run (xdist has
several) writes a file of its own into the folder that UNMOOR_PROBE names, one line a package: name, tab, origin.
"""

import importlib.util
import os
import sys

__all__ = ["pytest_sessionfinish"]


def _origin(name: str) -> str:
    module = sys.modules.get(name)
    if module is not None:
        return getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return ""
    if found is None:
        return ""
    return found.origin or next(iter(found.submodule_search_locations or ()), "")


def pytest_sessionfinish(session: object, exitstatus: object) -> None:
    """Write down where each package comes from in this process."""
    del session, exitstatus
    folder = os.environ.get("UNMOOR_PROBE", "")
    names = os.environ.get("UNMOOR_PROBE_NAMES", "").split()
    if folder and os.path.isdir(folder):  # noqa: PTH112 - kept to what every Python has
        with open(os.path.join(folder, str(os.getpid())), "w", encoding="utf-8") as stream:  # noqa: PTH118, PTH123 - as above
            stream.writelines(name + "\t" + _origin(name) + "\n" for name in names)
