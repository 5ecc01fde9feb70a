"""Which of the supported Pythons an archive is tried on: the lowest and the highest that this machine has.

A wheel is tried on those alone that its tags admit (PEP 425): one with compiled code is made for the Python it was
built on, or with the stable ABI for that and later ones.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from unmoor.errors import ToolMissing
from unmoor.model import Finding
from unmoor.tools.uv import find_python

__all__ = ["Interpreters", "Python", "admitted", "choose"]


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter: its version such as ``3.12``, and its path."""

    version: str
    path: str


@dataclass(frozen=True, slots=True)
class Interpreters:
    """The lowest and the highest interpreter (the same one where there is but one), and what is missing."""

    lowest: Python
    highest: Python
    notices: tuple[Finding, ...] = ()

    @property
    def both(self) -> tuple[Python, ...]:
        """The lowest and the highest, once each."""
        return (self.lowest,) if self.lowest == self.highest else (self.lowest, self.highest)


def choose(supported: Sequence[str], env: Mapping[str, str]) -> Interpreters:
    """Find the outermost interpreters of ``supported`` (in any order; empty for the one unmoor runs on).

    Raises ``ToolMissing`` when the machine has none of them. A missing outermost one is a notice.
    """
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    ordered = sorted(supported or (own,), key=_key)
    lowest = _first(ordered, env)
    if lowest is None:
        what = f"this machine has none of the supported Pythons ({', '.join(ordered)})"
        raise ToolMissing(what, hint="install one of them, for example with `uv python install`")
    highest = _first(list(reversed(ordered)), env) or lowest
    absent = dict.fromkeys(
        version for version, found in ((ordered[0], lowest), (ordered[-1], highest)) if found.version != version
    )
    notices = tuple(
        Finding(
            message=f"python {version} is supported and was not tried, for it is not on this machine",
            hint=f"uv python install {version}, or let a CI job try it",
        )
        for version in absent
    )
    return Interpreters(lowest, highest, notices)


def admitted(wheel: str, supported: Sequence[str]) -> tuple[str, ...]:
    """Return the Pythons of ``supported`` that a wheel of this file name can be installed on, by its tags.

    Where it is for none of them, the answer is the Python that unmoor runs on, and built it with.
    """
    try:
        tags = parse_wheel_filename(wheel)[3]
    except InvalidWheelFilename:
        return tuple(supported)  # the gate about names says so
    wanted = {(tag.interpreter, tag.abi) for tag in tags}
    fitting = tuple(version for version in supported if not wanted.isdisjoint(_tags(version)))
    return fitting or (f"{sys.version_info.major}.{sys.version_info.minor}",)


def _tags(version: str) -> frozenset[tuple[str, str]]:
    """Return the interpreter and ABI tags that an ordinary CPython of this version takes, on whatever platform."""
    key, short = _key(version), "cp" + version.replace(".", "")
    tags = [
        *cpython_tags(key, abis=[short], platforms=["any"]),
        *compatible_tags(key, interpreter=short, platforms=["any"]),
    ]
    return frozenset((tag.interpreter, tag.abi) for tag in tags)


def _first(versions: Sequence[str], env: Mapping[str, str]) -> Python | None:
    for version in versions:
        if path := find_python(version, env):
            return Python(version, path)
    return None


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
