"""Where a release's evidence lies: one file a stage and part, written whole, so that two folders merge by union."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unmoor.evidence.part_records import contradiction
from unmoor.evidence.record import EvidenceKey, Kept, Record
from unmoor.evidence.validity import Standing, Validity, validity
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
        key = EvidenceKey(stage=stage, component=self.component, part=part)
        kept = _read(self.path(key))
        if kept.record is not None and kept.record.key != key:
            whose = str(kept.record.key)
            if kept.record.component != self.component:
                whose = f"{kept.record.component}: {whose}"
            return Kept(damage=f"holds the evidence of {whose!r}", digest=kept.digest)
        return kept

    def parts(self, stage: str) -> Mapping[str, Kept]:
        """Return what is kept of the parts of a stage, by the names of their records; damage has no name to go by."""
        found = (_read(path) for path in sorted(self.folder.glob(f"{stage}.?*.json")))
        return {
            str(kept.record.key): kept
            for kept in found
            if kept.record is not None and (kept.record.component, kept.record.stage) == (self.component, stage)
        }

    def standing(self, kept: Kept, inputs: Mapping[str, str], *, days: float = 0.0) -> Validity:
        """Return how what is kept of a stage stands for these inputs, beside what is kept of its parts.

        With ``days`` evidence that is older does not count.
        """
        valid = validity(kept, inputs, days=days)
        if kept.record is None or not valid.counts:
            return valid
        why = contradiction(kept.record, self.parts(kept.record.stage))
        return Validity(Standing.CHANGED, why) if why else valid

    def write(self, record: Record) -> str:
        """Keep a record durably and return its file's sha256."""
        from unmoor.evidence.statements import encode

        content = encode(record)
        write_whole(self.path(record.key), content)
        return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> Kept:
    from unmoor.evidence.statements import Damaged, decode

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        return Kept(damage=f"cannot be read: {error.strerror}")
    digest = hashlib.sha256(content).hexdigest()
    try:
        return Kept(record=decode(content), digest=digest)
    except Damaged as error:
        return Kept(damage=f"is damaged: {error}", digest=digest)
