"""The sessions of a noxfile as nox has them registered: which join, on what they run, and what comes before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import nox.registry

from unmoor.cli.join_sessions import joined
from unmoor.request import OwnSession

__all__ = ["STAGE", "do_without_environment", "needs", "own_sessions", "require"]

# The attribute in which the decorator leaves the stage that it names.
STAGE = "_proves_stage"
# nox makes no environment for these, or not with a Python that it looks for.
_ELSEWHERE = frozenset({"none", "conda", "mamba", "micromamba"})


def own_sessions(named: Sequence[str] | None) -> tuple[OwnSession, ...]:
    """Return the sessions that join the chain; ``named`` are those of the settings, ``None`` where these say nothing.

    Raises ``SettingsError`` with every one that does not fit.
    """
    sessions = nox.registry.get()
    decorated = {name: stage for name, each in sessions.items() if (stage := _stage_named(each))}
    found = joined({name: _parts(each) for name, each in sessions.items()}, named, decorated)
    return tuple(replace(each, python=_python(sessions[each.name])) for each in found)


def needs(name: str, other: str) -> bool:
    """Say whether a session requires another one, by itself or through others."""
    sessions, seen, queue = nox.registry.get(), set[str](), [name]
    while queue:
        each = sessions.get(queue.pop())
        for needed in each._requires if each is not None else ():  # noqa: SLF001 - as written, whatever the Python
            if needed == other:
                return True
            if needed not in seen:
                seen.add(needed)
                queue.append(needed)
    return False


def require(name: str, others: Sequence[str]) -> None:
    """Have nox run ``others`` before the session called ``name``."""
    registered = nox.registry.get()[name]
    registered.requires = [*registered._requires, *others]  # noqa: SLF001 - as written; what is read is formatted


def do_without_environment(name: str) -> bool:
    """Have nox make no environment for a session, which it would do before it calls its function.

    Says whether that is so now: a session whose runs have names of their own by parameters, or in what they require,
    is left as it is.
    """
    registered = nox.registry.get()[name]
    if getattr(registered, "parametrize", None) or any("{" in each for each in registered._requires):  # noqa: SLF001
        return False
    # Without an environment nox knows no Pythons, and would say that it passes over those that are named.
    registered.python, registered.venv_backend = None, "none"
    return True


def _python(function: Any) -> str:
    """Return the one Python that a session names, where nox makes its environment from it."""
    made_here = function.venv_backend not in _ELSEWHERE
    return function.python if isinstance(function.python, str) and made_here else ""


def _stage_named(function: Any) -> str:
    """Return the stage that the decorator names, above nox's own or below it; empty without one."""
    return getattr(function, STAGE, "") or getattr(getattr(function, "func", None), STAGE, "")


def _parts(function: Any) -> tuple[str, ...]:
    """Return what nox puts after the session's name where it runs it several times: Pythons, parameters, or both."""
    several = isinstance(function.python, (list, tuple, set)) and function.venv_backend != "none"
    pythons = [str(each) for each in function.python] if several else [""]
    parameters = [f"({each})" for each in getattr(function, "parametrize", ())] or [""]
    return tuple(dict.fromkeys(python + each for python in pythons for each in parameters if python + each))
