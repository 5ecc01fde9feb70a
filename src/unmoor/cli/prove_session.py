"""The project's own sessions that prove a stage: run, proven already, or skipped by nox and caught up with.

Part of the nox face, but without nox: sessions of nox are given, never made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from unmoor import chain
from unmoor.cli.arguments import parse
from unmoor.cli.joined_session import JoinedSession, what_was_said
from unmoor.errors import Blocked, UnmoorError
from unmoor.request import OwnSession, Request

if TYPE_CHECKING:
    from unmoor.cli.invocation import Invocation
    from unmoor.pipeline.open_plan import OpenPlan

__all__ = ["catch_up", "explain", "prove_own", "proven_sessions"]


def prove_own(own: OwnSession, session: Any, run: Invocation, call: Callable[[Any], None]) -> bool:
    """Run one of the project's sessions unless its evidence still counts; say whether all of its stage are through."""
    from unmoor.evidence.binding import binds_files
    from unmoor.pipeline.open_plan import open_plan
    from unmoor.pipeline.run_releases import carry_out
    from unmoor.pipeline.session_evidence import is_complete, is_proven, prove
    from unmoor.tools.tool_environment import narrowing

    try:
        arguments = parse(session.posargs, own_tools=run.is_local)
        request = run.request(own.name, arguments, called=session.name)
        opened = open_plan(request, local=chain.stage(own.stage).is_local)
    except UnmoorError as error:
        explain(session, error, run)
    if opened.away:
        session.log(f"not run: the tree is not at the commit {opened.plan.commit[:12]} that the release is of")
        return True
    seen = JoinedSession(session, arguments.rest)
    part = _part(own, session)
    if binds_files(chain.stage(own.stage), opened.releases[0].component):
        seen.env["UNMOOR_DIST"] = str(opened.releases[0].state / "dist")
    why = seen.narrowed(narrowing(request.environ))
    if not (request.asked or arguments.rest or seen.installs_only) and is_proven(own, part, opened):
        session.log(f"cached: {session.name} passed for this very tree")
    elif why:
        session.log(f"{why}, so this run leaves no evidence")
        call(seen)
        return False
    else:
        try:
            prove(own, part, opened, lambda: _examine(call, seen, opened, request), lambda: what_was_said(seen))
        except Exception as error:
            if not request.live and (unreached := what_was_said(seen).unreached):
                session.warn(f"not rehearsed, for want of a network: {unreached}")
                return is_complete(run.own, own.stage, opened, request.environ)
            if request.goes_on and not request.asked and run.asked:
                # The stage that it proves tells of it from what is kept, and the rehearsal goes on.
                session.log(f"did not pass: {str(error) or type(error).__name__}")
                return is_complete(run.own, own.stage, opened, request.environ)
            # nox will not come to the stage any more; that it failed is still to be told, and kept.
            run.screen.ended(carry_out(own.stage, replace(request, posargs=())).results)
            if isinstance(error, UnmoorError):
                explain(session, error, run)
            raise
    return is_complete(run.own, own.stage, opened, request.environ)


def proven_sessions(run: Invocation) -> tuple[OwnSession, ...]:
    """Return those of the project's sessions that were not asked for, and whose evidence counts as it is."""
    if run.is_worker:
        return run.proven  # as its parent has told nox what there is to run
    if not run.own or not run.asked or run.is_listing or not run.is_ours:
        return ()
    from unmoor.pipeline.open_plan import open_plan
    from unmoor.pipeline.session_evidence import is_proven

    found = []
    for own in run.own:
        try:
            arguments = parse(run.posargs, own_tools=run.is_local)
            request = run.request(own.name, arguments)
            if run.asks_for(own) or request.asked or arguments.rest:
                continue
            opened = open_plan(request, local=chain.stage(own.stage).is_local)
            if all(is_proven(own, part, opened) for part in own.parts or ("",)):
                found.append(own)
        except UnmoorError:
            return ()  # whoever needs to know is told by what runs
    return tuple(found)


def catch_up(name: str, run: Invocation, request: Request) -> None:
    """Carry out the stages that ``name`` goes by and that nobody came to, because nox has skipped their sessions.

    Where a session of the project's own has its stage's name, the stage is carried out at its end; without the Python
    that it wants there is none.
    """
    from unmoor.pipeline.open_plan import open_plan
    from unmoor.pipeline.run_releases import carry_out

    held = [each for each in chain.stage(name).requires if any(own.name == run.stages.get(each) for own in run.own)]
    if not held:
        return
    told = open_plan(request, local=chain.stage(name).is_local).layout.run(run.id)
    for each in held:
        if not (told / f"{each}.json").is_file():
            run.screen.ended(carry_out(each, replace(request, asked=False)).results)


def explain(session: Any, error: UnmoorError, run: Invocation) -> NoReturn:
    """Print what is wrong once, however many sessions meet it, and fail the session."""
    text = str(error)
    if text not in run.explained:
        run.explained.add(text)
        run.screen.tell(f"\n{error.message}\n")
    session.error(f"stopped for the reason said above (exit code {int(error.code)})")
    raise error  # nox's own way to end a session has raised already


def _examine(call: Callable[[Any], None], seen: JoinedSession, opened: OpenPlan, request: Request) -> None:
    """Call a session's function; raise ``Blocked`` where it examined nothing, or not the tree that the plan is of."""
    from unmoor.pipeline.tree_gate import changes, note
    from unmoor.tools.git import Git

    git = Git(opened.releases[0].component.repository.root, request.environ)

    noted = note(opened.plan, git, request.memory, seen.name)

    def look() -> None:
        for each in changes(opened.plan, git, seen.name, noted).problems:
            raise Blocked(each.message, place=f"session {seen.name}", hint=each.hint)

    seen.proves(look)
    call(seen)
    seen.must_have_run()
    look()


def _part(own: OwnSession, session: Any) -> str:
    return session.name.removeprefix(own.name).removeprefix("-") if own.parts else ""
