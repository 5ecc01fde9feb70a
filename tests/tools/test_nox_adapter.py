"""nox run for a project that has not adopted unmoor: what its sessions did, and why one did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from support.archived import component_of
from unmoor.model import Component, Findings
from unmoor.model.settings import Settings
from unmoor.request import Memory
from unmoor.tools import nox

HEAD = "import nox\nnox.options.error_on_missing_interpreters = True\n"
BARE = '@nox.session(venv_backend="none")\n'


@pytest.fixture
def component(tmp_path: Path) -> Component:
    folder = tmp_path / "project"
    folder.mkdir()
    return component_of(folder, "thing", (), Settings(), ())


def write(component: Component, *sessions: str) -> None:
    (component.folder / "noxfile.py").write_text(HEAD + "\n".join(sessions))


def say(name: str, text: str, status: int = 0) -> str:
    """A session whose one command says a text: errors and output in turn, as a tool does."""
    code = f"import sys; print({text!r}, file=sys.stderr); sys.exit({status})"
    return f"{BARE}def {name}(session):\n    session.run({__import__('sys').executable!r}, '-c', {code!r})\n"


def examined(component: Component, environ: Mapping[str, str], *names: str, live: bool = False) -> Findings:
    log = component.folder.parent / "log"
    return nox.examine(component, nox.Own(names=names), environ, live=live, log=log, seconds=60)


def test_a_module_of_the_project_does_not_stand_in_for_nox(component: Component, environ: Mapping[str, str]) -> None:
    write(component, f"{BARE}def lint(session):\n    pass\n")
    (component.folder / "nox.py").write_text("raise SystemExit('the project ran by mistake')\n")
    found = examined(component, environ, "lint")
    assert (found.examined, found.problems) == (1, ())


def test_what_the_sessions_did_is_counted_and_each_failure_shows_its_cause(
    component: Component, environ: Mapping[str, str]
) -> None:
    unreached = "fatal: unable to access 'https://git.example/x/': Could not resolve host: git.example"
    write(
        component,
        say("tests", "3 passed in 0.1s"),
        say("style", 'a.py:3: error: Name "x" is not defined\nFound 1 error in 1 file (checked 2 source files)', 1),
        say("hooks", unreached, 3),
    )
    found = examined(component, environ, "tests", "style", "hooks")
    assert found.unit == "session (tests, style, hooks), 3 tests, 2 files"
    (problem,) = found.problems
    assert (problem.message, problem.place) == ("the session 'style' failed: Name \"x\" is not defined", "a.py:3")
    assert [each.message for each in found.notices] == [
        "the session 'hooks' was not rehearsed, for want of a network: https://git.example/x"
    ]
    live = examined(component, environ, "hooks", live=True)
    assert [each.message for each in live.problems] == [f"the session 'hooks' failed: {unreached}"]
    alone = examined(component, environ, "hooks")
    assert (alone.problems, alone.unanswered) == ((), found.notices[0].message)


def test_sessions_whose_pythons_are_all_missing_stand_for_nothing_here(
    component: Component, environ: Mapping[str, str]
) -> None:
    write(
        component,
        '@nox.session(python="3.1")\ndef lint(session):\n    pass\n',
        '@nox.session(python=["3.1", "3"])\ndef tests(session):\n    pass\n',
    )
    sessions = {"lint": ("lint",), "tests": ("tests",)}
    component = replace(component, repository=replace(component.repository, own_sessions=sessions))
    lint = nox.covers(component, "lint", environ, Memory())
    assert (bool(lint), lint.absence) == (False, "no Python 3.1 on this machine for the project's own session 'lint'")
    assert nox.set_aside(component, None, "", environ, Memory()) is None
    found = nox.in_place_of(lint, Findings(examined=1), live=False)
    assert [each.message for each in found.notices] == [f"not run: {lint.absence}"]
    assert nox.in_place_of(lint, Findings(examined=1), live=True).problems
    tests = nox.covers(component, "tests", environ, Memory())
    assert (bool(tests), tests.pythons) == (True, ("3.1", "3"))


def test_a_noxfile_that_cannot_be_listed_is_for_whoever_runs_it_to_tell(
    component: Component, environ: Mapping[str, str]
) -> None:
    write(component, "import nothing_of_the_kind\n")
    component = replace(component, repository=replace(component.repository, own_sessions={"lint": ("lint",)}))
    assert nox.covers(component, "lint", environ, Memory())
