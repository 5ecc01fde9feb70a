"""One command that a project runs itself: its words, and the environment its runner gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from unmoor.model import Requirements

__all__ = ["SCRATCH", "SITE_PACKAGES", "Origin", "ProjectCommand"]

# What stands in words and variables for a folder that only the run knows: an empty one of its own, and the one that
# packages are installed into.
SCRATCH = "{scratch}"
SITE_PACKAGES = "{site-packages}"


class Origin(StrEnum):
    """Where a project writes down what it runs, by the name that people know it by."""

    NOX = "nox"
    TOX = "tox"
    HATCH = "hatch"
    PDM = "pdm"
    POE = "poe"
    TASKIPY = "taskipy"
    RYE = "rye"
    PIXI = "pixi"
    INVOKE = "invoke"
    MAKE = "make"
    JUST = "just"
    SCRIPT = "script"
    WORKFLOW = "workflow"
    READ_THE_DOCS = "Read the Docs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCommand:
    """A command as its runner would start it.

    ``words`` are the program and its arguments, with launchers (``uv run``, ``python -m``, ``coverage run -m``) taken
    off and what the runner fills in (``{posargs}``) filled in or left out. ``name`` is that of the environment,
    session, script, target or step; ``place`` is ``file`` or ``file:line``. ``requirements`` is ``None`` where the
    runner does not say what is installed; ``pythons`` are versions as ``3.12``, empty where it does not say.
    ``folder`` is where it runs, relative to the component; ``environ`` what is set for it.

    ``interpreter`` are the options of a Python that starts it, ending in ``-m``: then the folder is on the path of
    modules. ``filled_in`` is false where a word of it could not be known and was left out. ``needs`` names what has to
    run beside it, such as the services of a workflow's job. ``extra`` says that its runner does not run it unasked,
    ``terminal`` that the runner gives it a terminal.
    """

    words: tuple[str, ...]
    origin: Origin
    name: str
    place: str
    requirements: Requirements | None = None
    pythons: tuple[str, ...] = ()
    folder: str = ""
    environ: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    interpreter: tuple[str, ...] = ()
    filled_in: bool = True
    needs: tuple[str, ...] = ()
    extra: bool = False
    terminal: bool = False

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
