from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from unmoor.runtime.executables import found, search


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a program called git, as a project could have one."""
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return program


@pytest.mark.parametrize("before", ["", ".", "..", "tools"])
def test_a_program_of_the_working_directory_is_never_meant(planted: Path, before: str) -> None:
    (planted.parent / "tools").mkdir()
    shutil.copy(planted, planted.parent / "tools" / "git")
    assert search("git", f"{before}{os.pathsep}", ()) is None
    assert found("git", {"PATH": f"{before}{os.pathsep}{os.environ['PATH']}"}) not in {None, str(planted), "git"}


def test_endings_are_those_of_the_system(tmp_path: Path) -> None:
    program = tmp_path / "git.EXE"
    program.touch(0o755)
    assert search("git", str(tmp_path), ()) is None
    assert search("git", str(tmp_path), (".COM", ".EXE")) == str(program)


def test_a_name_with_a_folder_stands_for_itself(planted: Path) -> None:
    assert found(str(planted), {"PATH": ""}) == str(planted)
