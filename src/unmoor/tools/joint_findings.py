"""Several tools' findings as one."""

from __future__ import annotations

from collections.abc import Sequence

from unmoor.model import Findings

__all__ = ["together"]


def together(parts: Sequence[Findings]) -> Findings:
    """Return the findings of several tools as one: ``17 files mypy, 17 pyright``.

    One that examined nothing makes the whole examine nothing: the others' work does not stand in for it.
    """
    first, *rest = parts
    empty = next((part for part in parts if not part.examined), None)
    if empty is not None:
        first, rest = empty, []
    words = [f"{part.examined} {part.unit.removeprefix('files ')}" for part in rest]
    return Findings(
        examined=first.examined,
        unit=", ".join([first.unit, *words]),
        problems=tuple(each for part in parts for each in part.problems),
        notices=tuple(each for part in parts for each in part.notices),
        absent=next((part.absent for part in parts if part.absent), ""),
        unanswered=next((part.unanswered for part in parts if part.unanswered), ""),
        hint=next((part.hint for part in parts if part.hint), ""),
        tools={name: version for part in parts for name, version in part.tools.items()},
    )
