"""An index of another make on loopback: pypiserver, with a password, in a process of its own."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_SERVER = Path(__file__).with_name("another_index_server.py")


@dataclass(frozen=True)
class AnotherIndex:
    """Where it is, what it holds, and who may upload."""

    url: str
    folder: Path
    log: Path
    username: str
    password: str = field(repr=False)

    def reader(self, name: str) -> dict[str, str]:
        """Return the environment variables that let unmoor read it."""
        words = {"URL": f"{self.url}/simple/", "USERNAME": self.username, "PASSWORD": self.password}
        return {f"UNMOOR_{name.upper()}_READ_{what}": value for what, value in words.items()}

    @property
    def uploads(self) -> int:
        """How many uploads it was sent."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return sum(line.startswith("POST ") for line in lines)

    def held(self) -> dict[str, str]:
        """Return the files it holds and their sha256."""
        files = sorted(self.folder.glob("*.*"))
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    def settings(self, name: str) -> str:
        """Return the settings that make it the index called ``name``."""
        return f'[tool.unmoor.indexes.{name}]\nupload-url = "{self.url}/"\nsimple-url = "{self.url}/simple/"\n'

    def credential(self, name: str) -> dict[str, str]:
        """Return the environment variables that let unmoor upload to it."""
        upper = name.upper()
        words = {"URL": f"{self.url}/", "USERNAME": self.username, "PASSWORD": self.password}
        return {f"UNMOOR_{upper}_{what}": value for what, value in words.items()}


@contextmanager
def another_index(
    folder: Path, algorithm: str | None = "sha256", *, upstream: str = "", closed: bool = False
) -> Iterator[AnotherIndex]:
    """Serve what lies in ``folder``, with digests by ``algorithm``; uploading needs a password made for the run.

    ``upstream`` is the simple API that has the projects it does not have itself. ``closed`` is one that is not read
    without the password either.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder.with_suffix(".log")
    username, password = "uploader", secrets.token_urlsafe(18)
    words = {"INDEX_USERNAME": username, "INDEX_PASSWORD": password, "INDEX_HASH": algorithm or ""}
    words |= {"INDEX_UPSTREAM": upstream, "INDEX_CLOSED": "yes" if closed else ""}
    env = {**os.environ, **words}
    command = [sys.executable, "-W", "ignore", str(_SERVER), str(folder), str(log)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            yield AnotherIndex(f"http://127.0.0.1:{port}", folder, log, username, password)
        finally:
            server.terminate()
