from __future__ import annotations

import base64
import gzip
import socketserver
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from support.proxy import CountingProxy, counting_proxy
from unmoor.runtime import http


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))
        status = int(self.path.strip("/").split("/")[0])
        body = b"x" * 1000
        self.send_response(status)
        # A cut answer promises more than it sends.
        self.send_header("Content-Length", str(len(body) + (1 if "cut" in self.path else 0)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as made:
        made.seen = []
        made.daemon_threads = True
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def url(server: ThreadingHTTPServer) -> Callable[[str], str]:
    return lambda path, user="": f"http://{user}127.0.0.1:{server.server_port}/{path}"


def test_a_whole_answer_comes_back(url: Callable[[str], str]) -> None:
    assert http.download(url("200"), limit=1000) == b"x" * 1000


def test_too_much_is_refused(url: Callable[[str], str]) -> None:
    with pytest.raises(http.Unreachable, match="larger than 999 bytes"):
        http.download(url("200"), limit=999)


@pytest.mark.parametrize("path", ["404", "500", "200/cut"])
def test_an_error_or_a_cut_answer_is_none(url: Callable[[str], str], path: str) -> None:
    with pytest.raises(http.Unreachable, match="did not answer"):
        http.download(url(path), limit=10_000)


def test_nobody_there_is_said_without_user_information() -> None:
    with pytest.raises(http.Unreachable) as caught:
        http.download("http://me:pass-word@127.0.0.1:9/x", limit=1, seconds=5)
    assert "pass-word" not in str(caught.value)


def test_no_netrc_is_read(
    server: ThreadingHTTPServer, url: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password stored\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    http.download(url("200"), limit=1000)
    assert "Authorization" not in server.seen[-1]
    assert server.seen[-1]["Cache-Control"] == "no-cache"


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingProxy]:
    with counting_proxy() as made:
        for name, value in made.environ.items():
            monkeypatch.setenv(name, value)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield made


def test_this_machine_is_asked_past_every_proxy(proxy: CountingProxy, url: Callable[[str], str]) -> None:
    assert len(http.download(url("200"), limit=1000)) == 1000
    assert len(http.download(url("200").replace("127.0.0.1", "localhost"), limit=1000)) == 1000
    assert proxy.asked == []


def test_others_are_asked_through_the_proxy_as_they_were(proxy: CountingProxy) -> None:
    with pytest.raises(http.Unreachable):
        http.download("https://index.example.invalid/x", limit=1)
    assert proxy.asked == ["CONNECT index.example.invalid:443"]


def test_a_redirect_to_this_machine_does_not_take_the_proxy_along(
    proxy: CountingProxy, server: ThreadingHTTPServer, url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//me:word@"))
    proxy.redirect = url("200")
    with http.session() as session:
        assert session.get("http://index.example.invalid/x", timeout=10).content == b"x" * 1000
    assert proxy.asked == ["GET http://index.example.invalid/x"]
    assert "Proxy-Authorization" not in server.seen[-1]


# ── hostile answers ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Said:
    """What a server says: the lines before the body, then the body; ``drip`` is said over and over after that."""

    head: str = "HTTP/1.1 200 OK\r\n"
    body: bytes = b""
    drip: bytes = b""
    asked: list[str] = field(default_factory=list)


@contextmanager
def speaking(said: Said) -> Iterator[str]:
    """Answer each connection with what is ``said``, word by word, whether it is HTTP or not."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            question = []
            while line := self.rfile.readline().strip():
                question.append(line.decode())
            said.asked.append("\n".join(question))
            with suppress(OSError):
                self.wfile.write(said.head.encode())
                self.wfile.write(said.body)
                while said.drip and not over.wait(0.02):
                    self.wfile.write(said.drip)

    over = threading.Event()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            over.set()
            server.shutdown()
            thread.join()


_ENDLESS = {
    "body": Said(head="HTTP/1.1 200 OK\r\n\r\n", drip=b" "),
    "length": Said(head="HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", drip=b" "),
    "chunks": Said(head="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", drip=b"1\r\n \r\n"),
    "one chunk": Said(head="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", drip=b" "),
    "chunk size": Said(head="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", drip=b"0"),
    "status": Said(head="HTTP/1.1 ", drip=b"2"),
    "header": Said(head="HTTP/1.1 200 OK\r\nX: ", drip=b"y"),
    "headers": Said(head="HTTP/1.1 200 OK\r\n", drip=b"X: y\r\n"),
    "compressed": Said(
        head="HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", body=gzip.compress(b"")[:10], drip=b"\0\0\0\xff\xff"
    ),
    "nothing": Said(head="", drip=b""),
}


@pytest.mark.parametrize("said", _ENDLESS.values(), ids=_ENDLESS.keys())
def test_an_answer_that_does_not_end_is_given_up_at_the_deadline(said: Said) -> None:
    with speaking(said) as address, pytest.raises(http.Unreachable) as caught:
        http.get(address, limit=1 << 30, seconds=0.3)
    assert "within 0.3 seconds" in str(caught.value) or "did not answer" in str(caught.value)


def test_a_redirect_counts_against_the_same_deadline() -> None:
    said = Said(head="HTTP/1.1 302 Found\r\nLocation: /again\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    with speaking(said) as address, pytest.raises(http.Unreachable, match="sends on more than 10 times"):
        http.get(address, limit=1, seconds=30)
    assert len(said.asked) == 10


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_is_small_only_while_it_is_compressed_is_too_large(coding: str) -> None:
    packed = gzip.compress(b" " * (8 << 20)) if coding == "gzip" else zlib.compress(b" " * (8 << 20))
    said = Said(head=f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n", body=packed)
    tracemalloc.start()
    try:
        with speaking(said) as address, pytest.raises(http.Unreachable, match="larger than 65536 bytes"):
            http.get(address, limit=1 << 16, seconds=30)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_file_that_is_called_compressed_comes_as_it_is() -> None:
    packed = gzip.compress(b"an sdist")
    said = Said(head="HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", body=packed)
    with speaking(said) as address:
        assert http.download(address, limit=1000) == packed
    assert "Accept-Encoding: identity" in said.asked[0]


def test_a_slow_file_has_the_time_that_its_size_takes() -> None:
    said = Said(head="HTTP/1.1 200 OK\r\n\r\n", drip=b"x" * 1000)
    with speaking(said) as address, pytest.raises(http.Unreachable, match="larger than 20000 bytes"):
        http.get(address, limit=20_000, seconds=0.2, slowest=1000)


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
        "HTTP/1.1 302 Found\r\nLocation: http://[/\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://index.example.invalid/\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n\r\n",
        "",
    ],
)
def test_a_broken_answer_is_one_error(head: str) -> None:
    with speaking(Said(head=head)) as address, suppress(http.Unreachable):
        assert http.get(address, limit=100, seconds=10).content == b""


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://index.example.invalid/", "ftp://h/", "x", "http://["]
)
def test_only_addresses_of_the_web_are_asked_and_none_in_the_clear(address: str) -> None:
    with pytest.raises(http.Unreachable):
        http.get(address, limit=1, seconds=10)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "http://localhost/x", "http://other.example.invalid/x"])
def test_nobody_elsewhere_sends_us_to_an_address_in_the_clear(address: str) -> None:
    with pytest.raises(http.Unreachable, match=r"names .* no address that starts with https"):
        http.download(address, limit=1, named_by="https://index.example.invalid/simple/x/")


# ── a login ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_login_goes_to_its_own_origin_and_never_along_with_a_redirect() -> None:
    there = Said(head="HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", body=b"ok")
    with speaking(there) as other:
        here = Said(head=f"HTTP/1.1 302 Found\r\nLocation: {other}\r\nContent-Length: 0\r\n\r\n")
        with speaking(here) as address:
            login = http.Login(address=f"{address}simple/", username="me", password="word")  # noqa: S106 - no secret
            assert http.get(f"{address}files/x", limit=2, seconds=30, login=login).content == b"ok"
    basic = base64.b64encode(b"me:word").decode()
    assert f"Authorization: Basic {basic}" in here.asked[0]
    assert "Authorization" not in there.asked[0]
    assert "word" not in repr(login)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://h/simple/", "https://h:443/files/x", True),
        ("https://H/", "https://h/", True),
        ("https://h/", "https://h:444/", False),
        ("https://h/", "http://h/", False),
        ("https://h/", "https://h.example/", False),
        ("https://h/", "https://h@example.invalid/", False),
        ("https://h/", "https://h:x/", False),
    ],
)
def test_origins(one: str, other: str, *, same: bool) -> None:
    assert http.same_origin(one, other) is same
