"""``unmoor bump minor`` and ``unmoor bump 2.0.0``: what a word without an option in front of it means.

invoke knows words of a task only where the task cannot do without them
(https://docs.pyinvoke.org/en/stable/concepts/invoking-tasks.html), so they become options before it looks at them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

__all__ = ["as_options"]

_TASK = "bump"
_TAKE_A_VALUE = frozenset({"--part", "--to"})
_VERSION = re.compile(r"v?\d")


def as_options(words: Sequence[str], tasks: Collection[str]) -> list[str]:
    """Return the words of a command line with those after ``bump`` as its options; ``tasks`` are the known ones.

    Only where it is the first task: behind another its name may be a text.
    """
    first = next((number for number, word in enumerate(words) if not word.startswith("-")), len(words))
    if first == len(words) or words[first] != _TASK:
        return [*words]
    return [*words[: first + 1], *_as_options(words[first + 1 :], tasks)]


def _as_options(words: Sequence[str], tasks: Collection[str]) -> Iterator[str]:
    before, ended = "", False
    for word in words:
        is_value, before = before in _TAKE_A_VALUE, word
        ended = ended or (word in tasks and not is_value)
        plain = not (ended or is_value or word.startswith("-"))
        yield f"{'--to' if _VERSION.match(word) else '--part'}={word}" if plain else word
