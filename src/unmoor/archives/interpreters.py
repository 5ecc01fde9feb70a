"""Which of the supported Pythons an archive is tried on: the lowest and the highest that this machine has."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unmoor.errors import ToolMissing
from unmoor.model import Finding
from unmoor.tools.uv import find_python

__all__ = ["Interpreters", "Python", "choose"]


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


def _first(versions: Sequence[str], env: Mapping[str, str]) -> Python | None:
    for version in versions:
        if path := find_python(version, env):
            return Python(version, path)
    return None


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
