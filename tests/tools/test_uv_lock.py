"""uv.lock follows the version: the project's own line and no other, and uv agrees without a network or a cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.repositories import Repository
from unmoor.errors import Blocked
from unmoor.tools import uv_lock

_PROJECT = '[project]\nname = "{name}"\nversion = "{version}"\nrequires-python = ">=3.11"\n'
_PACKAGE = '\n[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ {source} }}\n'
_HEAD = 'version = 1\nrevision = 2\nrequires-python = ">=3.11"\n'


def project(name: str = "Thing.X", version: str = "1.0.0", more: str = "") -> str:
    return _PROJECT.format(name=name, version=version) + more


def package(name: str = "thing-x", version: str = "1.0.0", source: str = 'virtual = "."') -> str:
    return _PACKAGE.format(name=name, version=version, source=source)


@pytest.fixture
def locked(repository: Repository) -> Repository:
    """A project with a lock file, both tracked."""
    repository.write("pyproject.toml", project())
    repository.write("uv.lock", _HEAD + package())
    repository.commit("Locked")
    return repository


def follow(made: Repository, cache: Path, version: str = "1.1.0", *, lock: str = "uv.lock", path: str = ".", **pending):
    name = "Thing.X"
    contents = {each.replace("__", "/"): text.encode() for each, text in pending.items()}
    environ = {**made.environ, "UV_CACHE_DIR": str(cache), "UV_FROZEN": "1"}
    return uv_lock.follow(made.folder, lock, (path, name), version, pending=contents, environ=environ).decode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_projects_own_line_moves_and_nothing_else(locked: Repository, tmp_path: Path, newline: str) -> None:
    before = (_HEAD + package()).replace("\n", newline)
    locked.write("uv.lock", before)
    after = follow(locked, tmp_path / "cache", **{"pyproject.toml": project(version="1.1.0")})
    assert after == before.replace('"1.0.0"', '"1.1.0"')
    # It is only prepared.
    assert (locked.folder / "uv.lock").read_bytes().decode() == before


def test_a_lock_that_uv_would_write_anew_is_refused_with_its_words(locked: Repository, tmp_path: Path) -> None:
    with pytest.raises(Blocked, match=r"cannot follow the version to 1\.1\.0, uv says offline: error: ") as caught:
        follow(
            locked,
            tmp_path / "cache",
            **{"pyproject.toml": project(version="1.1.0", more='dependencies = ["nowhere-to-be-found"]\n')},
        )
    (problem,) = caught.value.problems
    assert (problem.place, "run `uv lock` and commit it" in problem.hint) == ("uv.lock", True)
    assert "nowhere-to-be-found" in problem.message


def test_a_member_of_a_workspace_has_its_line_in_the_lock_above(repository: Repository, tmp_path: Path) -> None:
    repository.write("pyproject.toml", project("top", "9.0", '\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'))
    repository.write("packages/x/pyproject.toml", project())
    members = '\n[manifest]\nmembers = [\n    "thing-x",\n    "top",\n]\n'
    own = package(source='virtual = "packages/x"')
    repository.write("uv.lock", _HEAD + members + own + package("top", "9.0"))
    repository.commit("A workspace")
    locks = uv_lock.tracked(repository.door)
    assert locks == ("uv.lock",)
    assert uv_lock.of_component(repository.folder, locks, "packages/x", "Thing.X") == "uv.lock"
    assert uv_lock.stated(repository.folder, "uv.lock", "packages/x", "thing_x") == "1.0.0"
    assert uv_lock.stated(repository.folder, "uv.lock", ".", "top") == "9.0"
    pending = {"packages__x__pyproject.toml": project(version="1.1.0")}
    after = follow(repository, tmp_path / "cache", path="packages/x", **pending)
    assert after == (_HEAD + members + own.replace("1.0.0", "1.1.0") + package("top", "9.0"))


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (package(), "1.0.0"),
        # One of that name from an index, one elsewhere, a dynamic one.
        (package(source='registry = "https://example.invalid/simple"'), ""),
        (package(source='virtual = "other"'), ""),
        (package().replace('version = "1.0.0"\n', ""), ""),
        ("[[package]\n", ""),
        ("\n[[package]]\nname = 3\n", ""),
    ],
)
def test_only_the_projects_own_package_counts(locked: Repository, text: str, version: str) -> None:
    locked.write("uv.lock", _HEAD + text)
    assert uv_lock.stated(locked.folder, "uv.lock", ".", "thing-x") == version
    assert bool(uv_lock.of_component(locked.folder, ("uv.lock",), ".", "thing-x")) is bool(version)


def test_a_lock_that_git_does_not_track_is_left_alone(locked: Repository) -> None:
    locked.git("rm", "--quiet", "--cached", "uv.lock")
    assert uv_lock.tracked(locked.door) == ()
    assert uv_lock.stated(locked.folder, "gone.lock", ".", "thing-x") == ""
