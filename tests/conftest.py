"""What every test has: git with a configuration of its own, whatever the machine's says, and repositories."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from support.repositories import Repository, git_environment
from unmoor.runtime import redact
from unmoor.tools.tool_environment import narrowing

pytest_plugins = ["support.builds"]


# Folders whose tests build, install or run whole programs. A release runs the others on every Python; CI runs all.
_SLOW = ("archives", "docs", "faces", "gates", "planning", "system")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of slow folders, so that nobody has to remember to; leave sweeps out unless they are named.

    An ``-m`` among the options of the project would be gone with any that is given, such as ``-m "not network"``.
    """
    if "sweep" not in config.option.markexpr:
        swept = [item for item in items if item.get_closest_marker("sweep")]
        items[:] = [item for item in items if item not in swept]
        config.hook.pytest_deselected(items=swept)
    top = Path(__file__).parent
    for item in items:
        if item.path.relative_to(top).parts[0] in _SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _own_git(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the machine's git configuration, and what steers unmoor and the tools it runs, out of every test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("GIT_", "UNMOOR_", "TWINE_", "NOX")) or name in narrowing(os.environ):
                patch.delenv(name)
        for name, value in git_environment(tmp_path_factory.mktemp("git")).items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True)
def _own_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test calls a secret is none in the next: a word that was one would be hidden in paths."""
    monkeypatch.setattr(redact, "_known", set())


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """An environment with a HOME of its own; the caches of uv stay where they are."""
    home = tmp_path / "home"
    home.mkdir()
    caches = os.environ.get("UV_CACHE_DIR") or str(Path("~/.cache/uv").expanduser())
    return {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "UV_CACHE_DIR": caches}


@pytest.fixture
def new_repository(tmp_path: Path, environ: Mapping[str, str]) -> Callable[..., Repository]:
    """Make repositories: ``new_repository("name", bare=False)``."""

    def make(name: str = "project", *, bare: bool = False) -> Repository:
        return Repository.new(tmp_path / name, environ, bare=bare)

    return make


@pytest.fixture
def repository(new_repository: Callable[..., Repository]) -> Repository:
    """A repository with one commit on ``main``."""
    made = new_repository()
    made.write("README.md", "# A project\n")
    made.commit("First")
    return made
