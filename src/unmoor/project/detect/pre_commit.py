"""The hooks that ``.pre-commit-config.yaml`` lists, read line by line: their repositories, revisions and names.

The comment behind a revision (``# frozen: v1.2``) counts, which is why no YAML reader is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from unmoor.project.project_files import ProjectFiles

__all__ = ["FILES", "HookRepository", "hooks", "ruff_hook"]

FILES = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")
_LINE = re.compile(
    r"""^\s*(?:-\s+)?(?P<key>repo|rev|id)\s*:\s*["']?(?P<value>[^\s"'#]+)["']?\s*(?:\#\s*(?P<comment>.*))?$"""
)
_FROZEN = re.compile(r"frozen:\s*(\S+)")
_RELEASE = re.compile(r"v?([0-9]+(?:\.[0-9]+)+\S*)")


@dataclass(slots=True)
class HookRepository:
    """One entry of the configuration: where its hooks come from, which version of them, and their ids."""

    url: str
    version: str = ""
    ids: list[str] = field(default_factory=list)


def hooks(tree: ProjectFiles) -> tuple[HookRepository, ...]:
    """Return the hook repositories that the project's pre-commit configuration lists."""
    found: list[HookRepository] = []
    name = tree.first(*FILES[:2])
    for line in (tree.text(name) or "").split("\n") if name else ():
        match = _LINE.match(line)
        if match is None:
            continue
        if match["key"] == "repo":
            found.append(HookRepository(match["value"]))
        elif found and match["key"] == "rev":
            frozen = _FROZEN.search(match["comment"] or "")
            release = _RELEASE.fullmatch(frozen[1] if frozen else match["value"])
            found[-1].version = release[1] if release else ""
        elif found:
            found[-1].ids.append(match["value"])
    return tuple(found)


def ruff_hook(listed: tuple[HookRepository, ...]) -> HookRepository | None:
    """Return the repository of ruff's own hooks, if it is listed."""
    return next((each for each in listed if each.url.rstrip("/").endswith("/ruff-pre-commit")), None)
