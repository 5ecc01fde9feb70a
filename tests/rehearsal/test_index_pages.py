"""What the rehearsal index serves: both forms of the simple API, files and their metadata."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.distributions import INFO, metadata, sdist, wheel
from support.faulty_index import Fault, Faults
from support.indexes import post, running
from unmoor.rehearsal import pages
from unmoor.runtime import http

JSON = {"Accept": pages.JSON}


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", pages.HTML),
        ("*/*", pages.HTML),
        (pages.JSON, pages.JSON),
        (f"{pages.JSON}, text/html;q=0.01", pages.JSON),
        (f"{pages.JSON};q=0.2, application/vnd.pypi.simple.v1+html;q=0.3", "application/vnd.pypi.simple.v1+html"),
        ("application/vnd.pypi.simple.latest+json", pages.JSON),
        ("text/html;q=nonsense", pages.HTML),
    ],
)
def test_form_is_chosen_by_the_client(accept: str, chosen: str):
    assert pages.choose(accept) == chosen


def test_json_page(tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root") as (index, target), http.session() as session:
        post(target, path)
        post(target, sdist(tmp_path))
        index.yank("tiny-thing", "1.2.0", "broken")
        answer = session.get(f"{target.simple_url}tiny-thing/", headers=JSON, timeout=10)
    page = answer.json()
    assert answer.headers["Content-Type"] == pages.JSON
    assert (page["meta"]["api-version"], page["name"], page["versions"]) == ("1.4", "tiny-thing", ["1.2.0"])
    first, second = page["files"]
    assert first["hashes"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (first["size"], first["requires-python"], first["yanked"]) == (path.stat().st_size, ">=3.8", "broken")
    assert first["upload-time"].endswith("Z")
    assert first["core-metadata"] == {"sha256": hashlib.sha256(metadata()).hexdigest()}
    assert second["core-metadata"] is False


def test_html_page_and_core_metadata(tmp_path: Path):
    path = wheel(tmp_path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with running(tmp_path / "root") as (_, target), http.session() as session:
        post(target, path)
        page = session.get(f"{target.simple_url}tiny-thing/", timeout=10)
        files = target.simple_url.replace("simple", "files")
        served = session.get(f"{files}{path.name}", timeout=10).content
        beside = session.get(f"{files}{path.name}.metadata", timeout=10).content
    assert page.headers["Content-Type"] == "text/html"
    assert f'href="../../files/{path.name}#sha256={digest}"' in page.text
    assert 'data-requires-python="&gt;=3.8"' in page.text
    assert "data-core-metadata=" in page.text
    assert (served, beside) == (path.read_bytes(), metadata())


def test_root_lists_projects_and_names_are_normalized(tmp_path: Path):
    with running(tmp_path / "root") as (_, target), http.session() as session:
        post(target, wheel(tmp_path))
        assert session.get(target.simple_url, headers=JSON, timeout=10).json()["projects"] == [{"name": "tiny-thing"}]
        moved = session.get(f"{target.simple_url}Tiny_Thing", timeout=10, allow_redirects=False)
        assert (moved.status_code, moved.headers["Location"]) == (301, f"{urlsplit(target.simple_url).path}tiny-thing/")
        assert session.head(f"{target.simple_url}tiny-thing/", timeout=10).text == ""


@pytest.mark.parametrize(
    "path", ["nothing", "simple/unknown/", f"files/{INFO}", "files/..%2f..%2frequests.jsonl", "files/"]
)
def test_what_is_not_there(path: str, tmp_path: Path):
    with running(tmp_path / "root") as (index, target), http.session() as session:
        assert session.get(target.simple_url.replace("simple/", path), timeout=10).status_code == 404
        assert index.requests[-1].status == 404


def test_lag_hides_a_file_for_some_reads(tmp_path: Path):
    path = wheel(tmp_path)
    with running(tmp_path / "root", faults=Faults(lag=Fault(2, "*.whl"))) as (_, target), http.session() as session:
        post(target, path)
        url = f"{target.simple_url}tiny-thing/"
        assert [session.get(url, timeout=10).status_code for _ in range(3)] == [404, 404, 200]
