"""A release whose files are on the main index is finished, whatever a gate would rather have: it is out.

Before, a gate that does not hold keeps files from going out. Afterwards it could only leave a release without its
sdist or its tag, and that helps nobody: what it found is told, and the finish goes on. Few things still stop it; the
chain names them.
"""

from __future__ import annotations

from dataclasses import replace

from unmoor.chain import STOPS_A_FINISH, main_index
from unmoor.context import Context
from unmoor.errors import Exit
from unmoor.evidence.record import GateRecord
from unmoor.model import Outcome

__all__ = ["noticed"]


def noticed(records: tuple[GateRecord, ...], code: Exit, context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Return gates as they were judged, or, where the release is being finished, what they found as something told."""
    if code is Exit.PASS or not context.is_finishing:
        return records, code
    told = tuple(each if each.holds or each.name in STOPS_A_FINISH else _told(each) for each in records)
    return told, Exit.PASS if all(each.holds for each in told) else code


def _told(record: GateRecord) -> GateRecord:
    reason = f"noticed only: files of this version are on {main_index().name} already"
    return replace(record, outcome=Outcome.WAIVED, reason=reason)
