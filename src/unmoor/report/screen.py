"""One run as it is shown: what begins, what is at work, what became of it; on a terminal, in a log, in CI.

On a terminal one line says what is at work now, how far it has come and what it took last time. Elsewhere a line says
that a stage began. How a gate and a stage ended is a line everywhere. With a verbosity below zero none of this is
shown, above it all about each gate.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from unmoor.evidence.record import GateRecord, Result
from unmoor.model import Finding, FindingKind, Outcome, Resolution, Skip
from unmoor.report import ci_runner
from unmoor.report.ci_runner import Runner
from unmoor.report.folding import folded
from unmoor.report.progress import beginning, failure, gate_lines, headline, whole
from unmoor.report.terminal import Terminal
from unmoor.request import nothing

__all__ = ["Screen"]

# GitHub shows ten of a kind for a step, and drops the others.
_ANNOTATIONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtWork:
    """One thing that is at work: what it is called, since when, what it took last time, and who knows how far it is."""

    what: str
    since: float
    before: float
    look: Callable[[], str]


class Screen:
    """The reporter of a face: told of a run, it prints.

    ``passed_is_said`` is false where how the stages ended is said all together in the end.
    """

    def __init__(
        self,
        terminal: Terminal,
        *,
        verbosity: int = 0,
        runner: Runner = Runner.NONE,
        passed_is_said: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.terminal = terminal
        self.verbosity = verbosity
        self.runner = runner
        self._passed_is_said = passed_is_said
        self._clock = clock
        self._guard = threading.Lock()
        self._open = ""
        self._stages: dict[str, _AtWork] = {}
        self._running: dict[int, _AtWork] = {}
        self._drawn = ExitStack()

    def say(self, text: str) -> None:
        """Say one line of progress."""
        if self.verbosity >= 0:
            self.terminal.say(text)

    def tell(self, text: str) -> None:
        """Say what went wrong."""
        self.terminal.say(text, error=True)

    def begins(self, stage: str, component: str, *, before: float) -> None:
        """Say that a stage is at work, and keep a line on the screen that says how far it is."""
        # Never printed under the guard: whoever draws the line holds the screen, and asks us what it is to say.
        with self._guard:
            first = not self._stages
            self._stages[component] = _AtWork(what=stage, since=self._clock(), before=before, look=nothing)
        if self.verbosity < 0:
            return
        line = beginning(stage, component="" if first else component, before=before)
        if first and self.runner is not Runner.NONE:
            self._open = stage
            self.terminal.command(ci_runner.begins(self.runner, stage, line, self._clock))
        elif not (self.terminal.redraws or self.terminal.board):
            self.terminal.say(line)
        if first:
            self._drawn.enter_context(self.terminal.drawing(self.now))

    @contextmanager
    def working(self, what: str, *, look: Callable[[], str] = nothing, before: float = 0.0) -> Iterator[None]:
        """Have the line say what is at work, as long as this lasts."""
        mine = _AtWork(what=what, since=self._clock(), before=before, look=look)
        with self._guard:
            self._running[id(mine)] = mine
        try:
            yield
        finally:
            with self._guard:
                self._running.pop(id(mine), None)

    def judged(self, gate: GateRecord) -> None:
        """Say what became of a gate; that one has nothing to judge in this project is said only where all is."""
        beside_the_point = gate.skipped is Skip.NOT_APPLICABLE
        if self.verbosity > 0 or (self.verbosity == 0 and not beside_the_point):
            lines = gate_lines(gate, width=self.terminal.width, verbose=self.verbosity > 0)
            self.terminal.say("\n".join(lines))

    def over(self) -> None:
        """Take the line off the screen, and end what folds up: no stage is at work any more, whatever it ended with."""
        with self._guard:
            self._stages.clear()
            self._running.clear()
            stage, self._open = self._open, ""
        self._drawn.close()
        if stage:
            self.terminal.command(ci_runner.ends(self.runner, stage, self._clock))

    def ended(self, results: Sequence[Result]) -> None:
        """Say how a stage ended for each component, and what went wrong."""
        self.over()
        for result in results:
            self._ended(result, named=len(results) > 1)

    def _ended(self, result: Result, *, named: bool) -> None:
        if self.verbosity > 0 and result.how is Resolution.CACHED and result.record is not None:
            for gate in result.record.gates:
                self.judged(gate)
        if result.code or self._passed_is_said:
            self.say("\n".join(folded(headline(result, named=named), self.terminal.width, hang=2)))
        if result.code and (told := failure(result, width=self.terminal.width)):
            self.say(told)
        self._annotate(result)

    def now(self) -> str:
        """Return the line that says what is at work now: the stage, and what of it, each with how far it has come."""
        with self._guard:
            running, stages = tuple(self._running.values()), tuple(self._stages.values())
        told = [each for each in running if each.look is not nothing]
        parts = [self._part(each) for each in told] or [each.what for each in running]
        if self.terminal.board:
            # Whoever draws it says the name of the stage and how long it has been at work.
            return "; ".join(parts)
        if not stages:
            return ""
        stage = f"{stages[0].what} {self._took(stages[0])}".rstrip()
        return f"{stage}  {'; '.join(parts)}" if parts else stage

    def _part(self, each: _AtWork) -> str:
        far = each.look()
        parts = (f"{each.what}: {far}" if far else each.what, self._took(each))
        return ", ".join(part for part in parts if part)

    def _took(self, each: _AtWork) -> str:
        seconds = int(self._clock() - each.since)
        if not seconds:
            return ""
        return f"{whole(seconds)} (last time {whole(each.before)})" if each.before > 0 else whole(seconds)

    def _annotate(self, result: Result) -> None:
        """Show what was found at its place, where the runner can."""
        gates = result.record.gates if result.record is not None else ()
        found: dict[str, list[tuple[str, Finding]]] = {"error": [], "warning": []}
        for gate in gates:
            title = f"{result.stage}: {gate.name}"
            if not (gate.holds or gate.is_unfinished or gate.follows):
                found["error"] += [(title, each) for each in gate.problems if each.kind is not FindingKind.OUTPUT]
            if gate.outcome is not Outcome.SKIPPED:
                found["warning"] += [(title, each) for each in gate.notices if each.place]
        for level, findings in found.items():
            for title, each in findings[:_ANNOTATIONS]:
                if line := ci_runner.annotation(self.runner, level, title, each):
                    self.terminal.command(line)
