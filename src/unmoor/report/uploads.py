"""Where the archives of a release stand at its indexes, as far as evidence and intents tell; no index is asked.

An intent is no upload. But files go out one at a time, and each only when those before it are there: so the last one
that was begun is in doubt, and those before it are not.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from unmoor.chain import CHAIN
from unmoor.evidence.record import Record
from unmoor.model import Bound, Distribution, Outcome, Plan, Target, wheels_first
from unmoor.state import upload_intents
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.upload_intents import Standing
from unmoor.targets import Addresses

__all__ = ["INDEXES", "AtIndex", "Sent", "at_index", "own_addresses"]

INDEXES = tuple(stage.name for stage in CHAIN if stage.target is Target.INDEX)
_READ_BACK = "index-serves-our-bytes"
# For so long an index of PyPI's kind takes new files of a version, from the first one on.
_OPEN = timedelta(days=14)


class Sent(enum.Enum):
    """How far one file came: read back by its digest, taken, begun and in doubt, or not sent."""

    SERVED = "served"
    TAKEN = "taken"
    BEGUN = "begun"
    NOT = "not sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtIndex:
    """The files of a release at one index, in the order they are sent; ``since`` is when the first was begun."""

    index: str
    address: str
    files: Mapping[Distribution, Sent]
    since: str = ""

    def names(self, *how: Sent) -> tuple[str, ...]:
        """Return the names of the files that came just so far."""
        return tuple(each.filename for each, sent in self.files.items() if sent in how)

    @property
    def lacking(self) -> tuple[Distribution, ...]:
        """The files that the index may lack, in the order they are sent."""
        return tuple(each for each, sent in self.files.items() if sent in (Sent.BEGUN, Sent.NOT))

    @property
    def is_partial(self) -> bool:
        """Whether something is out, or may be, and not all of it was seen there."""
        sent = set(self.files.values())
        return bool(sent - {Sent.NOT}) and sent != {Sent.SERVED}

    @property
    def until(self) -> str:
        """The day until which an index of PyPI's kind takes what is missing, as ISO date; empty where none is known."""
        try:
            return (datetime.fromisoformat(self.since) + _OPEN).date().isoformat()
        except ValueError:
            return ""


def own_addresses(plan: Plan, component: str, said: Addresses) -> Addresses:
    """Return where a release goes: what its plan says, and where that says nothing, what is ``said`` otherwise.

    A remote is called by its name as long as that leads where the plan says.
    """
    planned = plan.addresses.get(component, {})
    indexes = {name: url for name in INDEXES if (url := planned.get(name) or said.indexes.get(name, ""))}
    remote = planned.get(CHAIN[-1].name, "")
    same = remote in ("", said.remote, said.remote_address)
    return replace(said, indexes=indexes, remote=said.remote if same else remote)


def at_index(store: EvidenceStore, index: str, files: Sequence[Distribution], address: str = "") -> AtIndex:
    """Return where the files stand at an index; ``address`` is the one to go by where the evidence names none."""
    record = store.read(index).record
    state, ordered = store.folder.parent, wheels_first(files)
    if record is not None:
        address = record.inputs.get(Bound.INDEX, "") or address or record.facts.get("target", "")
    if record is not None and _done(record, address):
        read_back = record.passed or any(
            gate.name == _READ_BACK and gate.outcome is Outcome.PASSED for gate in record.gates
        )
        there = Sent.SERVED if read_back else Sent.TAKEN
        found = {each: there if each in record.files else Sent.NOT for each in ordered}
    else:
        said = upload_intents.standings(state, index, address)
        last = max((number for number, each in enumerate(ordered) if each.sha256 in said), default=-1)
        found = {each: _sent(said.get(each.sha256), before_last=n < last) for n, each in enumerate(ordered)}
    return AtIndex(index=index, address=address, files=found, since=upload_intents.since(state, index, address))


def _sent(said: Standing | None, *, before_last: bool) -> Sent:
    """Return how far a file came; ``before_last`` says that one that comes after it was begun."""
    if said is Standing.SHOWN:
        return Sent.SERVED
    if said is Standing.ACCEPTED or before_last:
        return Sent.TAKEN
    return Sent.BEGUN if said is Standing.BEGUN else Sent.NOT


def _done(record: Record, address: str) -> bool:
    """Say whether the step was done: it leaves its target then, whatever a gate says afterwards."""
    return bool(record.finished) and record.facts.get("target") == address
