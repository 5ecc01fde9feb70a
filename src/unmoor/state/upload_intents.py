"""Intents of uploads: which file is about to be sent where, on disk before its first byte leaves.

An intent is not evidence that a file arrived; only the index can say that. It says that the file may have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from unmoor.model import Distribution
from unmoor.runtime.clock import now
from unmoor.runtime.files import write_whole
from unmoor.targets import Index

__all__ = ["any_begun", "begin", "begun", "digests", "since"]


def begin(state: Path, index: Index, file: Distribution) -> None:
    """Keep durably that ``file`` is about to be sent to ``index``; ``state`` is the release's folder."""
    said = {"sha256": file.sha256, "index": index.identity, "started": now()}
    write_whole(_folder(state) / index.name / f"{file.filename}.json", json.dumps(said).encode())


def any_begun(state: Path, index: str = "") -> bool:
    """Say whether any upload of the release was ever begun: to the index of that name, or to whichever."""
    return any((_folder(state) / index).rglob("*.json"))


def digests(state: Path) -> dict[str, str]:
    """Return the sha256 of every file whose upload was begun, by its name, to whichever index."""
    found = {}
    for path in _folder(state).rglob("*.json"):
        try:
            found[path.name.removesuffix(".json")] = str(json.loads(path.read_bytes())["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def begun(state: Path, name: str, identity: str) -> frozenset[str]:
    """Return the sha256 of the files whose upload to this index was begun; one of another address is another index."""
    return frozenset(sha256 for sha256, _ in _kept(state, name, identity))


def since(state: Path, name: str, identity: str) -> str:
    """Return when the first upload to this index was begun, as ISO time; empty where none was."""
    return min((started for _, started in _kept(state, name, identity)), default="")


def _kept(state: Path, name: str, identity: str) -> Iterator[tuple[str, str]]:
    """Yield the sha256 and the time of every upload to this index that was begun."""
    for path in (_folder(state) / name).glob("*.json"):
        try:
            said = json.loads(path.read_bytes())
            if said["index"] == identity:
                yield str(said["sha256"]), str(said["started"])
        except (OSError, ValueError, KeyError, TypeError):
            # Torn or foreign: it speaks of no file that we know.
            continue


def _folder(state: Path) -> Path:
    return state / "uploads"
