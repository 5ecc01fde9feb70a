"""The clone: where it is, what git says of it with two short questions, and the component loaded from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from unmoor.model import Component
from unmoor.project import load as project
from unmoor.project.detect.repository import Refs
from unmoor.tools.git import Git, find_root

__all__ = ["load", "load_planned", "refs"]

_QUICK = 15.0  # seconds
_TAGS, _HEADS, _REMOTES = "refs/tags/", "refs/heads/", "refs/remotes/"


def load(start: Path, environ: Mapping[str, str]) -> Component:
    """Return the component that the folder ``start`` belongs to, with its repository.

    Raises ``UnmoorError`` where there is no repository or no package, and ``SettingsError`` with every problem that
    its settings and metadata have.
    """
    root = find_root(start, environ)
    # What is wrong with the settings is told before git is asked anything more.
    project.find_component(start, root)
    return project.load(root, start, refs(root, environ))


def load_planned(clone: Path, path: str, root: Path, environ: Mapping[str, str]) -> Component:
    """Return the component at ``path`` of a ``clone``, with what git says of the repository at ``root``."""
    return project.load(clone, clone / path, refs(root, environ))


def refs(root: Path, environ: Mapping[str, str]) -> Refs:
    """Ask the repository at ``root``; nothing is written and no network is used. Raises ``ToolFailed``."""
    git = Git(root, environ)
    remotes = git.remotes()
    form = "%(HEAD)%(refname)%09%(symref)"
    listed = git.run("for-each-ref", f"--format={form}", "refs/tags", "refs/heads", "refs/remotes", timeout=_QUICK).out
    tags, heads, remote_heads, current, defaults = [], [], [], "", {}
    for line in listed.splitlines():
        name, _, leads_to = line[1:].partition("\t")
        if name.startswith(_TAGS):
            tags.append(name.removeprefix(_TAGS))
        elif name.startswith(_HEADS):
            heads.append(name.removeprefix(_HEADS))
            current = heads[-1] if line[0] == "*" else current
        elif leads_to and name.endswith("/HEAD"):
            remote_name = name.removeprefix(_REMOTES).removesuffix("/HEAD")
            defaults[remote_name] = leads_to.removeprefix(f"{_REMOTES}{remote_name}/")
        else:
            remote_heads.append(name.removeprefix(_REMOTES))
    return Refs(
        tags=tuple(tags),
        heads=tuple(heads),
        current=current,
        remotes=tuple(remotes),
        addresses=remotes,
        remote_heads=tuple(remote_heads),
        defaults=defaults,
    )
