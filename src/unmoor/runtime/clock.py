"""The time as evidence and plans state it: in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["day", "days_since", "now", "today"]


def now() -> str:
    """Return the moment, as ISO time that ends in ``Z``."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def today() -> str:
    """Return the UTC day, as ISO date."""
    return datetime.now(UTC).date().isoformat()


def day(epoch: int) -> str:
    """Return the UTC day of a moment that is given in seconds since the epoch, as ISO date."""
    return datetime.fromtimestamp(epoch, UTC).date().isoformat()


def days_since(moment: str) -> float:
    """Return how many days ago ``moment`` was, as ``now`` states it; without end where it is no moment at all."""
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return float("inf")
    return (datetime.now(UTC) - then).total_seconds() / 86400 if then.tzinfo else float("inf")
