"""Indexes over HTTP from a process of their own, each a folder: what they hold outlives whoever sent it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from support.live_release import CuttingIndex
from unmoor.indexes.client import HttpIndexClient
from unmoor.targets import IndexFile


class Serving(BaseHTTPRequestHandler):
    """``/POINT/INDEX/…``: PUT a file, its name once and for all; GET the simple page or a file."""

    top: Path

    def do_PUT(self) -> None:
        file = self.top / self.path[1:]
        content = self.rfile.read(int(self.headers["Content-Length"]))
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.parent.with_suffix(".sent").open("a") as log:
            log.write(f"{file.name} {hashlib.sha256(content).hexdigest()}\n")
        if not file.exists():
            file.write_bytes(content)
        self._answer(200 if file.read_bytes() == content else 400, b"")

    def do_GET(self) -> None:
        point, index, *rest = self.path[1:].split("/")
        folder = self.top / point / index
        if rest[0] == "files":
            self._answer(200, (folder / rest[1]).read_bytes())
            return
        files = [
            {
                "filename": each.name,
                "url": f"/{point}/{index}/files/{each.name}",
                "hashes": {"sha256": hashlib.sha256(each.read_bytes()).hexdigest()},
            }
            for each in sorted(folder.glob("*"))
        ]
        page = {"meta": {"api-version": "1.0"}, "name": rest[1], "files": files}
        self._answer(200 if files else 404, json.dumps(page).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """One that says nothing of clients that were killed."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


def serve(top: Path) -> tuple[int, str]:
    """Serve both indexes of every point from a process of their own; return its number and the address."""
    Serving.top = top
    server = Server(("127.0.0.1", 0), Serving)
    if not (pid := os.fork()):
        server.serve_forever()
    server.server_close()
    return pid, f"http://127.0.0.1:{server.server_port}"


@dataclass
class ServedIndex(CuttingIndex):
    """One of the two: read as unmoor reads any, and sent a file without a program in between."""

    url: str = ""

    @property
    def client(self) -> HttpIndexClient:
        return HttpIndexClient(name=self.name, upload_url=self.url, simple_url=f"{self.url}/simple/")

    def files(self, project: str) -> tuple[IndexFile, ...]:
        return self.client.files(project)

    def fetch(self, file: IndexFile, *, limit: int) -> bytes:
        return self.client.fetch(file, limit=limit)

    def upload(self, file: Path, **words: Any) -> Any:
        requests.put(f"{self.url}/{file.name}", data=file.read_bytes(), timeout=30).raise_for_status()
        return super().upload(file, **words)
