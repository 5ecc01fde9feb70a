"""What time it is by an index's own clock: the one that its rules about days go by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["time_of"]


def time_of(headers: Mapping[str, str]) -> datetime | None:
    """Return when an answer with these headers was given, ``None`` where they do not say so.

    ``Date`` is when the index made it, ``Age`` how many seconds caches have kept it since (RFC 9110, 6.6.1; RFC 9111,
    5.1).
    """
    try:
        made = parsedate_to_datetime(headers.get("Date", ""))
        kept = timedelta(seconds=int(headers.get("Age", "0")))
        return (made if made.tzinfo else made.replace(tzinfo=UTC)) + kept
    except (ValueError, OverflowError):
        return None
