"""HTTP for a rehearsal index, over the standard library's server; only on the loopback interface.

That interface is everybody's who is on this machine. The address has a part that nobody can guess, requests by another
name than the loopback's are refused (DNS rebinding), and a request that does not arrive is given up.
"""

from __future__ import annotations

import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import IO, cast
from urllib.parse import urlsplit

from unmoor.rehearsal import body
from unmoor.rehearsal.response import Answer, failure

__all__ = ["Loopback"]

Get = Callable[[str, str], Answer]
Post = Callable[[str, str, str, bytes], Answer]

_POLL = 0.05
_IDLE = 30.0
# A request and the wait for it; the largest file takes seconds on this interface.
_LONGEST = 300.0
_LINGER = 1.0
_PIECE = 1 << 16
_NAMES = ("127.0.0.1", "localhost")


class Loopback(ThreadingHTTPServer):
    """A server on 127.0.0.1 and a free port that answers by two functions."""

    # Threads are joined at the end, so that nothing is left open; ``stop`` ends their connections first.
    daemon_threads = False
    block_on_close = True

    def __init__(self, get: Get, post: Post) -> None:
        self.get, self.post = get, post
        self.prefix = f"/{secrets.token_urlsafe(16)}"
        self._open: dict[socket.socket, float] = {}
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
        self.waits_for(connection)
        return connection, address

    def waits_for(self, connection: socket.socket) -> None:
        """Note that a request on the connection is awaited from now on."""
        with self._guard:
            self._open[connection] = time.monotonic()

    def service_actions(self) -> None:
        """Hang up on whoever takes too long to say what they want; the standard library asks for this now and then."""
        latest = time.monotonic() - _LONGEST
        with self._guard:
            late = [connection for connection, since in self._open.items() if since < latest]
        _end(late)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Forget the connection once it is closed."""
        with self._guard:
            self._open.pop(cast("socket.socket", request), None)
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
            connections = list(self._open)
        _end(connections)


def _end(connections: Iterable[socket.socket]) -> None:
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """One connection: requests one after the other, each answered as a whole, the wrong ones too."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    server: Loopback

    def handle_one_request(self) -> None:
        """Take the time for one request, waiting for it included."""
        self.server.waits_for(self.connection)
        super().handle_one_request()

    def finish(self) -> None:
        """Hear the client out for a moment before hanging up: else what it still sends may cost it the answer."""
        super().finish()
        until = time.monotonic() + _LINGER
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER)
            while time.monotonic() < until and self.connection.recv(_PIECE):
                pass

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer(lambda path: self.server.get(path, self.headers.get("Accept", "")))

    do_HEAD = do_GET  # noqa: N815 - the standard library's name

    def do_POST(self) -> None:
        """Answer a POST, after reading all of it."""
        self._answer(self._posted)

    def _posted(self, path: str) -> Answer:
        content = body.read(cast("IO[bytes]", self.rfile), self.headers)
        authorization, kind = self.headers.get("Authorization", ""), self.headers.get("Content-Type", "")
        return self.server.post(path, authorization, kind, content)

    def _answer(self, answer: Callable[[str], Answer]) -> None:
        try:
            given = answer(self._path())
        except body.Refused as error:
            # What is left of the request would be read as the next one.
            self.close_connection = True
            given = failure(error.status, str(error))
        except Exception as error:  # noqa: BLE001 - a crash here is an answer of the index, as anywhere
            given = failure(500, f"Internal error: {type(error).__name__}: {error}")
        if self.command != "POST" and body.stated(self.headers):
            self.close_connection = True
        self._send(given)

    def _path(self) -> str:
        """Return the path as the index knows it; raise ``Refused`` for whoever does not know the whole address.

        A page that a browser shows may ask anybody by a name of its own that leads here; its requests say that name.
        """
        if self.headers.get_all("Host", []) not in ([f"{name}:{self.server.port}"] for name in _NAMES):
            raise body.Refused(421, "Misdirected request")
        path = urlsplit(self.path).path if self.path.startswith("/") else ""
        if not path.startswith(f"{self.server.prefix}/"):
            raise body.Refused(404, "Not found")
        return path.removeprefix(self.server.prefix)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status, _plain(answer.reason) or None)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            inside = name == "Location" and value.startswith("/")
            self.send_header(name, (self.server.prefix if inside else "") + _plain(value))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def version_string(self) -> str:
        """Return what the index calls itself."""
        return "unmoor-rehearsal"

    def log_message(self, *_: object) -> None:
        """Write nothing to the terminal; the request log has it all."""


def _plain(text: str) -> str:
    """Return a text that can stand in one line of a header."""
    return re.sub(r"[^\x20-\x7e]+", " ", text)
