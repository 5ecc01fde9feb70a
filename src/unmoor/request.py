"""What the user asked for, as a face understood it; the only thing that crosses from the faces inwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from unmoor.errors import UnmoorError

__all__ = ["Memory", "OwnSession", "Reporter", "Request", "Silent", "nothing", "quiet"]

_Answer = TypeVar("_Answer")


def quiet(line: str) -> None:
    """Report progress to nobody."""


def nothing() -> str:
    """Have nothing to say about what is at work."""
    return ""


class Reporter(Protocol):
    """Who is told how a run goes on; a face shows it to people. It is told by several threads at once."""

    def begins(self, stage: str, component: str, *, before: float) -> None:
        """Take note that a stage of a component is at work; ``before`` is what it took last time, zero if unknown."""

    def judged(self, gate: Any) -> None:
        """Take note of what became of a gate, as its record says it."""

    def working(
        self, what: str, *, look: Callable[[], str] = nothing, before: float = 0.0
    ) -> AbstractContextManager[None]:
        """Take note of what is at work as long as this lasts; ``look`` says how far it has come, when it is asked."""


class Silent:
    """A reporter that tells nobody."""

    def begins(self, stage: str, component: str, *, before: float) -> None:
        """Tell nobody."""

    def judged(self, gate: Any) -> None:
        """Tell nobody."""

    def working(
        self,
        what: str,  # noqa: ARG002 - as a reporter has it
        *,
        look: Callable[[], str] = nothing,  # noqa: ARG002
        before: float = 0.0,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        """Tell nobody."""
        return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A session of the project's own that proves a stage.

    ``parts`` are what nox puts after the name where it runs several times: Pythons, parameters, or both. ``python`` is
    the one Python that all of them run on, where the session names a single one.
    """

    name: str
    stage: str
    parts: tuple[str, ...] = ()
    python: str = ""

    def called(self, part: str = "") -> str:
        """Return what nox calls it: ``tests-3.13``, ``tests(db='none')``."""
        return self.name + ("" if part.startswith("(") or not part else "-") + part

    def python_of(self, part: str) -> str:
        """Return the Python that a part runs on, as the session names it; empty where it takes the one at hand."""
        return self.python or part.partition("(")[0]

    @property
    def pythons(self) -> tuple[str, ...]:
        """Every Python that the session names."""
        return tuple(dict.fromkeys(filter(None, map(self.python_of, self.parts or ("",)))))


@dataclass(slots=True)
class _Remembered:
    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: Any = None
    error: UnmoorError | None = None
    known: bool = False


class Memory:
    """What one run has asked and made, each once, whoever comes first; safe to ask from several threads.

    Everything that is to be remembered for the length of a run belongs in here, under a key of its own.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: dict[Hashable, _Remembered] = {}

    def once(self, key: Hashable, ask: Callable[[], _Answer]) -> _Answer:
        """Return what ``ask`` answered when it was first asked under this key; raise what it raised then."""
        with self._guard:
            kept = self._kept.setdefault(key, _Remembered())
        with kept.lock:
            if not kept.known:
                try:
                    kept.answer = ask()
                except UnmoorError as error:
                    kept.error = error
                kept.known = True
        if kept.error is not None:
            # Without the way it took when it was first raised: every further asker would add to it.
            raise kept.error.with_traceback(None)
        answer: _Answer = kept.answer
        return answer

    def recall(self, key: Hashable) -> Any:
        """Return what was answered under this key, ``None`` where it was not asked yet or had no answer."""
        kept = self._kept.get(key)
        return kept.answer if kept is not None and kept.known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One run as asked for.

    ``live`` is the version named with ``--live``, empty for a rehearsal. ``base`` and ``approval`` are what was
    passed to ``--base`` and ``--approve``, ``send_again`` the index named with ``--send-again``. ``posargs`` belong to
    the project's own tools. ``asked`` says that the stage was named, not only required; ``goal`` is the last
    stage that was named, as far as this is known. ``stop_at_first`` ends a
    rehearsal at the first stage that does not pass, as a live release ends. ``run`` identifies the run across nox's
    worker processes; ``memory`` is what this process remembers of it. ``say`` is told single
    lines, ``reporter`` how far it has come.
    """

    start: Path
    environ: Mapping[str, str] = field(repr=False)
    live: str = ""
    base: str = ""
    approval: str = ""
    send_again: str = ""
    posargs: tuple[str, ...] = ()
    asked: bool = True
    goal: str = ""
    stop_at_first: bool = False
    run: str = "alone"
    own: tuple[OwnSession, ...] = ()
    say: Callable[[str], None] = quiet
    reporter: Reporter = field(default_factory=Silent, repr=False)
    memory: Memory = field(default_factory=Memory, repr=False)

    @property
    def goes_on(self) -> bool:
        """Whether a stage that does not pass leaves that to be said in the end, and the next one is carried out.

        So that one rehearsal shows everything there is to mend; nothing goes anywhere from it.
        """
        return not (self.live or self.stop_at_first)
