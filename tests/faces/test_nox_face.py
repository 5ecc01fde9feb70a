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
    session.run("true")
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


def evidence(made: Adopted) -> set[str]:
    return {path.name for path in (made.state() / "evidence").glob("*.json")}


def out_of_ci(made: Adopted) -> dict[str, str]:
    """Return the environment of a person's machine: in CI nox itself fails a session whose Python is missing."""
    return {name: value for name, value in made.environ.items() if name != "CI"}


def test_eight_sessions_are_listed_and_four_are_the_default(adopted: Make) -> None:
    ran = adopted().nox("--list")
    assert ran.status == 0
    assert listed(ran.text, "*") == ["check", "lint", "tests", "docs-strict"]
    assert listed(ran.text, "-") == ["build", "testpypi", "pypi", "release"]
    for stage in CHAIN:
        assert f"{stage.name} -> {stage.summary}" in ran.text
    assert "Next:" not in ran.text


def test_a_well_known_name_joins_with_the_two_lines_alone(adopted: Make) -> None:
    made = adopted(OWN + TWO_LINES)
    assert made.nox("--list").text.count("lint -> Our own.") == 1
    ran = made.nox("-s", "lint")
    assert ran.status == 0, ran.text
    assert "own lint []" in ran.text
    assert made.record("lint")["gates"][0]["name"] == "session lint"


CLASHING = OWN.replace("def lint", "def release") + OWN.replace("def lint", "def build")
LINE = 'unmoor.sessions.register(names={"build": "unmoor-build", "release": "unmoor-release"})'


def test_a_session_with_the_name_of_a_stage_is_listed_beside_it_with_the_line_that_says_which_is_meant(
    adopted: Make,
) -> None:
    made = adopted(CLASHING + TWO_LINES)
    ran = made.nox("--list")
    assert ran.status == 0, ran.text
    assert {"release", "build", "unmoor-release", "unmoor-build", "lint"} <= {
        *listed(ran.text, "-"),
        *listed(ran.text, "*"),
    }
    assert ran.text.count(LINE) == 1
    # It may be anything that reaches outward: who reads of `nox -s release` must not start it by mistake.
    mistaken = made.nox("-s", "release")
    assert (mistaken.status, "own lint" in mistaken.text, LINE in mistaken.text) == (1, False, True)
    assert "own lint []" in made.nox("-s", "build").text


def test_with_the_line_both_run_under_their_names(adopted: Make) -> None:
    made = adopted(CLASHING + f"import unmoor.sessions\n{LINE}\n")
    assert LINE not in made.nox("--list").text
    ran = made.nox("-s", "release")
    assert (ran.status, "own lint []" in ran.text, "Next:" in ran.text) == (0, True, False), ran.text
    needed = made.nox("--list", "-s", "unmoor-release").text
    assert {"unmoor-release", "unmoor-build", "pypi", "lint"} <= {*listed(needed, "*"), *listed(needed, "-")}
    assert not {"release", "build"} & {*listed(needed, "*")}
    assert made.nox("-s", "unmoor-build").status == 0
    assert made.record("build")["outcome"] == "passed"


def test_a_session_that_takes_the_name_afterwards_is_refused_once(adopted: Make) -> None:
    noxfile = TWO_LINES + OWN
    ran = adopted(noxfile).nox("-s", "tests", "docs-strict")
    assert ran.status == 1
    assert ran.text.count("put unmoor's two lines at the end of noxfile.py") == 1


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


def test_an_own_session_is_added_to_the_gates_of_check(adopted: Make) -> None:
    noxfile = "import unmoor.sessions\n" + OWN.replace("@nox", '@unmoor.sessions.gate("check")\n@nox')
    made = adopted(noxfile.replace("def lint", "def smoke") + TWO_LINES, settings='gates = ["smoke"]')
    (made.folder / "LICENSE").unlink()
    assert made.nox("-s", "check").status == 1
    gates = {gate["name"]: gate["outcome"] for gate in made.record("check")["gates"]}
    assert list(gates) == ["session smoke", *CHAIN[0].before]
    assert (gates["session smoke"], gates["structure-is-complete"]) == ("passed", "failed")


