"""The wait for an index: ask until what was uploaded is visible with the right digest, or patience ends.

*Not visible yet* is an outcome of its own, neither failure nor pass: behind one address stand many machines.
"""

from __future__ import annotations

import enum
import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from unmoor.indexes.file_bytes import LONGER, read_like
from unmoor.indexes.readings import Readings
from unmoor.model import Distribution
from unmoor.runtime.http import Unreachable
from unmoor.targets import IndexClient, IndexFile

__all__ = ["Seen", "Waited", "wait_for"]

_FIRST_PAUSE = 0.2  # seconds
_LONGEST_PAUSE = 15.0
_BEYOND = 2


class Seen(enum.StrEnum):
    """How waiting for files ended."""

    SERVED = "served"
    NOT_YET = "not yet visible"
    OTHER_BYTES = "other bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """The end of waiting: ``names`` are the files that are not there yet, or that are there with other bytes.

    ``asked`` counts the questions, ``seconds`` the time it took. ``trouble`` is the last failure to get an answer, or
    which answers differed.
    """

    seen: Seen
    names: tuple[str, ...] = ()
    asked: int = 0
    seconds: float = 0.0
    trouble: str = ""


def wait_for(
    client: IndexClient,
    project: str,
    wanted: Sequence[Distribution],
    *,
    patience_seconds: float,
    doubt_seconds: float = 0.0,
    into: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Waited:
    """Ask the index until one page of it lists every file of ``wanted``, or until patience ends.

    With ``into`` the files themselves are fetched into that folder, and it is their bytes that count. Asks at once,
    then after 0.2 s, doubling up to 15 s. Ends early on a file with other bytes, once it was asked for twice more: a
    few questions beyond patience where need be. No answer is like one that does not list the files yet, and it and
    answers that differ may take up to ``doubt_seconds`` where that is longer.
    """
    started, pause, asked, beyond = clock(), _FIRST_PAUSE, 0, 0
    readings, reader = Readings({each.filename: each.sha256 for each in wanted}), _Reader(client, project, wanted, into)
    while True:
        asked += 1
        readings.add(reader.read(readings.doubtful))
        waited = clock() - started
        if readings.others:
            return Waited(seen=Seen.OTHER_BYTES, names=readings.others, asked=asked, seconds=waited)
        pending = readings.pending
        if not pending:
            return Waited(seen=Seen.SERVED, asked=asked, seconds=waited)
        trouble = reader.trouble or _differing(readings.doubtful)
        limit = max(patience_seconds, doubt_seconds if trouble else 0.0)
        if waited >= limit:
            beyond += 1
            if not readings.doubtful or beyond > _BEYOND:
                return Waited(seen=Seen.NOT_YET, names=pending, asked=asked, seconds=waited, trouble=trouble)
        pause = min(pause, max(limit - waited, _FIRST_PAUSE))
        say(f"waiting for the index to list {', '.join(pending)} ({waited:.0f} of {limit:.0f} s)")
        sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _differing(names: tuple[str, ...]) -> str:
    return f"its answers about {', '.join(names)} differ" if names else ""


@dataclass(slots=True)
class _Reader:
    """Reads the index again and again; ``trouble`` is why the last reading is not whole, where it is not."""

    client: IndexClient
    project: str
    wanted: Sequence[Distribution]
    into: Path | None
    trouble: str = ""
    ours: set[IndexFile] = field(default_factory=set)

    def read(self, doubtful: Collection[str]) -> dict[str, str]:
        """Return the digest of each wanted file that is there; files that are ``doubtful`` are fetched anew."""
        self.trouble, found = "", {}
        wanted = {each.filename: each for each in self.wanted}
        try:
            listed = self.client.files(self.project)
        except Unreachable as error:
            self.trouble = _gist(error)
            return {}
        for each in listed:
            if (ours := wanted.get(each.filename)) is not None:
                try:
                    found[each.filename] = self._digest(each, ours, anew=each.filename in doubtful)
                except Unreachable as error:
                    self.trouble = _gist(error)
        return found

    def _digest(self, file: IndexFile, ours: Distribution, *, anew: bool) -> str:
        # What is stated is asked first: other bytes may be of any size.
        if file.sha256 and (self.into is None or file.sha256 != ours.sha256):
            return file.sha256
        # When it was asked says nothing about which file it is.
        known = replace(file, asked_at=None)
        if known in self.ours and not anew:
            return ours.sha256
        content = read_like(self.client, file, ours)
        if content is None:
            return LONGER
        digest = hashlib.sha256(content).hexdigest()
        if digest == ours.sha256:
            if self.into is not None:
                (self.into / file.filename).write_bytes(content)
            self.ours.add(known)
        return digest


def _gist(error: Unreachable) -> str:
    return error.problems[0].message
