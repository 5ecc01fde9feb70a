"""The newest entry of a changelog, in the forms people write."""

import pytest

from unmoor.project.detect.changelog import newest_entry


@pytest.mark.parametrize(
    ("text", "version", "line"),
    [
        ("# Changes\n\n## 1.2.0 (2020-01-01)\n\n## 1.1.0\n", "1.2.0", 3),
        ("# Changelog\n\n## [Unreleased]\n\n## [v1.2.0] - 2020-01-01\n", "1.2.0", 5),
        ("Changes\n=======\n\n1.2.0rc1 (2020-01-01)\n---------------------\n", "1.2.0rc1", 4),
        (".. currentmodule:: x\n\nVersion 8.2\n-----------\n", "8.2", 3),
        ("# pluggy 1.6.0 (2025-05-15)\n", "1.6.0", 1),
        ("## Version 3\n", "3", 1),
    ],
)
def test_the_first_heading_with_a_version_is_the_newest(text, version, line):
    entry = newest_entry(text)
    assert entry is not None
    assert (entry.version, entry.line) == (version, line)


@pytest.mark.parametrize("text", ["", "# Changes\n", "needs Python 3.11\n", "## Unreleased\n\n- uses attrs 20.1\n"])
def test_no_heading_names_a_version(text):
    assert newest_entry(text) is None
