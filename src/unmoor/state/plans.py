"""Plans as they are kept: one beside each release's evidence, and the newest by what they were made from."""

from __future__ import annotations

from pathlib import Path

from unmoor.model import Plan
from unmoor.runtime.files import write_whole

__all__ = ["keep", "read"]


def read(path: Path) -> Plan | None:
    """Return the plan kept at ``path``; ``None`` where there is none, or none that can be read."""
    import msgspec

    try:
        return msgspec.json.decode(path.read_bytes(), type=Plan)
    except (OSError, msgspec.MsgspecError):
        return None


def keep(path: Path, plan: Plan) -> None:
    """Keep a plan at ``path``, whole and durably. Raises ``UnmoorError`` where it cannot be written."""
    import msgspec

    write_whole(path, msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")
