"""The project's own nox sessions as gates of the chain: which stage a session proves, by its name.

Those with well-known names join by themselves, as they do where unmoor is a guest, so that adopting it proves no less;
``gates = ["lint", "tests"]`` in the settings names them instead. A name that says nothing needs the decorator. Pure,
and quick to import, because every ``nox -l`` of an adopter comes by here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from unmoor.chain import CHAIN, stage_of_session
from unmoor.errors import SettingsError
from unmoor.model import Effect, Finding
from unmoor.project.detect.stage_sessions import well_known
from unmoor.project.nearest_name import did_you_mean
from unmoor.request import OwnSession

__all__ = ["joined"]

_STAGES = frozenset(stage.name for stage in CHAIN)
_PROVING = tuple(stage.name for stage in CHAIN if stage.effect is Effect.NONE)
_WHERE = "pyproject.toml: tool.unmoor.gates"


def joined(
    registered: Mapping[str, Sequence[str]], named: Sequence[str] | None, decorated: Mapping[str, str]
) -> tuple[OwnSession, ...]:
    """Return the sessions that join the chain.

    ``registered`` maps every session of the noxfile to the Pythons it runs on, ``named`` are those of the settings,
    ``None`` where they say nothing, ``decorated`` maps sessions to the stage their decorator names. Raises
    ``SettingsError`` with every session that does not exist or does not say its stage, and every one that has the name
    of another stage than it proves.
    """
    stages = dict(decorated) | {name: stage for name, stage in _by_name(registered, named) if name not in decorated}
    problems = [*_unknown(stages, registered), *_taken(stages)]
    if problems:
        raise SettingsError(problems)
    return tuple(OwnSession(name=name, stage=stage, parts=tuple(registered[name])) for name, stage in stages.items())


def _by_name(registered: Iterable[str], named: Sequence[str] | None) -> Iterator[tuple[str, str]]:
    """Yield the sessions that join by their names, each with its stage; empty for a name that says nothing of it."""
    if named is not None:
        yield from ((name, stage_of_session(name) or "") for name in named)
        return
    yield from well_known(registered).items()


def _unknown(stages: Mapping[str, str], registered: Iterable[str]) -> Iterator[Finding]:
    """Yield the sessions that there are none of, and those whose stage there is none of."""
    for name in sorted(set(stages) - set(registered)):
        hint = did_you_mean(name, registered, otherwise="define it in noxfile.py above unmoor's two lines")
        yield Finding(message=f"there is no session {name!r}", place=_WHERE, hint=hint)
    for name, stage in stages.items():
        if stage and stage not in _PROVING:
            hint = did_you_mean(stage, _PROVING, otherwise=f"one of {', '.join(_PROVING)}")
            yield Finding(message=f"the session {name!r} cannot prove {stage!r}", place="noxfile.py", hint=hint)
        elif not stage and name in registered and name not in _STAGES:
            from unmoor.project.detect.noxfile import unexplained

            yield unexplained(name)


def _taken(stages: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the sessions that are to prove one stage and have the name of another."""
    for name in sorted(_STAGES & set(stages)):
        if stages[name] != name:
            what = f"the session {name!r} has the name of another stage"
            yield Finding(message=what, place="noxfile.py", hint="rename it, or take it out of gates in [tool.unmoor]")
