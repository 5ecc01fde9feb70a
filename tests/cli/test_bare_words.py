"""Words after ``bump`` that stand without an option."""

import pytest

from unmoor.cli.bare_words import as_options

TASKS = ("bump", "note", "plan")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bump", "bump"),
        ("bump minor", "bump --part=minor"),
        ("bump 2.0.0", "bump --to=2.0.0"),
        ("bump v2.0 --commit", "bump --to=v2.0 --commit"),
        ("bump --commit minor", "bump --commit --part=minor"),
        ("-e bump rc", "-e bump --part=rc"),
        # what is a value of an option stays one
        ("bump --to 2.0.0", "bump --to 2.0.0"),
        ("bump --part plan", "bump --part plan"),
        # a slip is told by what knows the parts
        ("bump mnior", "bump --part=mnior"),
        # other tasks have words of their own
        ("bump plan minor", "bump plan minor"),
        ("note bump minor", "note bump minor"),
        ("plan --json", "plan --json"),
        ("", ""),
    ],
)
def test_a_word_after_bump_is_a_part_or_a_version(typed: str, meant: str) -> None:
    assert as_options(typed.split(), TASKS) == meant.split()
