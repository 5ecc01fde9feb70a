"""The words of unmoor as types: frozen, slotted, keyword-only, and free of behaviour that touches the world.

Standard-library dataclasses; msgspec reads and writes them where they are kept in files. Making forty of them takes a
while, and a face needs three, so each file of the words is read when one of its names is first asked for (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unmoor.model.finding import (
        Finding,
        FindingKind,
        Findings,
        Outcome,
        Resolution,
        Skip,
        blocking_live,
        truncated,
    )
    from unmoor.model.plan import Bump, Change, Distribution, Edit, Mode, Plan, Release, wheels_first
    from unmoor.model.project import (
        NOTES_STYLES,
        Backend,
        Component,
        DocsBuild,
        NotesStyle,
        Repository,
        Requirements,
        Resolved,
        Tool,
        VersionSource,
    )
    from unmoor.model.stage import Bound, Effect, Scope, Stage, Target
    from unmoor.model.tool_run import FileSelection, ToolRun

__all__ = [
    "NOTES_STYLES",
    "Backend",
    "Bound",
    "Bump",
    "Change",
    "Component",
    "Distribution",
    "DocsBuild",
    "Edit",
    "Effect",
    "FileSelection",
    "Finding",
    "FindingKind",
    "Findings",
    "Mode",
    "NotesStyle",
    "Outcome",
    "Plan",
    "Release",
    "Repository",
    "Requirements",
    "Resolution",
    "Resolved",
    "Scope",
    "Skip",
    "Stage",
    "Target",
    "Tool",
    "ToolRun",
    "VersionSource",
    "blocking_live",
    "truncated",
    "wheels_first",
]

_HOMES = {
    "finding": "Finding FindingKind Findings Outcome Resolution Skip blocking_live truncated",
    "plan": "Bump Change Distribution Edit Mode Plan Release wheels_first",
    "project": (
        "NOTES_STYLES Backend Component DocsBuild NotesStyle Repository Requirements Resolved Tool VersionSource"
    ),
    "stage": "Bound Effect Scope Stage Target",
    "tool_run": "FileSelection ToolRun",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Return one of the words, from the file it stands in."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
