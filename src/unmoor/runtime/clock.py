"""The time as evidence and plans state it: in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["now", "today"]


def now() -> str:
    """Return the moment, as ISO time that ends in ``Z``."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def today() -> str:
    """Return the UTC day, as ISO date."""
    return datetime.now(UTC).date().isoformat()
