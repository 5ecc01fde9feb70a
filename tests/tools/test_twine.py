"""One upload is one request, whatever is answered; answers are claims, told as they were.

Whole uploader processes where the process is the point; else the same code in this one.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
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
from unmoor.runtime.redact import register
from unmoor.targets import Credential, Index, UploadAnswer
from unmoor.tools import twine, upload_once


def upload(file: Path, index: Index, **more: Any) -> UploadAnswer:
    return twine.upload(file, index.upload_url, name=index.name, credential=index.credential, **more)


def test_upload_that_works(tmp_path: Path, environ: Mapping[str, str]):
    log = tmp_path / "logs" / "twine.log"
    steering = {"TWINE_REPOSITORY_URL": "http://127.0.0.1:9/", "TWINE_SKIP_EXISTING": "1", "TWINE_PASSWORD": "wrong"}
    with running(tmp_path / "root") as (index, target):
        answer = upload(wheel(tmp_path), target, env={**environ, **steering}, log=log)
        assert (answer.accepted, answer.status, answer.reason) == (True, 200, "OK")
        assert [each.status for each in index.uploads()] == [200]
        assert target.credential is not None
        assert target.credential.secret not in log.read_text() + repr(answer)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The uploader's code runs in this process: quicker by the time that a new one takes to import it."""

    def run(command: list[str], *, stdin: str, **_: Any) -> process.Completed:
        said = json.dumps(upload_once.upload(command[-1], json.loads(stdin)))
        return process.Completed(argv=tuple(command), status=0, out=said, err="", seconds=0.0)

    monkeypatch.setattr(process, "run", run)


ANSWERS: Mapping[str, tuple[Faults, int, str]] = {
    "503 before it is taken": (Faults(error_before=Fault(9)), 503, "Service unavailable"),
    "500 after it was taken": (Faults(error_after=Fault(9), error_status=500), 500, "Service unavailable"),
    "cut before": (Faults(drop_before=Fault(9)), 0, "Remote end closed connection without response"),
    "cut after": (Faults(drop_after=Fault(9)), 0, "Remote end closed connection without response"),
    "redirect": (Faults(redirect=Fault(9), elsewhere="http://127.0.0.1:9/"), 307, "Temporary redirect"),
    "too many": (Faults(too_many=Fault(9), retry_after=7), 429, "Too many requests"),
    "refused": (Faults(refuse=Fault(9)), 400, "This file is refused."),
    "read only": (Faults(read_only=True), 403, "Read-only mode: Uploads are temporarily disabled."),
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ANSWERS)
def test_one_call_is_one_request_whatever_is_answered(name: str, tmp_path: Path, environ: Mapping[str, str]):
    faults, status, reason = ANSWERS[name]
    path = wheel(tmp_path)
    with running(tmp_path / "root", faults=faults) as (index, target):
        answer = upload(path, target, env=environ)
        assert [each.status for each in index.uploads()] == [status]
        assert bool(index.records) is ("after" in name)
    assert (answer.accepted, answer.status, answer.sent, answer.web_page) == (False, status, True, False)
    assert reason in answer.reason
    assert answer.retry_after == (7.0 if name == "too many" else None)
    assert answer.location == ("http://127.0.0.1:9/" if name == "redirect" else "")


def test_refusal_is_an_answer_with_the_reason_in_one_line(tmp_path: Path, environ: Mapping[str, str]):
    path = wheel(tmp_path, metadata(("Classifier", "No :: Such")))
    with running(tmp_path / "root") as (index, target):
        answer = upload(path, target, env=environ)
        assert (answer.accepted, answer.status) == (False, 400)
        assert "'No :: Such' is not a valid classifier" in answer.reason
        assert "\n" not in answer.reason
        assert index.records == ()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("content", "why"), [(b"no archive", "BadZipFile"), (metadata(("Metadata-Version", "0.1")), "InvalidDistribution")]
)
def test_what_twine_can_make_nothing_of_is_not_sent(
    content: bytes, why: str, tmp_path: Path, environ: Mapping[str, str]
):
    path = wheel(tmp_path, content)
    if content == b"no archive":
        path.write_bytes(content)
    with running(tmp_path / "root") as (index, target):
        answer = upload(path, target, env=environ)
        assert (answer.accepted, answer.sent, answer.status) == (False, False, 0)
        assert why in answer.reason
        assert index.requests == ()


