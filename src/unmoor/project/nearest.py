"""Advice for a name that is not known: the nearest one that is, or all that are allowed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

__all__ = ["allowed", "nearest"]

_MANY = 12
_LIKE = 0.6


def allowed(names: Sequence[str]) -> str:
    """Return the allowed words as "'a', 'b' or 'c'"."""
    quoted = [f"'{name}'" for name in names]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def nearest(name: str, known: Collection[str], *, elsewhere: str = "") -> str:
    """Return the advice for ``name``, which is not in ``known``; ``elsewhere`` is a valid name of another place."""
    from difflib import get_close_matches

    spelled = name.strip().lower().replace("_", "-").replace(" ", "-")
    close = get_close_matches(spelled, known, n=1, cutoff=_LIKE)
    if spelled not in known and elsewhere:
        return f"did you mean '{elsewhere}'?"
    if close:
        return f"did you mean '{close[0]}'?"
    if len(known) <= _MANY:
        return f"known are {', '.join(known)}" if known else ""
    return "see the reference of settings for the names that are known"
