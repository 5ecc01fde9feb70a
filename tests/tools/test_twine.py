"""twine's answers are claims; its verdict on descriptions is no verdict on uploads."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.distributions import metadata, sdist, wheel
from support.faulty_index import Fault, Faults
from support.indexes import new_token, running
from support.proxy import counting_proxy
from unmoor.errors import Blocked
from unmoor.indexes import rules
from unmoor.runtime import process
from unmoor.targets import Credential, Index, UploadAnswer
from unmoor.tools import twine


def upload(file: Path, index: Index, **more: Any) -> UploadAnswer:
    return twine.upload(file, index.upload_url, name=index.name, credential=index.credential, **more)


def test_upload_that_works(tmp_path: Path, environ: Mapping[str, str]):
    log = tmp_path / "logs" / "twine.log"
    steering = {"TWINE_REPOSITORY_URL": "http://127.0.0.1:9/", "TWINE_SKIP_EXISTING": "1", "TWINE_PASSWORD": "wrong"}
    with running(tmp_path / "root") as (index, target):
        answer = upload(wheel(tmp_path), target, env={**environ, **steering}, log=log)
        assert answer.accepted, answer.output
        assert "200 OK" in answer.output
        assert "\x1b" not in answer.output
        assert [each.status for each in index.uploads()] == [200]
        assert target.credential is not None
        assert target.credential.secret not in log.read_text() + repr(answer)


def test_refusal_is_an_answer_with_the_reason(tmp_path: Path, environ: Mapping[str, str]):
    path = wheel(tmp_path, metadata(("Classifier", "No :: Such")))
    with running(tmp_path / "root") as (index, target):
        answer = upload(path, target, env=environ)
        assert not answer.accepted
        assert answer.status != 0
        assert "'No :: Such' is not a valid classifier" in answer.output
        assert index.records == ()


def test_dropped_connection_is_an_odd_answer_while_the_index_has_the_file(tmp_path: Path, environ: Mapping[str, str]):
    path = wheel(tmp_path)
    with running(tmp_path / "root", faults=Faults(drop_after=Fault(1))) as (index, target):
        answer = upload(path, target, env=environ)
        assert not answer.accepted
        assert [each.filename for each in index.records] == [path.name]
        assert upload(path, target, env=environ).accepted


def test_twine_tries_again_after_a_server_error(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "root", faults=Faults(error_after=Fault(1))) as (index, target):
        assert upload(wheel(tmp_path), target, env=environ).accepted
        assert [each.status for each in index.uploads()] == [503, 200]


def test_redirect_elsewhere_is_not_followed(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "other") as (other, elsewhere):
        faults = Faults(redirect=Fault(1), elsewhere=elsewhere.upload_url)
        with running(tmp_path / "root", faults=faults) as (_, target):
            assert not upload(wheel(tmp_path), target, env=environ).accepted
        assert other.requests == ()


def test_an_index_on_loopback_gets_its_file_past_a_proxy_and_another_does_not(
    tmp_path: Path, environ: Mapping[str, str]
):
    path = wheel(tmp_path)
    with running(tmp_path / "root") as (index, target), counting_proxy() as proxy:
        env = {name: value for name, value in environ.items() if name.lower() != "no_proxy"} | proxy.environ
        assert upload(path, target, env=env).accepted
        assert proxy.asked == []
        assert [each.filename for each in index.records] == [path.name]
        away = replace(target, upload_url="http://index.example.invalid/legacy/")
        assert not upload(path, away, env=env).accepted
        assert proxy.asked == ["POST http://index.example.invalid/legacy/"]


def test_wrong_token(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "root") as (_, target):
        wrong = replace(target, credential=Credential(username="__token__", secret=new_token(), source=""))
        answer = upload(wheel(tmp_path), wrong, env=environ)
        assert not answer.accepted
        assert "authentication" in answer.output


def test_no_credential_is_never_asked_for(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "root") as (index, target):
        with pytest.raises(Blocked, match="no credential"):
            upload(wheel(tmp_path), replace(target, credential=None), env=environ)
        assert index.requests == ()


def test_time_limit_is_an_odd_answer(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "root") as (_, target):
        answer = upload(wheel(tmp_path), target, env=environ, seconds=0.01)
    assert (answer.accepted, answer.status) == (False, -1)


def test_user_files_do_not_steer_the_child(tmp_path: Path, environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch):
    canary = secrets.token_urlsafe(16)
    Path(environ["HOME"], ".pypirc").write_text(f"[pypi]\nrepository = http://127.0.0.1:9/\npassword = {canary}\n")
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "twine.py").write_text("raise SystemExit('the wrong twine')\n")
    monkeypatch.chdir(trap)
    with running(tmp_path / "root") as (_, target):
        assert upload(wheel(tmp_path), target, env=environ).accepted


def test_check_passes_what_the_index_refuses(tmp_path: Path):
    """Why there are upload rules at all: three faults that ``twine check --strict`` does not look for."""
    content = metadata(
        ("Classifier", "No :: Such"),
        ("Requires-Dist", "other @ https://example.com/other.zip"),
        ("Project-URL", "A label that is a good deal too long, https://example.com/"),
    )
    paths = [wheel(tmp_path, content), sdist(tmp_path, content)]
    words = [*process.module("twine"), "--no-color", "check", "--strict", "--", *paths]
    done = process.run(words, env={**os.environ, "COLUMNS": "4000"}, timeout=120, ok=None)
    assert [line for line in done.text.splitlines() if line] == [f"Checking {path}: PASSED" for path in paths]
    assert done.status == 0
    for path in paths:
        assert {each.rule for each in rules.judge(rules.submission_of(path))} == {
            "classifiers-exist",
            "requirements-name-no-url",
            "project-url-labels-fit",
        }
