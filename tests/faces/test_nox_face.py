"""The sessions as nox shows and runs them, in a small project that has adopted unmoor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.adopted import Adopted, adopt
from unmoor.chain import CHAIN

STAGES = [stage.name for stage in CHAIN]
TWO_LINES = "import unmoor.sessions\nunmoor.sessions.register()\n"
OWN = """import nox

@nox.session(venv_backend="none")
def lint(session):
    "Our own."
    print("own lint", session.posargs)
"""
Make = Callable[..., Adopted]


@pytest.fixture
def adopted(tmp_path: Path, environ: Mapping[str, str]) -> Make:
    """Make an adopted project with a given noxfile and settings."""

    def make(noxfile: str = TWO_LINES, settings: str = "") -> Adopted:
        made = adopt(tmp_path, environ, settings=settings)
        made.repository.write("noxfile.py", noxfile)
        made.repository.commit("The noxfile")
        return made

    return make


def listed(text: str, mark: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines() if line.startswith(f"{mark} ")]


def test_eight_sessions_are_listed_and_four_are_the_default(adopted: Make) -> None:
    ran = adopted().nox("--list")
    assert ran.status == 0
    assert listed(ran.text, "*") == ["check", "lint", "tests", "docs-strict"]
    assert listed(ran.text, "-") == ["build", "testpypi", "pypi", "release"]
    for stage in CHAIN:
        assert f"{stage.name} -> {stage.summary}" in ran.text
    assert "Next:" not in ran.text


def test_a_session_that_had_the_name_before_is_told_how_to_join(adopted: Make) -> None:
    ran = adopted(OWN + TWO_LINES).nox("--list")
    assert ran.status == 1
    assert ran.text.count("is defined twice") == 1
    assert 'join it with gates = ["lint"] in [tool.unmoor]' in ran.text


def test_a_session_that_takes_the_name_afterwards_is_refused_once(adopted: Make) -> None:
    noxfile = TWO_LINES + OWN
    ran = adopted(noxfile).nox("-s", "tests", "docs-strict")
    assert ran.status == 1
    assert ran.text.count("put the two lines at the end") == 1


def test_a_wrapped_session_that_takes_the_name_afterwards_is_refused_too(adopted: Make) -> None:
    decorated = "import functools, nox\n\ndef same(f):\n    return functools.wraps(f)(lambda session: f(session))\n\n"
    noxfile = TWO_LINES + decorated + '@nox.session(venv_backend="none")\n@same\ndef lint(session):\n    pass\n'
    ran = adopted(noxfile).nox("-s", "check")
    assert ran.status == 1
    assert "the session 'lint' is defined twice" in ran.text


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_module_of_the_project_does_not_stand_in_for_nox(jobs: str, adopted: Make) -> None:
    made = adopted()
    made.repository.write("nox.py", "raise SystemExit('the project ran by mistake')\n")
    ran = made.unmoor("rehearse", "--stage", "docs-strict", "--jobs", jobs)
    assert ran.status == 0, ran.text
    assert "by mistake" not in ran.text


SAFE = OWN.replace('print("own lint"', 'import os; print("safe:", os.environ.get("PYTHONSAFEPATH")')


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("said", [None, "yes"])
def test_how_workers_find_nox_is_nothing_that_sessions_see(jobs: str, said: str | None, adopted: Make) -> None:
    made = adopted(SAFE + TWO_LINES, settings='gates = ["lint"]')
    environ = {**made.environ, "PYTHONSAFEPATH": said} if said else made.environ
    ran = made.unmoor("rehearse", "--stage", "lint", "--jobs", jobs, environ=environ)
    assert ran.status == 0, ran.text
    assert f"safe: {said} " in ran.text


def test_workers_find_modules_where_their_parent_does(adopted: Make) -> None:
    made = adopted("import beside\n" + TWO_LINES)
    made.repository.write("beside.py", "")
    ran = made.nox("-s", "lint", "docs-strict", "-j", "2")
    assert ran.status == 0, ran.text


def test_a_joined_session_that_does_not_exist_is_named_with_the_nearest(adopted: Make) -> None:
    ran = adopted(OWN + TWO_LINES, settings='gates = ["lnit"]').nox("--list")
    assert ran.status == 1
    assert "there is no session 'lnit' → did you mean 'lint'?" in ran.text


def test_an_own_session_proves_its_stage(adopted: Make) -> None:
    made = adopted(OWN + TWO_LINES, settings='gates = ["lint"]')
    ran = made.nox("-s", "lint")
    assert ran.status == 0, ran.text
    assert "own lint []" in ran.text
    record = made.record("lint")
    assert (record["outcome"], record["gates"][0]["name"]) == ("passed", "session lint")


def test_an_own_session_that_fails_fails_its_stage(adopted: Make) -> None:
    made = adopted(OWN.replace("print(", "session.error(") + TWO_LINES, settings='gates = ["lint"]')
    assert made.nox("-s", "lint").status == 1
    assert made.record("lint")["outcome"] == "failed"


def test_own_arguments_are_passed_on_without_unmoors_and_prove_nothing(adopted: Make) -> None:
    made = adopted(OWN + TWO_LINES, settings='gates = ["lint"]')
    ran = made.nox("-s", "lint", "--", "-k", "one")
    assert ran.status == 0, ran.text
    assert "own lint ['-k', 'one']" in ran.text
    assert not (made.state() / "evidence" / "lint.json").exists()


def test_required_only_an_own_session_is_cached(adopted: Make) -> None:
    noxfile = OWN.replace("def lint", "def style") + TWO_LINES
    made = adopted(noxfile, settings='gates = ["style"]')
    assert made.nox("-s", "lint").text.count("own lint") == 1
    again = made.nox("-s", "lint")
    assert again.status == 0, again.text
    assert "own lint" not in again.text
    assert "cached: style passed for this very tree" in again.text
    asked = made.nox("-s", "style")
    assert "own lint" in asked.text


def test_a_session_with_parameters_counts_when_all_of_them_passed(adopted: Make) -> None:
    noxfile = """import nox