def test_a_name_that_does_not_say_its_stage_is_told_how_to(adopted: Make) -> None:
    ran = adopted(OWN.replace("def lint", "def smoke") + TWO_LINES, settings='gates = ["smoke"]').nox("--list")
    assert ran.status == 1
    assert "the name 'smoke' does not say which stage it proves → put @unmoor.sessions.gate(" in ran.text


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


SAYING = """
@nox.session(venv_backend="none")
def {name}(session):
    session.run("sh", "-c", "echo '{says}'; exit {status}", external=True)
"""


def test_what_joined_sessions_did_is_counted_and_a_failing_test_is_named(adopted: Make) -> None:
    own = [
        SAYING.format(name="lint", says="Success: no issues found in 3 source files", status=0),
        SAYING.format(name="mypy", says="2 passed in 0.1s", status=0),
        SAYING.format(name="tests", says="FAILED tests/a.py::test_one - no", status=1),
    ]
    made = adopted("import nox\n" + "".join(own) + TWO_LINES)
    ran = made.nox("-s", "lint", "tests")
    # lint has its stage's name: the stage comes after all that prove it.
    assert made.record("lint")["outcome"] == "passed", ran.text
    first, second = made.record("lint")["gates"][:2]
    assert [first["unit"], second["unit"]] == ["session (lint), 3 files", "session (mypy), 2 tests"]
    assert "Success: no issues found in 3 source files\n" in ran.text
    assert ran.status == 1
    assert "the session 'tests' failed: tests/a.py::test_one: no" in ran.text


def test_a_session_that_is_cached_is_given_no_environment(adopted: Make) -> None:
    own = OWN.replace("def lint", "def style").replace('venv_backend="none"', 'venv_backend="venv"')
    made = adopted(own.replace('"true"', '"true", external=True') + TWO_LINES)
    assert "Creating virtual environment" in made.nox("-s", "lint").text
    again = made.nox("-s", "lint")
    assert again.status == 0, again.text
    assert "cached: style passed for this very tree" in again.text
    assert "virtual environment" not in again.text
    assert "virtual environment" in made.nox("-s", "style").text


def test_a_stage_whose_session_nox_has_skipped_is_carried_out_before_what_goes_by_it(adopted: Make) -> None:
    own = OWN.replace("def lint", "def check").replace('venv_backend="none"', 'python="3.1", download_python="never"')
    made = adopted(own + TWO_LINES)
    ran = made.nox("-s", "build", environ=out_of_ci(made))
    assert "interpreter 3.1 not found" in ran.text
    gates = made.record("check")["gates"]
    assert gates[0]["reason"] == "'check' was not run: no Python 3.1 on this machine", ran.text
    assert len(gates) > 1


def test_as_a_guest_the_settings_choose_among_the_projects_sessions(adopted: Make) -> None:
    own = SAYING.format(name="lint", says="own lint", status=1) + SAYING.format(name="docs", says="own docs", status=0)
    made = adopted("import nox\n" + own, settings='gates = ["docs"]')
    made.unmoor("rehearse", "--stage", "lint", "--jobs", "1")
    gates = {each["name"]: each for each in made.record("lint")["gates"]}
    assert gates["own-sessions-pass"]["outcome"] == "skipped"


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
    session.run("true")
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


@pytest.mark.parametrize("name", ["lint", "style"])
def test_what_was_only_installed_proves_nothing(adopted: Make, name: str) -> None:
    noxfile = OWN.replace("def lint", f"def {name}").replace('"true"', '"false"')
    made = adopted(noxfile + TWO_LINES, settings=f'gates = ["{name}"]')
    ran = made.nox("--install-only", "-s", "lint")
    assert ran.status == 0, ran.text
    assert "own lint []" in ran.text
    assert "--install-only runs nothing, so this run leaves no evidence" in ran.text
    assert evidence(made) == set()


