"""Who runs the tests on which Python: this machine now, this or another one earlier, or others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from unmoor.evidence.record import Kept, Record
from unmoor.evidence.validity import Standing, validity

__all__ = ["Shares", "deal_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How the Pythons of a project are dealt out, by version.

    ``due`` are run now, with their interpreters; ``counted`` passed for this very content, here or elsewhere. Of those
    that are not here, ``failed`` did not pass elsewhere, and ``lacking`` nobody has run. ``left`` are other machines'.
    ``kept`` is what there was of each before.
    """

    due: Mapping[str, str]
    counted: Mapping[str, Record]
    failed: Mapping[str, Record]
    lacking: tuple[str, ...]
    left: tuple[str, ...]
    kept: Mapping[str, Kept]


def deal_out(
    mine: Collection[str],
    every: Sequence[str],
    found: Mapping[str, str],
    kept: Mapping[str, Kept],
    inputs: Mapping[str, str],
    *,
    again: bool,
    together: bool,
    days: float = 0.0,
) -> Shares:
    """Deal ``every`` Python out.

    ``mine`` are those that this machine is there for, ``found`` its interpreters, ``kept`` the evidence that there is:
    good for these ``inputs`` and, if said, not older than so many ``days``. ``again`` runs what has passed already too,
    and so does ``together`` as soon as one of those that are here has to run.
    """
    standing = {each: validity(kept.get(each, Kept()), inputs, days=days).standing for each in every}
    here = {each: found[each] for each in every if each in found and each in mine}
    due = {each: path for each, path in here.items() if standing[each] is not Standing.PROVEN}
    if again or (due and together):
        due = here
    absent = [each for each in every if each in mine and each not in found]
    records = {each: record for each in every if (record := kept.get(each, Kept()).record) is not None}
    return Shares(
        due=due,
        counted={each: records[each] for each in every if standing[each] is Standing.PROVEN and each not in due},
        failed={each: records[each] for each in absent if standing[each] is Standing.FAILED},
        lacking=tuple(each for each in absent if standing[each] not in (Standing.PROVEN, Standing.FAILED)),
        left=tuple(each for each in every if each not in mine and standing[each] is not Standing.PROVEN),
        kept=kept,
    )
