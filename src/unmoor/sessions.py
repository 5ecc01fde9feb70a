"""The nox face: eight sessions generated from the chain.

    import unmoor.sessions
    unmoor.sessions.register()

Put the two lines at the end of ``noxfile.py``. The project's own sessions join by well-known names, by those
in the settings (``gates = ["lint", "tests"]``) or by decorator (``@unmoor.sessions.gate("docs-strict")``).
What this process knows of its run is in ``cli.invocation``; those two and ``tasks`` alone read arguments and
environment.
"""

from __future__ import annotations

import atexit
import signal
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import nox
import nox.registry

from unmoor import chain
from unmoor.chain import CHAIN
from unmoor.cli.arguments import HELP, parse
from unmoor.cli.encodings import must_know_file_names, outlive_readers, take_every_character
from unmoor.cli.invocation import Invocation, quiet_libraries
from unmoor.cli.joined_session import JoinedSession
from unmoor.cli.name_stages import StageNames, name_stages
from unmoor.cli.prove_session import catch_up, explain, prove_own, proven_sessions
from unmoor.cli.registered_sessions import STAGE, do_without_environment, needs, own_sessions, require
from unmoor.cli.written_settings import given_variables, joined_sessions, tests_the_wheel
from unmoor.errors import UnmoorError
from unmoor.model import Effect, Stage
from unmoor.request import OwnSession
from unmoor.runtime import shortage
from unmoor.runtime.process import stop_all

