"""Contexts for gates on archives: a real repository, its planned commit, and archives sealed for a release."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.fakes import FakeObserver
from unmoor.archives.seal import seal
from unmoor.chain import stage
from unmoor.context import Context
from unmoor.model import Component, Mode, Plan, Release, Repository
from unmoor.model.settings import Settings
from unmoor.targets import Index
from unmoor.tools.git import Git


@dataclass(frozen=True)
class Checkout:
    """A folder that stands for the fresh clone of the planned commit."""

    path: Path
    commit: str

    @property
    def git(self) -> Git:
        return Git(self.path, dict(os.environ))


def component_of(
    root: Path, name: str, imports: Sequence[str], settings: Settings, pythons: Sequence[str]
) -> Component:
    return Component(
        repository=Repository(root=root),
        name=name,
        folder=root,
        import_names=tuple(imports),
        settings=settings,
        pythons=tuple(pythons),
    )


def context_of(
    root: Path,
    archives: Sequence[Path],
    state: Path,
    *,
    name: str,
    version: str,
    imports: Sequence[str] = (),
    settings: Settings | None = None,
    mode: Mode = Mode.REHEARSAL,
    pythons: Sequence[str] = (),
    index: Index | None = None,
    stage_name: str = "build",
    environ: Mapping[str, str] | None = None,
) -> Context:
    """Seal ``archives`` below ``state`` and return a context in which the repository ``root`` is the planned commit."""
    git = Git(root, dict(os.environ))
    commit = git.head()
    release = Release(component=name, current=version, version=version, rule="", tag=version)
    plan = Plan(
        mode=mode,
        commit=commit,
        tree=git.tree_of(commit),
        branch="main",
        date="2020-01-01",
        epoch=1577836800,
        actor="",
        releases=(release,),
    )
    store: Any = None
    return Context(
        stage=stage(stage_name),
        component=component_of(root, name, imports, settings or Settings(), pythons),
        release=release,
        plan=plan,
        store=store,
        state=state,
        environ=dict(os.environ) if environ is None else environ,
        workspace=Checkout(root, commit),
        observer=FakeObserver(),
        say=lambda _: None,
        distributions=seal(archives, state / "dist") if archives else (),
        index=index,
    )
