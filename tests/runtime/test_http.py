from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
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
        http.download("http://me:pass-word@127.0.0.1:9/x", limit=1, timeout=1)
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
        http.download("http://index.example.invalid/x", limit=1)
    assert proxy.asked == ["GET http://index.example.invalid/x"]


def test_a_redirect_to_this_machine_does_not_take_the_proxy_along(
    proxy: CountingProxy, server: ThreadingHTTPServer, url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//me:word@"))
    proxy.redirect = url("200")
    assert len(http.download("http://index.example.invalid/x", limit=1000)) == 1000
    assert proxy.asked == ["GET http://index.example.invalid/x"]
    assert "Proxy-Authorization" not in server.seen[-1]
