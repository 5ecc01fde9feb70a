"""twine, as a program: one file up, and the check of the description.

An upload's exit status is a claim. What it says is only an answer to compare with what the index serves; nothing
here raises because twine was not content.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unmoor.errors import Blocked, ToolFailed, ToolTimeout
from unmoor.runtime import environment, process
from unmoor.runtime.loopback import is_loopback
from unmoor.runtime.redact import register
from unmoor.targets import Index

__all__ = ["Checked", "UploadAnswer", "check_strict", "upload"]

_UPLOAD_SECONDS = 900.0
_CHECK_SECONDS = 120.0
# twine prints with rich, which colours and wraps; it believes COLUMNS unless the terminal is called dumb.
_PLAIN = {"COLUMNS": "4000", "NO_COLOR": "1", "TERM": "xterm", "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}
_NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadAnswer:
    """What came back from an upload: ``accepted`` is twine's claim, ``said`` its last words, without secrets.

    ``status`` is its exit status, -1 where it did not end in time. Either way only the index knows what it has.
    """

    filename: str
    accepted: bool
    said: str
    status: int
    seconds: float = 0.0
    log: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The verdict of ``twine check --strict`` on one file."""

    filename: str
    passed: bool
    said: str = ""


def upload(
    file: Path,
    index: Index,
    *,
    env: Mapping[str, str],
    log: Path | None = None,
    locks: Sequence[int] = (),
    seconds: float = _UPLOAD_SECONDS,
) -> UploadAnswer:
    """Upload one file and return what twine said.

    The credential stands in the child's environment alone; the child dies with this process and keeps ``locks``
    (file descriptors) open while it lives. Raises ``Blocked`` without a credential, ``ToolMissing`` without twine.
    """
    if index.credential is None:
        what = f"there is no credential for the index '{index.name}'"
        raise Blocked(what, hint=f"set UNMOOR_{re.sub('[^A-Z0-9]+', '_', index.name.upper())}_TOKEN")
    register(index.credential.secret)
    options = ["--non-interactive", "--disable-progress-bar", "--verbose", "--config-file", os.devnull]
    command = [*process.module("twine"), "--no-color", "upload", *options, "--", str(file)]
    child = environment.clean(env) | _PLAIN | _NO_KEYRING
    child |= {
        "TWINE_REPOSITORY_URL": index.upload_url,
        "TWINE_USERNAME": index.credential.username,
        "TWINE_PASSWORD": index.credential.secret,
    }
    if is_loopback(index.upload_url):
        # Also where only the system knows a proxy.
        child = environment.past_proxies(child)
    try:
        done = process.run(command, env=child, timeout=seconds, ok=None, log=log, leashed=True, inherit=locks)
    except ToolTimeout as error:
        return UploadAnswer(filename=file.name, accepted=False, said=str(error), status=-1, seconds=seconds)
    return UploadAnswer(
        filename=file.name,
        accepted=done.status == 0,
        said=process.tail(done.text),
        status=done.status,
        seconds=done.seconds,
        log=done.log,
    )


def check_strict(files: Sequence[Path], *, env: Mapping[str, str], log: Path | None = None) -> tuple[Checked, ...]:
    """Return the verdict of ``twine check --strict`` on each file, one for each or none at all.

    Raises ``ToolFailed`` when twine did not name every file: then nothing is known.
    """
    command = [*process.module("twine"), "--no-color", "check", "--strict", "--", *map(str, files)]
    child = environment.clean(env) | _PLAIN
    done = process.run(command, env=child, timeout=_CHECK_SECONDS, ok=None, log=log)
    found = tuple(_verdict(file, done.text) for file in files)
    named = tuple(verdict for verdict in found if verdict is not None)
    if not files or len(named) != len(files):
        what = f"twine check named {len(named)} of {len(files)} files"
        raise ToolFailed(what, status=done.status, tail=process.tail(done.text), log=done.log)
    if done.status != 0 and all(each.passed for each in named):
        what = "twine check passed every file and failed all the same"
        raise ToolFailed(what, status=done.status, tail=process.tail(done.text), log=done.log)
    return named


def _verdict(file: Path, said: str) -> Checked | None:
    start = f"Checking {file}: "
    line = next((line for line in said.splitlines() if line.startswith(start)), None)
    if line is None:
        return None
    verdict = line.removeprefix(start).strip()
    return Checked(
        filename=file.name, passed=verdict == "PASSED", said="" if verdict == "PASSED" else process.tail(said)
    )
