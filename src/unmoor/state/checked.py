"""Values kept as JSON with their checksum, so that damage is seen: a digit that flipped is JSON like any other.

It guards against disks and editors, not against somebody who writes both.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

import msgspec

__all__ = ["Damaged", "decode", "encode"]

_Value = TypeVar("_Value")


class Damaged(ValueError):
    """The content is not what was kept."""


class _Sum(msgspec.Struct):
    checksum: str = ""


def encode(value: Any) -> bytes:
    """Return a dataclass as JSON, for people too, with ``checksum`` as its last key."""
    fields = msgspec.to_builtins(value) | {"checksum": _sum(value)}
    return msgspec.json.format(msgspec.json.encode(fields), indent=1) + b"\n"


def decode(content: bytes, kind: type[_Value]) -> _Value:
    """Return the dataclass that was kept; raise ``Damaged`` for anything else. Without a checksum it is believed."""
    try:
        value = msgspec.json.decode(content, type=kind)
        checksum = msgspec.json.decode(content, type=_Sum).checksum
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Damaged(str(error)) from error
    if checksum and checksum != _sum(value):
        raise Damaged("its checksum is of other content")
    return value


def _sum(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()
