"""Contexts for what only needs words and a folder: no repository, no network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from support.archived import project_of
from support.records import plan
from unmoor.chain import stage
from unmoor.context import Context
from unmoor.model import Mode
from unmoor.project.types import Settings
from unmoor.state.evidence_store import Store
from unmoor.targets import Targets


def make_context(
    top: Path, *, live: bool = False, settings: Settings | None = None, name: str = "check", **changes: Any
) -> Context:
    """Return the context of a stage of ``thing`` 1.0 below ``top``; ``changes`` are fields of ``Context``."""
    words: dict[str, Any] = {
        "stage": stage(name),
        "project": project_of(top, "thing", ("thing",), settings or Settings(), ()),
        "plan": plan(Mode.LIVE if live else Mode.REHEARSAL),
        "targets": Targets(label="the remote", remote=""),
        "store": Store(top / "state" / "evidence"),
        "state": top / "state",
        "environ": dict(os.environ),
        "workspace": None,
        "say": lambda _: None,
    }
    return Context(**{**words, **changes})
