"""The simple API client, against two servers that have nothing in common: our own index and pypiserver."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from support.another_index import another_index
from support.distributions import sdist, wheel
from support.faulty_index import Fault, Faults
from support.indexes import over_http, post, running
from unmoor.indexes import simple, wait
from unmoor.indexes.simple import OtherBytes
from unmoor.indexes.wait import Seen
from unmoor.runtime.http import Unreachable
from unmoor.targets import IndexFile


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


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
        waited = wait.wait_for(client, "tiny-thing", {path.name: sha256(path)}, patience_seconds=0)
        assert waited.seen is Seen.SERVED


def test_no_answer_is_not_an_empty_answer(tmp_path: Path):
    with running(tmp_path / "root") as (_, target):
        gone, wrong = target.simple_url, target.simple_url.replace("simple/", "files/")
        post(target, wheel(tmp_path))
    with pytest.raises(Unreachable, match="did not answer"):
        simple.files(gone, "tiny-thing", timeout=2)
    assert wrong != gone


@pytest.mark.parametrize(
    "content", [b"{", b'{"meta": {"api-version": "2.0"}, "name": "x", "files": []}', b'{"files": 1}']
)
def test_answer_that_is_no_page(content: bytes):
    def app(_: object, start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "application/vnd.pypi.simple.v1+json")])
        return [content]

    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(Unreachable, match="no simple API page"):
            simple.files(f"http://127.0.0.1:{server.server_port}/simple/", "tiny-thing")
        thread.join()


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


def test_waiting_backs_off_until_all_are_served(tmp_path: Path):
    first, second, clock, said = wheel(tmp_path), sdist(tmp_path), Clock(), []
    with running(tmp_path / "root", faults=Faults(lag=Fault(3, "*.tar.gz"))) as (_, target):
        post(target, first)
        post(target, second)
        wanted = {first.name: sha256(first), second.name: sha256(second).upper()}
        waited = wait.wait_for(
            target.client,
            "tiny-thing",
            wanted,
            patience_seconds=60,
            say=said.append,
            clock=clock,
            sleep=clock.sleep,
        )
    assert (waited.seen, waited.names, waited.asked) == (Seen.SERVED, (), 4)
    assert clock.slept == pytest.approx([0.2, 0.4, 0.8])
    assert second.name in said[0]
    assert first.name not in said[0]


def test_waiting_ends_with_patience(tmp_path: Path):
    path, clock = wheel(tmp_path), Clock()
    with running(tmp_path / "root") as (_, target):
        waited = wait.wait_for(
            target.client,
            "tiny-thing",
            {path.name: sha256(path)},
            patience_seconds=100,
            clock=clock,
            sleep=clock.sleep,
        )
    assert (waited.seen, waited.names) == (Seen.NOT_YET, (path.name,))
    assert max(clock.slept) == 15.0
    assert waited.seconds == pytest.approx(100)


def test_waiting_on_an_index_that_is_gone_says_so(tmp_path: Path):
    clock = Clock()
    with running(tmp_path / "root") as (_, target):
        pass
    waited = wait.wait_for(
        target.client, "tiny-thing", {"x.whl": "0" * 64}, patience_seconds=0.3, clock=clock, sleep=clock.sleep
    )
    assert (waited.seen, waited.names, waited.asked) == (Seen.NOT_YET, ("x.whl",), 3)
    assert "did not answer" in waited.trouble


@pytest.mark.parametrize(("times", "seen"), [(1, Seen.NOT_YET), (2, Seen.NOT_YET), (3, Seen.OTHER_BYTES)])
def test_other_bytes_end_the_waiting_after_asking_twice_more(times: int, seen: Seen, tmp_path: Path):
    path, clock = wheel(tmp_path), Clock()
    with running(tmp_path / "root", faults=Faults(other_bytes=Fault(times))) as (_, target):
        post(target, path)
        wanted = {path.name: sha256(path), "later.whl": "0" * 64}
        waited = wait.wait_for(target.client, "tiny-thing", wanted, patience_seconds=60, clock=clock, sleep=clock.sleep)
    assert waited.seen is seen
    if seen is Seen.OTHER_BYTES:
        assert (waited.names, clock.slept) == ((path.name,), pytest.approx([0.2, 0.4]))
    else:
        assert waited.names == ("later.whl",)


@pytest.mark.parametrize(("times", "seen"), [(1, Seen.NOT_YET), (3, Seen.OTHER_BYTES)])
def test_doubts_are_followed_up_when_patience_is_over(times: int, seen: Seen, tmp_path: Path):
    path, clock = wheel(tmp_path), Clock()
    with running(tmp_path / "root", faults=Faults(other_bytes=Fault(times))) as (_, target):
        post(target, path)
        wanted = {path.name: sha256(path)}
        waited = wait.wait_for(target.client, "tiny-thing", wanted, patience_seconds=0, clock=clock, sleep=clock.sleep)
    assert (waited.seen, waited.names, waited.asked) == (seen, (path.name,), 3)
    assert ("differ" in waited.trouble) is (seen is Seen.NOT_YET)


def test_bytes_are_fetched_once_and_those_that_were_read_count(tmp_path: Path):
    first, second, into = wheel(tmp_path), sdist(tmp_path), tmp_path / "into"
    into.mkdir()
    with running(tmp_path / "root", faults=Faults(lag=Fault(2, "*.tar.gz"))) as (index, target):
        for path in (first, second):
            post(target, path)
        wanted = {path.name: sha256(path) for path in (first, second)}
        waited = wait.wait_for(target.client, "tiny-thing", wanted, patience_seconds=20, into=into)
        fetched = [each.filename for each in index.requests if "/files/" in each.path]
    assert waited.seen is Seen.SERVED
    assert fetched == [first.name, second.name]
    assert {path.name: sha256(path) for path in into.iterdir()} == wanted
