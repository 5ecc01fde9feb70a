"""Numbers say what they count, and one is one."""

from __future__ import annotations

import pytest

from unmoor.model.counting import counted, listed, on_each


@pytest.mark.parametrize(
    ("number", "things", "said"),
    [
        (1, "notes", "1 note"),
        (2, "notes", "2 notes"),
        (0, "files", "0 files"),
        (1, "upload rules", "1 upload rule"),
        (1, "files on the index", "1 file on the index"),
        (1, "branches", "1 branch"),
        (1, "entries", "1 entry"),
        (1, "addresses", "1 address"),
        (1, "files ruff", "1 file ruff"),
        (1, "tag", "1 tag"),
        (3, "tests on each of Python 3.11, 3.12", "3 tests on each of Python 3.11, 3.12"),
        (1, "tests on each of Python 3.11, 3.12", "1 test on each of Python 3.11, 3.12"),
        (1, "", "1"),
    ],
)
def test_one_is_one(number: int, things: str, said: str) -> None:
    assert counted(number, things) == said


def test_things_are_listed_as_a_sentence_has_them() -> None:
    assert [listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("ran", "said"),
    [
        ({"3.11": 1}, "1 test on Python 3.11"),
        ({"3.11": 3, "3.12": 3, "3.13": 3}, "3 tests on each of Python 3.11, 3.12, 3.13"),
        ({"3.11": 388, "3.12": 390}, "778 tests: 388 on Python 3.11, 390 on Python 3.12"),
    ],
)
def test_the_number_says_what_it_counts(ran: dict[str, int], said: str) -> None:
    assert counted(*on_each(ran, "tests", "Python")) == said
