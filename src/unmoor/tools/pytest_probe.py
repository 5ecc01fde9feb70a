"""A pytest plugin, copied into the environment of a test run: it notes what the run was made of.

Not part of unmoor at run time: it stands alone, on any Python that pytest runs on. Each process of the run (xdist has
several) writes files of its own into the folder that UNMOOR_PROBE names. One, with its number as name, has a line a
package, name, tab, origin: where the package under test was imported from. Another, ending in ``.environment``, has
the Python in its first line, and after it each installed distribution as name==version. The third, ending in ``.run``,
has three words: ``whole`` for a run or ``worker`` for a part of one, how many tests it collected, how many it ran.
"""

import importlib.util
import os
import platform
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import typing

__all__ = ["note", "pytest_configure"]


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


class _Probe:
    """What one process of the run collects and runs, noted when it ends."""

    def __init__(self) -> None:
        self._collected = 0
        self._ran: set[str] = set()
        # A test may start pytest itself, and what that does is the test's business.
        self._nested = "PYTEST_CURRENT_TEST" in os.environ

    def pytest_collection_finish(self, session: "typing.Any") -> None:
        """Count what is to run, after all that was deselected."""
        self._collected = len(getattr(session, "items", ()))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Count what has run; where tests run in workers, the controller is told of each."""
        self._ran.add(nodeid)

    def pytest_sessionfinish(self, session: "typing.Any") -> None:
        """Write down where each package comes from in this process, and what the process is made of and has done."""
        if not self._nested:
            kind = "worker" if hasattr(session.config, "workerinput") else "whole"
            note(kind, self._collected, len(self._ran))


def note(kind: str, collected: int, ran: int) -> None:
    """Write the three files of this process, where a folder is named for them."""
    folder = os.environ.get("UNMOOR_PROBE", "")
    if not folder or not os.path.isdir(folder):  # noqa: PTH112 - kept to what every Python has
        return
    names = os.environ.get("UNMOOR_PROBE_NAMES", "").split()
    own = os.path.join(folder, str(os.getpid()))  # noqa: PTH118 - as above
    _write(own, [name + "\t" + _origin(name) for name in names])
    _write(own + ".environment", [_python(), *sorted(_distributions())])
    _write(own + ".run", [kind + " " + str(collected) + " " + str(ran)])


def _write(path: str, lines: "list[str]") -> None:
    with open(path, "w", encoding="utf-8") as stream:  # noqa: PTH123 - as above
        stream.write("".join(line + "\n" for line in lines))


def pytest_configure(config: "typing.Any") -> None:
    """Add what notes, one for the process."""
    config.pluginmanager.register(_Probe(), "unmoor-probe")