__all__ = ["gate", "register"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_OURS = "_made_by_unmoor"
_ENDING = (signal.SIGINT, signal.SIGTERM)


def gate(stage: str) -> Callable[[_Function], _Function]:
    """Join a session to the chain: what it proves is the stage named; put it above ``@nox.session``."""

    def decorate(function: _Function) -> _Function:
        # nox wraps functions in an object of its own; what it wraps is there too.
        setattr(function, STAGE, stage)
        return function

    return decorate


def register(
    root: str | Path | None = None,
    *,
    leave_out: Collection[str] = (),
    names: Mapping[str, str] | None = None,
) -> None:
    """Register the sessions of the chain with nox, and join the project's own.

    ``root`` is the project's folder, by default the one of the noxfile. ``leave_out`` are stages that get no session,
    ``names`` maps stages to what their sessions are called, where the project has sessions with these names that mean
    something else: ``names={"release": "unmoor-release"}``. Settings or sessions that do not fit end the program with
    exit status 1 and one message.
    """
    start = Path(root) if root else Path.cwd()
    take_every_character()
    outlive_readers()
    run = Invocation(start)
    if run.asks_for_help:
        run.screen.terminal.say(HELP)
        raise SystemExit(0)
    try:
        left_out = (leave_out,) if isinstance(leave_out, str) else tuple(leave_out)
        # Where unmoor is a guest the project's sessions are elsewhere, and run by gates.
        joining = () if root and run.is_guest else own_sessions(joined_sessions(start))
        own = run.own = tuple(each for each in joining if each.stage not in left_out)
        named = name_stages(nox.registry.get(), own, names or {}, left_out)
        run.call(named.sessions)
        run.take_secrets(given_variables(start))
        if run.is_ours:
            must_know_file_names()
        with shortage.told():
            run.fail_early()
    except UnmoorError as error:
        _stop(error, run)
    run.prepare_workers()
    run.offer_pythons()
    run.hush()
    _lay_out(own, named, run)
    for number in _ENDING:
        signal.signal(number, _told_to_end)
    atexit.register(_last_words, run)


def _lay_out(own: Iterable[OwnSession], named: StageNames, run: Invocation) -> None:
    """Give nox the sessions of the stages, and wrap those of the project that prove one."""
    proven = run.proven = proven_sessions(run)
    for each in own:
        _wrap(each, run, proven=each in proven and do_without_environment(each.name))
    replaced = {each.name for each in own}
    for stage in CHAIN:
        if run.stages.get(stage.name, stage.name) not in replaced and stage.name in run.stages:
            _add(stage, run)
    for each_name in named.refused:
        _refuse(each_name, named, run)
    if named.note and run.is_ours_or_listed:
        run.screen.tell(named.note)
    for name, registered in nox.registry.get().items():
        _announce(name, registered, run)


def _stop(error: UnmoorError, run: Invocation) -> NoReturn:
    """End the program before nox has begun: with its own status for a failure, and our code in the message."""
    text = f"{error.message}\nunmoor: nothing was begun (exit code {int(error.code)})"
    run.screen.tell(text)
    raise SystemExit(1) from None


def _add(stage: Stage, run: Invocation) -> None:
    before = [each for each in run.proving(stage.name) if each != run.stages[stage.name]]
    if stage.name == "tests" and tests_the_wheel(run.start):
        before.append(run.stages["build"])

    def session(session: nox.Session) -> None:
        _carry_out(stage.name, session, run)

    session.__doc__ = stage.summary
    setattr(session, _OURS, True)
    nox.session(
        name=run.stages[stage.name],
        venv_backend="none",
        default=stage.effect is Effect.NONE,
        requires=[*dict.fromkeys(each for name in stage.requires for each in run.proving(name)), *before],
        allow_parallel=True,
    )(session)


def _wrap(own: OwnSession, run: Invocation, *, proven: bool) -> None:
    """Wrap the function of one of the project's sessions; its environment, Pythons and docstring stay.

    One that is ``proven`` and was not asked for has no environment to run in, and only says so.
    """
    registered = nox.registry.get()[own.name]
    function = registered.func
    if own.stage == "tests" and tests_the_wheel(run.start):
        # It is about the sealed wheel, whose digest its evidence is bound to.
        require(own.name, [run.stages["build"]])
    # Where a session has its stage's name the stage is carried out at its end, after all others that prove it.
    others = [each.name for each in run.own if each.stage == own.stage and each is not own]
    holding = run.stages.get(own.stage)
    if own.name == holding:
        require(own.name, [each for each in others if not needs(each, own.name)])
    ends = own.name == holding or (holding is not None and holding in others and needs(own.name, holding))

    @wraps(function)
    def wrapped(session: nox.Session, *args: Any, **kwargs: Any) -> None:
        if proven:
            session.log(f"cached: {own.name} passed for this very tree")
        complete = proven or prove_own(own, session, run, lambda seen: function(seen, *args, **kwargs))
        if complete and ends:
            _carry_out(own.stage, session, run)

    setattr(wrapped, _OURS, True)
    registered.func = wrapped


def _refuse(name: str, named: StageNames, run: Invocation) -> None:
    """Have a session of the project's own say that its name means two things, one of which reaches outward."""
    registered = nox.registry.get()[name]

    @wraps(registered.func)
    def refused(session: nox.Session, *_: Any, **__: Any) -> None:
        what = f"{name!r} is a session of your own and a stage of unmoor, and it is not said which is meant"
        hint = f"write {named.line} in noxfile.py; yours is {name!r} then, and the stage {named.sessions[name]!r}"
        explain(session, UnmoorError(what, place="noxfile.py", hint=hint), run)

    registered.func = refused


def _announce(name: str, registered: Any, run: Invocation) -> None:
    """Have a session, whoever's it is, say that it runs in this very process before it does anything."""
    function = registered.func

    @wraps(function)
    def announced(*args: Any, **kwargs: Any) -> Any:
        run.works_itself()
        with run.lend(name):
            return function(*args, **kwargs)

    registered.func = announced


def _carry_out(name: str, session: nox.Session, run: Invocation) -> None:
    from unmoor.pipeline.run_releases import carry_out

    quiet_libraries()
    _refuse_doubles(session, run)
    if JoinedSession(session).installs_only:
        session.skip("--install-only: a stage installs nothing, and nothing was done")
    try:
        local = chain.stage(name).effect is Effect.NONE
        arguments = parse(session.posargs, own_tools=local and run.is_local)
        with shortage.told():
            request = run.request(name, arguments)
            catch_up(name, run, request)
            ended = carry_out(name, request)
    except UnmoorError as error:
        run.screen.over()
        explain(session, error, run)
    finally:
        run.screen.over()
    run.screen.ended(ended.results)
    for trouble in ended.errors:
        run.screen.tell(trouble.message)
    # A stopped release takes only those out that wait for it: what requires this session goes on with the others. And
    # a rehearsal shows everything: nox would skip what requires a failed session, so the one that was asked for fails.
    is_end = name in run.asked or not run.asked or name == [*run.stages][-1]
    if ended.code and (not ended.goes_on or is_end):
        session.error(f"{name} did not pass (exit code {int(ended.code)})")
    if is_end and ended.passed_over:
        session.error(f"{name} passed, but {' and '.join(ended.passed_over)} did not")


def _refuse_doubles(session: nox.Session, run: Invocation) -> None:
    """Stop where another session took a stage's name after ``register``: nox lets the later one win with a warning."""
    for name in run.stages.values():
        registered = nox.registry.get().get(name)
        if registered is not None and not hasattr(registered.func, _OURS):
            what = f"the session {name!r} is defined twice, and the one after unmoor's two lines hides the stage"
            hint = "put unmoor's two lines at the end of noxfile.py"
            explain(session, UnmoorError(what, place="noxfile.py", hint=hint), run)


def _told_to_end(*_: object) -> NoReturn:
    """End what was started, then let nox end: it knows an interruption, and nothing is left behind.

    Once is enough: a second signal would meet the locks that the first one's work holds. A function takes it, not
    ``SIG_IGN``, which programs started for the last words would inherit.
    """
    for number in _ENDING:
        signal.signal(number, _deaf)
    stop_all()
    raise KeyboardInterrupt


def _last_words(run: Invocation) -> None:
    """Say how it ended; whoever tells the process to end now tells it nothing new, nor what is cleared away after.

    What is asked for the last words is not to be told either: a program that is just being started is still in the
    group that a terminal tells.
    """
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    if not run.is_worker:
        run.summarise()


def _deaf(*_: object) -> None:
    """Take a signal and do nothing: the process is ending already."""
