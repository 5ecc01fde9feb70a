"""How far a run of tests has come is noted while it runs, and read by whoever shows it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from unmoor.runtime.output import LastLine, Log, Stream
from unmoor.runtime.redact import register
from unmoor.tools import pytest as tool
from unmoor.tools import pytest_probe


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A place for a run, which the probe in this process takes for its own."""
    (tmp_path / "origins").mkdir()
    monkeypatch.setenv("UNMOOR_PROBE", str(tmp_path / "origins"))
    monkeypatch.setattr(pytest_probe, "_NOTED", -1.0)
    return SimpleNamespace(scratch=tmp_path)


def probed() -> Any:
    """Return a probe that does not know that it is in a test."""
    probe = pytest_probe._Probe()  # noqa: SLF001 - what pytest is given
    probe._nested = False  # noqa: SLF001
    return probe


def test_a_probe_notes_how_far_the_run_is(tools: Any) -> None:
    probe = probed()
    assert tool.progress(tools) == ""
    probe.pytest_collection_finish(SimpleNamespace(items=[1, 2, 3]))
    assert tool.progress(tools) == "0 of 3 tests"
    for name in ("a", "b", "b"):
        probe.pytest_runtest_logfinish(name)
    assert tool.progress(tools) == "2 of 3 tests"
    # The controller of workers knows what ran, the workers what there is; what is half written says nothing.
    (tools.scratch / "origins" / "1.progress").write_text("0 1412\n")
    (tools.scratch / "origins" / "2.progress").write_text("12")
    (tools.scratch / "origins" / "3.progress").write_text("312 0\n")
    assert tool.progress(tools) == "312 of 1412 tests"


def test_a_test_that_starts_pytest_itself_notes_nothing(tools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "some test")
    pytest_probe._Probe().pytest_collection_finish(SimpleNamespace(items=[1]))  # noqa: SLF001
    assert tool.progress(tools) == ""


def test_a_folder_that_is_gone_is_no_error_of_the_tests(tools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNMOOR_PROBE", str(tools.scratch / "gone"))
    probe = probed()
    probe.pytest_collection_finish(SimpleNamespace(items=[1]))
    probe.pytest_runtest_logfinish("a")


def test_the_last_whole_line_of_a_program_is_what_is_shown() -> None:
    register(secret := "s3cr" + "et-of-this-test")
    last = LastLine()
    assert last.said() == ""
    stream = Stream(Log(None, ""), last.hear)
    stream.feed(b"nox > Running session tests\n\x1b[32mcollect")
    assert last.said() == "nox > Running session tests"
    stream.feed(b"ed\x1b[0m 3 items\n\n 12%\r 40%\rto come")
    assert last.said() == "40%"
    stream.feed(f"\n{secret}\n".encode())
    assert last.said() == "[hidden]"
