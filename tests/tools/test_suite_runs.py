"""A suite as it is run: in its folder, with its variables, by pytest or by unittest, and counted by what it leaves."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from support.tool_environments import says, script
from unmoor.errors import ToolFailed
from unmoor.model import Component, Requirements, Tool
from unmoor.model import Repository as Described
from unmoor.request import Memory
from unmoor.runtime.scratch import lasting
from unmoor.tools import pytest as adapter
from unmoor.tools import test_advice, test_runs, uv
from unmoor.tools.tool_environment import ToolEnvironment

NEWER = sys.version_info >= (3, 12)


@pytest.fixture
def tools(tmp_path: Path) -> ToolEnvironment:
    """Return an environment whose Python is this one, and that sees what is copied into it."""
    project, made = tmp_path / "project", uv.Environment(tmp_path / "env")
    site = made.folder / "lib/python3/site-packages"
    for each in (project / "tests", site, tmp_path / "scratch"):
        each.mkdir(parents=True)
    script(made.python, f'PYTHONPATH="{site}:$PYTHONPATH" exec {sys.executable} "$@"')
    env = made.activated({"PATH": "/usr/bin:/bin"})
    return ToolEnvironment(environment=made, folder=project, root=project, env=env, scratch=tmp_path / "scratch")


def run(
    tools: ToolEnvironment,
    *command: str,
    folder: str = "",
    environ: Mapping[str, str] | None = None,
    terminal: bool = False,
) -> adapter.Run:
    return adapter.run(
        tools,
        command,
        posargs=(),
        packages=("json",),
        coverage=None,
        log=lasting("log") / "log",
        seconds=60.0,
        folder=folder,
        environ=environ,
        terminal=terminal,
    )


SUITE = """
import os
import unittest

class Sums(unittest.TestCase):
    def test_right(self):
        assert os.environ["GIVEN"] == "1"
    def test_wrong(self):
        self.assertEqual(1 + 1, 3, "<&>")
    def test_broken(self):
        raise OSError("gone")
    @unittest.skip("not now")
    def test_skipped(self):
        pass
    @unittest.expectedFailure
    def test_expected(self):
        assert False
    @unittest.expectedFailure
    def test_unexpected(self):
        pass
    def test_parts(self):
        for each in range(3):
            with self.subTest(each=each):
                assert each != 1, "a part"
