"""Plans as they are kept: one beside each release's evidence, and the newest by what they were made from."""

from __future__ import annotations

from pathlib import Path

from unmoor.model import Plan
from unmoor.runtime.files import write_whole

__all__ = ["keep", "read"]


def read(path: Path) -> Plan | None:
    """Return the plan kept at ``path``; ``None`` where there is none, or none that can be read."""
    from unmoor.state.checked import Damaged, decode

    try:
        return decode(path.read_bytes(), Plan)
    except (OSError, Damaged):
        return None


def keep(path: Path, plan: Plan) -> None:
    """Keep a plan at ``path``, whole and durably. Raises ``UnmoorError`` where it cannot be written."""
    from unmoor.state.checked import encode

    write_whole(path, encode(plan))