@pytest.mark.parametrize("parallel", [(), ("-j", "2")])
def test_with_install_only_no_stage_does_anything(adopted: Make, parallel: tuple[str, ...]) -> None:
    made = adopted()
    ran = made.nox("--install-only", *parallel, "-s", "check", "lint")
    assert ran.status == 0, ran.text
    assert ran.text.count("--install-only: a stage installs nothing") >= 2
    assert evidence(made) == set()


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "__import__('subprocess').run(['true'], check=True)",
        "session.notify('other')",
        "session.run_install('true')",
        "session.run_always('true')",
    ],
)
def test_a_session_that_runs_nothing_proves_nothing_and_says_so(adopted: Make, body: str) -> None:
    other = '\n@nox.session(venv_backend="none")\ndef other(session):\n    session.run("true")\n'
    noxfile = OWN.replace("def lint", "def style").replace('session.run("true")', body) + other
    made = adopted(noxfile + TWO_LINES, settings='gates = ["style"]')
    ran = made.nox("-s", "lint")
    assert ran.status == 1, ran.text
    assert "session style: it ran nothing, so it has proved nothing → let it call session.run" in ran.text
    assert made.record("lint.style")["outcome"] == "failed"
    assert made.record("lint")["outcome"] == "failed"


@pytest.mark.parametrize("body", ["session.run(print, 'called')", "session.install_and_run_script('script.py')"])
def test_every_way_to_run_something_counts(adopted: Make, body: str) -> None:
    made = adopted(OWN.replace('session.run("true")', body) + TWO_LINES, settings='gates = ["lint"]')
    made.repository.write("script.py", "# /// script\n# dependencies = []\n# ///\nprint('called')\n")
    ran = made.nox("-s", "lint")
    assert ran.status == 0, ran.text
    assert "called" in ran.text
    assert made.record("lint.lint")["outcome"] == "passed"


def test_what_was_not_installed_proves_nothing(adopted: Make) -> None:
    noxfile = OWN.replace('venv_backend="none"', 'venv_backend="venv"').replace(
        'session.run("true")', 'session.install("pip")\n    session.run("python", "-c", "")'
    )
    made = adopted(noxfile + TWO_LINES, settings='gates = ["lint"]')
    assert "leaves no evidence" not in made.nox("-R", "-s", "lint").text
    assert evidence(made) == {"lint.json", "lint.lint.json"}
    made.repository.write("README.md", "# Another\n")
    ran = made.nox("-R", "-s", "lint")
    assert ran.status == 0, ran.text
    assert "--no-install leaves the environment as it was, so this run leaves no evidence" in ran.text
    assert "the tree changed" in made.unmoor("status").text


STYLE = OWN.replace("def lint", "def style")


def test_what_changed_while_it_ran_was_not_what_it_examined(adopted: Make) -> None:
    edit = """session.run("python", "-c", "open('README.md', 'a').write('more')")"""
    made = adopted(STYLE.replace('session.run("true")', edit) + TWO_LINES, settings='gates = ["style"]')
    ran = made.nox("-s", "lint")
    assert ran.status == 1
    assert "session style: the tree changed while style was at work: README.md → " in ran.text
    assert made.record("lint.style")["outcome"] == "failed"
    made.repository.git("checkout", "--", "README.md")
    assert "own lint" in made.nox("-s", "lint").text


REVERTED = """was = open("README.md").read()
    open("README.md", "a").write("more")
    session.run("true")
    open("README.md", "w").write(was)"""


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (REVERTED, "session lint: the tree changed while lint was at work: README.md → "),
        ("session.skip('not today')", "session lint: it was skipped, so it has proved nothing: not today → "),
        ("session.run('true')\n    raise SystemExit(0)", "it ended the program instead of itself → "),
    ],
    ids=["edits and takes it back", "skips", "ends the program"],
)
def test_a_session_that_makes_believe_proves_nothing(adopted: Make, body: str, says: str) -> None:
    made = adopted(OWN.replace('session.run("true")', body) + TWO_LINES, settings='gates = ["lint"]')
    ran = made.nox("-s", "lint")
    assert ran.status == 1, ran.text
    assert says in ran.text
    assert (made.record("lint.lint")["outcome"], made.record("lint")["outcome"]) == ("failed", "failed")


