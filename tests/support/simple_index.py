"""An index on loopback that serves what a test tells it to: PEP 691 JSON, with digests, yanks and upload times."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.loopback import serve


@dataclass
class SimpleIndex:
    """``projects`` holds the files by normalised project name; ``asked`` the paths in the order of the questions.

    ``contents`` are the bytes of files by name. ``hidden`` are names that each page in turn leaves out, over and over:
    a set for every machine behind the one address. ``standing`` is the status of every project (PEP 792).
    """

    url: str
    projects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    hidden: list[set[str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    standing: dict[str, str] = field(default_factory=dict)

    def add(self, project: str, filename: str, sha256: str = "0" * 64, **more: Any) -> None:
        """Put a file on the index; ``more`` are keys of PEP 691 with ``_`` for ``-`` (``yanked``, ``upload_time``)."""
        extra = {name.replace("_", "-"): value for name, value in more.items()}
        file = {"filename": filename, "url": f"{self.url}files/{filename}", "hashes": {"sha256": sha256}, **extra}
        self.projects.setdefault(project, []).append(file)

    def page(self, name: str) -> bytes | None:
        """Return the page of a project as the next machine has it."""
        files = self.projects.get(name)
        if files is None:
            return None
        hidden = self.hidden.pop(0) if self.hidden else set()
        self.hidden += [hidden]
        shown = [each for each in files if each["filename"] not in hidden]
        said = {"project-status": self.standing} if self.standing else {}
        return json.dumps({"meta": {"api-version": "1.4"}, "name": name, "files": shown, **said}).encode()


@contextmanager
def simple_index() -> Iterator[SimpleIndex]:
    """Serve an index that is empty to begin with."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            name = self.path.strip("/").rpartition("/")[2]
            body = served.contents.get(name) if "/files/" in self.path else served.page(name)
            self.send_response(200 if body is not None else 404)
            body = body or b"no such thing"
            self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serve(Handler) as address:
        served = SimpleIndex(f"{address}/simple/")
        yield served


def nobody() -> str:
    """Return the URL of an index that does not answer: a port that was free a moment ago."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listening.getsockname()[1]}/simple/"
