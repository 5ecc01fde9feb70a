"""Which releases have state: found by looking into their folders, without asking the tree, the index or the remote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unmoor.model import Mode, Plan, Release
from unmoor.state import plans
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout

__all__ = ["KeptRelease", "kept_releases"]

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRelease:
    """A release whose folder is there: by which plan, and where. ``touched`` is when its plan or evidence changed."""

    plan: Plan
    release: Release
    state: Path
    touched: float

    @property
    def store(self) -> EvidenceStore:
        """The evidence of this release."""
        return EvidenceStore(self.state / "evidence", self.release.component)

    @property
    def live(self) -> bool:
        """Whether it is the release itself, and no rehearsal of it."""
        return self.plan.mode is Mode.LIVE


def kept_releases(layout: StateLayout) -> tuple[tuple[KeptRelease, ...], tuple[Path, ...]]:
    """Return the releases that have state, the latest first, and the folders whose plan cannot be read."""
    found, damaged = [], []
    for path in sorted(layout.base.glob(f"*/{_PLAN}")):
        plan = plans.read(path)
        mine = [each for each in plan.releases if layout.release(each, plan.mode) == path.parent] if plan else []
        if plan is None or not mine:
            damaged.append(path.parent)
            continue
        touched = max(each.stat().st_mtime for each in (path, *path.parent.glob("evidence/*.json")))
        found.append(KeptRelease(plan=plan, release=mine[0], state=path.parent, touched=touched))
    return tuple(sorted(found, key=lambda each: each.touched, reverse=True)), tuple(damaged)
