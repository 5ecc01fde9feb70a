"""Publishing to any index, over one in memory: what is sent, what is read, and what an odd answer comes to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.contexts import make_context
from support.fakes import MemoryIndex
from support.sealing import NAMES, sealed_archives
from unmoor.context import Context
from unmoor.errors import Blocked, Incomplete
from unmoor.indexes import wait
from unmoor.model import Resolution
from unmoor.runtime.http import Unreachable
from unmoor.stages import publish

WHEEL, SDIST = NAMES


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes as fast as somebody waits for it."""
    now = [0.0]
    waits = wait.wait_for

    def wait_for(*args: Any, **words: Any) -> wait.Waited:
        return waits(*args, **words, clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))

    monkeypatch.setattr(wait, "wait_for", wait_for)


@pytest.fixture
def index() -> MemoryIndex:
    return MemoryIndex()


@pytest.fixture
def context(tmp_path: Path, index: MemoryIndex) -> Context:
    made = make_context(tmp_path, name="pypi", index=index.as_index())
    return replace(made, distributions=sealed_archives(made.dist, "tested"))


def content(context: Context, name: str) -> bytes:
    return (context.dist / name).read_bytes()


def test_wheels_are_sent_first_and_the_sdist_last(context: Context, index: MemoryIndex) -> None:
    assert publish.observe(context) is None
    done = publish.run(context)
    assert index.uploads == [WHEEL, SDIST]
    assert (done.how, done.detail, done.files) == (Resolution.RAN, "2 uploaded", context.distributions)
    assert done.facts == {"target": "memory:pypi", "uploaded": "2"}
    assert index.held == {name: content(context, name) for name in NAMES}


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


def test_an_intent_is_on_disk_before_the_first_byte_leaves(
    context: Context, index: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    send = index.upload

    def upload(file: Path, **words: Any) -> Any:
        intent = json.loads((context.state / "uploads" / "pypi" / f"{file.name}.json").read_bytes())
        seen.append((intent["sha256"], intent["index"]))
        return send(file, **words)

    monkeypatch.setattr(index, "upload", upload)
    publish.run(context)
    assert seen == [(each.sha256, "memory:pypi") for each in context.distributions]


def test_an_odd_answer_is_no_evidence_what_the_index_shows_is(context: Context, index: MemoryIndex) -> None:
    index.answers = [(False, True)]
    assert publish.run(context).detail == "2 uploaded"
    assert index.uploads == [WHEEL, SDIST]


def test_a_file_that_was_not_taken_is_sent_again_after_a_look(context: Context, index: MemoryIndex) -> None:
    index.answers = [(False, False)]
    publish.run(context)
    assert index.uploads == [WHEEL, WHEEL, SDIST]
    assert index.readings > 2


def test_an_index_that_takes_nothing_ends_incomplete_with_its_words(context: Context, index: MemoryIndex) -> None:
    index.answers = [(False, False)] * 9
    with pytest.raises(Incomplete, match=r"did not take .*503 Service Unavailable"):
        publish.run(context)
    assert set(index.uploads) == {WHEEL}


def test_bytes_that_changed_since_they_were_sealed_are_not_sent(context: Context, index: MemoryIndex) -> None:
    (context.dist / WHEEL).chmod(0o600)
    (context.dist / WHEEL).write_bytes(b"swapped")
    with pytest.raises(Blocked, match="changed since it was sealed"):
        publish.run(context)
    assert index.uploads == []


def test_without_an_answer_nothing_is_sent(context: Context, index: MemoryIndex) -> None:
    index.silent = 1
    with pytest.raises(Unreachable):
        publish.observe(context)
    assert index.uploads == []
