"""What became of earlier runs: the record before becomes an attempt of the one that takes its place.

So a gate that failed and then passed leaves both results, and who reads the record sees that it was tried again.
"""

from __future__ import annotations

from collections.abc import Mapping

from unmoor.evidence.binding import same_content
from unmoor.evidence.record import Attempt, Kept

__all__ = ["earlier"]

_KEPT_ATTEMPTS = 20


def earlier(kept: Kept, inputs: Mapping[str, str]) -> tuple[Attempt, ...]:
    """Return the attempts that a new record for these ``inputs`` starts with: those of the one before, and that one."""
    last = kept.record
    if last is None:
        return ()
    detail = last.detail if last.finished else f"interrupted: {last.detail or 'at work'}"
    digest = kept.digest if last.passed and same_content(last.inputs, inputs) else ""
    attempt = Attempt(started=last.started, actor=last.actor, outcome=last.outcome, detail=detail, digest=digest)
    return (*last.attempts, attempt)[-_KEPT_ATTEMPTS:]
