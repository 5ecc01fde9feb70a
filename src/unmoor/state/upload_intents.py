"""What is known of each upload: that it is about to be sent, on disk before its first byte leaves, and its answer.

An intent is no upload, and neither it nor an answer is evidence that a file arrived: only the index can say that. An
intent without an answer says that the file may have arrived; one that was refused says that, by this way, it did not.
"""

from __future__ import annotations

import enum
from pathlib import Path

import msgspec

from unmoor.model import Distribution
from unmoor.runtime.clock import now
from unmoor.runtime.files import write_whole
from unmoor.targets import Index

__all__ = [
    "Intent",
    "Standing",
    "answered",
    "any_begun",
    "anything_may_be_there",
    "begin",
    "begun",
    "digests",
    "intent",
    "shown",
    "since",
    "standings",
]


class Standing(enum.StrEnum):
    """How an upload stands: ``BEGUN`` without an answer that settles it, ``ACCEPTED`` or ``REFUSED`` by the index.

    ``SHOWN`` is accepted too, and was seen there since: an index that does not show it any more has removed it.
    """

    BEGUN = "begun"
    ACCEPTED = "accepted"
    SHOWN = "shown"
    REFUSED = "refused"


_ACCEPTED = frozenset({Standing.ACCEPTED, Standing.SHOWN})


class _Try(msgspec.Struct, frozen=True, kw_only=True):
    """One try to send one file: to which index (its identity), since when, and what was answered when."""

    sha256: str
    index: str = ""
    started: str = ""
    standing: Standing = Standing.BEGUN
    status: int = 0
    answered: str = ""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    tries: tuple[_Try, ...]


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What all tries to send one file to one index come to; ``since`` is when it was accepted, else first begun."""

    standing: Standing
    since: str

    @property
    def accepted(self) -> bool:
        """Whether the index said that it took the file."""
        return self.standing in _ACCEPTED


def begin(state: Path, index: Index, file: Distribution) -> None:
    """Keep durably that ``file`` is about to be sent to ``index``; ``state`` is the release's folder."""
    path = _path(state, index, file)
    started = _Try(sha256=file.sha256, index=index.identity, started=now())
    _write(path, (*(_read(path) or ()), started))


def answered(state: Path, index: Index, file: Distribution, standing: Standing, status: int) -> None:
    """Keep durably how the try that was begun last ended; ``status`` is that of HTTP, 0 without an answer."""
    path = _path(state, index, file)
    *before, last = _read(path) or (_Try(sha256=file.sha256, index=index.identity, started=now()),)
    _write(path, (*before, msgspec.structs.replace(last, standing=standing, status=status, answered=now())))


def shown(state: Path, index: Index, file: Distribution) -> None:
    """Keep durably that the index shows a file that it has accepted; what was not sent from here is left alone."""
    path = _path(state, index, file)
    tries = list(_read(path) or ())
    for number, each in enumerate(tries):
        if _is_of(each, index, file) and each.standing is Standing.ACCEPTED:
            tries[number] = msgspec.structs.replace(each, standing=Standing.SHOWN)
            _write(path, tuple(tries))


def intent(state: Path, index: Index, file: Distribution) -> Intent | None:
    """Return how the upload of these bytes to this index stands, ``None`` where it was never begun.

    Accepted once is accepted. It is refused where every try was: of one without an answer nobody knows.
    """
    mine = [each for each in _read(_path(state, index, file)) or () if _is_of(each, index, file)]
    if not mine:
        return None
    if accepted := [each for each in mine if each.standing in _ACCEPTED]:
        # What was removed and sent again counts by the last time.
        return Intent(standing=accepted[-1].standing, since=accepted[-1].answered)
    return Intent(standing=_together(mine), since=mine[0].started)


def any_begun(state: Path, index: str = "") -> bool:
    """Say whether any upload of the release was ever begun, however it ended: to the index of that name, or to any."""
    return any((_folder(state) / index).rglob("*.json"))


def anything_may_be_there(state: Path, index: str = "") -> bool:
    """Say whether anything of the release may be on the index of that name, or on any.

    That is so where an upload was accepted, or has no answer that settles it. Uploads that were all refused have left
    nothing behind. What cannot be read back may have been anything.
    """
    kept = map(_read, (_folder(state) / index).rglob("*.json"))
    return any(tries is None or _together(tries) is not Standing.REFUSED for tries in kept)


def digests(state: Path) -> dict[str, str]:
    """Return the sha256 of every file whose upload was begun, by its name, to whichever index."""
    kept = {path.name.removesuffix(".json"): _read(path) for path in _folder(state).rglob("*.json")}
    return {name: tries[-1].sha256 for name, tries in kept.items() if tries}


def begun(state: Path, name: str, identity: str) -> frozenset[str]:
    """Return the sha256 of the files whose upload to this index was begun; one of another address is another index."""
    paths = (_folder(state) / name).glob("*.json")
    return frozenset(each.sha256 for path in paths for each in _read(path) or () if each.index == identity)


def standings(state: Path, name: str, identity: str) -> dict[str, Standing]:
    """Return how the upload of each file to this index stands that was ever begun, by its sha256."""
    tries = [each for path in (_folder(state) / name).glob("*.json") for each in _read(path) or ()]
    found = {}
    for sha256 in {each.sha256 for each in tries if each.index == identity}:
        mine = [each for each in tries if (each.sha256, each.index) == (sha256, identity)]
        accepted = [each.standing for each in mine if each.standing in _ACCEPTED]
        found[sha256] = accepted[-1] if accepted else _together(mine)
    return found


def since(state: Path, name: str, identity: str) -> str:
    """Return when the first upload to this index was begun that was not refused, as ISO time; empty for none."""
    tries = [each for path in (_folder(state) / name).glob("*.json") for each in _read(path) or ()]
    mine = [each for each in tries if each.index == identity and each.standing is not Standing.REFUSED]
    return min((each.started for each in mine), default="")


def _together(tries: tuple[_Try, ...] | list[_Try]) -> Standing:
    """Return how tries stand of which none was accepted: refused where all of them were, else nobody knows."""
    return Standing.REFUSED if all(each.standing is Standing.REFUSED for each in tries) else Standing.BEGUN


def _is_of(each: _Try, index: Index, file: Distribution) -> bool:
    return (each.sha256, each.index) == (file.sha256, index.identity)


def _read(path: Path) -> tuple[_Try, ...] | None:
    """Return the tries that are kept, ``None`` where there is no file or it is torn or foreign."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        return msgspec.json.decode(content, type=_Kept).tries
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    try:
        # Of an earlier unmoor: the one try, without what was answered.
        return (msgspec.json.decode(content, type=_Try),)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _write(path: Path, tries: tuple[_Try, ...]) -> None:
    write_whole(path, msgspec.json.encode(_Kept(tries=tries)))


def _path(state: Path, index: Index, file: Distribution) -> Path:
    return _folder(state) / index.name / f"{file.filename}.json"


def _folder(state: Path) -> Path:
    return state / "uploads"
