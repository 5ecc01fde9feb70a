"""What an index serves is read back: its machines learn of a file one after the other, and no accident is a verdict."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.archived import context_of
from support.builds import VERSION
from support.contexts import make_context
from support.fakes import MemoryIndex
from support.faulty_index import Fault, Faults
from support.indexes import over_http, post, running
from support.records import SDIST, WHEEL
from support.simple_index import simple_index
from unmoor.context import Context
from unmoor.errors import Blocked, Exit, Incomplete
from unmoor.gates.archives import upload_rules_hold
from unmoor.gates.publication import index_copy_installs, index_serves_our_bytes
from unmoor.indexes import wait
from unmoor.model import FindingKind, Findings
from unmoor.model.settings import IndexSettings, Settings
from unmoor.runtime.http import Unreachable
from unmoor.stages import publish
from unmoor.state import upload_intents
from unmoor.state.upload_intents import Standing
from unmoor.targets import Index

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
Gate = Callable[[Context], Findings]
GATES = pytest.mark.parametrize("gate", [index_serves_our_bytes.check, index_copy_installs.check])


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for gate in (index_serves_our_bytes, index_copy_installs):
        monkeypatch.setattr(gate, "_PATIENCE_REHEARSAL", 1.5)


@pytest.fixture
def at(built: Any, tmp_path: Path) -> Callable[[Index], Context]:
    """Return a context in which both archives are to be on the index: ``at(index)``."""

    def make(index: Index) -> Context:
        about = {"name": "Sample.Project", "version": VERSION, "imports": ["sample"], "pythons": [HERE]}
        state = tmp_path / "state"
        return context_of(built.repository.folder, built.both, state, index=index, stage_name="testpypi", **about)

    return make


@pytest.fixture
def holding(built: Any, tmp_path: Path) -> Callable[..., Any]:
    """Run an index that was given both archives: ``with holding(faults) as (index, target)``."""

    @contextmanager
    def run(faults: Faults) -> Iterator[Any]:
        with running(tmp_path / "index", faults=faults) as (index, target):
            for path in built.both:
                assert post(target, path).status_code == 200
            yield index, target

    return run


@contextmanager
def machines(built: Any, *hidden: set[str]) -> Iterator[Any]:
    """Run an index whose pages come from several machines in turn, each without the files it does not know yet."""
    with simple_index() as served:
        for path in built.both:
            content = path.read_bytes()
            served.add("sample-project", path.name, hashlib.sha256(content).hexdigest())
            served.contents[path.name] = content
        served.hidden = list(hidden)
        yield served, over_http("pypi", upload_url="", simple_url=served.url)


@GATES
@pytest.mark.parametrize("first", [True, False])
def test_a_machine_that_lacks_a_file_accuses_nobody(gate: Gate, built: Any, at: Any, *, first: bool) -> None:
    behind = {built.sdist.name}
    with machines(built, *((set(), behind) if first else (behind, set()))) as (_, index):
        found = gate(at(index))
    assert (found.problems, found.examined) == ((), 2)


@GATES
def test_a_file_that_no_machine_shows_is_not_visible_yet(gate: Gate, built: Any, at: Any) -> None:
    with machines(built, {built.sdist.name}) as (_, index), pytest.raises(Incomplete, match="does not show") as caught:
        gate(at(index))
    assert built.sdist.name in str(caught.value)
    assert built.wheel.name not in str(caught.value)


@GATES
def test_a_file_that_is_listed_and_cannot_be_had_is_not_visible_yet(gate: Gate, built: Any, at: Any) -> None:
    with machines(built) as (served, index):
        del served.contents[built.sdist.name]
        with pytest.raises(Incomplete, match="does not show"):
            gate(at(index))
    assert sum(path.endswith(built.wheel.name) for path in served.asked) == 1


@GATES
@pytest.mark.parametrize("fault", ["other_bytes", "damage"])
@pytest.mark.parametrize("times", [1, 2])
def test_other_bytes_once_or_twice_accuse_nobody(
    gate: Gate, fault: str, times: int, at: Any, holding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[gate.__module__], "_PATIENCE_REHEARSAL", 20.0)
    with holding(Faults(**{fault: Fault(times)})) as (_, target):
        assert gate(at(target)).problems == ()


@GATES
@pytest.mark.parametrize("fault", ["other_bytes", "damage"])
def test_other_bytes_each_time_are_told_after_asking_twice_more(gate: Gate, fault: str, at: Any, holding: Any) -> None:
    with holding(Faults(**{fault: Fault(99, "*.whl")})) as (index, target):
        (problem,) = gate(at(target)).problems
        pages = [each for each in index.requests if each.method == "GET" and "/simple/" in each.path]
    assert "other bytes" in problem.message
    assert ".whl" in problem.message
    assert len(pages) == 3


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each wait for an index was to last; none of them takes any time."""
    asked: list[float] = []
    waits = wait.wait_for

    def wait_for(*args: Any, **words: Any) -> wait.Waited:
        asked.append(words.pop("patience_seconds"))
        return waits(*args, patience_seconds=0, **words)

    monkeypatch.setattr(wait, "wait_for", wait_for)
    return asked


