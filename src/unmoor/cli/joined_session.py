"""A nox session as the project's own function sees it, and what it shows of what the function did.

A function that returns has said nothing yet: nox leaves calls out (``--install-only``, ``--no-install``), counts a
session that was skipped as a success, and a session may leave everything to others or change what it examines. So
calls of ``session.run`` are counted and what they see is looked at; what cannot prove is told apart. And what they say
is kept beside being shown: it is all that tells how many tests there were, and which of them failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import nox

from unmoor.errors import Blocked
from unmoor.runtime.tee import Kept, shown_and_kept

if TYPE_CHECKING:
    from unmoor.tools.session_output import Said

__all__ = ["JoinedSession", "what_was_said"]


class _Complaints(logging.Handler):
    """What nox says of a command that was silent and failed: what it wrote."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self._lines.append(record.getMessage())

    @property
    def text(self) -> str:
        """All but the first, which says that it failed."""
        return "\n".join(self._lines[1:])


@contextmanager
def _complaints() -> Iterator[_Complaints]:
    logger, handler = logging.getLogger("nox"), _Complaints()
    logger.addHandler(handler)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)


_REDIRECTED = frozenset({"silent", "stdout", "stderr"})


def what_was_said(session: JoinedSession) -> Said:
    """Return what the commands of a session have counted by now, and why the last one failed where one has."""
    from unmoor.runtime.redact import redact
    from unmoor.tools.session_output import Said, count, failure

    texts = [redact(each) for each in session.said]
    return Said(counts=count("\n".join(texts)), failure=failure(texts[-1]) if texts and session.has_failed else None)


class JoinedSession(nox.Session):
    """A session without unmoor's words in its posargs, which knows whether it has run anything."""

    __slots__ = ("_failed", "_has_run", "_look", "_posargs", "_said")

    def __init__(self, session: nox.Session, posargs: Sequence[str] = ()) -> None:
        super().__init__(session._runner)  # noqa: SLF001 - nox has no other way to make a session of a session
        self._posargs = list(posargs)
        self._has_run = False
        self._failed = False
        self._look: Callable[[], None] | None = None
        self._said: list[Kept | _Complaints | str] = []

    @property
    def said(self) -> tuple[str, ...]:
        """What each command wrote, the last one's last."""
        return tuple(each if isinstance(each, str) else each.text for each in self._said)

    @property
    def has_failed(self) -> bool:
        """Whether the last command did not succeed, so that what it said tells why."""
        return self._failed

    @property
    def posargs(self) -> list[str]:
        """The words that belong to the project's own tools."""
        return self._posargs

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command as nox does, and count it; what installs is no examination and is not counted."""
        if self._look is not None:
            self._look()
        returned = self._kept(super().run, *args, **kwargs)
        self._has_run = self._has_run or not self.installs_only
        return returned

    def run_install(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command that installs as nox does; why it fails is kept."""
        return self._kept(super().run_install, *args, **kwargs)

    def install(self, *args: Any, **kwargs: Any) -> None:
        """Install as nox does, which is silent unless it fails; why it fails is kept."""
        usual = {"silent": not self._runner.global_config.verbose}
        self._kept(super().install, *args, **(usual | kwargs))

    def _kept(self, run: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a command, and keep what it says; what the session itself takes or redirects is left as it is."""
        self._failed = True
        if self._look is None or self.installs_only or callable(args[0] if args else None) or {*kwargs} & _REDIRECTED:
            with _complaints() as said:
                self._said.append(said)
                returned = run(*args, **kwargs)
            self._said[-1] = returned if isinstance(returned, str) else ""
        else:
            with shown_and_kept() as way:
                self._said.append(way[1] if way else "")
                returned = run(*args, **({"stdout": way[0]} if way else {}), **kwargs)
        self._failed = False
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
