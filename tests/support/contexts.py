"""Contexts for what only needs words and a folder: no repository, no network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from support.archived import component_of
from support.fakes import FakeObserver
from support.records import plan
from unmoor.chain import stage
from unmoor.context import Context
from unmoor.model import Mode
from unmoor.model.settings import Settings
from unmoor.state.evidence_store import EvidenceStore


def make_context(
    top: Path, *, live: bool = False, settings: Settings | None = None, name: str = "check", **changes: Any
) -> Context:
    """Return the context of a stage of ``thing`` 1.0 below ``top``; ``changes`` are fields of ``Context``."""
    words: dict[str, Any] = {
        "stage": stage(name),
        "component": component_of(top, "thing", ("thing",), settings or Settings(), ()),
        "release": plan().releases[0],
        "plan": plan(Mode.LIVE if live else Mode.REHEARSAL),
        "store": EvidenceStore(top / "state" / "evidence", "thing"),
        "state": top / "state",
        "environ": dict(os.environ),
        "workspace": None,
        "observer": FakeObserver(),
        "say": lambda _: None,
    }
    return Context(**{**words, **changes})
