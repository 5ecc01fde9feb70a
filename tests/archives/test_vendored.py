"""Files that are vendored as a git submodule: what an sdist lacks of them is said, and blocks where it is a module."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.repositories import Repository
from unmoor.archives.archive_file import Archive, Member
from unmoor.archives.build_configuration import configuration
from unmoor.archives.commit_files import CommitFiles, load
from unmoor.archives.package_layout import layout
from unmoor.archives.sdist import missing


@pytest.fixture
def tree(repository: Repository, new_repository) -> CommitFiles:
    """A project with a submodule within its package, and one beside it."""
    for name in ("inner", "beside"):
        made = new_repository(name)
        made.write("vmod.py", "A = 1\n")
        made.commit()
    repository.write("src/det/__init__.py", "")
    repository.git("submodule", "add", "--quiet", repository.folder.parent / "inner", "src/det/_vendor")
    repository.git("submodule", "add", "--quiet", repository.folder.parent / "beside", "vendor/lib")
    repository.commit("With submodules")
    return load(repository.door, repository.door.head())


def said(tree: CommitFiles, *paths: str) -> list[tuple[bool, str]]:
    members = [Member(path=path, size=1, mode=0o644, sha256="", git=("", "")) for path in paths]
    sdist = Archive(path=Path("det-1.tar.gz"), kind="sdist", members=tuple(members), texts={})
    modules = tuple(layout(sdist, tree, ("det",)).modules(tree, ("det",)).values())
    told = missing(sdist, tree, configuration(tree), modules)
    return [(blocks, each.message) for blocks, each in told if "README" not in each.message]


def test_an_sdist_that_has_them_lacks_nothing(tree: CommitFiles) -> None:
    assert said(tree, "src/det/__init__.py", "src/det/_vendor/vmod.py", "vendor/lib/vmod.py") == []


def test_what_it_lacks_is_said(tree: CommitFiles) -> None:
    assert said(tree, "src/det/__init__.py") == [
        (True, "the sdist lacks 'src/det/_vendor/vmod.py'"),
        (False, "the sdist has no file of the submodule 'src/det/_vendor'"),
        (False, "the sdist has no file of the submodule 'vendor/lib'"),
    ]


@pytest.mark.usefixtures("tree")
def test_what_the_project_leaves_out_is_no_loss(repository: Repository) -> None:
    text = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    repository.write("pyproject.toml", f'{text}[tool.hatch.build]\nexclude = ["/vendor"]\n')
    repository.commit()
    left = load(repository.door, repository.door.head())
    assert said(left, "pyproject.toml", "src/det/__init__.py", "src/det/_vendor/vmod.py") == []
