"""What a nox process lays out for the workers it starts, which have nothing from it but its environment.

A worker is ``python -m nox`` in the project's folder: it must not find the project's own ``nox.py`` there. And a live
release needs credentials, which nothing else that inherits the environment may read. So they are split in two: one half
in the environment, the other in a file that only this user can read. Each half alone is random, and stays so where
the file outlives a killed process.

What is laid out is none of the project's business: a worker takes it up at once, and a process that turns out to have
no workers takes it back before the first session.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from unmoor.runtime import scratch

__all__ = ["lay_out", "take_back", "take_up"]

_SAFE_PATH = "PYTHONSAFEPATH"
# Python asks only whether there is a value, so it can say whose it is.
_OURS = "unmoor"
_HANDOVER = "UNMOOR_HANDOVER"
_PURPOSE = "handover"


def lay_out(environ: MutableMapping[str, str], credentials: Mapping[str, str]) -> None:
    """Have workers find ``credentials``, and modules where this process does.

    That is not in the working directory, unless this process was started so that it looks there too.
    """
    started_as_module = getattr(sys.modules["__main__"], "__spec__", None) is not None
    if sys.flags.safe_path or not started_as_module:
        environ.setdefault(_SAFE_PATH, _OURS)
    if credentials:
        content = json.dumps(dict(credentials)).encode()
        pad = os.urandom(len(content))
        folder = scratch.lasting(_PURPOSE)
        handle = os.open(folder / "half", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(pad)
        environ[_HANDOVER] = f"{_mixed(content, pad).hex()}:{folder}"


def take_up(environ: MutableMapping[str, str]) -> dict[str, str]:
    """Take what was laid out for this worker out of its environment and return the credentials; none if there are none.

    The file stays: it is for the other workers too.
    """
    half, folder = _taken(environ)
    try:
        pad = (Path(folder) / "half").read_bytes()
        found: dict[str, str] = json.loads(_mixed(bytes.fromhex(half), pad))
    except (OSError, ValueError):
        return {}
    return found


def take_back(environ: MutableMapping[str, str]) -> None:
    """Take back what was laid out, the file included; a second time does nothing."""
    _, folder = _taken(environ)
    if Path(folder).name.startswith(f"{_PURPOSE}-"):
        shutil.rmtree(folder, ignore_errors=True)


def _taken(environ: MutableMapping[str, str]) -> tuple[str, str]:
    if environ.get(_SAFE_PATH) == _OURS:
        del environ[_SAFE_PATH]
    half, _, folder = environ.pop(_HANDOVER, "").partition(":")
    return half, folder


def _mixed(one: bytes, other: bytes) -> bytes:
    """Return both, mixed bit by bit; mixed once more with either, it is the other."""
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
