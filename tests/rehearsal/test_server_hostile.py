"""Requests that no client sends: each is answered, none is carried out, and only who was told the address gets in."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.distributions import wheel
from support.faulty_index import FaultyIndex
from support.indexes import new_token, over_http, post
from unmoor.rehearsal import body, server
from unmoor.runtime import http
from unmoor.targets import Credential


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyIndex]:
    """An index that holds one file."""
    top, token = tmp_path_factory.mktemp("hostile"), new_token()
    with FaultyIndex(top / "root", token=token) as made:
        credential = Credential(username="__token__", secret=token, source="test")
        target = over_http("pypi", upload_url=made.upload_url, simple_url=made.simple_url, credential=credential)
        assert post(target, wheel(top)).status_code == 200
        yield made


def say(index: FaultyIndex, request: bytes) -> bytes:
    """Send a request, and nothing after it; return all that comes back."""
    parts = urlsplit(index.simple_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(1 << 16):
            answer += piece
    return answer


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    assert found, answer[:200]
    return int(found[1])


def a_get(index: FaultyIndex, path: str, *, host: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host or urlsplit(index.simple_url).netloc}\r\n\r\n".encode()


def a_post(index: FaultyIndex, *headers: str, content: bytes = b"") -> bytes:
    parts = urlsplit(index.upload_url)
    lines = (f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", *headers, "", "")
    return "\r\n".join(lines).encode() + content


_CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("headers", "content", "expected"),
    [
        (["Content-Length: -1"], b"", 400),
        (["Content-Length: many"], b"", 400),
        (["Content-Length: 0x10"], b"", 400),
        (["Content-Length: +5"], b"12345", 400),
        (["Content-Length: \u0665"], b"12345", 400),
        (["Content-Length: 5", "Content-Length: 6"], b"12345", 400),
        (["Content-Length: 5", _CHUNKED], b"0\r\n\r\n", 400),
        (["Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n", 400),
        ([_CHUNKED, "Transfer-Encoding: identity"], b"0\r\n\r\n", 400),
        ([f"Content-Length: {1 << 40}"], b"", 413),
        ([f"Content-Length: {'9' * 19}"], b"", 413),
        ([f"Content-Length: {'9' * 5000}"], b"", 400),
        (["Content-Length: 100"], b"short", 400),
        ([_CHUNKED], b"0" * 200, 400),
        ([_CHUNKED], b"-5\r\n12345\r\n0\r\n\r\n", 400),
        ([_CHUNKED], b"zz\r\n", 400),
        ([_CHUNKED], b"\r\n", 400),
        ([_CHUNKED], b"", 400),
        ([_CHUNKED], b"7fffffffffffffff\r\n", 413),
        ([_CHUNKED], b"5\r\n123", 400),
        ([_CHUNKED], b"2\r\n12345\r\n0\r\n\r\n", 400),
        ([_CHUNKED], b"0\r\n" + b"X: y\r\n" * 1000, 400),
        ([_CHUNKED], b"0; x=y\r\nX: y\r\n\r\n", 400),
        ([], b"", 400),
    ],
)
def test_a_body_whose_length_is_not_clear(
    headers: list[str], content: bytes, expected: int, index: FaultyIndex
) -> None:
    answer = say(index, a_post(index, *headers, content=content))
    assert status(answer) == expected
    assert answer.count(b"HTTP/1.1 ") == 1


def test_who_is_still_sending_reads_why_it_is_refused(index: FaultyIndex) -> None:
    # More than the system keeps for a connection that nobody reads from.
    assert status(say(index, a_post(index, "Content-Length: -1", content=bytes(20_000_000)))) == 400


def test_no_more_is_read_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "_LIMIT", 10)
    stream = BytesIO(b"6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n")
    headers = {"Transfer-Encoding": "chunked"}
    with pytest.raises(body.Refused, match="too large"):
        body.read(stream, message(headers))
    assert stream.tell() == len(b"6\r\n123456\r\n6\r\n")


def message(headers: dict[str, str]) -> body.Message:
    made = body.Message()
    for name, value in headers.items():
        made[name] = value
    return made


def test_chunks_are_put_together() -> None:
    stream = BytesIO(b"3;x=y\r\nabc\r\nA \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nnext")
    assert body.read(stream, message({"Transfer-Encoding": "Chunked"})) == b"abc0123456789"
    assert stream.read() == b"next"


@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "localhost.evil.example:{port}", "\t"]
)
def test_a_request_by_another_name_gets_nothing(host: str, index: FaultyIndex) -> None:
    parts = urlsplit(index.simple_url)
    answer = say(index, a_get(index, f"{parts.path}tiny-thing/", host=host.format(port=parts.port)))
    assert status(answer) == 421
    assert b"tiny" not in answer
    assert status(say(index, a_get(index, parts.path, host=f"localhost:{parts.port}"))) == 200


@pytest.mark.parametrize(
    "path",
    ["/simple/", "/simple/tiny-thing/", "/legacy/", "/", "//", "", "/x/simple/", "{prefix}x/simple/", "{whole}simple/"],
)
def test_who_does_not_know_the_whole_address_gets_nothing(path: str, index: FaultyIndex) -> None:
    parts = urlsplit(index.simple_url)
    prefix = parts.path.removesuffix("/simple/")
    assert len(prefix) > 20
    told = path.format(prefix=prefix, whole=f"http://{parts.netloc}{prefix}/")
    answer = say(index, a_get(index, told))
    assert b"200 OK" not in answer
    assert b"tiny" not in answer


@pytest.mark.parametrize("name", ["A%0d%0aX-Injected:y", "a%0ab", "%00", "a%20b", "%2e%2e", "é", "-", "x" * 60_000])
def test_a_name_that_is_none_is_not_sent_back(name: str, index: FaultyIndex) -> None:
    parts = urlsplit(index.simple_url)
    for path in (f"{parts.path}{name}", f"{parts.path.removesuffix('simple/')}files/{name}"):
        answer = say(index, a_get(index, path))
        assert status(answer) in {301, 404}
        assert b"\r\nX-Injected" not in answer


def test_what_follows_a_refused_request_is_not_a_request_of_its_own(index: FaultyIndex) -> None:
    inner = a_get(index, urlsplit(index.simple_url).path)
    smuggled = a_post(index, "Content-Length: nothing", content=inner)
    with_body = a_get(index, "/x").replace(b"\r\n\r\n", f"\r\nContent-Length: {len(inner)}\r\n\r\n".encode()) + inner
    for request in (smuggled, with_body):
        assert say(index, request).count(b"HTTP/1.1 ") == 1


def test_who_takes_too_long_is_hung_up_on(index: FaultyIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = urlsplit(index.simple_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as slow:
        slow.sendall(b"GET /slow HTTP/1.1\r\nX: ")
        monkeypatch.setattr(server, "_LONGEST", 0.0)
        assert slow.recv(1) == b""
    monkeypatch.undo()
    with http.session() as session:
        assert session.get(index.simple_url, timeout=20).status_code == 200


_WRONG = (
    *(b"\r\n", b"\n", b"\0", b":", b" ", b"/", b"?", b"%0d%0a", b"\xff", b"GET ", b"POST ", b"HTTP/1.1", b"HTTP/9.9"),
    *(b"Host: x", b"Content-Length: -1", b"Content-Length: 9", b"Transfer-Encoding: chunked", b"Expect: 100-continue"),
    *(b"ffffffffffffffff\r\n", b"0\r\n\r\n", b"Connection: keep-alive", b"--x", b'filename="../../x"'),
)
_PIECES = st.sampled_from(_WRONG)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 2), cuts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 20), _PIECES), max_size=4))
def test_a_request_that_was_changed_anywhere_is_answered_and_changes_nothing(
    which: int, cuts: list[tuple[int, int, bytes]], index: FaultyIndex
) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="content"; filename="a.whl"\r\n\r\nb\r\n--x--\r\n'
    kind = "Content-Type: multipart/form-data; boundary=x"
    request = (
        a_get(index, f"{urlsplit(index.simple_url).path}tiny-thing/"),
        a_post(index, kind, f"Content-Length: {len(form)}", content=form),
        a_post(index, kind, _CHUNKED, content=b"%x\r\n%b\r\n0\r\n\r\n" % (len(form), form)),
    )[which]
    for place, gone, piece in cuts:
        request = request[:place] + piece + request[place + gone :]
    before = [each.filename for each in index.records]
    answer = say(index, request)
    # An empty line asks for nothing.
    if request.partition(b"\n")[0].split():
        assert answer, request
    assert not re.search(rb"^HTTP/1\.1 5(?!0[15])", answer), (request, answer)
    assert [each.filename for each in index.records] == before


def test_nothing_was_written_outside(index: FaultyIndex, tmp_path: Path) -> None:
    root = index._log.parent  # noqa: SLF001
    assert sorted(path.name for path in root.iterdir()) == ["files", "incoming", "records", "requests.jsonl"]
    assert list((root / "incoming").iterdir()) == []
    assert list(tmp_path.iterdir()) == []
