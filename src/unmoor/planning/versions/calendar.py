"""Calendar versions: told from the days that versions came out on, and what they lead to on a given day.

Three forms are known, as people use them: a year and a month (24.8.0, as black and towncrier), a date (2026.8.17, as
nox and certifi), and a year with a number that counts its releases (26.2, as pip and attrs). https://calver.org has
the terms. A version says nothing of this by itself: 24.8.0 may well be the 24th major release. So the numbers are
compared with the days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from packaging.version import Version

from unmoor.model import Bump

__all__ = ["Calendar", "calendar_of", "following"]

_LOOKED_AT = 8
_ENOUGH = 3  # two numbers may agree with the year by chance
_FULL_YEAR = 1000
_CENTURY = 100
_DAY = timedelta(days=1)  # an index may be in tomorrow already


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What the numbers of a project's versions mean.

    ``form`` is for people, such as ``YY.MM.MICRO``. ``monthly`` and ``daily`` say that the second part is the month
    and the third the day; else the second counts the releases of a year, beginning with ``first``, and with ``whole``
    it counts all of them, for none has a third part that is not zero.
    """

    form: str
    monthly: bool
    daily: bool
    first: int
    whole: bool


def calendar_of(days: Mapping[Version, Collection[date]]) -> Calendar | None:
    """Return the meaning of final versions, each with the days that it may have come out on; ``None`` for no calendar.

    The latest ones decide: nearly all of them, and the very last, begin with their year.
    """
    latest = sorted(days, reverse=True)[:_LOOKED_AT]
    of_year = [each for each in latest if any(_is_year(each.major, day) for day in days[each])]
    if not latest or latest[0] not in of_year or not _most(len(of_year), len(latest)):
        return None
    full = latest[0].major >= _FULL_YEAR
    if len(of_year) < _ENOUGH and not full:
        return None
    in_month = [each for each in of_year if any(each.minor == day.month for day in _around(days[each]))]
    monthly = _most(len(in_month), len(of_year))
    on_day = [each for each in in_month if _has_micro(each) and any(each.micro == d.day for d in _around(days[each]))]
    daily = monthly and _most(len(on_day), len(of_year))
    year = "YYYY" if full else "YY"
    return Calendar(
        form=f"{year}.MM.DD" if daily else f"{year}.MM" if monthly else f"{year}.N",
        monthly=monthly,
        daily=daily,
        first=min(1, *(each.minor for each in of_year), 1),
        whole=not any(each.micro for each in of_year),
    )


def following(calendar: Calendar, last: Version, today: date, size: Bump) -> Version:
    """Return the version of a release on that day, after ``last``; ``size`` only matters where releases are counted.

    A version that is ahead of the day, as after a release that was planned for next month, is followed by its next
    micro version.
    """
    year = today.year if last.major >= _FULL_YEAR else today.year % _CENTURY
    if calendar.daily:
        found = _of(last, (year, today.month, today.day))
        return found if found > last else _next(last, 3)
    if calendar.monthly:
        found = _of(last, _wide((year, today.month), last))
        return found if (year, today.month) > (last.major, last.minor) else _next(last, 2)
    if year > last.major:
        return _of(last, _wide((year, calendar.first), last))
    return _next(last, 1 if size >= Bump.MINOR or calendar.whole else 2)


def _is_year(number: int, day: date) -> bool:
    return any(number in (each.year, each.year % _CENTURY) for each in _around([day]))


def _around(days: Collection[date]) -> list[date]:
    return [each for day in days for each in (day - _DAY, day, day + _DAY)]


def _most(some: int, every: int) -> bool:
    return every > 0 and 3 * some >= 2 * every


def _has_micro(version: Version) -> bool:
    return len(version.release) > 2  # noqa: PLR2004 - year and month


def _wide(release: tuple[int, ...], last: Version) -> tuple[int, ...]:
    return (*release, *[0] * (len(last.release) - len(release)))


def _of(last: Version, release: tuple[int, ...]) -> Version:
    return Version(f"{last.epoch}!{'.'.join(map(str, release))}")


def _next(last: Version, index: int) -> Version:
    parts = [*last.release, *[0] * (index + 1 - len(last.release))]
    return _of(last, (*parts[:index], parts[index] + 1, *[0] * (len(parts) - index - 1)))
