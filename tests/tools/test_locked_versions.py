"""A project's tools are installed with what it has locked; where that cannot be had, it is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from unmoor.errors import ToolFailed
from unmoor.project.detect.locks import Lock
from unmoor.runtime.process import Completed
from unmoor.tools.locked_versions import install

LOCK = Lock(name="uv.lock", requires_python=">=3.11", constraints=("pytest==8.0", "pluggy==1.5"))
DONE = Completed(argv=(), status=0, out="", err="", seconds=0.0)


class Installer:
    """An installer that notes what it was given, and refuses constraints or everything where it is told to."""

    def __init__(self, *, refuses: str = "") -> None:
        self.refuses = refuses
        self.given: list[list[str]] = []

    def __call__(self, words: Sequence[str | Path]) -> Completed:
        constraints = [each for each in words if isinstance(each, Path)]
        lines = [line for each in constraints for line in each.read_text(encoding="utf-8").splitlines()]
        self.given.append([*(str(each) for each in words if not isinstance(each, Path)), *lines])
        if self.refuses == "all" or (self.refuses == "lock" and constraints):
            raise ToolFailed("no", status=1, tail="  x No solution found\n  pytest==8.0 has no wheel for it\n")
        return DONE


def test_what_is_locked_constrains_what_is_installed() -> None:
    installer = Installer()
    assert install(installer, ("pytest",), LOCK, "3.12.1") == (DONE, "")
    assert installer.given == [["pytest", "-c", "pytest==8.0", "pluggy==1.5"]]


def test_a_lock_that_leaves_the_python_out_is_said() -> None:
    installer = Installer()
    said = "uv.lock leaves out Python 3.10.4 (it is for >=3.11), so it was not used there"
    assert install(installer, ("pytest",), LOCK, "3.10.4") == (DONE, said)
    assert installer.given == [["pytest"]]


def test_a_lock_that_cannot_be_had_is_said_and_done_without() -> None:
    installer = Installer(refuses="lock")
    _, said = install(installer, ("pytest",), LOCK, "3.12.1")
    assert said == "uv.lock was not used on Python 3.12.1: x No solution found pytest==8.0 has no wheel for it"
    assert installer.given[-1] == ["pytest"]


def test_what_cannot_be_had_at_all_is_an_error() -> None:
    with pytest.raises(ToolFailed, match="no"):
        install(Installer(refuses="all"), ("pytest",), LOCK, "3.12.1")
