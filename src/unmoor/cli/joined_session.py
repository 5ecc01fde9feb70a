"""A nox session as the project's own function sees it, and what it shows of what the function did.

A function that returns has said nothing yet: nox leaves calls out (``--install-only``, ``--no-install``), counts a
session that was skipped as a success, and a session may leave everything to others or change what it examines. So
calls of ``session.run`` are counted and what they see is looked at; what cannot prove is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import nox

from unmoor.errors import Blocked

__all__ = ["JoinedSession"]


class JoinedSession(nox.Session):
    """A session without unmoor's words in its posargs, which knows whether it has run anything."""

    __slots__ = ("_has_run", "_look", "_posargs")

    def __init__(self, session: nox.Session, posargs: Sequence[str] = ()) -> None:
        super().__init__(session._runner)  # noqa: SLF001 - nox has no other way to make a session of a session
        self._posargs = list(posargs)
        self._has_run = False
        self._look: Callable[[], None] | None = None

    @property
    def posargs(self) -> list[str]:
        """The words that belong to the project's own tools."""
        return self._posargs

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command as nox does, and count it; what installs is no examination and is not counted."""
        if self._look is not None:
            self._look()
        returned = super().run(*args, **kwargs)
        self._has_run = self._has_run or not self.installs_only
        return returned

    def skip(self, *args: Any) -> NoReturn:
        """Skip as nox does, but where the session is to prove something: there a skip is no success."""
        if self._look is not None:
            why = f": {' '.join(map(str, args))}" if args else ""
            hint = "let it run, or join the sessions that do"
            raise Blocked(f"it was skipped, so it has proved nothing{why}", place=f"session {self.name}", hint=hint)
        super().skip(*args)

    def proves(self, look: Callable[[], None]) -> None:
        """Hold the session to what evidence needs: ``look`` raises where there is another tree than is to be proven.

        It is called before each command, so that none examines what was changed for the time being.
        """
        self._look = look

    @property
    def installs_only(self) -> bool:
        """Whether nox was told to run nothing."""
        return bool(self._runner.global_config.install_only)

    def narrowed(self, variables: Sequence[str] = ()) -> str:
        """Say why this run proves nothing, however it ends; an empty string where it may.

        ``variables`` are those of the environment that make tools look at less.
        """
        config = self._runner.global_config
        if self.installs_only:
            return "--install-only runs nothing"
        if self.posargs:
            return "the words after -- narrow it"
        # Without an environment of its own a session installs nothing, unless --no-venv took that away from it.
        if config.no_install and getattr(self.virtualenv, "_reused", config.force_venv_backend == "none"):
            return "--no-install leaves the environment as it was"
        if variables:
            return f"{', '.join(variables)} in the environment narrows it"
        return ""

    def must_have_run(self) -> None:
        """Raise ``Blocked`` where the function ran nothing: then it has examined nothing."""
        if not self._has_run:
            hint = "let it call session.run; where it leaves the work to other sessions, join those instead"
            raise Blocked("it ran nothing, so it has proved nothing", place=f"session {self.name}", hint=hint)
