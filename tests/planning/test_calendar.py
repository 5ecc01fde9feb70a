"""Calendar versions, by the releases of real projects and the days that these were made on."""

from datetime import date

import pytest
from packaging.version import Version

from unmoor.model import Bump
from unmoor.planning.versions.calendar import calendar_of, following


def released(text):
    pairs = (each.split("@") for each in text.split())
    return {Version(version): (date.fromisoformat(day),) for version, day in pairs}


BLACK = released(
    "26.5.1@2026-05-18 26.5.0@2026-05-16 26.3.1@2026-03-11 26.3.0@2026-03-06 26.1.0@2026-01-17 25.12.0@2025-12-07"
)
# One of them was tagged anew, half a year later.
TOWNCRIER = released("24.8.0@2024-08-23 24.7.1@2024-07-31 24.7.0@2024-07-31 23.11.0@2024-05-21 23.10.0@2023-10-24")
NOX = released("2026.08.17@2026-08-17 2026.08.10@2026-08-10 2026.07.11@2026-07-12 2026.04.10@2026-04-10")
CERTIFI = released("2026.1.4@2026-01-04 2025.11.12@2025-11-12 2025.10.5@2025-10-05")
ATTRS = released("26.1.0@2026-03-19 25.4.0@2025-10-06 25.3.0@2025-03-13 25.2.0@2025-03-12 25.1.0@2025-01-25")
PIP = released("26.2.1@2026-08-04 26.2@2026-07-29 26.1.2@2026-05-31 26.1@2026-04-26 26.0.1@2026-02-04 26.0@2026-01-30")
LATER = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("days", "form", "last", "today", "size", "version"),
    [
        (BLACK, "YY.MM", "26.10.1", LATER, Bump.NONE, "26.11.0"),
        (BLACK, "YY.MM", "26.10.1", date(2026, 10, 30), Bump.MAJOR, "26.10.2"),
        (BLACK, "YY.MM", "25.12.0", date(2026, 1, 2), Bump.NONE, "26.1.0"),
        # released ahead of its month
        (BLACK, "YY.MM", "26.12.0", LATER, Bump.NONE, "26.12.1"),
        (TOWNCRIER, "YY.MM", "24.8.0", LATER, Bump.PATCH, "26.11.0"),
        (NOX, "YYYY.MM.DD", "2026.8.17", LATER, Bump.NONE, "2026.11.21"),
        (NOX, "YYYY.MM.DD", "2026.11.21", LATER, Bump.NONE, "2026.11.21.1"),
        (CERTIFI, "YYYY.MM.DD", "2026.1.4", LATER, Bump.NONE, "2026.11.21"),
        (ATTRS, "YY.N", "26.1.0", LATER, Bump.MAJOR, "26.2.0"),
        (ATTRS, "YY.N", "26.1.0", LATER, Bump.NONE, "26.2.0"),
        (ATTRS, "YY.N", "26.1.0", date(2027, 2, 1), Bump.NONE, "27.1.0"),
        (PIP, "YY.N", "26.2.1", LATER, Bump.MINOR, "26.3.0"),
        (PIP, "YY.N", "26.2.1", LATER, Bump.PATCH, "26.2.2"),
        (PIP, "YY.N", "26.2", date(2027, 1, 1), Bump.NONE, "27.0"),
    ],
)
def test_the_day_says_what_comes_next(days, form, last, today, size, version):
    found = calendar_of(days)
    assert found is not None
    assert found.form == form
    assert following(found, Version(last), today, size) == Version(version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.0@2026-01-01 1.1@2026-02-01",
        # many major releases in the year that their number happens to be
        "27.0.0@2024-12-01 26.0.0@2024-08-01 25.0.0@2024-05-01 24.0.0@2024-03-01",
        # two may be chance
        "26.1.0@2026-03-01 26.0.0@2026-01-01",
        # the calendar was given up
        "3.0@2026-03-01 2.9@2025-12-01 2025.1@2025-01-01 2024.1@2024-01-01",
    ],
)
def test_other_numbers_are_no_calendar(text):
    assert calendar_of(released(text)) is None


def test_one_release_with_the_whole_year_is_enough():
    assert calendar_of(released("2026.1.0@2026-01-17")) is not None
