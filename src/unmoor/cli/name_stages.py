"""The sessions of the stages beside the project's own: which names they get, and what is to be said of a clash.

A project's session keeps its name, whatever it is; what a person types who has read of ``nox -s release`` must still
not start something else that reaches outward. So where a name of such a stage is taken, and ``register`` was not told
what is meant, the project's session says so and does nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from unmoor.chain import CHAIN
from unmoor.errors import SettingsError
from unmoor.model import Effect, Finding
from unmoor.project.detect.stage_sessions import another_name, stage_sessions
from unmoor.project.nearest_name import did_you_mean
from unmoor.request import OwnSession

__all__ = ["StageNames", "name_stages"]

_WHERE = "noxfile.py: unmoor.sessions.register"
_STAGES = {stage.name: stage for stage in CHAIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageNames:
    """The session of each stage; ``clashes`` are names of stages that the project's own sessions have.

    ``line`` is the call of ``register`` that says what is meant by all of them.
    """

    sessions: Mapping[str, str]
    clashes: tuple[str, ...] = ()
    line: str = ""

    @property
    def refused(self) -> tuple[str, ...]:
        """The project's own sessions that are not run as long as their names mean two things."""
        return tuple(name for name in self.clashes if _STAGES[name].effect > Effect.LOCAL)

    @property
    def note(self) -> str:
        """What is to be said of the clashes, empty where there are none."""
        if not self.clashes:
            return ""
        called = ", ".join(f"{each!r}" for each in self.clashes)
        stages = ", ".join(self.sessions[each] for each in self.clashes)
        several = len(self.clashes) > 1
        what = f"the session{'s' * several} {called} {'are' if several else 'is'} your own, and {_HAVE[several]}"
        kept = f"{_CALLED[several]} {stages} here"
        return f"unmoor: noxfile.py: {what}; {kept} → say so: {self.line}"


_HAVE = {False: "a stage has that name too", True: "stages have these names too"}
_CALLED = {False: "the stage is called", True: "the stages are called"}


def name_stages(
    registered: Collection[str],
    own: Sequence[OwnSession],
    names: Mapping[str, str],
    left_out: Collection[str],
) -> StageNames:
    """Return what the stages are called, given the sessions of the noxfile, those that join, and ``register``'s words.

    Raises ``SettingsError`` with every word that does not fit.
    """
    proving = {each.name for each in own if each.name == each.stage}
    taken = [name for name in _STAGES if name in registered and name not in proving]
    sessions = stage_sessions(taken, names, left_out)
    problems = [*_unknown(names, left_out), *_needed(sessions, left_out), *_doubled(sessions, registered, proving)]
    if problems:
        raise SettingsError(problems)
    clashes = tuple(name for name in taken if name not in left_out and name not in names)
    return StageNames(sessions=sessions, clashes=clashes, line=_line(clashes, names, left_out) if clashes else "")


def _line(clashes: Sequence[str], names: Mapping[str, str], left_out: Collection[str]) -> str:
    """Return the call of ``register`` that keeps both, with what it was told already."""
    every = dict(names) | {name: another_name(name) for name in clashes}
    inner = ", ".join(f'"{stage}": "{every[stage]}"' for stage in _STAGES if stage in every)
    listed = ", ".join(f'"{stage}"' for stage in left_out)
    kept = f", leave_out=[{listed}]" if left_out else ""
    return f"unmoor.sessions.register(names={{{inner}}}{kept})"


def _unknown(names: Mapping[str, str], left_out: Collection[str]) -> Iterator[Finding]:
    for stage in dict.fromkeys((*left_out, *names)):
        if stage not in _STAGES:
            hint = did_you_mean(stage, _STAGES, otherwise=f"one of {', '.join(_STAGES)}")
            yield Finding(message=f"there is no stage {stage!r}", place=_WHERE, hint=hint)


def _needed(sessions: Mapping[str, str], left_out: Collection[str]) -> Iterator[Finding]:
    """Yield the stages that are left out although one that is kept goes by what they prove."""
    for name in (name for name in _STAGES if name in left_out):
        needing = [stage.name for stage in CHAIN if name in stage.requires and stage.name in sessions]
        if needing:
            what = f"the stage {name!r} cannot be left out: {needing[0]} goes by what it proves"
            hint = f'keep it under another name: names={{"{name}": "{another_name(name)}"}}'
            yield Finding(message=what, place=_WHERE, hint=hint)


def _doubled(sessions: Mapping[str, str], registered: Collection[str], proving: Collection[str]) -> Iterator[Finding]:
    """Yield the names that a stage would have together with another stage or a session of the project's own."""
    given = list(sessions.values())
    for stage, name in sessions.items():
        own = name in registered and not (name == stage and name in proving)
        if own or given.count(name) > 1:
            what = f"the stage {stage!r} cannot be called {name!r}: another session is"
            yield Finding(message=what, place=_WHERE, hint="choose a name that is free")
