"""What a wheel may install beside the project's import names: the modules that the build was told to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from unmoor.archives.archive_file import Archive, Member
from unmoor.archives.build_configuration import Configuration
from unmoor.archives.wheel import strays


def said(*paths, versions=()):
    config = Configuration(backend="hatchling", table={}, versions=versions, written=(), rewritten=(), left_out=())
    members = [
        Member(path=path, size=1, mode=0o644, sha256="", git=("", "")) for path in (*paths, "a-1.dist-info/RECORD")
    ]
    wheel = Archive(path=Path("a-1-py3-none-any.whl"), kind="wheel", members=tuple(members), texts={})
    return [finding.message for finding in strays(wheel, ("black", "blackd"), config, ())]


@pytest.mark.parametrize("path", ["black/__init__.py", "blackd/__init__.py", "_black_version.py", "_black_version.pyi"])
def test_a_version_module_of_its_own_and_its_stub_belong(path):
    assert said(path, versions=("/src/_black_version.py", "/_black_version.py")) == []


@pytest.mark.parametrize("path", ["_black_version.py", "src/_black_version.py", "stray.py"])
def test_nothing_else_does(path):
    (message,) = said(path, versions=("/black/_version.py", "/src/black/_version.py"))
    assert "which is no import name of the project" in message
