from __future__ import annotations

import secrets

import pytest

from unmoor.errors import ToolError
from unmoor.runtime import redact
from unmoor.tools import junit

_REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="5">
<testcase classname="tests.test_a" name="test_fine" file="tests/test_a.py" line="0" time="0.1" />
<testcase classname="tests.test_a" name="test_skipped" file="tests/test_a.py" line="4"><skipped /></testcase>
<testcase classname="tests.test_a.TestIt" name="test_bad[1-x]" file="tests/test_a.py" line="8">
<failure message="AssertionError: assert 1 == 2&#10;  more">long</failure></testcase>
<testcase classname="tests.test_a" name="test_down" file="tests/test_a.py" line="12" />
<testcase classname="tests.test_a" name="test_down" file="tests/test_a.py" line="12">
<error message="failed on teardown">long</error></testcase>
<testcase classname="" name="tests.test_b"><error message="collection failure">E   one
E   ImportError: no such thing</error></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "junit.xml"
    path.write_text(_REPORT)
    return junit.read(path)


def test_every_test_counts_once_and_a_broken_teardown_is_a_failure(report):
    assert (report.passed, report.skipped) == (1, 1)
    assert [each.test.rpartition("::")[2] for each in report.failures] == ["test_bad[1-x]", "test_down", "tests.test_b"]


def test_a_failure_says_where_it_is_and_why_in_one_line(report):
    failure = report.failures[0]
    assert failure.test == "tests/test_a.py::TestIt::test_bad[1-x]"
    assert (failure.file, failure.line) == ("tests/test_a.py", 9)
    assert failure.why == "AssertionError: assert 1 == 2"


def test_a_failure_without_a_message_is_told_by_its_last_line(report):
    assert report.failures[2].why == "ImportError: no such thing"


@pytest.mark.parametrize("text", [None, "<testsuites>"])
def test_no_report_or_a_torn_one_is_an_error(tmp_path, text):
    path = tmp_path / "junit.xml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ToolError, match="left no record"):
        junit.read(path)


def test_a_secret_in_a_failure_is_hidden(tmp_path, monkeypatch):
    monkeypatch.setattr(redact, "_known", set())
    canary = secrets.token_hex(12)
    redact.register(canary)
    path = tmp_path / "junit.xml"
    path.write_text(_REPORT.replace("1 == 2", f"1 == '{canary}'").replace("no such", canary).replace("1-x", canary))
    failures = junit.read(path).failures
    assert canary not in repr(failures)
    assert failures[0].why == "AssertionError: assert 1 == '[hidden]'"


@pytest.mark.parametrize(
    ("message", "text", "lacks"),
    [
        ("httpx.ConnectError: [Errno -2] Name or service not known", "", "a network"),
        ("requests.exceptions.ConnectionError: … NameResolutionError(…)", "", "a network"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "", "a network"),
        ("OSError: [Errno 101] Network is unreachable", "", "a network"),
        ("AssertionError: assert 1 == 2", "gaierror: [Errno -3] Temporary failure in name resolution", ""),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'pandoc'",
            "subprocess.py:1950: in _execute_child",
            "the program 'pandoc'",
        ),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'made.txt'", "it.py:3: in write", ""),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/gone/pandoc'", "subprocess.py:1950", ""),
    ],
)
def test_a_failure_names_what_the_machine_lacks_where_its_exception_does(tmp_path, message, text, lacks):
    path = tmp_path / "junit.xml"
    failed = f'<failure message="{message}">{text}</failure>'
    path.write_text(f'<testsuites><testcase name="a" file="a.py">{failed}</testcase></testsuites>')
    (failure,) = junit.read(path).failures
    assert failure.lacks == lacks


def test_a_file_that_could_not_be_collected_is_the_file(tmp_path):
    path = tmp_path / "junit.xml"
    path.write_text(
        '<testsuites><testsuite><testcase classname="" name="tests.test_b" file="tests/test_b.py">'
        '<error message="collection failure">E   ImportError: no</error></testcase></testsuite></testsuites>'
    )
    (found,) = junit.read(path).failures
    assert (found.test, found.file, found.why) == ("tests/test_b.py", "tests/test_b.py", "ImportError: no")
