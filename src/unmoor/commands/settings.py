"""``settings``: show every setting as resolved, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from unmoor.errors import Exit
from unmoor.observe.repository import load

__all__ = ["settings"]


def settings(start: Path, environ: Mapping[str, str], *, as_json: bool, say: Callable[[str], None]) -> Exit:
    """Show the settings of the component that ``start`` belongs to, as text or as JSON."""
    component = load(start, environ)
    if as_json:
        say(json.dumps([{"key": r.key, "value": r.value, "reason": r.reason} for r in component.resolved], indent=2))
        return Exit.PASS
    width = max(len(each.key) for each in component.resolved) + 2
    for each in component.resolved:
        say(f"{each.key:<{width}}{each.value or '-'}")
        say(f"{'':<{width}}  {each.reason}")
    return Exit.PASS
