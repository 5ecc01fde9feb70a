"""What an index holds of a release, and until when it takes the rest, by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from unmoor.indexes.held_release import held_release, moment
from unmoor.indexes.index_clock import time_of
from unmoor.targets import IndexFile

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def file(name: str, uploaded: datetime | None = None, asked: datetime | None = None) -> IndexFile:
    return IndexFile(filename=name, url="", upload_time=uploaded, asked_at=asked)


def test_files_are_there_or_missing_in_their_order() -> None:
    held = held_release([file("b"), file("foreign")], ["a", "b", "c"])
    assert (held.there, held.missing) == (("b",), ("a", "c"))


def test_the_first_file_of_the_version_starts_the_clock_whoever_put_it_there() -> None:
    held = held_release([file("a", NOW), file("foreign", NOW - timedelta(days=3))], ["a", "b"])
    assert held.since == NOW - timedelta(days=3)
    assert held.until == NOW + timedelta(days=11)


@pytest.mark.parametrize(("days", "closed"), [(13, False), (14, False), (14.001, True)])
def test_it_is_closed_by_the_time_of_the_index_and_not_by_ours(days: float, *, closed: bool) -> None:
    # Both are years away from this machine's clock.
    then = datetime(1999, 1, 1, tzinfo=UTC)
    assert held_release([file("a", then, then + timedelta(days=days))], ["a", "b"]).closed is closed


def test_without_times_nothing_is_said_of_them() -> None:
    held = held_release([file("a", None, NOW)], ["a", "b"])
    assert (held.since, held.until, held.closed) == (None, None, False)
    assert held_release([], ["a"]).until is None


def test_an_index_without_a_clock_is_judged_by_ours() -> None:
    assert held_release([file("a", datetime.now(UTC) - timedelta(days=15))], ["a", "b"]).closed
    assert not held_release([file("a", datetime.now(UTC) - timedelta(days=13))], ["a", "b"]).closed


def test_a_moment_is_shown_in_utc() -> None:
    assert moment(NOW.astimezone(timezone(timedelta(hours=9)))) == "2026-11-21 12:00 UTC"


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"Date": "Sat, 21 Nov 2026 12:00:00 GMT"}, NOW),
        ({"Date": "Sat, 21 Nov 2026 11:50:00 GMT", "Age": "600"}, NOW),
        ({"Date": "Sat, 21 Nov 2026 14:00:00 +0200"}, NOW),
        ({"Date": "Sat, 21 Nov 2026 12:00:00 -0000"}, NOW),
        ({}, None),
        ({"Date": "yesterday"}, None),
        ({"Date": "Sat, 21 Nov 2026 12:00:00 GMT", "Age": "old"}, None),
        ({"Date": "Sat, 21 Nov 2026 12:00:00 GMT", "Age": "9" * 30}, None),
        ({"Date": "Fri, 31 Dec 9999 23:59:59 GMT", "Age": "99"}, None),
    ],
)
def test_the_time_of_an_answer_is_its_date_and_its_age(headers: dict[str, str], found: datetime | None) -> None:
    assert time_of(headers) == found
