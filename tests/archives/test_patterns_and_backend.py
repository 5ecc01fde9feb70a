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


@pytest.mark.parametrize(
    ("pyproject", "written", "not_written"),
    [
        # pdm: from the package's folder
        (
            (
                '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
                '[tool.pdm.version]\nwrite_to = "pkg/VERSION"\n[tool.pdm.build]\npackage-dir = "src"\n'
            ),
            ["src/pkg/VERSION", "pkg/VERSION"],
            ["other/pkg/VERSION", "src/pkg/other", "src/x.egg-info/PKG-INFO"],
        ),
        # black: a module beside its packages, which has no folder in the wheel
        (
            (
                '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
                '[tool.hatch.build.hooks.vcs]\nversion-file = "src/_pkg_version.py"\n'
            ),
            ["src/_pkg_version.py", "_pkg_version.py"],
            ["src/pkg/_pkg_version.py", "setup.cfg"],
        ),
        # hatchling's own hook
        (
            (
                '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
                '[tool.hatch.build.targets.wheel.hooks.version]\npath = "src/pkg/_v.py"\n'
            ),
            ["src/pkg/_v.py", "pkg/_v.py"],
            ["_v.py"],
        ),
        # yarl: a backend in the tree, around setuptools
        (
            (
                '[build-system]\nrequires = ["setuptools >= 47", "expandvars"]\nbackend-path = ["packaging"]\n'
                'build-backend = "pep517_backend.hooks"\n'
            ),
            ["yarl.egg-info/PKG-INFO", "setup.cfg"],
            ["yarl/_c.c"],
        ),
        # poetry-core with a build script needs setuptools and is not it
        (
            '[build-system]\nrequires = ["poetry-core", "setuptools"]\nbuild-backend = "poetry.core.masonry.api"\n',
            ["setup.py"],
            ["x.egg-info/PKG-INFO", "setup.cfg"],
        ),
        (
            '[build-system]\nrequires = ["pbr", "setuptools"]\nbuild-backend = "pbr.build"\n',
            ["AUTHORS", "ChangeLog", "x.egg-info/PKG-INFO"],
            ["src/AUTHORS"],
        ),
        (
            '[tool.poetry-dynamic-versioning.files."src/pkg/_version.py"]\npersistent-substitution = true\n',
            ["src/pkg/_version.py"],
            [],
        ),
    ],
)
def test_what_a_backend_is_told_to_write_is_no_stray(repository, pyproject, written, not_written):
    repository.write("pyproject.toml", pyproject)
    repository.write("src/pkg/__init__.py", "")
    repository.commit()
    found = read(repository)
    assert [path for path in written if not matches(path, found.written)] == []
    assert [path for path in not_written if matches(path, found.written)] == []


def test_version_files_named_in_setuptools_own_files(repository):
    repository.write(
        "setup.py",
        "from setuptools import setup\nsetup(use_scm_version={'root': '..', 'write_to': 'a/_version.py'})\n",
    )
    repository.write("setup.cfg", "[versioneer]\nversionfile_source = src/b/_version.py\n")
    repository.write("src/b/__init__.py", "")
    repository.commit()
    versions = read(repository).versions
    assert {"/a/_version.py", "/src/b/_version.py", "/b/_version.py"} <= set(versions)


def test_version_files_of_a_package_in_a_folder_may_be_named_from_the_top(repository):
    text = '[tool.setuptools_scm]\nroot = "../.."\nwrite_to = "pkgs/a/src/a/_version.py"\n'
    repository.write("pkgs/a/pyproject.toml", text)
    repository.write("pkgs/a/src/a/__init__.py", "")
    repository.commit()
    found = configuration(load(repository.door, repository.door.head(), "pkgs/a"))
    assert matches("src/a/_version.py", found.written)
    assert matches("a/_version.py", found.versions)
