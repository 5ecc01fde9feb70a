"""Remarks of one kind, kept short: the first few in full, the rest as a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unmoor.model import Finding

__all__ = ["few"]

_SHOWN = 8


def few(findings: Iterable[Finding], shown: int = _SHOWN) -> tuple[Finding, ...]:
    """Return the first ``shown`` findings and, where there are more, one that says how many."""
    every: Sequence[Finding] = tuple(findings)
    if len(every) <= shown + 1:
        return tuple(every)
    rest = Finding(message=f"and {len(every) - shown} more of this kind", hint=every[shown].hint)
    return (*every[:shown], rest)
