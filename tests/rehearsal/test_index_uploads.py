"""What the rehearsal index does with uploads, asked over plain HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from support.distributions import STEM, metadata, sdist, wheel, wheel_members
from support.faulty_index import Fault, Faults
from support.indexes import new_token, post, running
from unmoor.errors import UnmoorError
from unmoor.rehearsal.loopback_index import RehearsalIndex
from unmoor.runtime import http
from unmoor.targets import Credential


def test_good_files_are_taken_and_same_bytes_change_nothing(tmp_path: Path):
    first, second = wheel(tmp_path), sdist(tmp_path)
    with running(tmp_path / "root") as (index, target):
        assert [post(target, each).status_code for each in (first, second)] == [200, 200]
        before = index.records
        assert post(target, first).status_code == 200
        assert index.records == before
    assert [(each.filename, each.project, each.version) for each in before] == [
        (first.name, "tiny-thing", "1.2.0"),
        (second.name, "tiny-thing", "1.2.0"),
    ]


def test_refusal_is_in_reason_and_body(tmp_path: Path):
    path = wheel(tmp_path, metadata(("Classifier", "No :: Such")))
    with running(tmp_path / "root") as (index, target):
        answer = post(target, path)
    assert (answer.status_code, answer.reason) == (400, "'No :: Such' is not a valid classifier")
    assert "is not a valid classifier" in answer.text
    assert not index.records


def test_other_bytes_under_the_same_name_are_refused(tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root") as (index, target):
        post(target, path)
        wheel(tmp_path, members=wheel_members() | {"tiny_thing/more.py": b""})
        answer = post(target, path)
        assert answer.status_code == 400
        assert answer.reason.startswith("File already exists")
        assert len(index.records) == 1


def test_reason_that_cannot_stand_in_a_status_line(tmp_path: Path):
    path = wheel(tmp_path, metadata(("Classifier", "Schöne :: Blume")))
    with running(tmp_path / "root") as (_, target):
        answer = post(target, path)
    assert answer.status_code == 400
    assert "Schöne" in answer.content.decode()


@pytest.mark.parametrize("credential", ["wrong", "nobody", "none"])
def test_credential(credential: str, tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root") as (index, target):
        right = target.credential
        assert right is not None
        wrong = {
            "wrong": Credential(username="__token__", secret=right.secret + "x", source=""),
            "nobody": Credential(username="somebody", secret=right.secret, source=""),
            "none": Credential(username="", secret="", source=""),
        }
        answer = post(replace(target, credential=wrong[credential]), path)
        assert (answer.status_code, index.records) == (403, ())


def test_urls_that_are_nearly_right(tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root") as (_, target):
        answer = post(replace(target, upload_url=target.upload_url.rstrip("/")), path)
        assert (answer.status_code, answer.headers["Location"]) == (308, urlsplit(target.upload_url).path)
        assert post(replace(target, upload_url=target.simple_url), path).status_code == 404
        with http.session() as session:
            assert session.get(target.upload_url, timeout=10).status_code == 405
            assert session.post(target.upload_url, data=b"nonsense", timeout=10).status_code == 400


def test_body_in_chunks(tmp_path: Path):
    with running(tmp_path / "root") as (index, target), http.session() as session:
        answer = session.post(target.upload_url, data=iter([b"some", b"thing"]), timeout=10)
    assert answer.status_code == 400
    assert index.requests[-1].message.startswith("Bad request")


def test_everything_is_there_again_after_a_restart(tmp_path: Path):
    path, token = wheel(tmp_path), new_token()
    with running(tmp_path / "root", token=token) as (_, target):
        post(target, path)
    with running(tmp_path / "root", token=token) as (index, target):
        assert [each.filename for each in index.records] == [path.name]
        assert post(target, path).status_code == 200
        assert len(index.uploads(path.name)) == 2
        assert len(index.uploads("other")) == 0


def test_bytes_without_a_record_count_for_nothing(tmp_path: Path):
    path, root = wheel(tmp_path), tmp_path / "root"
    (root / "files").mkdir(parents=True)
    (root / "files" / path.name).write_bytes(b"half of it")  # what a kill leaves behind
    (root / "requests.jsonl").write_text('{"time": "half of a li')
    with running(root) as (index, target):
        assert index.records == ()
        assert post(target, path).status_code == 200
        with http.session() as session:
            url = target.simple_url.replace("/simple/", f"/files/{path.name}")
            assert session.get(url, timeout=10).content == path.read_bytes()


def test_deleted_name_stays_taken(tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root") as (index, target):
        post(target, path)
        index.delete(path.name)
        assert index.records == ()
        assert "has since been deleted" in post(target, path).reason


def test_release_closes_with_the_clock(tmp_path: Path):
    path, token = wheel(tmp_path), new_token()
    with running(tmp_path / "root", token=token) as (_, target):
        post(target, path)
    with running(tmp_path / "root", token=token, faults=Faults(clock=timedelta(days=15))) as (_, target):
        assert post(target, path).status_code == 200
        assert "older than 14 days" in post(target, sdist(tmp_path)).reason


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("faults", "status", "kept"),
    [
        (Faults(error_before=Fault(1)), 503, False),
        (Faults(error_after=Fault(1), error_status=500), 500, True),
        (Faults(refuse=Fault(1, "*.whl")), 400, False),
        (Faults(too_many=Fault(1), retry_after=3), 429, False),
        (Faults(redirect=Fault(1), elsewhere="http://localhost/legacy/"), 307, False),
        (Faults(read_only=True), 403, False),
    ],
)
def test_faults_of_uploads(faults: Faults, status: int, tmp_path: Path, *, kept: bool):
    path = wheel(tmp_path)
    with running(tmp_path / "root", faults=faults) as (index, target):
        answer = post(target, path)
        assert answer.status_code == status
        assert bool(index.records) is kept
        assert answer.headers.get("Retry-After") == ("3" if status == 429 else None)
        assert post(target, path).status_code == (403 if faults.read_only else 200)
        assert post(target, sdist(tmp_path)).status_code in {200, status}


@pytest.mark.parametrize(("faults", "kept"), [(Faults(drop_before=Fault(1)), 0), (Faults(drop_after=Fault(1)), 1)])
def test_dropped_connections(faults: Faults, kept: int, tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root", faults=faults) as (index, target):
        with pytest.raises(requests.ConnectionError):
            post(target, path)
        assert len(index.records) == kept
        assert index.uploads(path.name)[0].status == 0
        assert post(target, path).status_code == 200


def test_index_ends_under_clients_that_keep_their_connection(tmp_path: Path):
    with http.session() as session:
        with running(tmp_path / "root") as (_, target):
            assert session.get(target.simple_url, timeout=10).status_code == 200
        with pytest.raises(requests.ConnectionError):
            session.get(target.simple_url, timeout=10)


def test_index_that_is_not_running_has_no_url(tmp_path: Path):
    with pytest.raises(UnmoorError, match="not running"):
        _ = RehearsalIndex(tmp_path, token=new_token()).upload_url


def test_token_is_never_kept(tmp_path: Path):
    token = new_token()
    with running(tmp_path / "root", token=token) as (_, target):
        post(target, wheel(tmp_path))
    kept = b"".join(path.read_bytes() for path in (tmp_path / "root").rglob("*") if path.is_file())
    assert STEM.encode() in kept
    assert token.encode() not in kept
