"""A project that keeps no change notes."""

from __future__ import annotations

from unmoor.planning.notes.record import Notes
from unmoor.project.types import Project

__all__ = ["read"]


def read(project: Project) -> Notes:  # noqa: ARG001 - every source is asked the same way
    """Return no notes."""
    return Notes()
