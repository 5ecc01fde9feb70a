"""Where a release's evidence lies: one file a stage, written whole, so that two folders merge by union."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.evidence.record import Kept
from unmoor.runtime.files import write_whole

if TYPE_CHECKING:
    from unmoor.evidence.record import Record

__all__ = ["Store"]

_UNSAFE = re.compile(r"[^\w.()=+,-]")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Store:
    """The evidence folder of one release (component, version and mode)."""

    folder: Path

    def path(self, stage: str) -> Path:
        """Return the file that holds the stage's evidence."""
        name = _UNSAFE.sub("-", stage)
        if name != stage or len(name) > _LONGEST:
            # Parameters of the project's own sessions can be anything; two that look alike stay apart.
            name = f"{name[:_LONGEST]}.{hashlib.sha256(stage.encode()).hexdigest()[:8]}"
        return self.folder / f"{name}.json"

    def read(self, stage: str) -> Kept:
        """Return what is kept for a stage; damage is reported, never raised: it counts as no evidence."""
        from unmoor.evidence.statements import Damaged, decode

        try:
            content = self.path(stage).read_bytes()
        except FileNotFoundError:
            return Kept()
        except OSError as error:
            return Kept(damage=f"cannot be read: {error.strerror}")
        digest = hashlib.sha256(content).hexdigest()
        try:
            record = decode(content)
        except Damaged as error:
            return Kept(damage=f"is damaged: {error}", digest=digest)
        if record.stage != stage:
            return Kept(damage=f"holds the evidence of {record.stage!r}", digest=digest)
        return Kept(record=record, digest=digest)

    def write(self, record: Record) -> str:
        """Keep a record durably and return its file's sha256."""
        from unmoor.evidence.statements import encode

        content = encode(record)
        write_whole(self.path(record.stage), content)
        return hashlib.sha256(content).hexdigest()
