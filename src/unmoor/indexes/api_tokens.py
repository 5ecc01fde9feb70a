"""What an API token says of itself: a token of the main index's kind names the host that made it, for all to read.

Such a token is a macaroon (version 2, binary) in base64 behind a prefix. Its first field is the location; nothing
else is looked at, and what cannot be read says nothing.
"""

from __future__ import annotations

import base64

__all__ = ["location"]

_PREFIX = "pypi-"
# Version 2, and then a field of type 1: the location. Its length fits one byte while it is below 128.
_HEAD = b"\x02\x01"
_ONE_BYTE = 0x80


def location(token: str) -> str:
    """Return the host that a token names as its maker, in lower case; an empty string where it names none."""
    if not token.startswith(_PREFIX):
        return ""
    text = token.removeprefix(_PREFIX)
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return ""
    size = raw[len(_HEAD)] if raw.startswith(_HEAD) and len(raw) > len(_HEAD) else 0
    named = raw[len(_HEAD) + 1 :][:size]
    return named.decode("ascii", "replace").lower() if len(named) == size < _ONE_BYTE else ""