def test_a_new_file_that_is_left_behind_is_a_notice_in_a_rehearsal(adopted: Make) -> None:
    leave = """session.run("python", "-c", "open('left.txt', 'w')")"""
    made = adopted(STYLE.replace('session.run("true")', leave) + TWO_LINES, settings='gates = ["style"]')
    assert made.nox("-s", "lint").status == 0
    assert made.record("lint.style")["outcome"] == "passed"


def test_a_rehearsal_leaves_the_tree_as_it_was(adopted: Make) -> None:
    leave = """session.run("python", "-c", "open('left.txt', 'w').write('left')")"""
    made = adopted(STYLE.replace('session.run("true")', leave) + TWO_LINES, settings='gates = ["style"]')
    made.repository.write("mine.txt", "mine")
    ran = made.unmoor("rehearse", "--stage", "lint", "--jobs", "1")
    assert ran.status == 0, ran.text
    assert "Left behind by the stages, and moved out of the tree: left.txt" in ran.text
    assert made.repository.door.changed() == ("mine.txt",)
    ((away,),) = [[*path.rglob("left.txt")] for path in made.state().parent.glob("left-behind")]
    assert away.read_text() == "left"


@pytest.mark.parametrize("name", ["PYTEST_ADDOPTS", "SKIP", "PYTHONOPTIMIZE"])
def test_a_variable_that_narrows_a_tool_leaves_no_evidence(adopted: Make, name: str) -> None:
    made = adopted(STYLE + TWO_LINES, settings='gates = ["style"]')
    narrowed = {**made.environ, name: "1"}
    ran = made.nox("-s", "style", environ=narrowed)
    assert ran.status == 0, ran.text
    assert f"{name} in the environment narrows it, so this run leaves no evidence" in ran.text
    assert evidence(made) == set()
    assert f"→ unset {name}, then: nox -s style" in made.nox("-s", "lint", environ=narrowed).text
    assert made.nox("-s", "lint").status == 0
    again = made.nox("-s", "lint", environ=narrowed)
    assert again.status == 0, again.text
    assert "cached: style passed for this very tree" in again.text


def test_a_variable_that_only_says_where_or_how_leaves_evidence(adopted: Make) -> None:
    made = adopted(STYLE + TWO_LINES, settings='gates = ["style"]')
    harmless = {"MYPY_CACHE_DIR": "x", "PY_COLORS": "1", "PYTEST_ADDOPTS": "", "NOX_DEFAULT_VENV_BACKEND": "uv"}
    assert made.nox("-s", "style", environ={**made.environ, **harmless}).status == 0
    assert made.record("lint.style")["outcome"] == "passed"


@pytest.mark.parametrize("name", ["tests", "suite"])
def test_a_session_that_tests_the_wheel_comes_after_its_build(adopted: Make, name: str) -> None:
    several = OWN.replace('venv_backend="none"', 'python=["3.11", "3.12"]').replace("def lint", f"def {name}")
    noxfile = "import unmoor.sessions\n" + several.replace("@nox", '@unmoor.sessions.gate("tests")\n@nox')
    made = adopted(noxfile + TWO_LINES, settings='tests = { against = "wheel" }')
    ran = made.nox("--list", "-s", f"{name}-3.11")
    assert ran.status == 0, ran.text
    assert {"check", "build", f"{name}-3.11"} <= set(listed(ran.text, "*"))


def test_a_python_that_is_not_here_is_told_in_a_rehearsal(adopted: Make) -> None:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    there = f'python=["{here}", "3.1"], venv_backend="uv", download_python="never"'
    noxfile = OWN.replace('venv_backend="none"', there)
    made = adopted(noxfile + TWO_LINES, settings='gates = ["lint"]')
    ran = made.nox("-s", "lint", environ=out_of_ci(made))
    assert ran.status == 0, ran.text
    (gate,) = [each for each in made.record("lint")["gates"] if each["name"] == "session lint"]
    assert (gate["outcome"], gate["examined"]) == ("passed", 1)
    assert [each["message"] for each in gate["notices"]] == ["'lint-3.1' was not run: no Python 3.1 on this machine"]
    assert [each["kind"] for each in gate["notices"]] == ["blocks live"]


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
