"""Contexts for source gates: a small sound project in a real repository, loaded as unmoor loads any project."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.repositories import Repository
from support.simple_index import nobody
from unmoor.chain import stage
from unmoor.context import Context
from unmoor.model import Mode, Plan, Release
from unmoor.model.settings import IndexSettings
from unmoor.observe.observer import Observer
from unmoor.observe.repository import load
from unmoor.request import Memory
from unmoor.state.evidence_store import EvidenceStore

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "tiny-thing"
version = "1.2.0"
description = "A thing, and a tiny one"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
authors = [{ name = "Some One", email = "some.one@example.com" }]
classifiers = [
    "Programming Language :: Python :: 3",
    "Typing :: Typed",
]
dependencies = [
    "attrs>=20",
]

[project.urls]
Source = "https://example.com/tiny-thing"

[tool.unmoor]
branches = ["main"]
critical-paths = ["src"]

[tool.towncrier]
directory = "changes"
filename = "CHANGELOG.md"
"""


def write_tiny(repository: Repository) -> None:
    """Write a project that every source gate is content with, and commit it on ``main``."""
    repository.write("pyproject.toml", PYPROJECT)
    repository.write("README.md", "# Tiny thing\n\nIt is tiny.\n")
    repository.write("LICENSE", "Do as you like.\n")
    repository.write("CHANGELOG.md", "# Changes\n\n## 1.2.0 (2020-01-01)\n\n- it is there\n")
    repository.write("changes/.gitignore", "!.gitignore\n")
    repository.write("src/tiny_thing/__init__.py", '__version__ = "1.2.0"\n')
    repository.write("src/tiny_thing/py.typed", "")
    repository.commit("A tiny thing")


def replace_in(repository: Repository, path: str, old: str, new: str) -> None:
    """Replace a text that is there once in a file of the repository."""
    text = (repository.folder / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
    repository.write(path, text.replace(old, new))


def make_context(
    repository: Repository, *, live: bool = False, index: str = "", state: Path | None = None, **changed: Any
) -> Context:
    """Return the context of the stage ``check`` for the project as it lies there.

    ``index`` is the simple URL of the main index (by default one that does not answer). ``changed`` names fields of
    ``Release`` or ``Plan``; the plan says by default that version 1.2.0 is released as it is stated.
    """
    component = load(repository.folder, repository.environ)
    indexes = {"pypi": IndexSettings(simple_url=index or nobody())}
    component = replace(component, settings=replace(component.settings, indexes=indexes))
    ours = {
        name: changed.pop(name)
        for name in ("current", "version", "tag", "base_tag", "changes", "edits")
        if name in changed
    }
    version = ours.get("version", "1.2.0")
    form = component.tag_form
    defaults = {
        "component": component.name,
        "current": "1.2.0",
        "version": version,
        "rule": "as the tree states it",
    }
    release = Release(**defaults | {"tag": form.replace("{version}", version)} | ours)
    git = repository.door
    plan = Plan(
        **{
            "mode": Mode.LIVE if live else Mode.REHEARSAL,
            "commit": git.head(),
            "tree": git.working_tree(),
            "branch": git.branch(),
            "date": "2020-01-01",
            "epoch": 1577836800,
            "actor": "someone",
            "releases": (release,),
            "uncommitted": git.changed(),
            "key": uuid.uuid4().hex,
            **changed,
        }
    )
    folder = state or repository.folder.parent / "state"
    workspace: Any = None
    return Context(
        stage=stage("check"),
        component=component,
        release=release,
        plan=plan,
        store=EvidenceStore(folder / "evidence", component.name),
        state=folder,
        environ=repository.environ,
        workspace=workspace,
        observer=Observer(mode=plan.mode, memory=Memory(), environ=repository.environ),
        say=lambda _: None,
    )


def released_once(made: Repository, remote: Repository) -> Repository:
    """Make the small sound project of an empty repository: 1.1.0 was released, and all of it is on ``remote``."""
    made.write("README.md", "# Tiny thing\n")
    made.commit("First")
    made.git("tag", "v1.1.0")
    write_tiny(made)
    made.git("remote", "add", "origin", str(remote.folder))
    made.git("push", "--quiet", "--set-upstream", "origin", "main", "v1.1.0")
    return made
