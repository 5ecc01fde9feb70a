"""A wall before an index on loopback: who shows no login is told nothing, whatever is asked for."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urljoin, urlsplit

from support.loopback import serve
from unmoor.runtime import http


@dataclass
class LoginWall:
    """``asked`` are the paths that were asked for with the login, ``refused`` those without it."""

    simple_url: str
    username: str
    password: str = field(repr=False)
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def credential(self, name: str) -> dict[str, str]:
        """Return the environment variables that let unmoor read it as the index called ``name``."""
        words = {"URL": self.simple_url, "USERNAME": self.username, "PASSWORD": self.password}
        return {f"UNMOOR_{name.upper()}_READ_{what}": value for what, value in words.items()}


@contextmanager
def login_wall(simple_url: str) -> Iterator[LoginWall]:
    """Let through to the index at ``simple_url``, files included, whoever has the login, which is made for the run."""
    # What has to be escaped in a URL, a shell or a file is in it.
    username, password = "reader@example.invalid", f'p"a\\s%{secrets.token_urlsafe(12)}:@/'
    expected = f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != expected:
                wall.refused.append(self.path)
                self.answer(401, {"WWW-Authenticate": 'Basic realm="company"'}, b"who is there?")
                return
            wall.asked.append(self.path)
            with http.session() as session:
                there = urljoin(simple_url, self.path)
                given = session.get(there, headers={"Accept": self.headers.get("Accept", "*/*")}, timeout=30)
            self.answer(given.status_code, {"Content-Type": given.headers["Content-Type"]}, given.content)

        do_HEAD = do_GET  # noqa: N815 - the standard library's name

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serve(Handler) as address:
        wall = LoginWall(f"{address}{urlsplit(simple_url).path}", username, password)
        yield wall
