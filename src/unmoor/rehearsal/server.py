"""HTTP for a rehearsal index, over the standard library's server; only on the loopback interface."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import IO, cast
from urllib.parse import urlsplit

from unmoor.rehearsal.response import Answer, failure

__all__ = ["Loopback"]

Get = Callable[[str, str], Answer]
Post = Callable[[str, str, str, bytes], Answer]

_POLL = 0.05
_IDLE = 30.0
_BODY_LIMIT = 1 << 30


class Loopback(ThreadingHTTPServer):
    """A server on 127.0.0.1 and a free port that answers by two functions."""

    # Threads are joined at the end, so that nothing is left open; ``stop`` ends their connections first.
    daemon_threads = False
    block_on_close = True

    def __init__(self, get: Get, post: Post) -> None:
        self.get, self.post = get, post
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without the standard library's question for our own host name, which may go to a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.port

    def get_request(self) -> tuple[socket.socket, object]:
        """Remember the connection while it is open."""
        connection, address = super().get_request()
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Forget the connection once it is closed."""
        with self._guard:
            self._open.discard(cast("socket.socket", request))
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hung up is no error here, and all others were answered."""

    def run(self) -> None:
        """Serve until ``stop``."""
        with self:
            self.serve_forever(poll_interval=_POLL)

    def stop(self) -> None:
        """Take no more requests and end the open connections."""
        self.shutdown()
        self.hang_up()

    def hang_up(self) -> None:
        """End the connections that are open now."""
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    server: Loopback

    def do_GET(self) -> None:
        """Answer a GET."""
        self._send(self._safely(lambda: self.server.get(self._path, self.headers.get("Accept", ""))))

    do_HEAD = do_GET  # noqa: N815 - the standard library's name

    def do_POST(self) -> None:
        """Answer a POST, after reading all of it."""
        body = self._body()
        if body is None:
            self.close_connection = True
            self._send(failure(413, "Payload too large"))
            return
        authorization, kind = self.headers.get("Authorization", ""), self.headers.get("Content-Type", "")
        self._send(self._safely(lambda: self.server.post(self._path, authorization, kind, body)))

    @property
    def _path(self) -> str:
        return urlsplit(self.path).path

    def _safely(self, answer: Callable[[], Answer]) -> Answer:
        try:
            return answer()
        except Exception as error:  # noqa: BLE001 - a crash here is an answer of the index, as anywhere
            return failure(500, f"Internal error: {type(error).__name__}: {error}")

    def _body(self) -> bytes | None:
        stream = cast("IO[bytes]", self.rfile)
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return _chunked(stream)
        size = int(self.headers.get("Content-Length") or 0)
        return stream.read(size) if size <= _BODY_LIMIT else None

    def _send(self, answer: Answer) -> None:
        reason = re.sub(r"[^\x20-\x7e]+", " ", answer.reason)
        self.send_response(answer.status, reason or None)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def version_string(self) -> str:
        """Return what the index calls itself."""
        return "unmoor-rehearsal"

    def log_message(self, *_: object) -> None:
        """Write nothing to the terminal; the request log has it all."""


def _chunked(stream: IO[bytes]) -> bytes | None:
    """Read a body sent in chunks (RFC 9112, 7.1)."""
    body = bytearray()
    while size := int(stream.readline().split(b";")[0], 16):
        body += stream.read(size)
        stream.readline()
        if len(body) > _BODY_LIMIT:
            return None
    while stream.readline().strip():
        pass
    return bytes(body)
