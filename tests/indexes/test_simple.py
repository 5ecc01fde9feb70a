"""The simple API client, against two servers that have nothing in common: our own index and pypiserver."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from support.another_index import another_index
from support.distributions import distribution_of, sdist, wheel
from support.faulty_index import Fault, Faults
from support.indexes import over_http, post, running
from support.login_wall import login_wall
from support.loopback import serve
from unmoor.indexes import page, simple, wait
from unmoor.indexes.client import HttpIndexClient
from unmoor.indexes.simple import OtherBytes
from unmoor.indexes.wait import Seen
from unmoor.runtime import http
from unmoor.runtime.http import TooLarge, Unreachable
from unmoor.targets import IndexFile


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_files_of_a_project(tmp_path: Path):
    first, second = wheel(tmp_path), sdist(tmp_path)
    with running(tmp_path / "root") as (index, target):
        assert simple.files(target.simple_url, "tiny-thing") == ()
        post(target, first)
        post(target, second)
        index.yank("tiny-thing", "1.2.0", "broken")
        found = simple.files(target.simple_url, "Tiny_Thing")
    assert [(each.filename, each.sha256, each.size, each.version) for each in found] == [
        (first.name, sha256(first), first.stat().st_size, "1.2.0"),
        (second.name, sha256(second), second.stat().st_size, "1.2.0"),
    ]
    assert all(each.yanked and each.yanked_reason == "broken" and each.requires_python == ">=3.8" for each in found)
    times = [each.upload_time for each in found]
    times += [each.asked_at for each in found]
    assert all(time and abs(datetime.now(UTC) - time) < timedelta(minutes=5) for time in times)


@pytest.mark.parametrize("algorithm", ["sha256", "md5", None])
def test_pypiserver_with_and_without_digests(algorithm: str | None, tmp_path: Path):
    path = wheel(tmp_path / "served")
    with another_index(tmp_path / "served", algorithm) as served:
        url = f"{served.url}/simple/"
        client = over_http("pypi", upload_url=served.url, simple_url=url).client
        assert simple.files(url, "unknown") == ()
        (found,) = simple.files(url, "tiny-thing")
        assert (found.filename, found.version, found.size) == (path.name, "1.2.0", -1)
        assert found.sha256 == (sha256(path) if algorithm == "sha256" else "")
        assert simple.digest_of(client, found) == sha256(path)
        waited = wait.wait_for(client, "tiny-thing", [distribution_of(path)], patience_seconds=0)
        assert waited.seen is Seen.SERVED


def test_no_answer_is_not_an_empty_answer(tmp_path: Path):
    with running(tmp_path / "root") as (_, target):
        gone, wrong = target.simple_url, target.simple_url.replace("simple/", "files/")
        post(target, wheel(tmp_path))
    with pytest.raises(Unreachable, match="did not answer"):
        simple.files(gone, "tiny-thing", timeout=2)
    assert wrong != gone


_JSON = "application/vnd.pypi.simple.v1+json"
_LOGIN = b"""<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Welcome</h1>
<form method="post" action="/login?next=/simple/tiny-thing/"><input name="password" type="password"></form>"""


@contextmanager
def answering(kind: str, content: bytes, status: str = "200 OK") -> Iterator[str]:
    """Serve one answer to whatever is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(int(status[:3]))
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with serve(Handler) as address:
        yield f"{address}/simple/"


_NO_PAGES = {
    "cut": (_JSON, b"{"),
    "next version": (_JSON, b'{"meta": {"api-version": "2.0"}, "name": "tiny-thing", "files": []}'),
    "fields": (_JSON, b'{"files": 1}'),
    "another project": (_JSON, b'{"meta": {"api-version": "1.1"}, "name": "other", "files": []}'),
    "deep": (_JSON, b"[" * 200_000),
    "not text": (_JSON, b"\xff\xfe{"),
    "number": (_JSON, b'{"meta": ' + b"9" * 10_000 + b"}"),
    "other type": ("application/xml", b"<x/>"),
    "next version of html": ("text/html", b'<meta name="pypi:repository-version" content="2.0">'),
    "a bad address": ("text/html", b'<title>Links for tiny-thing</title><a href="http://[/x">x</a>'),
    "nothing": ("text/html", b""),
    "login": ("text/html", _LOGIN),
    "login with links": (
        "text/html",
        _LOGIN + b'<a href="/help.html">Help</a> <a href="/x-1.0.tar.gz">x-1.0.tar.gz</a>',
    ),
    "no type": ("", b"<title>Welcome</title>"),
    "deep html": ("text/html", b"<div>" * 20_000),
}


