"""twine, as a program: one file up.

An upload's exit status is a claim. What it says is only an answer to compare with what the index serves; nothing
here raises because twine was not content.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from unmoor.errors import Blocked, ToolTimeout
from unmoor.runtime import environment, process
from unmoor.runtime.loopback import is_loopback
from unmoor.runtime.redact import register
from unmoor.targets import Credential, UploadAnswer

__all__ = ["upload"]

_UPLOAD_SECONDS = 900.0
# twine prints with rich, which colours and wraps; it believes COLUMNS unless the terminal is called dumb.
_PLAIN = {"COLUMNS": "4000", "NO_COLOR": "1", "TERM": "xterm", "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}
_NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def upload(
    file: Path,
    upload_url: str,
    *,
    name: str,
    credential: Credential | None,
    env: Mapping[str, str],
    log: Path | None = None,
    locks: Sequence[int] = (),
    seconds: float = _UPLOAD_SECONDS,
) -> UploadAnswer:
    """Upload one file to ``upload_url``, the index called ``name``, and return what twine said.

    The credential stands in the child's environment alone; the child dies with this process and keeps ``locks``
    (file descriptors) open while it lives. Raises ``Blocked`` without a credential, ``ToolMissing`` without twine.
    """
    if credential is None:
        what = f"there is no credential for the index '{name}'"
        raise Blocked(what, hint=f"set UNMOOR_{re.sub('[^A-Z0-9]+', '_', name.upper())}_TOKEN")
    register(credential.secret)
    options = ["--non-interactive", "--disable-progress-bar", "--verbose", "--config-file", os.devnull]
    command = [*process.module("twine"), "--no-color", "upload", *options, "--", str(file)]
    child = environment.clean(env) | _PLAIN | _NO_KEYRING
    child |= {
        "TWINE_REPOSITORY_URL": upload_url,
        "TWINE_USERNAME": credential.username,
        "TWINE_PASSWORD": credential.secret,
    }
    if is_loopback(upload_url):
        # Also where only the system knows a proxy.
        child = environment.past_proxies(child)
    try:
        done = process.run(command, env=child, timeout=seconds, ok=None, log=log, leashed=True, inherit=locks)
    except ToolTimeout as error:
        return UploadAnswer(filename=file.name, accepted=False, output=str(error), status=-1, seconds=seconds)
    return UploadAnswer(
        filename=file.name,
        accepted=done.status == 0,
        output=process.tail(done.text),
        status=done.status,
        seconds=done.seconds,
        log=done.log,
    )
