"""Days as people write them in changelogs: 2026-08-03, 3 August 2026, August 3rd, 2026, Aug 3, 2026."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["rewritten"]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NAME = rf"(?P<month>{'|'.join(_MONTHS)}|{'|'.join(each[:3] for each in _MONTHS)})"
_DAY = r"(?P<day>\d{1,2})(?P<ordinal>st|nd|rd|th)?"
_FORMS = (
    re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<joint>[-/.])(?P<number>\d\d)(?P=joint)(?P<day>\d\d)(?!\d)"),
    re.compile(rf"(?<!\d){_DAY} {_NAME}(?P<comma>,?) (?P<year>20\d\d)(?!\d)"),
    re.compile(rf"{_NAME} {_DAY}(?P<comma>,?) (?P<year>20\d\d)(?!\d)"),
)


def rewritten(line: str, day: str) -> str:
    """Return a line with the day in it replaced by ``day``, an ISO date or nothing, written in the same way."""
    for form in _FORMS:
        found = form.search(line)
        if found:
            return line[: found.start()] + (_as(found, date.fromisoformat(day)) if day else "") + line[found.end() :]
    return line


def _as(found: re.Match[str], day: date) -> str:
    parts = found.groupdict()
    if "number" in parts:
        return f"{day.year}{parts['joint']}{day.month:02}{parts['joint']}{day.day:02}"
    name = _MONTHS[day.month - 1]
    month = name if parts["month"] in _MONTHS else name[:3]
    number = f"{day.day:02}" if parts["day"].startswith("0") else str(day.day)
    number += _ordinal(day.day) if parts["ordinal"] else ""
    before, after = (number, month) if found.start("day") < found.start("month") else (month, number)
    return f"{before} {after}{parts['comma']} {day.year}"


def _ordinal(day: int) -> str:
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th") if day not in {11, 12, 13} else "th"
