"""What can go wrong, as a short hierarchy: each class carries its exit code and says what to do next.

Anyone may raise these; only the faces turn them into text and an exit status.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Self

from unmoor.model.finding import Finding, FindingKind

__all__ = [
    "Blocked",
    "Broken",
    "Exit",
    "Incomplete",
    "SettingsError",
    "ToolError",
    "ToolFailed",
    "ToolMissing",
    "ToolTimeout",
    "Unconfigured",
    "UnmoorError",
    "worst",
]


class Exit(enum.IntEnum):
    """The exit codes of the command and the tasks (nox itself can only say 0 or 1)."""

    PASS = 0
    CRASH = 1
    GATE_FAILED = 2
    UNCONFIGURED = 3
    INCOMPLETE = 4


_GRAVITY = (Exit.INCOMPLETE, Exit.CRASH, Exit.GATE_FAILED, Exit.UNCONFIGURED, Exit.PASS)


def worst(codes: Sequence[int]) -> Exit:
    """Return the gravest of several exit codes: 4 before 1 before 2 before 3 before 0."""
    return next((code for code in _GRAVITY if code in codes), Exit.PASS)


class UnmoorError(Exception):
    """The root of everything unmoor raises on purpose; shown as one message, never as a traceback."""

    code = Exit.CRASH

    def __init__(
        self, message: str, *, place: str = "", hint: str = "", kind: FindingKind = FindingKind.REMARK
    ) -> None:
        super().__init__(message)
        self.problems: tuple[Finding, ...] = (Finding(message=message, place=place, hint=hint, kind=kind),)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    @property
    def message(self) -> str:
        """The message of a face: one line where one thing is wrong, else a list under its number."""
        if len(self.problems) == 1:
            return f"unmoor: {self}"
        return "\n".join([f"unmoor: {len(self.problems)} things are wrong", *(f"  {each}" for each in self.problems)])


class SettingsError(UnmoorError):
    """The settings or the command line are wrong; every problem found is listed, not just the first."""

    def __init__(self, problems: Sequence[Finding]) -> None:
        super().__init__(f"{len(problems)} wrong settings")
        self.problems = tuple(problems)


class Blocked(UnmoorError):
    """A gate or a rule of going ahead says no."""

    code = Exit.GATE_FAILED

    @classmethod
    def of(cls, problems: Sequence[Finding]) -> Self:
        """Return one error that lists several problems."""
        error = cls(problems[0].message)
        error.problems = tuple(problems)
        return error


class Unconfigured(UnmoorError):
    """There is nothing to do for want of configuration."""

    code = Exit.UNCONFIGURED


class Incomplete(UnmoorError):
    """Stopped part-way or the outcome is unknown: run the same command again."""

    code = Exit.INCOMPLETE


class ToolError(UnmoorError):
    """A wrapped program could not give its answer."""


class ToolMissing(ToolError):
    """The program is not installed, or not where it was looked for."""


class ToolTimeout(ToolError):
    """The program did not end within its limit."""


class ToolFailed(ToolError):
    """The program ended with an exit status that is not among those that mean success.

    ``status`` is that exit status, ``tail`` the last lines it printed, ``log`` the path of its whole output.
    """

    def __init__(self, message: str, *, status: int, tail: str = "", log: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.tail = tail
        self.log = log


class Broken(ToolFailed):
    """The program did its work, and what the project gave it does not hold: a build that breaks is a *no*."""

    code = Exit.GATE_FAILED
