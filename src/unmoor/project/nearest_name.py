"""Advice for a name that is not known: the nearest one that is, or all that are allowed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

__all__ = ["allowed", "closest", "did_you_mean", "nearest"]

_MANY = 12
_LIKE = 0.6


def allowed(names: Sequence[str]) -> str:
    """Return the allowed words as "'a', 'b' or 'c'"."""
    quoted = [f"'{name}'" for name in names]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def closest(name: str, known: Iterable[str], *, alike: float = _LIKE) -> str:
    """Return the one of ``known`` that is spelled most like ``name``, an empty text where none is."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=alike)), "")


def did_you_mean(name: str, known: Iterable[str], *, otherwise: str = "", then: str = "") -> str:
    """Return the question for the nearest name, with ``then`` behind it; without one ``otherwise``, or ``then``."""
    near = closest(name, known)
    return " ".join(filter(None, [f"did you mean {near!r}?", then])) if near else otherwise or then


def nearest(name: str, known: Collection[str], *, elsewhere: str = "") -> str:
    """Return the advice for ``name``, which is not in ``known``; ``elsewhere`` is a valid name of another place."""
    spelled = name.strip().lower().replace("_", "-").replace(" ", "-")
    if spelled not in known and elsewhere:
        return f"did you mean '{elsewhere}'?"
    listed = f"known are {', '.join(known)}" if known else ""
    many = "see the reference of settings for the names that are known"
    return did_you_mean(spelled, known, otherwise=listed if len(known) <= _MANY else many)