# ── reading the answer ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environ: Mapping[str, str]) -> Callable[..., UploadAnswer]:
    """Return what the adapter makes of what the uploader says: ``told(status=400, reason="…")``, or its output."""

    def tell(out: str = "", **said: object) -> UploadAnswer:
        def run(command: list[str], **_: Any) -> process.Completed:
            status = 0 if said else -9
            text = json.dumps(said) if said else out
            return process.Completed(argv=tuple(command), status=status, out=text, err="boom\n", seconds=0.0)

        monkeypatch.setattr(process, "run", run)
        target = Credential(username="__token__", secret=new_token(), source="")
        return twine.upload(tmp_path / "a.whl", "https://index.example/", name="pypi", credential=target, env=environ)

    return tell


def test_an_answer_is_read_from_the_uploaders_line_and_from_nothing_else(told: Callable[..., UploadAnswer]) -> None:
    for out in ("", "200 OK", "Uploading\n{}", '{"status": "200"}', '{"status": 200}\n{"status": 200}', "[200]"):
        answer = told(out)
        assert (answer.accepted, answer.status) == (False, 0), out
        assert answer.reason == "the uploader ended without an answer: boom"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"reason": "File already exists", "body": "<html>other</html>"}, "File already exists"),
        ({"reason": "Bad Request", "body": "<html><title>x</title><p>why\nnot</p></html>"}, "why not"),
        ({"reason": "Bad Request", "body": "plain\x1b[31m words\r\n"}, "plain [31m words"),
        ({"reason": "", "body": ""}, "Bad Request"),
        ({"reason": "x" * 999, "body": ""}, "x" * 300 + "…"),
    ],
)
def test_a_reason_is_one_line_that_can_be_printed(
    said: dict[str, str], reason: str, told: Callable[..., UploadAnswer]
) -> None:
    assert told(status=400, **said).reason == reason


def test_a_reason_never_holds_a_secret(told: Callable[..., UploadAnswer]) -> None:
    secret = 'pypi-"' + secrets.token_urlsafe(16)
    register(secret)
    assert secret not in repr(told(status=403, reason=f"not {secret}", location=f"https://u:{secret}@example.com/"))


def test_a_page_for_people_is_no_acceptance(told: Callable[..., UploadAnswer]) -> None:
    answer = told(status=200, reason="OK", body="\n<!DOCTYPE html><form>Log in</form>", content_type="text/html")
    assert (answer.web_page, answer.accepted) == (True, False)
    assert told(status=201, reason="Created", body='{"message": "201 Created"}').accepted
    assert told(status=200, body="", content_type="text/html").accepted


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("", None),
        ("120", 120.0),
        ("-1", None),
        ("soon", None),
        ("9" * 20, None),
        ("Sat, 21 Nov 2026 10:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
    ],
)
def test_how_long_to_wait_is_told_in_seconds_by_the_indexs_clock(
    retry_after: str, seconds: float | None, told: Callable[..., UploadAnswer]
) -> None:
    assert told(status=429, retry_after=retry_after, date="Sat, 21 Nov 2026 10:00:00 GMT").retry_after == seconds


# ── the process ──────────────────────────────────────────────────────────────────────────────────────────────


def test_redirect_elsewhere_is_not_followed(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "other") as (other, elsewhere):
        faults = Faults(redirect=Fault(1), elsewhere=elsewhere.upload_url)
        with running(tmp_path / "root", faults=faults) as (_, target):
            answer = upload(wheel(tmp_path), target, env=environ)
            assert (answer.accepted, answer.location) == (False, elsewhere.upload_url)
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


@pytest.mark.usefixtures("here")
def test_wrong_token(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "root") as (_, target):
        wrong = replace(target, credential=Credential(username="__token__", secret=new_token(), source=""))
        answer = upload(wheel(tmp_path), wrong, env=environ)
        assert (answer.accepted, answer.status) == (False, 403)
        assert "authentication" in answer.reason


def test_no_credential_is_never_asked_for(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "root") as (index, target):
        with pytest.raises(Blocked, match="no credential"):
            upload(wheel(tmp_path), replace(target, credential=None), env=environ)
        assert index.requests == ()


def test_time_limit_is_an_odd_answer(tmp_path: Path, environ: Mapping[str, str]):
    with running(tmp_path / "root") as (_, target):
        answer = upload(wheel(tmp_path), target, env=environ, seconds=0.01)
    assert (answer.accepted, answer.status, answer.reason) == (False, 0, "no answer within 0.01 s")


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
