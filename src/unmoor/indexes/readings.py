"""Several readings of one index, one after the other, and what they amount to.

Behind one address stand many machines. They learn of a file one after the other, and a page or a file can be cut or
stale on its way: what one reading lacks is not visible yet, and other bytes are believed only when they come again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

__all__ = ["Readings"]

_SURE = 3


class Readings:
    """What was read of each file of ``wanted`` (name to sha256), reading by reading."""

    def __init__(self, wanted: Mapping[str, str]) -> None:
        self._wanted = {name: digest.lower() for name, digest in wanted.items()}
        self._ours: Counter[str] = Counter()
        self._others: Counter[str] = Counter()
        self._doubted: set[str] = set()
        self._seen: frozenset[str] = frozenset()

    def add(self, digests: Mapping[str, str]) -> None:
        """Take in a reading: the digest of each file, by name; one that was not there says nothing about its bytes."""
        self._seen = frozenset(digests)
        for name, digest in digests.items():
            ours = digest.lower() == self._wanted[name]
            self._ours[name] = self._ours[name] + 1 if ours else 0
            self._others[name] = 0 if ours else self._others[name] + 1
            if not ours:
                self._doubted.add(name)

    @property
    def others(self) -> tuple[str, ...]:
        """The files that had other bytes in each of the last readings that showed them."""
        return tuple(name for name in self._wanted if self._others[name] >= _SURE)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """The files that had other bytes at some time, and since then neither ours nor others often enough."""
        return tuple(
            name for name in self._wanted if name in self._doubted and max(self._ours[name], self._others[name]) < _SURE
        )

    @property
    def pending(self) -> tuple[str, ...]:
        """The files that the last reading lacked, and the doubtful ones."""
        return tuple(name for name in self._wanted if name not in self._seen or name in self.doubtful)
