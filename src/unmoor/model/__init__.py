"""The words of unmoor as types: frozen, slotted, keyword-only, and free of behaviour that touches the world.

Standard-library dataclasses, so that naming them costs nothing at import; msgspec reads and writes them where
they are kept in files.
"""

from __future__ import annotations

from unmoor.model.finding import Finding, FindingKind, Findings, Outcome, Resolution, Skip, truncated
from unmoor.model.plan import Bump, Change, Distribution, Edit, Mode, Plan, Release, wheels_first
from unmoor.model.project import (
    NOTES_STYLES,
    Backend,
    Component,
    NotesStyle,
    Repository,
    Requirements,
    Resolved,
    Tool,
    VersionSource,
)
from unmoor.model.stage import Bound, Effect, Scope, Stage, Target

__all__ = [
    "NOTES_STYLES",
    "Backend",
    "Bound",
    "Bump",
    "Change",
    "Component",
    "Distribution",
    "Edit",
    "Effect",
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
    "VersionSource",
    "truncated",
    "wheels_first",
]
