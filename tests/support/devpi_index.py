"""An index of a third make on loopback: devpi-server, with a user of its own, in a process of its own."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urljoin

from unmoor.runtime import http

_PROGRAM = [sys.executable, "-W", "ignore", "-c", "import sys; from devpi_server.{0} import {1}; sys.exit({1}())"]
# Its own key is derived from a secret that nobody needs to guess here: as quickly as the algorithm allows.
_QUICK = ["--argon2-memory-cost", "8", "--argon2-parallelism", "1", "--argon2-time-cost", "1"]
_USER, _NAME = "company", "trial"


@dataclass(frozen=True)
class DevpiIndex:
    """Where it is, and who may upload; it refuses other bytes under a name that it has."""

    url: str
    username: str
    password: str = field(repr=False)

    @property
    def simple_url(self) -> str:
        return f"{self.url}+simple/"

    def settings(self, name: str) -> str:
        """Return the settings that make it the index called ``name``."""
        return f'[tool.unmoor.indexes.{name}]\nupload-url = "{self.url}"\nsimple-url = "{self.simple_url}"\n'

    def credential(self, name: str) -> dict[str, str]:
        """Return the environment variables that let unmoor upload to it."""
        words = {"URL": self.url, "USERNAME": self.username, "PASSWORD": self.password}
        return {f"UNMOOR_{name.upper()}_{what}": value for what, value in words.items()}

    def held(self) -> dict[str, str]:
        """Return the files it holds and their sha256."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self._contents()}

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        with http.session() as session:
            about = session.get(self.url, headers={"Accept": "application/json"}, timeout=30).json()
            for project in about["result"]["projects"]:
                page = session.get(f"{self.simple_url}{project}/", timeout=30)
                for href in re.findall(r'href="([^"#]+)', page.text):
                    there = urljoin(page.url, href)
                    yield there.rpartition("/")[2], session.get(there, timeout=30).content


@contextmanager
def devpi_index(folder: Path) -> Iterator[DevpiIndex]:
    """Serve an empty index from ``folder``; its passwords are made for the run."""
    root, password = secrets.token_urlsafe(18), secrets.token_urlsafe(18)
    place = ["--serverdir", str(folder)]
    _run("init", "init", *place, "--no-root-pypi", "--root-passwd", root)
    options = [*place, "--host", "127.0.0.1", "--port", "0", "--threads", "4", *_QUICK]
    with subprocess.Popen(
        [*_PROGRAM[:-1], _PROGRAM[-1].format("main", "main"), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            address = _address(server)
            # It goes on talking, and would wait for somebody to listen.
            Thread(target=lambda: deque(server.stdout or (), maxlen=0), daemon=True).start()
            _put(f"{address}/{_USER}", {"password": password}, _login(address, "root", root))
            made = {"type": "stage", "bases": [], "volatile": False}
            _put(f"{address}/{_USER}/{_NAME}", made, _login(address, _USER, password))
            yield DevpiIndex(f"{address}/{_USER}/{_NAME}/", _USER, password)
        finally:
            server.kill()


def _run(module: str, function: str, *options: str) -> None:
    command = [*_PROGRAM[:-1], _PROGRAM[-1].format(module, function), *options]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        said.append(line)
        if found := re.search(r"Serving on (http://127\.0\.0\.1:[1-9]\d*)", line):
            return found[1]
    raise AssertionError("".join(said))


def _login(address: str, user: str, password: str) -> str:
    with http.session() as session:
        answer = session.post(f"{address}/+login", json={"user": user, "password": password}, timeout=30)
    token = answer.json()["result"]["password"]
    return base64.b64encode(f"{user}:{token}".encode()).decode()


def _put(url: str, what: dict[str, Any], login: str) -> None:
    with http.session() as session:
        answer = session.put(url, json=what, headers={"X-Devpi-Auth": login}, timeout=30)
    assert answer.ok, answer.text
