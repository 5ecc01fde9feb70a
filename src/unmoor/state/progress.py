"""How far the archives of a release have gone out: what may still change between two runs depends on it.

The folder alone says it: what was begun may have arrived, whatever became of the run that began it; what was refused
has not.
"""

from __future__ import annotations

from pathlib import Path

from unmoor.chain import CHAIN
from unmoor.model import Effect, Target
from unmoor.state.evidence_store import EvidenceStore

__all__ = ["reached"]


def reached(state: Path, store: EvidenceStore) -> Effect:
    """Return the gravest effect that publishing the release may have had; ``state`` is its folder.

    ``PUBLIC`` says that the test index may hold a file of it, ``PERMANENT`` that the main index may.
    """
    from unmoor.state import upload_intents

    went_to = [
        stage.effect
        for stage in CHAIN
        if stage.target is Target.INDEX
        and (upload_intents.anything_may_be_there(state, stage.name) or _passed(store, stage.name))
    ]
    return max(went_to, default=Effect.NONE)


def _passed(store: EvidenceStore, stage: str) -> bool:
    # Evidence travels between machines without the intents; a passed stage has seen its files on the index.
    record = store.read(stage).record
    return record is not None and record.passed
