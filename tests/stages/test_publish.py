"""Publishing to any index, over one in memory: what is sent, what is read, and what each answer comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.contexts import make_context
from support.fakes import MemoryIndex, Reply
from support.records import record
from support.sealing import NAMES, sealed_archives
from support.waiting import Clock, without_waiting
from unmoor.context import Context
from unmoor.errors import Blocked, Exit, Incomplete, UnmoorError
from unmoor.evidence.record import Attempt
from unmoor.model import Outcome, Resolution
from unmoor.stages import publish
from unmoor.state import upload_intents
from unmoor.state.upload_intents import Standing
from unmoor.targets import Credential

WHEEL, SDIST = NAMES
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return without_waiting(monkeypatch)


@pytest.fixture
def index() -> MemoryIndex:
    credential = Credential(username="__token__", secret="x", source="environment UNMOOR_PYPI_TOKEN")  # noqa: S106
    return MemoryIndex(credential=credential, clock=NOW)


@pytest.fixture
def context(tmp_path: Path, index: MemoryIndex) -> Context:
    made = make_context(tmp_path, name="pypi", index=index.as_index(), live=True)
    return replace(made, distributions=sealed_archives(made.dist, "tested"))


def content(context: Context, name: str) -> bytes:
    return (context.dist / name).read_bytes()


def standings(context: Context) -> dict[str, Standing]:
    assert context.index is not None
    found = {each.filename: upload_intents.intent(context.state, context.index, each) for each in context.distributions}
    return {name: each.standing for name, each in found.items() if each}


def stopped(context: Context, kind: type[UnmoorError]) -> list[str]:
    """Run it, and return what is told when it stops, in lines."""
    with pytest.raises(kind) as caught:
        publish.run(context)
    assert type(caught.value) is kind
    return [str(each) for each in caught.value.problems]


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────


def test_wheels_are_sent_first_and_the_sdist_last(context: Context, index: MemoryIndex) -> None:
    assert publish.observe(context) is None
    done = publish.run(context)
    assert index.uploads == [WHEEL, SDIST]
    assert (done.how, done.detail, done.files) == (Resolution.RAN, "2 uploaded", context.distributions)
    assert done.facts == {"target": "memory:pypi", "uploaded": "2"}
    assert index.held == {name: content(context, name) for name in NAMES}
    assert standings(context) == {WHEEL: Standing.SHOWN, SDIST: Standing.ACCEPTED}


def test_what_is_there_already_is_found_whoever_put_it_there(context: Context, index: MemoryIndex) -> None:
    index.held = {name: content(context, name) for name in NAMES}
    done = publish.observe(context)
    assert done is not None
    assert (done.how, index.uploads) == (Resolution.FOUND, [])


def test_only_what_lacks_is_sent(context: Context, index: MemoryIndex) -> None:
    index.held = {WHEEL: content(context, WHEEL)}
    assert publish.observe(context) is None
    assert publish.run(context).detail == "1 uploaded, 1 already there"
    assert index.uploads == [SDIST]


@pytest.mark.parametrize("name", NAMES)
def test_other_bytes_under_a_name_stop_it_before_anything_is_sent(
    name: str, context: Context, index: MemoryIndex
) -> None:
    index.held = {name: b"foreign"}
    with pytest.raises(Blocked, match="holds other bytes under the name"):
        publish.observe(context)
    assert index.uploads == []


def test_bytes_that_changed_since_they_were_sealed_are_not_sent(context: Context, index: MemoryIndex) -> None:
    (context.dist / WHEEL).chmod(0o600)
    (context.dist / WHEEL).write_bytes(b"swapped")
    with pytest.raises(Blocked, match="changed since it was sealed"):
        publish.run(context)
    assert index.uploads == []


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [200, 0, 503, 429])
def test_the_index_is_read_right_before_every_upload(status: int, context: Context, index: MemoryIndex) -> None:
    index.replies = [] if status == 200 else [Reply(status)] * 2
    publish.run(context)
    sent = [number for number, event in enumerate(index.events) if event.startswith("upload")]
    assert len(sent) == (2 if status == 200 else 4)
    assert [index.events[number - 1] for number in sent] == ["read"] * len(sent)


@pytest.mark.parametrize("paused_before", NAMES)
def test_a_run_that_was_paused_finds_what_another_has_sent_meanwhile(
    paused_before: str, context: Context, index: MemoryIndex
) -> None:
    """Stopped after it was told that the index lacks the file, woken when another machine had finished."""

    def another_finishes(detail: str) -> None:
        if paused_before in detail:
            index.held = {name: content(context, name) for name in NAMES}

    publish.run(replace(context, mark=another_finishes))
    assert index.uploads == ([] if paused_before == WHEEL else [WHEEL])


def test_an_intent_is_on_disk_before_the_first_byte_leaves(
    context: Context, index: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, send = [], index.upload

    def upload(file: Path, **words: Any) -> Any:
        seen.append(standings(context)[file.name])
        return send(file, **words)

    monkeypatch.setattr(index, "upload", upload)
    publish.run(context)
    assert seen == [Standing.BEGUN, Standing.BEGUN]


def test_silence_is_asked_again_and_nothing_is_sent_unseen(context: Context, index: MemoryIndex) -> None:
    index.silent = 2
    publish.run(context)
    assert index.uploads == [WHEEL, SDIST]


@pytest.mark.parametrize("step", [publish.observe, publish.run])
def test_an_index_that_cannot_be_read_is_incomplete_and_sent_nothing(
    step: Callable[[Context], object], context: Context, index: MemoryIndex
) -> None:
    index.silent = 999
    with pytest.raises(Incomplete, match="pypi does not say what it holds: pypi did not answer"):
        step(context)
    assert index.uploads == []


def test_silence_after_a_good_upload_is_incomplete_and_says_what_is_out(
    context: Context, index: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = index.upload

    def upload(file: Path, **words: Any) -> Any:
        index.silent = 999
        return send(file, **words)

    monkeypatch.setattr(index, "upload", upload)
    first, second = stopped(context, Incomplete)
    assert "does not say what it holds" in first
    assert f"pypi has {WHEEL} (taken at 20" in second
    assert f"missing: {SDIST}" in second


# ── what answers come to ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [0, 500, 400, 409, 403])
def test_an_odd_answer_is_no_evidence_what_the_index_shows_is(
    status: int, context: Context, index: MemoryIndex
) -> None:
    index.replies = [Reply(status, taken=True)]
    assert publish.run(context).detail == "2 uploaded"
    assert index.uploads == [WHEEL, SDIST]


@pytest.mark.parametrize("status", [0, 408, 429, 500, 502, 503])
def test_what_may_pass_is_tried_three_times_and_is_incomplete_then(
    status: int, context: Context, index: MemoryIndex, clock: Clock
) -> None:
    index.replies = [Reply(status, reason="not now")] * 9
    (told,) = stopped(context, Incomplete)
    assert index.uploads == [WHEEL] * 3
    assert f"did not take {WHEEL}: {f'{status} ' if status else ''}not now → nothing is lost" in told
    assert standings(context) == {WHEEL: Standing.BEGUN}
    assert clock.now == pytest.approx(60)


def test_uploads_that_are_closed_for_everybody_for_now_are_tried_again(context: Context, index: MemoryIndex) -> None:
    index.replies = [Reply(403, reason="Read-only mode: Uploads are temporarily disabled.")] * 9
    stopped(context, Incomplete)
    assert len(index.uploads) == 3


@pytest.mark.parametrize(("asked", "waited"), [(5.0, 20), (90.0, 90)])
def test_an_index_is_left_alone_for_as_long_as_it_asks(
    asked: float, waited: int, context: Context, index: MemoryIndex, clock: Clock
) -> None:
    index.replies = [Reply(429, retry_after=asked)]
    publish.run(context)
    assert clock.now == pytest.approx(waited)


def test_an_index_that_asks_for_hours_gets_them_from_the_next_run(
    context: Context, index: MemoryIndex, clock: Clock
) -> None:
    index.replies = [Reply(503, retry_after=7200.0)]
    (told,) = stopped(context, Incomplete)
    assert "left alone for 7200 s" in told
    assert (len(index.uploads), clock.now) == (1, pytest.approx(20))


@pytest.mark.parametrize("status", [401, 403])
def test_a_credential_that_is_refused_stops_it_and_is_named(
    status: int, context: Context, index: MemoryIndex, clock: Clock
) -> None:
    index.replies = [Reply(status, reason="Invalid or non-existent authentication information.")]
    (told,) = stopped(context, Blocked)
    assert told.startswith(f"pypi refused the credential from environment UNMOOR_PYPI_TOKEN for {WHEEL}: {status} Inv")
    assert "put a credential that may upload this project" in told
    assert (index.uploads, clock.now) == ([WHEEL], 0.0)
    assert standings(context) == {WHEEL: Standing.REFUSED}


@pytest.mark.parametrize(
    ("status", "reason", "advice"),
    [
        (400, "'x' is not a valid classifier", "mend what it names and commit; nothing of this version was uploaded"),
        (400, "This filename was previously used by a file that has since been deleted", "release the next version"),
        (400, "File already exists ('x')", "release the next version"),
        (409, "already exists", "release the next version"),
        (404, "Not Found", "is where this index takes uploads: it is memory:upload"),
        (413, "Payload too large", "make it smaller"),
    ],
)
def test_a_file_that_is_refused_stops_it_with_the_reason_on_one_line(
    status: int, reason: str, advice: str, context: Context, index: MemoryIndex
) -> None:
    index.replies = [Reply(status, reason=reason)]
    (told,) = stopped(context, Blocked)
    assert f"pypi refused {WHEEL}: {status} {reason} → " in told
    assert advice in told
    assert index.uploads == [WHEEL]
    assert not upload_intents.anything_may_be_there(context.state)


def test_what_another_index_has_cannot_be_mended_under_the_same_version(context: Context, index: MemoryIndex) -> None:
    trial = replace(MemoryIndex("testpypi").as_index(), identity="elsewhere")
    upload_intents.begin(context.state, trial, context.distributions[0])
    index.replies = [Reply(400, reason="no good")]
    (told,) = stopped(context, Blocked)
    assert "as the next version" in told


def test_a_redirect_is_not_followed_and_its_address_told(context: Context, index: MemoryIndex) -> None:
    index.replies = [Reply(308, reason="Permanent Redirect", location="https://elsewhere.example/")]
    (told,) = stopped(context, Blocked)
    assert "would send" in told
    assert "https://elsewhere.example/" in told
    assert "set upload-url in [tool.unmoor.indexes.pypi]" in told
    assert index.uploads == [WHEEL]


def test_a_login_page_took_nothing(context: Context, index: MemoryIndex) -> None:
    index.replies = [Reply(200, web_page=True)]
    (told,) = stopped(context, Incomplete)
    assert "answered" in told
    assert "with a web page" in told
    assert "took" not in told
    assert standings(context) == {WHEEL: Standing.BEGUN}


def test_what_could_not_be_sent_was_not_uploaded(
    context: Context, index: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upload(*_: object, **__: object) -> Any:
        raise Blocked("there is no credential for the index 'pypi'")

    monkeypatch.setattr(index, "upload", upload)
    stopped(context, Blocked)
    assert not upload_intents.anything_may_be_there(context.state)


# ── a release that is there in part ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("status", "reason"), [(400, "no good"), (403, "expired"), (503, "busy"), (307, "moved")])
def test_a_stop_after_the_first_file_says_what_is_out_what_is_missing_and_until_when(
    status: int, reason: str, context: Context, index: MemoryIndex
) -> None:
    index.uploaded = NOW - timedelta(days=2)
    index.replies = [Reply(200, taken=True), *[Reply(status, reason=reason)] * 3]
    first, second = stopped(context, Incomplete)
    assert f"{status} {reason}" in first
    assert f"pypi has {WHEEL}; missing: {SDIST}" in second
    assert "until 2026-12-03 12:00 UTC" in second


@pytest.mark.parametrize(("days", "kind"), [(13, Incomplete), (15, Blocked)])
def test_the_days_are_counted_by_the_clock_of_the_index(
    days: int, kind: type[UnmoorError], context: Context, index: MemoryIndex
) -> None:
    index.held, index.uploaded, index.clock = {WHEEL: content(context, WHEEL)}, NOW, NOW + timedelta(days=days)
    index.replies = [Reply(400, reason="Uploading new files to releases older than 14 days is not allowed.")]
    _, second = stopped(context, kind)
    assert ("yank 1.0" in second) is (kind is Blocked)


def test_an_index_that_says_no_times_promises_none(context: Context, index: MemoryIndex) -> None:
    index.held = {WHEEL: content(context, WHEEL)}
    index.replies = [Reply(400, reason="no good")]
    _, second = stopped(context, Incomplete)
    assert "until" not in second


# ── what was sent before ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def accepted(context: Context, index: MemoryIndex) -> Context:
    """Both files were accepted by an earlier run, and the index does not show them."""
    index.lag = 10**6
    publish.run(context)
    index.uploads.clear()
    return context


def test_what_was_accepted_is_not_sent_again_while_the_index_lags(accepted: Context, index: MemoryIndex) -> None:
    assert publish.observe(accepted) is None
    done = publish.run(accepted)
    assert (index.uploads, done.detail) == ([], "0 uploaded, 2 accepted before")


def test_the_rest_is_sent_while_what_was_accepted_is_not_shown_yet(context: Context, index: MemoryIndex) -> None:
    index.lag = 10**6
    index.replies = [Reply(200, taken=True), Reply(400, reason="no")]
    stopped(context, Incomplete)
    index.uploads.clear()
    assert publish.run(context).detail == "1 uploaded, 1 accepted before"
    assert index.uploads == [SDIST]


def test_it_is_sent_again_to_the_index_that_was_named(accepted: Context, index: MemoryIndex) -> None:
    assert publish.run(replace(accepted, send_again="testpypi")).detail == "0 uploaded, 2 accepted before"
    assert publish.run(replace(accepted, send_again="pypi")).detail == "2 uploaded"
    assert index.uploads == [WHEEL, SDIST]


def test_what_is_shown_is_not_sent_again_although_it_was_asked_for(accepted: Context, index: MemoryIndex) -> None:
    index.lag = 0
    publish.run(replace(accepted, send_again="pypi"))
    assert index.uploads == []


def test_what_was_read_back_once_and_is_gone_was_removed(accepted: Context, index: MemoryIndex) -> None:
    passed = Attempt(started="", actor="", outcome=Outcome.PASSED, detail="")
    accepted.store.write(replace(record("pypi"), component="thing", attempts=(passed,)))
    publish.run(accepted)
    assert index.uploads == [WHEEL, SDIST]


def test_what_was_seen_there_and_is_gone_was_removed(context: Context, index: MemoryIndex) -> None:
    index.replies = [Reply(200, taken=True), Reply(400, reason="no")]
    stopped(context, Incomplete)
    assert standings(context) == {WHEEL: Standing.SHOWN, SDIST: Standing.REFUSED}
    index.held.clear()
    index.uploads.clear()
    assert publish.run(context).detail == "2 uploaded"
    assert index.uploads == [WHEEL, SDIST]


@pytest.mark.parametrize("arrived", [True, False])
def test_an_upload_that_was_never_answered_is_looked_for_before_it_is_sent_again(
    context: Context, index: MemoryIndex, clock: Clock, *, arrived: bool
) -> None:
    assert context.index is not None
    upload_intents.begin(context.state, context.index, context.distributions[0])
    if arrived:
        index.lag = 4
        index.upload(context.dist / WHEEL, log=context.logs)
        index.uploads.clear()
    publish.run(context)
    assert index.uploads == ([SDIST] if arrived else [WHEEL, SDIST])
    assert clock.now == pytest.approx(1.4 if arrived else 20.0)


def test_what_was_refused_is_sent_at_once(context: Context, index: MemoryIndex, clock: Clock) -> None:
    index.replies = [Reply(401)]
    stopped(context, Blocked)
    publish.run(context)
    assert (index.uploads, clock.now) == ([WHEEL, WHEEL, SDIST], 0.0)


def test_exit_codes_are_those_of_a_gate_that_failed_and_of_a_run_to_be_repeated() -> None:
    assert (Blocked.code, Incomplete.code) == (Exit.GATE_FAILED, Exit.INCOMPLETE)
