"""An answer of a rehearsal index, before it becomes HTTP."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

from unmoor.rehearsal.pages import HTML

__all__ = ["Answer", "failure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, body and headers; ``reason`` also stands in the status line. ``filename`` is for the log."""

    status: int
    body: bytes = b""
    content_type: str = HTML
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    filename: str = ""


def failure(status: int, message: str, *, filename: str = "", **headers: str) -> Answer:
    """Return a refusal as PyPI words it: the message is the status line's reason and stands in the page too."""
    page = (
        f"<html><head><title>{status} {html.escape(message)}</title></head><body>{html.escape(message)}</body></html>"
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, reason=message, body=page.encode(), filename=filename, headers=named)