@pytest.mark.parametrize(
    ("live", "settings", "seconds"),
    [
        (True, Settings(), 900.0),
        (True, Settings(indexes={"pypi": IndexSettings(visible_seconds=3600.0)}), 3600.0),
        (False, Settings(indexes={"pypi": IndexSettings(visible_seconds=3600.0)}), 1.5),
    ],
)
def test_a_live_release_waits_for_as_long_as_the_settings_say(
    settings: Settings, seconds: float, waited: list[float], tmp_path: Path, *, live: bool
) -> None:
    context = make_context(tmp_path, live=live, name="pypi", settings=settings, index=MemoryIndex().as_index())
    with pytest.raises(Incomplete):
        index_serves_our_bytes.check(replace(context, distributions=(WHEEL,)))
    assert waited == [seconds]


@pytest.mark.usefixtures("waited")
def test_only_what_the_index_said_it_took_is_called_uploaded(tmp_path: Path) -> None:
    index = MemoryIndex().as_index()
    context = replace(make_context(tmp_path, name="pypi", index=index, live=True), distributions=(WHEEL, SDIST))
    for file, standing in ((WHEEL, Standing.ACCEPTED), (SDIST, Standing.BEGUN)):
        upload_intents.begin(context.state, index, file)
        upload_intents.answered(context.state, index, file, standing, 200)
    with pytest.raises(Incomplete) as caught:
        index_serves_our_bytes.check(replace(context, distributions=(WHEEL,)))
    assert [each.kind for each in caught.value.problems] == [FindingKind.NOT_YET]
    with pytest.raises(Incomplete) as caught:
        index_serves_our_bytes.check(context)
    assert [each.kind for each in caught.value.problems] == [FindingKind.REMARK]
    first, second = caught.value.problems[0].message.split("; ")
    assert first.startswith(f"uploaded, not yet visible: pypi took {WHEEL.filename} at 20")
    assert second == f"pypi does not show {SDIST.filename}, and has not said that it took it"
    assert "--send-again pypi" in caught.value.problems[0].hint


def test_no_answer_is_incomplete_and_no_crash(tmp_path: Path, waited: list[float]) -> None:
    index = MemoryIndex(silent=99)
    context = replace(make_context(tmp_path, name="pypi", index=index.as_index(), live=True), distributions=(WHEEL,))
    for gate in (index_serves_our_bytes, index_copy_installs):
        with pytest.raises(Incomplete, match="did not answer"):
            gate.check(context)
    assert len(waited) == 2
    assert Unreachable.code is Exit.INCOMPLETE


# ── before an upload ─────────────────────────────────────────────────────────────────────────────────────────────


def test_other_bytes_seen_once_do_not_stop_an_upload(at: Any, holding: Any) -> None:
    with holding(Faults(other_bytes=Fault(1))) as (_, target):
        done = publish.observe(at(target))
    assert done is not None


@pytest.mark.parametrize(("times", "accused"), [(1, False), (2, False), (99, True)])
def test_other_bytes_are_sure_before_the_rules_say_so(times: int, at: Any, holding: Any, *, accused: bool) -> None:
    with holding(Faults(other_bytes=Fault(times, "*.whl"))) as (_, target):
        if times == 2:
            # Other bytes twice and ours once is neither.
            with pytest.raises(Incomplete, match="does not say the same twice"):
                upload_rules_hold.check(at(target))
            return
        problems = upload_rules_hold.check(at(target)).problems
    assert any("file-name-is-free" in each.message for each in problems) is accused


def test_other_bytes_under_the_name_do(at: Any, holding: Any) -> None:
    with holding(Faults(other_bytes=Fault(99))) as (_, target), pytest.raises(Blocked, match="holds other bytes"):
        publish.observe(at(target))


def test_an_index_that_cannot_make_up_its_mind_is_unknown(
    at: Any, holding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "_DOUBT_SECONDS", 0.0)
    with holding(Faults(other_bytes=Fault(2))) as (_, target), pytest.raises(Incomplete, match="differ"):
        publish.observe(at(target))
