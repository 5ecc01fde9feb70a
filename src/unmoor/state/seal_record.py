"""What the sealed archives are and were made from: kept beside them in ``seal.json``, so that no build is made twice.

The evidence of the build says the same, as long as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unmoor.evidence.binding import seal_digest
from unmoor.evidence.record import Kept
from unmoor.evidence.statements import Damaged
from unmoor.model import Distribution
from unmoor.runtime.files import write_whole
from unmoor.state import checked

__all__ = ["SealRecord", "of_build", "path", "read", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRecord:
    """``inputs`` is one digest of what makes the bytes, ``facts`` names the commit, ``files`` the archives."""

    inputs: str
    facts: Mapping[str, str]
    files: tuple[Distribution, ...]


def path(state: Path) -> Path:
    """Return the file that holds the record; ``state`` is the release's folder."""
    return state / "seal.json"


def read(state: Path) -> SealRecord | None:
    """Return the record, or ``None`` where nothing was sealed; raise ``Damaged`` for what cannot be read back."""
    try:
        return checked.decode(path(state).read_bytes(), SealRecord)
    except FileNotFoundError:
        return None
    except (OSError, checked.Damaged) as error:
        raise Damaged(str(error)) from error


def write(state: Path, record: SealRecord) -> None:
    """Keep the record durably."""
    write_whole(path(state), checked.encode(record))


def of_build(kept: Kept) -> SealRecord | None:
    """Return the same from the evidence of the build, or ``None`` where that names no archives."""
    record = kept.record
    if record is None or not record.files:
        return None
    return SealRecord(inputs=seal_digest(record.inputs), facts=record.facts, files=record.files)
