"""A pytest plugin, copied into the environment of a test run: it notes what the run was made of.

Not part of unmoor at run time: it stands alone, on any Python that pytest runs on. Each process of the run (xdist has
several) writes files of its own into the folder that UNMOOR_PROBE names. One, with its number as name, has a line a
package, name, tab, origin: where the package under test was imported from. The other, ending in ``.environment``, has
the Python in its first line, and after it each installed distribution as name==version.
"""

import importlib.util
import os
import platform
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


def _python() -> str:
    words = (platform.python_implementation(), platform.python_version(), platform.system(), platform.machine())
    return " ".join(word for word in words if word)


def _distributions() -> "set[str]":
    try:
        from importlib import metadata
    except ImportError:
        return set()
    found = set()
    for each in metadata.distributions():
        # One whose metadata was half removed has no name.
        name = each.metadata["Name"] if each.metadata else None
        if name:
            found.add(name + "==" + each.version)
    return found


def pytest_sessionfinish(session: object, exitstatus: object) -> None:
    """Write down where each package comes from in this process, and what the process is made of."""
    del session, exitstatus
    folder = os.environ.get("UNMOOR_PROBE", "")
    names = os.environ.get("UNMOOR_PROBE_NAMES", "").split()
    if folder and os.path.isdir(folder):  # noqa: PTH112 - kept to what every Python has
        own = os.path.join(folder, str(os.getpid()))  # noqa: PTH118 - as above
        with open(own, "w", encoding="utf-8") as stream:  # noqa: PTH123 - as above
            stream.writelines(name + "\t" + _origin(name) + "\n" for name in names)
        with open(own + ".environment", "w", encoding="utf-8") as stream:  # noqa: PTH123 - as above
            stream.write("\n".join([_python()] + sorted(_distributions())) + "\n")  # noqa: RUF005 - as above
