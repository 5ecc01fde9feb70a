"""A project that keeps no change notes."""

from __future__ import annotations

from unmoor.model import Component
from unmoor.planning.notes.record import Notes

__all__ = ["read"]


def read(component: Component) -> Notes:  # noqa: ARG001 - every source is asked the same way
    """Return no notes."""
    return Notes()
