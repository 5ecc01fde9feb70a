"""Look at an installed distribution from inside: ``python -I install_probe.py REQUEST.json ANSWER.json``.

Runs under the interpreter of a fresh environment, which may be much older than the one unmoor runs on and has
nothing but the distribution and its dependencies; so this file imports the standard library alone, and keeps to what
Python 3.8 understands. It answers with facts; what they mean is judged elsewhere. The request names the distribution
(``name``) and the modules to import (``imports``).
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import os
import re
import sys
import time
import traceback
import warnings
from importlib import metadata
from types import ModuleType
from typing import Any

_SCRIPTS = ("console_scripts", "gui_scripts")


def _files(found: metadata.Distribution) -> list[dict[str, str]]:
    """Return what RECORD lists: path, hash as recorded, hash as on disk (empty where the file is missing)."""
    listed = []
    for each in found.files or ():
        place = str(found.locate_file(each))
        actual = ""
        if os.path.isfile(place):  # noqa: PTH113 - one string from RECORD, no path arithmetic
            with open(place, "rb") as stream:  # noqa: PTH123
                digest = hashlib.sha256(stream.read()).digest()
            actual = "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
        recorded = f"{each.hash.mode}={each.hash.value}" if each.hash else ""
        listed.append({"path": str(each), "place": place, "recorded": recorded, "actual": actual})
    return listed


def _import(name: str, own: set[str]) -> dict[str, Any]:
    """Import a module; return seconds, where it came from, the error and the warnings of the distribution's files."""
    started = time.perf_counter()
    error = missing = ""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            module = importlib.import_module(name)
        except BaseException as failure:  # noqa: BLE001 - SystemExit at import is as broken as any other
            error = traceback.format_exception_only(type(failure), failure)[-1].strip()
            missing = _missing(failure)
            module = None
    seconds = time.perf_counter() - started
    spoken = [f"{each.category.__name__}: {each.message}" for each in said if _counts(each, own)]
    return {
        "name": name,
        "seconds": seconds,
        "error": error,
        "missing": missing,
        "origin": _origin(module),
        "said": spoken,
    }


def _missing(failure: BaseException) -> str:
    """Return the module that was not there; other errors have names too, of attributes and of variables.

    Packages that say how to install what they miss raise an ``ImportError`` of their own from it.
    """
    found: Any = failure
    while isinstance(found, ImportError) and not isinstance(found, ModuleNotFoundError):
        found = found.__cause__ or found.__context__
    return (found.name or "") if isinstance(found, ModuleNotFoundError) else ""


def _counts(warning: warnings.WarningMessage, own: set[str]) -> bool:
    quiet = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
    return os.path.realpath(warning.filename) in own and not issubclass(warning.category, quiet)


def _origin(module: ModuleType | None) -> str:
    if module is None:
        return ""
    place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
    return os.path.realpath(place) if place else ""


def _entry_points(found: metadata.Distribution) -> list[dict[str, Any]]:
    """Load every entry point; for scripts, also look whether their file is there and can be run."""
    folder = os.path.dirname(sys.executable)  # noqa: PTH120
    told = []
    for each in found.entry_points:
        error = missing = ""
        try:
            each.load()
        except BaseException as failure:  # noqa: BLE001
            error = traceback.format_exception_only(type(failure), failure)[-1].strip()
            missing = _missing(failure)
        script = ""
        if each.group in _SCRIPTS:
            places = [os.path.join(folder, each.name + ending) for ending in ("", ".exe")]  # noqa: PTH118
            script = "runs" if any(os.access(place, os.X_OK) for place in places) else "missing"
        extras = "[" in each.value
        told.append(
            {
                "group": each.group,
                "name": each.name,
                "value": each.value,
                "error": error,
                "missing": missing,
                "script": script,
                "extras": extras,
            }
        )
    return told


def _distribution(name: str) -> metadata.Distribution:
    """Find a distribution by its normalized name (PEP 503); older Pythons do not compare names that way themselves."""

    def normal(spelled: str) -> str:
        return re.sub(r"[-_.]+", "-", spelled or "").lower()

    for found in metadata.distributions():
        if normal(found.metadata["Name"]) == normal(name):
            return found
    raise SystemExit("no distribution of that name was installed")


def _probe(request: dict[str, Any]) -> dict[str, Any]:
    found = _distribution(request["name"])
    files = _files(found)
    own = {os.path.realpath(each["place"]) for each in files}
    direct = found.read_text("direct_url.json")
    return {
        "version": found.version,
        "python": "{}.{}.{}".format(*sys.version_info[:3]),
        "prefix": os.path.realpath(sys.prefix),
        "direct_url": json.loads(direct) if direct else {},
        "files": files,
        "imports": [_import(name, own) for name in request["imports"]],
        "entry_points": _entry_points(found),
    }


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as stream:  # noqa: PTH123
        _request = json.load(stream)
    _answer = _probe(_request)
    with open(sys.argv[2], "w", encoding="utf-8") as stream:  # noqa: PTH123
        json.dump(_answer, stream)