@pytest.mark.parametrize(("kind", "content"), _NO_PAGES.values(), ids=_NO_PAGES.keys())
def test_answer_that_is_no_page(kind: str, content: bytes):
    with answering(kind, content) as url, pytest.raises(Unreachable, match="no simple API page"):
        simple.files(url, "tiny-thing")


_EMPTY_PAGES = {
    "json": (_JSON, b'{"meta": {"api-version": "1.1"}, "name": "tiny-thing", "files": []}'),
    "html by its type": ("application/vnd.pypi.simple.v1+html", b""),
    "html by its version": ("text/html; charset=utf-8", b'<meta name="pypi:repository-version" content="1.0">'),
    "title": ("text/html", b"<html><head><title>Links for Tiny_Thing</title></head></html>"),
    "devpi": ("text/html", b"<title>team/dev: links for tiny-thing</title>"),
    "heading": ("TEXT/HTML", b'<body><h1 class="x">Links for tiny.thing</h1></body>'),
}


@pytest.mark.parametrize(("kind", "content"), _EMPTY_PAGES.values(), ids=_EMPTY_PAGES.keys())
def test_page_of_a_project_without_files(kind: str, content: bytes):
    with answering(kind, content) as url:
        assert simple.files(url, "tiny-thing") == ()


def test_plain_html_is_known_by_a_file_of_the_project():
    content = b'<a href="../x/Tiny_Thing-1.0.tar.gz#sha256=ab">Tiny_Thing-1.0.tar.gz</a><a href="/help">Help</a>'
    with answering("text/html", content) as url:
        assert [each.version for each in simple.files(url, "tiny-thing") if each.version] == ["1.0"]


def test_a_page_that_is_too_long_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(simple, "PAGE_LIMIT", 1000)
    with answering(_JSON, b" " * 1001) as url, pytest.raises(Unreachable, match="larger than 1000 bytes"):
        simple.files(url, "tiny-thing")


def test_a_page_that_is_made_to_be_read_for_hours_is_given_up(monkeypatch: pytest.MonkeyPatch):
    # As 400 KB of "<x<x<x" are for the parser of the standard library, but without an hour's work.
    over = threading.Event()
    monkeypatch.setattr(page, "_parsed", lambda *_: over.wait(60))
    with answering("text/html", b"<x") as url, pytest.raises(Unreachable, match=r"within 0\.5 seconds"):
        simple.files(url, "tiny-thing", timeout=0.5)
    over.set()


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_an_index_that_wants_a_login_is_told_from_one_that_is_empty(status: str):
    with answering("text/html", b"", status) as url, pytest.raises(Unreachable) as caught:
        simple.files(url, "tiny-thing")
    assert "tells nobody about 'tiny-thing' without a login" in str(caught.value)
    assert f"_READ_URL={url}" in str(caught.value)


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "410 Gone", "204 Nothing"])
def test_an_error_is_no_answer(status: str):
    with answering("text/html", b"", status) as url, pytest.raises(Unreachable, match=f"status {status[:3]}"):
        simple.files(url, "tiny-thing")


def test_fetched_bytes_are_those_that_were_stated(tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root", faults=Faults(damage=Fault(1))) as (_, target):
        post(target, path)
        (found,) = simple.files(target.simple_url, "tiny-thing")
        with pytest.raises(OtherBytes):
            simple.fetch(target.client, found)
        assert simple.fetch(target.client, found) == path.read_bytes()
        with pytest.raises(Unreachable, match="larger than"):
            simple.fetch(target.client, found, limit=10)
        gone = IndexFile(filename="x.whl", url=found.url + "x")
        with pytest.raises(Unreachable):
            simple.fetch(target.client, gone)


def test_a_file_is_read_no_further_than_its_index_states_and_with_the_login(tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root") as (_, target), login_wall(target.simple_url) as wall:
        post(target, path)
        login = http.Login(address=wall.simple_url, username=wall.username, password=wall.password)
        client = HttpIndexClient(name="pypi", upload_url="", simple_url=wall.simple_url, login=login)
        (found,) = client.files("tiny-thing")
        assert client.fetch(found, limit=simple.FILE_LIMIT) == path.read_bytes()
        with pytest.raises(TooLarge, match=f"larger than {found.size - 1} bytes"):
            client.fetch(replace(found, size=found.size - 1), limit=simple.FILE_LIMIT)
        with pytest.raises(Unreachable):
            client.fetch(replace(found, url="file:///etc/hostname"), limit=simple.FILE_LIMIT)
        elsewhere = replace(client, simple_url="https://index.example.invalid/simple/")
        with pytest.raises(Unreachable, match="no address that starts with https"):
            elsewhere.fetch(found, limit=simple.FILE_LIMIT)
    assert wall.refused == []
