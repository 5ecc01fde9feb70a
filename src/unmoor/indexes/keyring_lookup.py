"""The keyring, asked for an address in a process of its own.

A backend is somebody else's code, and may wait for a vault, a prompt or a bus that never answers. Here it has nothing
to ask on, and a limit. What it found comes back through a pipe and is in no file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from unmoor.errors import ToolError, ToolTimeout
from unmoor.model import Finding
from unmoor.runtime import environment, process

__all__ = ["ask"]

_CHILD = Path(__file__).with_name("keyring_child.py")
# Long enough for a person to allow it in a window of their system.
_SECONDS = 30.0


def ask(address: str, environ: Mapping[str, str], *, seconds: float = _SECONDS) -> tuple[str, str] | Finding | None:
    """Return user name and secret that the keyring has for an address, why it gave none, or ``None``.

    As twine does, the service is the upload's URL. ``environ`` is the environment as the face read it.
    """
    # What steers the keyring is its own business: how to open the vault is among it.
    steering = {name: value for name, value in environ.items() if name.startswith(("KEYRING_", "PYTHON_KEYRING_"))}
    command: list[str | Path] = [sys.executable, "-P", _CHILD, address]
    try:
        done = process.run(command, env=environment.own(environ) | steering, timeout=seconds, ok=None, leashed=True)
    except ToolTimeout:
        what = f"the keyring was asked about {address} and did not answer within {seconds:g} seconds"
        return Finding(message=what, hint="unlock it and try `keyring get` by hand, or put the credential elsewhere")
    except ToolError:
        return None
    return _understood(done.out)


def _understood(said: str) -> tuple[str, str] | Finding | None:
    try:
        answer = json.loads(bytes(json.loads(said)))
    except ValueError:
        return None
    if trouble := answer.get("trouble"):
        return Finding(message=f"the keyring failed: {trouble}", hint="try `keyring get` by hand")
    return (answer["username"], answer["secret"]) if answer.get("secret") else None
