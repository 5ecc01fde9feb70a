"""One writer at a time: what a stage holds while it is at work, on this machine and, by setting, on the remote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from unmoor.context import Context
from unmoor.evidence.binding import binds_files
from unmoor.model import Effect
from unmoor.runtime import lock

__all__ = ["at_work"]

_PATIENCE = 2.0  # seconds


@contextmanager
def at_work(context: Context) -> Iterator[tuple[int, ...]]:
    """Hold what the stage needs to be the one writer; yield the descriptors that an uploading child inherits.

    Each stage of a release is carried out by one run at a time; what makes archives keeps all away that read them, and
    they it. Live, and with ``remote-lock``, what publishes holds the lock of the release on the remote besides. Raises
    ``Incomplete`` that says who else is at work.
    """
    stage, folder = context.stage, context.state / "locks"
    busy = f"{stage.name} of {context.release}"
    with ExitStack() as held:
        locks = held.enter_context(lock.held(folder / stage.name, what=busy, patience=_PATIENCE))
        makes = stage.effect is Effect.LOCAL
        if makes or binds_files(stage, context.component):
            locks += held.enter_context(lock.held(folder / "archives", what=busy, patience=_PATIENCE, shared=not makes))
        remote = context.repository.remote
        if context.live and stage.effect > Effect.LOCAL and remote and context.component.settings.remote_lock:
            from unmoor.tools import remote_lock

            held.enter_context(
                remote_lock.held(
                    context.repository.root,
                    context.environ,
                    remote=remote,
                    release=context.release.tag,
                    actor=context.plan.actor,
                    memo=folder / "remote",
                    say=context.say,
                )
            )
        yield locks
