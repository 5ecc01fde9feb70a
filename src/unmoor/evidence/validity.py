"""Who decides that evidence is void: what was kept, against what it would have to be bound to now."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unmoor.evidence.binding import files_digest
from unmoor.evidence.record import Kept
from unmoor.model import Bound, Distribution

__all__ = ["Standing", "Validity", "about_other_files", "validity"]

_CHANGED = {
    Bound.UNMOOR: "unmoor was updated",
    Bound.SETTINGS: "the settings changed",
    Bound.VERSION: "the version changed",
    Bound.TREE: "the tree changed",
    Bound.COMMIT: "the commit changed",
    Bound.BRANCH: "the branch changed",
    Bound.PLAN: "the plan is another one",
    Bound.EDITS: "the plan's edits changed",
    Bound.FILES: "the archives changed",
    Bound.INDEX: "the index is another one",
    Bound.TAG: "the tag is another one",
    Bound.REMOTE: "the remote is another one",
}


class Standing(enum.StrEnum):
    """How kept evidence stands: only what is proven counts."""

    PROVEN = "proven"
    MISSING = "missing"
    DAMAGED = "damaged"
    INTERRUPTED = "interrupted"
    CHANGED = "changed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether evidence counts; ``why`` says why not, empty where it does."""

    standing: Standing
    why: str = ""

    @property
    def counts(self) -> bool:
        """Whether the evidence proves its stage for the inputs it was compared with."""
        return self.standing is Standing.PROVEN


def validity(kept: Kept, inputs: Mapping[str, str]) -> Validity:
    """Return how kept evidence stands for these inputs. A changed input makes it void, and the reason names it."""
    if kept.damage:
        return Validity(Standing.DAMAGED, f"the evidence {kept.damage}")
    if kept.record is None:
        return Validity(Standing.MISSING, "no evidence yet")
    if not kept.record.finished:
        at = kept.record.detail if kept.record.detail not in {"", "begun"} else ""
        why = f"the last attempt stopped at {at}" if at else "the last attempt was interrupted"
        return Validity(Standing.INTERRUPTED, why)
    changed = [_changed(name) for name in inputs if kept.record.inputs.get(name) != inputs[name]]
    if changed:
        return Validity(Standing.CHANGED, changed[0] if len(changed) == 1 else f"{changed[0]}, and more")
    if not kept.record.passed:
        return Validity(Standing.FAILED, "it did not pass last time")
    return Validity(Standing.PROVEN)


def about_other_files(kept: Kept, files: Sequence[Distribution]) -> str:
    """Say why kept evidence is not about exactly these archives; an empty string when it is."""
    held = kept.record.files if kept.record else ()
    return "" if files_digest(held) == files_digest(files) else _CHANGED[Bound.FILES]


def _changed(name: str) -> str:
    return _CHANGED.get(Bound(name), f"the {name} changed") if name in set(Bound) else f"{name} changed"
