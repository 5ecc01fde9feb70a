"""Who decides that evidence is void: what was kept, against what it would have to be bound to now."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from unmoor.evidence.binding import files_digest
from unmoor.evidence.record import Kept, Record
from unmoor.model import Bound, Distribution
from unmoor.model.counting import listed
from unmoor.runtime.clock import days_since

__all__ = ["Standing", "Validity", "about_other_files", "chained", "validity"]

# What an input is called, and what is said of it alone, where that is not that it changed.
_INPUTS = {
    Bound.UNMOOR: ("unmoor", "unmoor was updated"),
    Bound.SETTINGS: ("the settings", ""),
    Bound.VERSION: ("the version", ""),
    Bound.TREE: ("the tree", ""),
    Bound.COMMIT: ("the commit", ""),
    Bound.BRANCH: ("the branch", ""),
    Bound.PLAN: ("the plan", "the plan is another one"),
    Bound.EDITS: ("the plan's edits", ""),
    Bound.FILES: ("the archives", ""),
    Bound.INDEX: ("the index", "the index is another one"),
    Bound.TAG: ("the tag", "the tag is another one"),
    Bound.REMOTE: ("the remote", "the remote is another one"),
}


class Standing(enum.StrEnum):
    """How kept evidence stands: only what is proven counts."""

    PROVEN = "proven"
    MISSING = "missing"
    DAMAGED = "damaged"
    INTERRUPTED = "interrupted"
    CHANGED = "changed"
    FAILED = "failed"
    AGED = "aged"
    UNCHAINED = "unchained"


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether evidence counts; ``why`` says why not, empty where it does."""

    standing: Standing
    why: str = ""

    @property
    def counts(self) -> bool:
        """Whether the evidence proves its stage for the inputs it was compared with."""
        return self.standing is Standing.PROVEN


def validity(kept: Kept, inputs: Mapping[str, str], *, days: float = 0.0, ignoring: Collection[Bound] = ()) -> Validity:
    """Return how kept evidence stands for these inputs. A changed input makes it void, and the reason names it.

    With ``days`` evidence that is older does not count either. Inputs that are ``ignoring`` may have changed.
    """
    if kept.damage:
        return Validity(Standing.DAMAGED, f"the evidence {kept.damage}")
    if kept.record is None:
        return Validity(Standing.MISSING, "no evidence yet")
    if not kept.record.finished:
        return _interrupted(kept.record)
    compared = inputs.keys() - set(map(str, ignoring))
    return _compared(kept.record, {name: inputs[name] for name in inputs if name in compared}, days)


def _interrupted(record: Record) -> Validity:
    at = record.detail if record.detail not in {"", "begun"} else ""
    why = f"the last attempt stopped at {at}" if at else "the last attempt was interrupted"
    return Validity(Standing.INTERRUPTED, why)


def _compared(record: Record, inputs: Mapping[str, str], days: float) -> Validity:
    changed = [name for name in inputs if record.inputs.get(name) != inputs[name]]
    if changed:
        return Validity(Standing.CHANGED, _said(changed))
    if not record.passed:
        return Validity(Standing.FAILED, "it did not pass last time")
    if days and days_since(record.finished) > days:
        return Validity(Standing.AGED, f"it is older than {days:g} days")
    return Validity(Standing.PROVEN)


def chained(kept: Kept, required: Mapping[str, Kept]) -> Validity:
    """Return how evidence stands that counts by itself: void where what it relied on is no longer what it was.

    ``required`` is what is kept of the stages it requires, by name. A record that was made again of the same content
    speaks for the one before it.
    """
    relied_on = kept.record.relied_on if kept.record else {}
    other = [name for name, each in required.items() if relied_on.get(name) not in _vouched_for(each)]
    if not other:
        return Validity(Standing.PROVEN)
    return Validity(Standing.UNCHAINED, f"it relied on other evidence of {', '.join(other)}")


def _vouched_for(kept: Kept) -> set[str]:
    earlier = kept.record.attempts if kept.record else ()
    return {kept.digest, *(each.digest for each in earlier)} - {""}


def about_other_files(kept: Kept, files: Sequence[Distribution]) -> str:
    """Say why kept evidence is not about exactly these archives; an empty string when it is."""
    held = kept.record.files if kept.record else ()
    return "" if files_digest(held) == files_digest(files) else _said([Bound.FILES])


def _said(changed: Sequence[str]) -> str:
    """Return what changed, all of it, in one sentence."""
    named = [_INPUTS.get(Bound(name), (f"the {name}", "")) if name in set(Bound) else (name, "") for name in changed]
    if len(named) == 1 and named[0][1]:
        return named[0][1]
    return f"{listed([name for name, _ in named])} changed"
