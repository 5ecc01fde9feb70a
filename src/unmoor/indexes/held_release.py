"""What an index holds of one release, and until when it takes the rest, by its own clock.

PyPI takes no new files for a release that is older than 14 days (since July 2026); the first file counts. The clock of
this machine may be days off, and says nothing about the index's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from unmoor.indexes.rules.held import CLOSES_AFTER
from unmoor.targets import IndexFile

__all__ = ["HeldRelease", "held_release", "moment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRelease:
    """``there`` and ``missing`` are names of the release's files; ``until`` is when its index takes no more of them.

    ``until`` is ``None`` where nothing is there, or the index does not say since when.
    """

    there: tuple[str, ...]
    missing: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None
    closed: bool = False


def held_release(listed: Iterable[IndexFile], names: Collection[str]) -> HeldRelease:
    """Return what an index that lists these files of the version has of ``names``."""
    files = tuple(listed)
    there = {each.filename for each in files}
    since = min((each.upload_time for each in files if each.upload_time), default=None)
    until = min(since, datetime.max.replace(tzinfo=UTC) - CLOSES_AFTER) + CLOSES_AFTER if since else None
    # An index that does not say what time it is has no better clock than ours.
    now = max((each.asked_at for each in files if each.asked_at), default=None) or datetime.now(UTC)
    return HeldRelease(
        there=tuple(name for name in names if name in there),
        missing=tuple(name for name in names if name not in there),
        since=since,
        until=until,
        closed=until is not None and now > until,
    )


def moment(time: datetime) -> str:
    """Return a moment as people read it, in UTC."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
