"""The project's own nox sessions as gates of the chain: which stage a session proves, by its name.

Joined by name in the settings (``gates = ["lint", "tests", "docs"]``) or by decorator; pure, and quick to import,
because every ``nox -l`` of an adopter comes by here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from unmoor.chain import CHAIN
from unmoor.errors import Problem, SettingsError
from unmoor.model import Effect
from unmoor.request import OwnSession

__all__ = ["joined", "stage_of"]

_PROVING = tuple(stage.name for stage in CHAIN if stage.effect is Effect.NONE)
_KNOWN = {
    "lint": (
        "lint",
        "format",
        "fmt",
        "style",
        "mypy",
        "pyright",
        "types",
        "typing",
        "typecheck",
        "pre-commit",
        "precommit",
    ),
    "tests": ("test", "tests", "pytest", "coverage", "unit", "integration"),
    "docs-strict": ("doc", "docs", "docs-strict", "documentation", "sphinx", "mkdocs"),
    "check": ("check",),
}


def stage_of(session: str) -> str:
    """Return the stage that a session of this name proves; ``check`` for a name that says nothing."""
    plain = session.replace("_", "-").lower()
    return next((stage for stage, names in _KNOWN.items() if plain in names), "check")


def joined(
    registered: Mapping[str, Sequence[str]], named: Sequence[str], decorated: Mapping[str, str]
) -> tuple[OwnSession, ...]:
    """Return the sessions that join the chain.

    ``registered`` maps every session of the noxfile to the Pythons it runs on, ``named`` are those of the settings,
    ``decorated`` maps sessions to the stage their decorator names. Raises ``SettingsError`` with every session that
    does not exist, and every one that has the name of a stage without having joined.
    """
    problems = []
    stages = dict(decorated) | {name: stage_of(name) for name in named if name not in decorated}
    for name in sorted(set(stages) - set(registered)):
        near = _near(name, registered)
        hint = f"did you mean {near[0]!r}?" if near else "define it in noxfile.py above unmoor's two lines"
        problems.append(
            Problem(what=f"there is no session {name!r}", where="pyproject.toml: tool.unmoor.gates", hint=hint)
        )
    for name, stage in stages.items():
        if stage not in _PROVING:
            near = _near(stage, _PROVING)
            hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(_PROVING)}"
            problems.append(Problem(what=f"the session {name!r} cannot prove {stage!r}", where="noxfile.py", hint=hint))
    taken = {stage.name for stage in CHAIN}
    for name in sorted((taken & set(registered)) - set(stages)):
        hint = f'join it with gates = ["{name}"] in [tool.unmoor], or give it another name'
        problems.append(Problem(what=f"the session {name!r} is defined twice", where="noxfile.py", hint=hint))
    problems.extend(
        Problem(what=f"the session {name!r} has the name of another stage", where="noxfile.py", hint="rename it")
        for name in sorted(taken & set(stages))
        if stages[name] != name
    )
    if problems:
        raise SettingsError(problems)
    return tuple(OwnSession(name=name, stage=stage, parts=tuple(registered[name])) for name, stage in stages.items())


def _near(name: str, known: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, list(known), n=1)
