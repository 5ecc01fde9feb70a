"""Sessions of the project's own and those of the stages: which join by their names, and what the stages are called.

A stage has its own name, unless a session of the project has it and means another thing. That one keeps it, and the
stage is called ``unmoor-release``, say, unless ``register`` was told another word. Pure, and quick to import: every
``nox -l`` of an adopter comes by here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from unmoor.chain import CHAIN, stage_of_session

__all__ = ["another_name", "stage_sessions", "well_known"]

# They change what they would look at, in the user's own tree.
_FORMATTING = frozenset({"format", "fmt"})
# Beside other tests it tells what those have covered, or runs all of them once more.
_COVERAGE = frozenset({"coverage"})


def well_known(names: Iterable[str]) -> dict[str, str]:
    """Return the sessions that join without being named in the settings, each with the stage that it proves."""
    found = {name: stage for name in names if name.lower() not in _FORMATTING and (stage := stage_of_session(name))}
    beside = {stage for name, stage in found.items() if name.lower() not in _COVERAGE}
    return {name: stage for name, stage in found.items() if name.lower() not in _COVERAGE or stage not in beside}


def another_name(stage: str) -> str:
    """Return what a stage is called where its name is taken."""
    return f"unmoor-{stage}"


def stage_sessions(taken: Collection[str], names: Mapping[str, str], left_out: Collection[str]) -> dict[str, str]:
    """Return the session of each stage that is not left out, in the order of the chain.

    ``taken`` are names of stages that sessions of the project's own have which do not prove them; ``names`` and
    ``left_out`` are what ``register`` was told.
    """
    kept = (stage.name for stage in CHAIN if stage.name not in left_out)
    return {name: names.get(name) or (another_name(name) if name in taken else name) for name in kept}
