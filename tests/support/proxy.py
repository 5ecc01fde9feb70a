"""A proxy on loopback that counts: it notes what it was asked for, passes nothing on and gives one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from support.loopback import serve


@dataclass
class CountingProxy:
    """``asked`` holds method and address of every request; ``redirect`` is where it sends them, by default nowhere."""

    url: str
    asked: list[str] = field(default_factory=list)
    redirect: str = ""

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that send everything through it, by both their names."""
        names = ("http_proxy", "https_proxy", "all_proxy")
        return {each: self.url for name in names for each in (name, name.upper())}


@contextmanager
def counting_proxy() -> Iterator[CountingProxy]:
    """Run a proxy."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            proxy.asked.append(f"{self.command} {self.path}")
            self.send_response(302 if proxy.redirect else 403)
            self.send_header("Location", proxy.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_CONNECT = do_GET  # noqa: N815 - the standard library's names

        def log_message(self, *_: object) -> None:
            pass

    with serve(Handler) as address:
        proxy = CountingProxy(address)
        yield proxy
