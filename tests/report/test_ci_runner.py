"""What a CI runner obeys is made by us alone, and nothing in it is anybody else's."""

from __future__ import annotations

import pytest

from unmoor.model import Finding
from unmoor.report.ci_runner import Runner, annotation, begins, ends, recognised
from unmoor.runtime.redact import register


@pytest.mark.parametrize(
    ("environ", "runner"),
    [
        ({}, Runner.NONE),
        ({"CI": "true"}, Runner.NONE),
        ({"GITHUB_ACTIONS": "true"}, Runner.GITHUB),
        ({"GITLAB_CI": "true"}, Runner.GITLAB),
        ({"GITLAB_CI": "false"}, Runner.NONE),
    ],
)
def test_who_runs_us_is_recognised(environ: dict[str, str], runner: Runner) -> None:
    assert recognised(environ) is runner


def test_parts_of_the_log_fold_up() -> None:
    assert begins(Runner.GITHUB, "tests", "unmoor: tests", lambda: 5.0) == "::group::unmoor: tests"
    assert ends(Runner.GITHUB, "tests", lambda: 6.0) == "::endgroup::"
    first = begins(Runner.GITLAB, "docs-strict", "a\nb\x1b", lambda: 5.5)
    last = ends(Runner.GITLAB, "a b:c", lambda: 6.0)
    assert first == "\x1b[0Ksection_start:5:docs-strict\r\x1b[0Ka b\\x1b"
    assert last == "\x1b[0Ksection_end:6:a_b_c\r\x1b[0K"
    assert begins(Runner.NONE, "a", "b", lambda: 0.0) == ends(Runner.NONE, "a", lambda: 0.0) == ""


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (Finding(message="no", place="src/a.py:12"), "::error file=src/a.py,line=12,title=t::no"),
        (Finding(message="no", place="src/a.py:12:5"), "::error file=src/a.py,line=12,title=t::no"),
        (Finding(message="no", place="src/a.py"), "::error file=src/a.py,title=t::no"),
        (Finding(message="no", place="src/a:b,c.py:3"), "::error file=src/a%3Ab%2Cc.py,line=3,title=t::no"),
        (Finding(message="no", place="refs:1"), "::error title=t%3A refs%3A1::no"),
        (Finding(message="no"), "::error title=t::no"),
        (Finding(message="50% of\r\n::error::x", hint="a\nb"), "::error title=t::50%25 of%0D%0A::error::x%0A→ a%0Ab"),
        (Finding(message="a\x1b[2Jb\u202ec"), "::error title=t::a\\x1b[2Jb\\u202ec"),
    ],
)
def test_a_finding_is_shown_at_its_place(finding: Finding, line: str) -> None:
    said = annotation(Runner.GITHUB, "error", "t", finding)
    assert said == line
    assert "\n" not in said
    assert annotation(Runner.GITLAB, "error", "t", finding) == ""


def test_no_secret_is_in_it() -> None:
    register(secret := "s3cr" + "et-of-a-test")
    assert secret not in annotation(Runner.GITHUB, "error", secret, Finding(message=secret, place=f"{secret}.py:1"))
    assert secret not in begins(Runner.GITHUB, secret, secret, lambda: 0.0)
