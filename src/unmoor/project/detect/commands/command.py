"""One command that a project runs itself: its words, and the environment its runner gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from unmoor.model import Requirements

__all__ = ["Origin", "ProjectCommand"]


class Origin(StrEnum):
    """Where a project writes down what it runs, by the name that people know it by."""

    NOX = "nox"
    TOX = "tox"
    HATCH = "hatch"
    PDM = "pdm"
    POE = "poe"
    INVOKE = "invoke"
    MAKE = "make"
    JUST = "just"
    SCRIPT = "script"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCommand:
    """A command as its runner would start it.

    ``words`` are the program and its arguments, with launchers (``uv run``, ``python -m``, ``coverage run -m``) taken
    off and what the runner fills in (``{posargs}``) filled in or left out. ``name`` is that of the environment,
    session, script, target or step; ``place`` is ``file`` or ``file:line``. ``requirements`` is ``None`` where the
    runner does not say what is installed; ``pythons`` are versions as ``3.12``, empty where it does not say.
    ``folder`` is where it runs, relative to the component; ``environ`` what is set for it.
    """

    words: tuple[str, ...]
    origin: Origin
    name: str
    place: str
    requirements: Requirements | None = None
    pythons: tuple[str, ...] = ()
    folder: str = ""
    environ: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def program(self) -> str:
        """The program's plain name, without folders and suffix."""
        return self.words[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe") if self.words else ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the program is given."""
        return self.words[1:]

    def __str__(self) -> str:
        return f"{self.origin} {self.name!r} ({self.place})"
