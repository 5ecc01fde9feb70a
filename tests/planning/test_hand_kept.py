"""Changelogs that are kept by hand, as real projects keep them: what still says unreleased, and what it becomes."""

from __future__ import annotations

import pytest

from unmoor.planning.hand_kept import unreleased
from unmoor.planning.written_days import rewritten

DAY = "2026-11-21"

PACKAGING = """\
Changelog
---------

*unreleased*
~~~~~~~~~~~~

* Drop Python 3.9.

26.3 - 2026-08-03
~~~~~~~~~~~~~~~~~

* Older.
"""
FLASK = """\
Version 3.2.0
-------------

Unreleased

-   Drop Python 3.9.

Version 3.1.3
-------------

Released 2026-02-18

-   Older.
"""
HTTPX = """\
# Changelog

The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.0.0/).

## [UNRELEASED]

### Removed

* Python 3.8.

## 0.28.1 (6th December, 2024)

* Older.
"""
STRUCTLOG = """\
# Changelog

## [Unreleased](https://forge.example/structlog/compare/26.1.0...HEAD)

### Added

- More.

## [26.1.0](https://forge.example/structlog/compare/25.5.0...26.1.0) - 2026-06-06

- Older.

## [25.5.0](https://forge.example/structlog/compare/25.4.0...25.5.0) - 2025-10-27
"""
KEEP = """\
# Changelog

## [Unreleased]

- More.

## [1.1.0] - 2026-01-02

- Older.

[unreleased]: https://forge.example/thing/compare/v1.1.0...HEAD
[1.1.0]: https://forge.example/thing/compare/v1.0.0...v1.1.0
"""
IN_PROGRESS = """\
## 1.2.0 (in progress)

- More.

## 1.1.0 (2026-01-02)
"""


@pytest.mark.parametrize(
    ("text", "version", "line", "changed"),
    [
        (PACKAGING, "26.4", 4, {"26.4 - 2026-11-21", "~" * 17}),
        (FLASK, "3.2.0", 4, {"Released 2026-11-21"}),
        (HTTPX, "0.28.2", 5, {"## 0.28.2 (21st November, 2026)"}),
        (
            STRUCTLOG,
            "26.2.0",
            3,
            {"## [26.2.0](https://forge.example/structlog/compare/26.1.0...26.2.0) - 2026-11-21"},
        ),
        (
            KEEP,
            "1.2.0",
            3,
            {
                "## [1.2.0] - 2026-11-21",
                "[unreleased]: https://forge.example/thing/compare/v1.2.0...HEAD",
                "[1.2.0]: https://forge.example/thing/compare/v1.1.0...v1.2.0",
            },
        ),
        (IN_PROGRESS, "1.2.0", 1, {"## 1.2.0 (2026-11-21)"}),
    ],
)
def test_the_newest_section_gets_the_heading_that_the_last_release_has(text, version, line, changed):
    found = unreleased(text, version, DAY, f"v{version}" if text is KEEP else version)
    assert found is not None
    assert found.line == line
    lines = [*text.splitlines(), "~" * 17]
    assert {each for each in found.text.splitlines() if each not in lines or "~~" in each} == changed
    # Done once it is done; what is kept for the next changes is empty.
    assert unreleased(found.text, version, DAY) is None
    assert ("## [Unreleased]\n\n## [1.2.0]" in found.text) is (text is KEEP)


@pytest.mark.parametrize(
    ("text", "version", "line"),
    [
        # the section is of another version, or there is no release to learn from
        (FLASK, "3.1.4", 4),
        (IN_PROGRESS, "1.1.1", 1),
        ("## Unreleased\n\n- First.\n", "0.1.0", 1),
        # the last heading names a version that is none of the two before
        (STRUCTLOG.replace("25.5.0...26.1.0", "20.1.0...26.1.0"), "26.2.0", 3),
        # the form of the last release has no day
        (FLASK.replace("Released 2026-02-18", "Released early this year"), "3.2.0", 4),
    ],
)
def test_where_it_is_not_clear_only_the_line_is_told(text, version, line):
    found = unreleased(text, version, DAY)
    assert found is not None
    assert (found.line, found.text) == (line, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Changelog\n\n## 1.1.0\n\n- It speaks of what is unreleased.\n",
        # nothing in it yet: as structlog and black keep the place for the next change
        STRUCTLOG.replace("- More.\n", ""),
        "## Unreleased\n\n<!-- say\nwhat changed -->\n\n### Added\n\n## 1.0\n",
        # requests: a place that always stands there
        "Release History\n===============\n\ndev\n---\n\n- \\[Short description.\\]\n\n2.34.2 (2026-05-14)\n------\n",
        "## 1.1.0 (2026-01-02)\n\n## 1.0.0 (unreleased)\n\n- Never was.\n",
        "Unreleased\n----------\n\n.. scriv-insert-here\n\n1.8.0\n-----\n\n- Older.\n",
        "```\n# unreleased\n```\n\n## 1.0\n",
    ],
)
def test_what_is_released_or_empty_is_nothing_to_tell(text):
    assert unreleased(text, "1.2.0", DAY) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1.0 (2026-08-03)", "1.0 (2026-11-02)"),
        ("2026.08.03", "2026.11.02"),
        ("6th December, 2024", "2nd November, 2026"),
        ("December 06, 2024", "November 02, 2026"),
        ("Dec 6, 2024", "Nov 2, 2026"),
        ("6 May 2024", "2 November 2026"),
        ("no day", "no day"),
    ],
)
def test_a_day_is_written_as_before(line, expected):
    assert rewritten(line, "2026-11-02") == expected
