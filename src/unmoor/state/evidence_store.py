"""Where a release's evidence lies: one file a stage and part, written whole, so that two folders merge by union."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from unmoor.evidence.record import EvidenceKey, Kept, Record
from unmoor.runtime.files import write_whole

__all__ = ["EvidenceStore"]

_UNSAFE = re.compile(r"[^\w.()=+,-]")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class EvidenceStore:
    """The evidence folder of one release (component, version and mode)."""

    folder: Path
    component: str

    def path(self, key: EvidenceKey) -> Path:
        """Return the file that holds the evidence of this name."""
        name = _UNSAFE.sub("-", str(key))
        if name != str(key) or len(name) > _LONGEST:
            # Parameters of the project's own sessions can be anything; two that look alike stay apart.
            name = f"{name[:_LONGEST]}.{hashlib.sha256(str(key).encode()).hexdigest()[:8]}"
        return self.folder / f"{name}.json"

    def read(self, stage: str, part: str = "") -> Kept:
        """Return what is kept for a stage; damage is reported, never raised: it counts as no evidence."""
        from unmoor.evidence.statements import Damaged, decode

        key = EvidenceKey(stage=stage, component=self.component, part=part)
        try:
            content = self.path(key).read_bytes()
        except FileNotFoundError:
            return Kept()
        except OSError as error:
            return Kept(damage=f"cannot be read: {error.strerror}")
        digest = hashlib.sha256(content).hexdigest()
        try:
            record = decode(content)
        except Damaged as error:
            return Kept(damage=f"is damaged: {error}", digest=digest)
        if record.key != key:
            whose = str(record.key) if record.component == self.component else f"{record.component}: {record.key}"
            return Kept(damage=f"holds the evidence of {whose!r}", digest=digest)
        return Kept(record=record, digest=digest)

    def write(self, record: Record) -> str:
        """Keep a record durably and return its file's sha256."""
        from unmoor.evidence.statements import encode

        content = encode(record)
        write_whole(self.path(record.key), content)
        return hashlib.sha256(content).hexdigest()