"""


def test_a_suite_of_unittest_is_counted_test_by_test(tools: ToolEnvironment) -> None:
    (tools.folder / "tests/test_sums.py").write_text(SUITE)
    done = run(tools, "python", "-m", "unittest", "discover", "-s", "tests", environ={"GIVEN": "1"})
    assert (done.report.passed, done.report.skipped, done.status) == (1, 2, 1)
    failures = {each.test: (each.file, each.why) for each in done.report.failures}
    assert failures == {
        "tests/test_sums.py::Sums::test_wrong": ("tests/test_sums.py", "AssertionError: 2 != 3 : <&>"),
        "tests/test_sums.py::Sums::test_broken": ("tests/test_sums.py", "OSError: gone"),
        "tests/test_sums.py::Sums::test_unexpected": ("tests/test_sums.py", "unexpected success"),
        "tests/test_sums.py::Sums::test_parts": ("tests/test_sums.py", "AssertionError: a part"),
    }
    assert (done.starts, done.collected, done.ran) == (1, 7, 7)
    assert done.python
    assert "json" in done.origins


def test_a_suite_of_unittest_that_passes_does_so_and_one_that_cannot_be_imported_does_not(
    tools: ToolEnvironment,
) -> None:
    (tools.folder / "tests/test_it.py").write_text(
        "import unittest\nclass It(unittest.TestCase):\n  def test_it(self): ...\n"
    )
    assert run(tools, "python", "-m", "unittest", "discover", "tests").report.passed == 1
    (tools.folder / "tests/test_more.py").write_text("import not_there\n")
    (failure,) = run(tools, "python", "-m", "unittest", "discover", "tests").report.failures
    assert "No module named 'not_there'" in failure.why


def test_a_suite_without_a_test_has_none(tools: ToolEnvironment) -> None:
    done = run(tools, "python", "-m", "unittest", "discover", "tests")
    assert (done.report.passed, done.report.failures) == (0, ())


def test_pytest_is_run_where_and_how_the_project_runs_it(tools: ToolEnvironment) -> None:
    printed = (
        'for word in "$@"; do case $word in --junitxml=*) record=${word#--junitxml=};; esac; done\n'
        'echo "<testsuites/>" > "$record"; pwd; echo "$GIVEN"; ls -d "$HERE"; echo "$@"'
    )
    says(tools, "pytest", "", before=printed)
    environ = {"GIVEN": "so", "HERE": "{scratch}"}
    done = run(tools, "pytest", "--basetemp={scratch}/x", "-x", folder="tests", environ=environ)
    folder, given, here, words, *_ = done.tail.splitlines()
    assert folder == str(tools.folder / "tests")
    assert (given, here) == ("so", str(tools.scratch / "own"))
    assert words.startswith(f"--basetemp={tools.scratch / 'own'}/x -x -p ")


@pytest.mark.parametrize(
    "command",
    [("python", "-bb", "-X", "dev", "-W", "error", "-m", "pytest", "-x"), ("python", "-m", "pytest", "-x")],
)
def test_a_pytest_that_python_starts_is_given_the_options_too(command: tuple[str, ...], tools: ToolEnvironment) -> None:
    (tools.folder / "tests/test_it.py").write_text("def test_it(): ...\n")
    assert run(tools, *command, "tests").report.passed == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_suite_that_is_given_a_terminal_has_one(tools: ToolEnvironment) -> None:
    record = 'for word in "$@"; do case $word in --junitxml=*) record=${word#--junitxml=};; esac; done'
    says(tools, "pytest", "", status=3, before=f'{record}; test -t 1 && echo "<testsuites/>" > "$record"; true')
    with pytest.raises(ToolFailed):
        run(tools, "pytest")
    assert run(tools, "pytest", terminal=True).status == 3


# What to try next

FILES = """
[project]
name = "thing"
[project.optional-dependencies]
cache = ["hishel"]
[dependency-groups]
test = ["pytest"]
yaml = ["PyYAML"]
"""


@pytest.fixture
def component(tmp_path: Path) -> Component:
    (tmp_path / "pyproject.toml").write_text(FILES)
    needs = Requirements(arguments=("--group", "test"), project=True, reason="a test")
    tool = Tool(name="pytest", requirements=needs, reason="a test", ways=("make 'test' in Makefile: command = []",))
    return Component(repository=Described(root=tmp_path), name="thing", folder=tmp_path, tests=tool)


def test_a_missing_module_is_answered_with_the_list_that_names_it(component: Component) -> None:
    said = ["ModuleNotFoundError: No module named 'hishel'", "E  No module named 'yaml.x'", "No module named 'nowhere'"]
    hishel, yaml, way = test_advice.advice(component, said)
    assert hishel.message == "'hishel' is missing, and extra 'cache' names it"
    assert hishel.hint == 'under [tool.unmoor.tests]: groups = ["test"]; extras = ["cache"]'
    assert yaml.message == "'yaml' is missing, and dependency group 'yaml' names it"
    assert yaml.hint == 'under [tool.unmoor.tests]: groups = ["test", "yaml"]'
    assert way.message == "the project has another way to run its tests: make 'test' in Makefile: command = []"


@pytest.mark.parametrize(
    ("said", "setup"),
    [
        ("ModuleNotFoundError: No module named 'x'", True),
        ("pytest: error: unrecognized arguments: --disable-socket", True),
        ("fixture 'mocker' not found", True),
        ("AssertionError: assert 1 == 2", False),
    ],
)
def test_advice_is_for_what_the_tests_run_in(*, said: str, setup: bool) -> None:
    assert test_advice.points_at_setup(said) is setup


@pytest.mark.parametrize(
    ("command", "parallel", "at_once"),
    [
        (("pytest",), True, True),
        (("pytest",), False, False),
        (("pytest", "-n", "auto"), True, False),
        (("pytest", "-n4"), True, False),
        (("pytest", "--numprocesses=auto"), True, False),
        (("pytest", "--no-header"), True, True),
    ],
)
def test_suites_run_side_by_side_where_the_project_says_so_and_no_run_takes_all_cores(
    *, command: tuple[str, ...], parallel: bool, at_once: bool, component: Component, tmp_path: Path
) -> None:
    assert component.tests
    tool = replace(component.tests, command=command)
    settings = replace(component.settings, tests=replace(component.settings.tests, parallel=parallel))
    meeting = threading.Barrier(2) if at_once else None
    seen: dict[str, int] = {}

    def ended(ran: test_runs.Ran) -> None:
        if meeting:
            meeting.wait(timeout=30)
        seen[ran.python] = threading.get_ident()

    asked = test_runs.Asked(
        component=replace(component, settings=settings), tool=tool, environ={}, logs=tmp_path, memory=Memory()
    )
    pythons = dict.fromkeys(("3.1", "3.2"), str(tmp_path / "not-there"))
    test_runs.run_all(asked, pythons, ended)
    assert sorted(seen) == ["3.1", "3.2"]
    assert len({*seen.values()}) == (2 if at_once else 1)
