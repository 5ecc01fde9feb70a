"""Patterns cover what packaging tools mean by them; the build configuration is read without running anything."""

from __future__ import annotations

import pytest

from support.builds import write_sample
from unmoor.archives.build_configuration import configuration
from unmoor.archives.commit_files import load
from unmoor.archives.globs import matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.pyc", "a/b/c.pyc", True),
        ("tests", "src/pkg/tests/test_a.py", True),
        ("/tests", "src/pkg/tests/test_a.py", False),
        ("/tests", "tests/test_a.py", True),
        ("src/pkg/_vendor", "src/pkg/_vendor/x/y.py", True),
        ("src/pkg/_vendor/", "src/pkg/_vendor/x/y.py", True),
        ("docs/**", "docs/a/b.md", True),
        ("**/tests", "src/pkg/tests/a.py", True),
        ("**/tests", "tests/a.py", True),
        ("/setup.py", "pkg/setup.py", False),
        ("core.py", "pkg/core.pyx", False),
        ("", "anything", False),
        ("/", "anything", False),
    ],
)
def test_a_pattern_covers(pattern, path, expected):
    assert matches(path, [pattern]) is expected


def read(repository):
    return configuration(load(repository.door, repository.door.head()))


def test_nothing_is_left_out_by_a_plain_project(repository):
    write_sample(repository)
    found = read(repository)
    assert found.backend == "hatchling"
    assert found.left_out == ()
    assert found.versions == ()


def test_a_project_without_pyproject_is_one_of_setuptools(repository):
    assert read(repository).backend == "setuptools"


def test_excludes_of_setuptools_in_all_their_places(repository):
    repository.write("setup.py", "raise SystemExit\nsetup(packages=find_packages(exclude=['a.tests*', 'b']))\n")
    repository.write("setup.cfg", "[options.packages.find]\nexclude =\n    c.tests\n    d*\n")
    repository.write("MANIFEST.in", "prune docs\nglobal-exclude *.tmp\nrecursive-exclude x *.y\ninclude z\n")
    repository.write("pyproject.toml", '[tool.setuptools.packages.find]\nexclude = ["e*"]\n')
    repository.commit()
    left_out = read(repository).left_out
    assert {"a/tests*", "b", "c/tests", "d*", "e*", "docs", "*.tmp", "x/*.y"} <= set(left_out)
    assert not matches("src/pkg/core.py", left_out)


def test_excludes_of_poetry_as_text_and_as_table(repository):
    repository.write("pyproject.toml", '[tool.poetry]\nexclude = ["a/*", {path = "b", format = "wheel"}]\n')
    repository.commit()
    assert read(repository).left_out == ("a/*", "b")


def test_only_version_files_named_one_by_one_are_exempt(repository):
    text = '[tool.poetry-dynamic-versioning.substitution]\nfiles = ["*.py", "src/pkg/v.py"]\n'
    repository.write("pyproject.toml", text)
    repository.commit()
    found = read(repository)
    assert found.versions == ("/src/pkg/v.py",)
    assert not matches("src/pkg/core.py", found.written)


def test_broken_files_say_nothing(repository):
    repository.write("pyproject.toml", "no = toml = at all")
    repository.write("setup.cfg", "no section")
    repository.write("setup.py", "def (")
    repository.commit()
    assert read(repository).left_out == ()
