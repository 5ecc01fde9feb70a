"""What the user asked for, as a face understood it; the only thing that crosses from the faces inwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["OwnSession", "Request", "quiet"]


def quiet(line: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A session of the project's own that proves a stage.

    ``parts`` are what nox puts after the name where it runs several times: Pythons, parameters, or both.
    """

    name: str
    stage: str
    parts: tuple[str, ...] = ()

    def evidence(self, part: str = "") -> str:
        """Return the name its evidence is kept under."""
        return f"session.{self.name}" + (f".{part}" if part else "")

    def called(self, part: str = "") -> str:
        """Return what nox calls it: ``tests-3.13``, ``tests(db='none')``."""
        return self.name + ("" if part.startswith("(") or not part else "-") + part


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One run as asked for.

    ``live`` is the version named with ``--live``, empty for a rehearsal. ``base`` and ``approval`` are what was
    passed to ``--base`` and ``--approve``. ``posargs`` belong to the project's own tools. ``asked`` says that the
    stage was named, not only required. ``run`` identifies the run across nox's worker processes.
    """

    start: Path
    environ: Mapping[str, str] = field(repr=False)
    live: str = ""
    base: str = ""
    approval: str = ""
    posargs: tuple[str, ...] = ()
    asked: bool = True
    run: str = "alone"
    own: tuple[OwnSession, ...] = ()
    say: Callable[[str], None] = quiet
