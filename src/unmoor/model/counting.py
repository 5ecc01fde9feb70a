"""How many of what, as people are told it: ``1 note``, ``2 notes``, ``1 file on the index``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["counted", "listed", "on_each"]

_HISSING = ("ches", "shes", "xes", "sses")


def counted(number: int, things: str) -> str:
    """Return the number and the things, which are given in the plural; for one, the first plural word is singular.

    English puts the thing counted first where more is said of it (``files on the index``) and last where it is
    described before (``upload rules``), so it is the first word that ends in ``s``.
    """
    words = things.split(" ")
    if number == 1:
        at = next((place for place, word in enumerate(words) if word.endswith("s")), None)
        if at is not None:
            words[at] = _singular(words[at])
    return " ".join([str(number), *words]).rstrip()


def listed(things: Sequence[str], last: str = "and") -> str:
    """Return the things as a sentence has them: ``a``, ``a and b``, ``a, b and c``."""
    return f" {last} ".join([", ".join(things[:-1]), things[-1]]) if len(things) > 1 else "".join(things)


def on_each(numbers: Mapping[str, int], things: str, place: str) -> tuple[int, str]:
    """Return how many there were and what that number counts: those of one place, of each, or all together.

    ``numbers`` is by place, such as the version of a Python where ``place`` is ``Python``.
    """
    same = set(numbers.values())
    if len(same) == 1:
        each = "each of " if len(numbers) > 1 else ""
        return same.pop(), f"{things} on {each}{place} {', '.join(numbers)}"
    parts = ", ".join(f"{number} on {place} {name}" for name, number in numbers.items())
    return sum(numbers.values()), f"{things}: {parts}"


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_HISSING) else word[:-1]