@nox.session(venv_backend="none")
@nox.parametrize("path", ["a/../b", "c"])
def style(session, path):
    print("ran", path)
    if path == "c" and not session.env.get("GOOD", __import__("os").environ.get("GOOD")):
        session.error("no")
"""
    made = adopted(noxfile + TWO_LINES, settings='gates = ["style"]')
    first = made.nox("-s", "lint")
    assert first.status == 1
    assert ("ran a/../b" in first.text, "ran c" in first.text) == (True, True)
    second = made.nox("-s", "lint", environ={**made.environ, "GOOD": "1"})
    assert second.status == 0, second.text
    assert ("ran a/../b" in second.text, "ran c" in second.text) == (False, True)
    assert made.record("lint")["gates"][0]["examined"] == 2


def test_one_python_of_several_does_not_prove_the_stage(adopted: Make) -> None:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    there = f'python=["{here}", "3.1"], venv_backend="uv", download_python="never"'
    noxfile = OWN.replace('venv_backend="none"', there)
    made = adopted(noxfile + TWO_LINES, settings='gates = ["lint"]')
    made.nox("-s", "lint")
    assert not (made.state() / "evidence" / "lint.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-s", "release", "--", "--lvie", "0.1.0"), "did you mean '--live'?"),
        (("-s", "release", "--", "--live="), "--live needs a value"),
        (("-s", "release", "--", "0.1.0"), "unknown argument '0.1.0'"),
        (("-rs", "release", "--", "0.1.0"), "unknown argument '0.1.0'"),
        (("-s", "lint", "--", "--lvie", "0.1.0"), "did you mean '--live'?"),
        (("--", "--lvie", "0.1.0"), "did you mean '--live'?"),
    ],
)
def test_a_misspelt_word_stops_everything_before_it_starts(
    adopted: Make, arguments: tuple[str, ...], said: str
) -> None:
    made = adopted()
    ran = made.nox(*arguments)
    assert ran.status == 1
    assert ran.text.count(said) == 1
    assert not made.state().exists()
