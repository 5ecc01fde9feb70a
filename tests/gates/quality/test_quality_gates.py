"""The gates of lint, tests and docs-strict, with the real tools in environments that borrow them from this test run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from support.gating import make_context
from support.repositories import Repository
from support.tool_environments import borrowed, script
from unmoor.chain import CHAIN
from unmoor.model import Distribution, DocsBuild, FindingKind, Outcome, Requirements, Skip, Stage, Tool
from unmoor.pipeline.gate_runner import run_gate
from unmoor.tools import tool_environment
from unmoor.tools.interpreters import OWN

_NEEDS = Requirements(arguments=("borrowed",), project=True, reason="a test")
_NOX = """import nox


@nox.session(venv_backend="none")
def tests(session):
    {tests}


@nox.session(venv_backend="none")
def lint(session):
    {lint}


@nox.session(python="3.77")
def partly(session):
    pass
"""


_DOCS = DocsBuild(name="sphinx", requirements=_NEEDS, reason="a test", source="docs")


def _tool(name: str, source: str = "") -> Tool:
    return Tool(name=name, requirements=_NEEDS, reason="a test", source=source)


@pytest.fixture
def project(tiny: Repository) -> Repository:
    """The small sound project, with typed code, tests, documentation and sessions of its own."""
    tiny.write(
        "src/tiny_thing/__init__.py", '"""A thing."""\n\n\ndef double(number: int) -> int:\n    return 2 * number\n'
    )
    tiny.write("tests/test_it.py", "import tiny_thing\n\n\ndef test_double():\n    assert tiny_thing.double(2) == 4\n")
    tiny.write("docs/conf.py", 'project = "Tiny thing"\n')
    tiny.write("docs/index.rst", "Tiny thing\n==========\n\nIt is tiny.\n")
    tiny.write("noxfile.py", _NOX.format(tests='print("3 passed in 0.1s")', lint="pass"))
    tiny.commit("Quality")
    return tiny


@pytest.fixture
def tools(project, tmp_path, monkeypatch):
    """Let every session have one environment that borrows this test run's tools."""
    made = borrowed(tmp_path / "tools", project.environ, project.folder / "src")
    monkeypatch.setattr(tool_environment, "_furnish", lambda *_: made)
    return made


def _context(project: Repository, name: str, *, live: bool = False, stage: Stage | None = None, **changed):
    """Return the context of the gate's stage; ``changed`` names fields of the component or of its repository."""
    context = make_context(project, live=live)
    own_sessions = changed.pop("own_sessions", {"lint": ("lint",)} if name == "own-sessions-pass" else {})
    adopted = changed.pop("adopted", False)
    component = replace(
        context.component,
        **{
            "repository": replace(context.repository, own_sessions=own_sessions, adopted=adopted),
            "lint": (_tool("ruff", "check format"),),
            "types": (_tool("mypy", "src"),),
            "tests": _tool("pytest"),
            "docs": _DOCS,
            "pythons": (OWN,),
        }
        | changed,
    )
    named = next(stage for stage in reversed(CHAIN) if name in stage.gates)
    return replace(context, component=component, stage=stage or named)


def _settings(context, **changed):
    component = context.component
    return replace(context, component=replace(component, settings=replace(component.settings, **changed)))


def _judged(name, context):
    return run_gate(name, context)[0]


def _says(record, text):
    return any(text in str(problem) for problem in record.problems)


@dataclass(frozen=True)
class Row:
    """``plant`` puts a violation into the project, ``program`` is what the gate cannot do without."""

    plant: Callable[[Repository], object]
    says: str
    program: str
    empty: Callable[[Repository], object]


def _nothing_for_ruff(project: Repository) -> None:
    project.write("ruff.toml", 'exclude = ["*"]\n')


def _only_skipped(project: Repository) -> None:
    project.write("tests/test_it.py", "import pytest\n\n\n@pytest.mark.skip\ndef test_it():\n    assert False\n")


ROWS = {
    "ruff-is-clean": Row(
        lambda project: project.write("src/tiny_thing/more.py", "import os\n"),
        "src/tiny_thing/more.py:1: F401:",
        "ruff",
        _nothing_for_ruff,
    ),
    "types-are-sound": Row(
        lambda project: project.write("src/tiny_thing/more.py", 'number: int = "one"\n'),
        "src/tiny_thing/more.py:1: Incompatible types",
        "mypy",
        lambda project: project.write("mypy.ini", "[mypy]\nfiles =\n"),
    ),
    "tests-pass": Row(
        lambda project: project.write("tests/test_more.py", "def test_bad():\n    assert 1 == 2\n"),
        f"tests/test_more.py:1: test_bad failed on Python {OWN}: assert 1 == 2",
        "pytest",
        _only_skipped,
    ),
    "docs-build-strictly": Row(
        lambda project: project.write("docs/index.rst", "Tiny thing\n=====\n\nIt is tiny.\n"),
        "docs/index.rst:2: Title underline too short",
        "sphinx-build",
        lambda project: project.write("docs/conf.py", 'exclude_patterns = ["*"]\n'),
    ),
}


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("name", ROWS)
def test_a_gate_passes_on_a_sound_project_and_leaves_its_tree_alone(name, project):
    before = sorted(project.folder.rglob("*"))
    record = _judged(name, _context(project, name, live=True))
    assert (record.outcome, record.problems) == (Outcome.PASSED, ()), record
    assert record.examined > 0
    assert record.unit
    assert len(record.tools) > 1
    assert OWN in record.tools["python"]
    assert [path for path in sorted(project.folder.rglob("*")) if path not in before and ".git" not in path.parts] == []


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("name", ROWS)
def test_a_gate_catches_what_it_is_there_for(name, project):
    ROWS[name].plant(project)
    record = _judged(name, _context(project, name))
    assert record.outcome is Outcome.FAILED, record
    assert _says(record, ROWS[name].says), record.problems


@pytest.mark.parametrize("name", ROWS)
def test_a_gate_whose_program_is_missing_does_not_pass(name, project, tools, tmp_path):
    tools.scripts.joinpath(ROWS[name].program).unlink()
    script(tmp_path / "bin" / ROWS[name].program, "exit 0")
    context = _context(project, name)
    environ = {**context.environ, "PATH": f"{tmp_path / 'bin'}:{context.environ['PATH']}"}
    record = _judged(name, replace(context, environ=environ))
    assert record.outcome is Outcome.ERROR, record
    assert _says(record, "is not in the environment")


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("name", ROWS)
def test_a_gate_that_looked_at_nothing_does_not_pass(name, project):
    ROWS[name].empty(project)
    changed = {"types": (_tool("mypy"),)} if name == "types-are-sound" else {}
    record = _judged(name, _context(project, name, **changed))
    assert record.outcome in {Outcome.FAILED, Outcome.ERROR}, record


@pytest.mark.parametrize(("name", "field"), [("ruff-is-clean", "lint"), ("types-are-sound", "types")])
def test_what_was_not_found_is_absent_and_what_is_declared_away_is_optional(name, field, project):
    context = _context(project, name, **{field: ()})
    rehearsed, live = _judged(name, context), _judged(name, _context(project, name, live=True, **{field: ()}))
    assert f"say {field} = []" in rehearsed.hint + str(live.problems)
    assert (rehearsed.outcome, live.outcome) == (Outcome.SKIPPED, Outcome.FAILED)
    assert _judged(name, _settings(context, **{field: ()})).outcome is Outcome.SKIPPED


def test_no_documentation_is_absent_until_it_is_declared(project):
    context = _context(project, "docs-build-strictly", live=True, docs=None)
    assert _judged("docs-build-strictly", context).outcome is Outcome.FAILED
    declared = _settings(context, docs=replace(context.component.settings.docs, engine="none"))
    assert _judged("docs-build-strictly", declared).outcome is Outcome.SKIPPED


def test_a_project_without_tests_does_not_pass_live(project):
    assert _judged("tests-pass", _context(project, "tests-pass", live=True, tests=None)).outcome is Outcome.FAILED


# ── ruff ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("tools")
def test_ruff_mends_nothing_even_where_the_project_lets_it(project):
    project.write("ruff.toml", "fix = true\nfix-only = true\n")
    project.write("src/tiny_thing/more.py", "import os\n")
    record = _judged("ruff-is-clean", _context(project, "ruff-is-clean"))
    assert record.outcome is Outcome.FAILED
    assert (project.folder / "src/tiny_thing/more.py").read_text() == "import os\n"


@pytest.mark.usefixtures("tools")
def test_format_is_only_checked_where_the_project_formats_with_ruff(project):
    project.write("src/tiny_thing/more.py", "number  =  1\n")
    both = _judged("ruff-is-clean", _context(project, "ruff-is-clean"))
    assert _says(both, "src/tiny_thing/more.py: is not formatted")
    alone = _context(project, "ruff-is-clean", lint=(_tool("ruff", "check"),))
    assert _judged("ruff-is-clean", alone).outcome is Outcome.PASSED


# ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("tools")
def test_a_python_that_is_not_here_is_told_and_blocks_live(project):
    rehearsed = _judged("tests-pass", _context(project, "tests-pass", pythons=(OWN, "3.77")))
    assert rehearsed.outcome is Outcome.PASSED
    assert "not run: no Python 3.77 on this machine" in str(rehearsed.notices)
    assert f"{rehearsed.examined} {rehearsed.unit}" == f"1 tests on Python {OWN}"
    live = _judged("tests-pass", _context(project, "tests-pass", live=True, pythons=(OWN, "3.77")))
    assert _says(live, "not run: no Python 3.77 on this machine")


@pytest.mark.usefixtures("tools")
def test_no_python_at_all_is_an_error(project):
    record = _judged("tests-pass", _context(project, "tests-pass", pythons=("3.77",)))
    assert record.outcome is Outcome.ERROR


@pytest.mark.usefixtures("tools")
def test_where_the_package_came_from_and_what_it_ran_on_are_recorded(project):
    context = _context(project, "tests-pass")
    record = _judged("tests-pass", context)
    assert [each.message for each in record.notices] == ["tiny_thing was imported from src/tiny_thing"]
    facts = context.store.read("tests", OWN).record.facts
    assert facts["python"].startswith(f"CPython {OWN}.")
    assert f"pytest=={pytest.__version__}" in facts["distributions"].split()
    assert record.tools == {"python": facts["python"], "pytest": pytest.__version__} | {
        name: version for name, version in record.tools.items() if name in {"pytest-xdist", "coverage"}
    }


def test_a_package_from_elsewhere_is_a_problem(project, tools, tmp_path):
    script(tmp_path / "released/tiny_thing/__init__.py", "")
    (tmp_path / "released/tiny_thing/__init__.py").write_text("def double(number):\n    return 2 * number\n")
    (site,) = tools.folder.glob("lib/*/site-packages")
    (site / "a.pth").write_text(f"{tmp_path / 'released'}\n")
    record = _judged("tests-pass", _context(project, "tests-pass"))
    assert _says(record, "not from the tree"), record


@pytest.mark.usefixtures("tools")
def test_a_suite_that_cannot_be_collected_fails(project):
    project.write("tests/test_more.py", "import nothing_of_that_name\n")
    record = _judged("tests-pass", _context(project, "tests-pass"))
    assert record.outcome is Outcome.FAILED
    assert _says(record, "nothing_of_that_name")


@pytest.mark.usefixtures("tools")
def test_a_suite_that_is_misused_is_an_error(project):
    context = replace(_context(project, "tests-pass"), posargs=("--no-such-option",))
    record = _judged("tests-pass", context)
    assert record.outcome is Outcome.ERROR
    assert _says(record, f"on Python {OWN}: the tests could not run")


@pytest.mark.usefixtures("tools")
def test_arguments_are_passed_on(project):
    project.write("tests/test_more.py", "def test_bad():\n    assert 1 == 2\n")
    context = replace(_context(project, "tests-pass"), posargs=("-k", "double"))
    assert _judged("tests-pass", context).outcome is Outcome.PASSED


@pytest.mark.usefixtures("tools")
def test_a_run_that_ends_badly_without_a_failing_test_fails(project):
    project.write("tests/conftest.py", "def pytest_sessionfinish(session):\n    session.exitstatus = 1\n")
    assert _says(_judged("tests-pass", _context(project, "tests-pass")), "ended with exit status 1")


@pytest.mark.usefixtures("tools")
def test_a_run_that_is_stopped_early_and_calls_it_a_success_fails(project):
    project.write("tests/test_more.py", "import pytest\n\n\ndef test_it():\n    pytest.exit('enough', returncode=0)\n")
    project.write("tests/test_never.py", "def test_bad():\n    assert 1 == 2\n")
    record = _judged("tests-pass", _context(project, "tests-pass"))
    assert record.outcome is Outcome.FAILED
    assert _says(record, f"only 1 of 3 tests ran on Python {OWN}, though none failed")


@pytest.mark.usefixtures("tools")
def test_a_run_that_is_followed_by_another_fails(project):
    project.write("tests/test_more.py", "def test_bad():\n    assert 1 == 2\n")
    context = _context(project, "tests-pass")
    command = ("sh", "-c", "pytest tests/test_more.py; pytest tests/test_it.py")
    twice = _settings(context, tests=replace(context.component.settings.tests, command=command))
    record = _judged("tests-pass", twice)
    assert record.outcome is Outcome.FAILED
    assert _says(record, f"pytest was started 2 times on Python {OWN}")


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(
    ("conftest", "says"),
    [
        ("def pytest_sessionfinish(session):\n    session.exitstatus = 0\n", "test_bad failed on Python"),
        ("import os\n\n\ndef pytest_runtest_teardown():\n    os._exit(0)\n", "left no record of its tests"),
        ("def pytest_collection_modifyitems(items):\n    items.clear()\n", "no test ran on Python"),
    ],
    ids=["failures swallowed", "killed with a success", "nothing collected"],
)
def test_a_plugin_that_makes_a_success_of_it_does_not_pass(project, conftest, says):
    project.write("tests/conftest.py", conftest)
    project.write("tests/test_more.py", "def test_bad():\n    assert 1 == 2\n")
    record = _judged("tests-pass", _context(project, "tests-pass"))
    assert record.outcome in {Outcome.FAILED, Outcome.ERROR}
    assert _says(record, says)


@pytest.mark.usefixtures("tools")
def test_a_command_of_the_projects_own_has_to_leave_a_record(project):
    context = _context(project, "tests-pass")
    tests = context.component.settings.tests
    through = _settings(context, tests=replace(tests, command=("sh", "-c", "exec pytest -q")))
    assert _judged("tests-pass", through).outcome is Outcome.PASSED
    without = _settings(context, tests=replace(tests, command=("true",)))
    record = _judged("tests-pass", without)
    assert record.outcome is Outcome.ERROR
    assert _says(record, "left no record of its tests")


@pytest.mark.usefixtures("tools")
def test_a_suite_of_unittest_passes_by_its_own_runner_and_is_counted(project):
    case = "import unittest\n\n\nclass It(unittest.TestCase):\n    def test_it(self):\n        import tiny_thing\n"
    project.write("tests/test_it.py", case)
    tests = replace(_tool("unittest"), command=("python", "-m", "unittest", "discover", "-s", "tests"))
    record = _judged("tests-pass", _context(project, "tests-pass", tests=tests))
    assert (record.outcome, record.examined) == (Outcome.PASSED, 1)
    project.write("tests/test_it.py", f"{case}        assert tiny_thing.double(2) == 5\n")
    assert _says(_judged("tests-pass", _context(project, "tests-pass", tests=tests)), "test_it failed on Python")


@pytest.mark.usefixtures("tools")
def test_a_test_that_needs_a_network_is_not_rehearsed_and_fails_live(project):
    lost = "import socket\n\n\ndef test_net():\n    raise socket.gaierror(-2, 'Name or service not known')\n"
    project.write("tests/test_net.py", lost)
    rehearsed = _judged("tests-pass", _context(project, "tests-pass"))
    assert rehearsed.outcome is Outcome.PASSED
    (notice,) = [each for each in rehearsed.notices if "not rehearsed" in each.message]
    assert "1 test needs a network, which this machine does not have: tests/test_net.py::test_net" in notice.message
    assert notice.kind is FindingKind.BLOCKS_LIVE
    live = _judged("tests-pass", _context(project, "tests-pass", live=True))
    assert live.outcome is Outcome.FAILED
    assert _says(live, "test_net failed on Python")


@pytest.mark.usefixtures("tools")
def test_a_suite_that_lacks_a_module_is_answered_with_the_projects_other_ways(project):
    project.write("tests/test_more.py", "import nothing_of_that_name\n")
    tests = replace(_tool("pytest"), ways=("make 'test' in Makefile: command = []",))
    record = _judged("tests-pass", _context(project, "tests-pass", tests=tests))
    assert _says(record, "the project has another way to run its tests: make 'test' in Makefile: command = []")
    misused = replace(_context(project, "tests-pass", tests=tests), posargs=("--no-such-option",))
    assert _says(_judged("tests-pass", misused), "the project has another way to run its tests")


@pytest.mark.usefixtures("tools")
def test_a_suite_that_does_not_end_is_an_error(project):
    project.write("tests/test_more.py", "import threading\n\n\ndef test_it():\n    threading.Event().wait()\n")
    context = _context(project, "tests-pass")
    limited = _settings(context, tests=replace(context.component.settings.tests, seconds=1.5))
    record = _judged("tests-pass", limited)
    assert record.outcome is Outcome.ERROR
    assert _says(record, "did not end within")


@pytest.mark.usefixtures("tools")
def test_against_the_wheel_a_sealed_wheel_has_to_be_there(project):
    context = _context(project, "tests-pass")
    against = _settings(context, tests=replace(context.component.settings.tests, against="wheel"))
    assert _says(_judged("tests-pass", against), "there is no sealed wheel to test")


@pytest.mark.usefixtures("tools")
def test_against_the_wheel_the_tree_is_the_wrong_place(project):
    wheel = Distribution(filename="tiny_thing-1.2.0-py3-none-any.whl", kind="wheel", size=1, sha256="0" * 64)
    context = replace(_context(project, "tests-pass"), distributions=(wheel,))
    against = _settings(context, tests=replace(context.component.settings.tests, against="wheel"))
    assert _says(_judged("tests-pass", against), "was imported from the tree, not from the wheel")


@pytest.mark.usefixtures("tools")
def test_a_coverage_floor_of_the_project_that_is_not_measured_is_told(project):
    pyproject = (project.folder / "pyproject.toml").read_text()
    project.write("pyproject.toml", pyproject + "\n[tool.coverage.report]\nfail_under = 97\n")
    record = _judged("tests-pass", _context(project, "tests-pass"))
    assert "own coverage floor of 97 % is not measured here" in str(record.notices)


# ── the project's own sessions ───────────────────────────────────────────────────────────────────────────────


def _noxfile(project, **bodies):
    project.write("noxfile.py", _NOX.format(**{"tests": "pass", "lint": "pass"} | bodies))


def test_own_lint_sessions_are_run_and_the_other_gates_stand_back(project):
    context = _context(project, "own-sessions-pass")
    record = _judged("own-sessions-pass", context)
    assert record.outcome is Outcome.PASSED, record
    assert f"{record.examined} {record.unit}" == "1 session (lint)"
    for name in ("ruff-is-clean", "pre-commit-is-clean", "types-are-sound"):
        assert "'lint' covers this" in _judged(name, context).reason


def test_own_sessions_for_check_are_run_beside_its_gates(project):
    context = _context(project, "own-sessions-pass", stage=CHAIN[0], own_sessions={"check": ("lint",)})
    assert "own-sessions-pass" in context.stage.before
    record = _judged("own-sessions-pass", context)
    assert (record.outcome, record.examined) == (Outcome.PASSED, 1), record


def test_an_adopted_project_joins_its_sessions_by_itself(project):
    record = _judged("own-sessions-pass", _context(project, "own-sessions-pass", adopted=True))
    assert record.outcome is Outcome.SKIPPED


def test_own_tests_are_counted_by_what_they_print(project):
    record = _judged("tests-pass", _context(project, "tests-pass", own_sessions={"tests": ("tests",)}))
    assert record.outcome is Outcome.PASSED, record
    assert record.unit.endswith("(tests), 3 tests")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('session.error("broken")', "the session 'tests' was aborted: broken"),
        ('session.run("false", external=True)', "the session 'tests' failed: Command false  failed with exit code 1"),
        ('session.skip("not today")', "the session 'tests' was skipped: not today"),
        ('print("4 skipped in 0.1s")', "every test was skipped"),
    ],
)
def test_own_sessions_that_fail_skip_or_test_nothing_do_not_pass(project, body, says):
    _noxfile(project, tests=body)
    record = _judged("tests-pass", _context(project, "tests-pass", own_sessions={"tests": ("tests",)}))
    assert record.outcome is Outcome.FAILED, record
    assert _says(record, says), record.problems


def test_an_own_session_that_is_not_there_is_an_error(project):
    record = _judged(
        "docs-build-strictly", _context(project, "docs-build-strictly", own_sessions={"docs-strict": ("docs",)})
    )
    assert record.outcome is Outcome.ERROR


def test_an_own_session_without_its_interpreter_is_told_and_blocks_live(project):
    sessions = {"tests": ("tests", "partly")}
    record = _judged("tests-pass", _context(project, "tests-pass", own_sessions=sessions))
    assert "partly' was not run: Python interpreter 3.77 not found" in str(record.notices)
    live = _judged("tests-pass", _context(project, "tests-pass", live=True, own_sessions=sessions))
    assert _says(live, "interpreter 3.77 not found")


# ── with what the registry has ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.network
def test_rooms_are_shared_made_from_the_requirements_and_leave_the_tree_alone(project):
    pyproject = (project.folder / "pyproject.toml").read_text()
    project.write(
        "pyproject.toml",
        pyproject.replace('"hatchling"', '"setuptools"').replace("hatchling.build", "setuptools.build_meta"),
    )
    before = project.door.working_tree()
    context = _context(project, "tests-pass")
    needs = Requirements(arguments=("iniconfig",), project=True, reason="a test")
    environments = [
        tool_environment.open_environment(context.component, context.environ, needs, memory=context.memory)
        for _ in range(2)
    ]
    assert environments[0].environment == environments[1].environment
    assert environments[0].scratch != environments[1].scratch
    assert environments[0].version("tiny-thing") == "1.2.0"
    assert environments[0].version("iniconfig")
    assert project.door.working_tree() == before
    assert not list(project.folder.rglob("*.egg-info"))


@pytest.mark.network
def test_requirements_that_cannot_be_installed_are_an_error_that_names_them(project):
    needs = Requirements(arguments=("unmoor-needs-nothing-of-this-name",), reason="the group x")
    context = _context(
        project, "ruff-is-clean", lint=(Tool(name="ruff", requirements=needs, reason="", source="check"),)
    )
    record = _judged("ruff-is-clean", context)
    assert record.outcome is Outcome.ERROR
    assert _says(record, "the requirements from the group x cannot be installed")


@pytest.mark.network
def test_hooks_run_on_a_copy_and_uncommitted_work_is_in_it(project):
    hook = (
        "repos:\n- repo: local\n  hooks:\n"
        "  - {id: fix, name: fix, language: system, entry: sh -c 'echo fixed >> README.md', pass_filenames: false}\n"
    )
    project.write(".pre-commit-config.yaml", hook)
    needs = Requirements(arguments=("pre-commit",), reason="a test")
    tool = Tool(name="pre-commit", requirements=needs, reason="", source="")
    record = _judged("pre-commit-is-clean", _context(project, "pre-commit-is-clean", lint=(tool,)))
    assert record.outcome is Outcome.FAILED, record
    assert _says(record, "the hook 'fix' failed: it would change files")
    assert "fixed" not in (project.folder / "README.md").read_text()


@pytest.mark.network
def test_coverage_below_the_floor_fails(project):
    project.write("src/tiny_thing/more.py", "import sys\n\nif sys.argv == []:\n    print()\n    print()\n")
    project.write("tests/test_more.py", "import tiny_thing.more\n\n\ndef test_it():\n    assert tiny_thing.more\n")
    pyproject = (project.folder / "pyproject.toml").read_text()
    project.write("pyproject.toml", pyproject + '\n[tool.coverage.run]\nsource = ["tiny_thing"]\n')
    needs = Requirements(arguments=("pytest",), project=True, reason="a test")
    context = _context(project, "tests-pass", tests=Tool(name="pytest", requirements=needs, reason=""))
    floor = replace(context.component.settings.tests, coverage=99.0)
    record = _judged("tests-pass", _settings(context, tests=floor))
    assert _says(record, "the floor is 99 %"), record
    passing = _judged("tests-pass", _settings(context, tests=replace(floor, coverage=50.0)))
    assert passing.outcome is Outcome.PASSED, passing
    assert "the floor is 50 %" in str(passing.notices)


@pytest.mark.usefixtures("tools")
def test_documentation_leaves_nothing_in_the_tree_whatever_it_writes(project):
    project.write(".gitignore", "_build/\n__pycache__/\n")
    project.write("scripts/step.py", "open('docs/step.rst', 'w').write(':orphan:\\n\\nStep\\n====\\n')\n")
    # Sphinx runs it in its own folder.
    conf = "import os\nos.makedirs('api', exist_ok=True)\n"
    conf += "open('api/made.rst', 'w').write(':orphan:\\n\\nMade\\n====\\n')\n"
    conf += "open('index.rst', 'a').write('\\nMore.\\n')\n"
    project.write("docs/conf.py", conf)
    before = sorted(path for path in project.folder.rglob("*") if ".git" not in path.parts)
    text = (project.folder / "docs/index.rst").read_text()
    context = _context(project, "docs-build-strictly", docs=replace(_DOCS, steps=(("scripts/step.py",),)))
    record = _judged("docs-build-strictly", context)
    # The page of the tree, that of the script before the build, and that of conf.py.
    assert (record.outcome, record.examined) == (Outcome.PASSED, 3), record
    assert sorted(path for path in project.folder.rglob("*") if ".git" not in path.parts) == before
    assert (project.folder / "docs/index.rst").read_text() == text


@pytest.mark.usefixtures("tools")
def test_warnings_that_the_project_lives_with_are_told_with_the_setting_that_holds_them(project):
    project.write("docs/index.rst", "Tiny thing\n=====\n\nIt is tiny.\n")
    loose = replace(_DOCS, strict=False, strict_reason="tox 'docs' (tox.ini) builds without -W")
    for live in (False, True):
        record = _judged("docs-build-strictly", _context(project, "docs-build-strictly", docs=loose, live=live))
        assert record.outcome is Outcome.PASSED, record
        assert str(record.notices[0]) == (
            "1 warning let pass: tox 'docs' (tox.ini) builds without -W"
            " → say strict = true under [tool.unmoor.docs] to hold the documentation to them"
        )
        assert record.notices[1].place == "docs/index.rst:2"


@pytest.mark.usefixtures("tools")
def test_what_the_engine_says_of_other_files_does_not_lead_into_the_copy(project):
    project.write("docs/conf.py", 'extensions = ["sphinx.ext.autosectionlabel"]\n')
    project.write("docs/index.rst", "Tiny\n====\n\n.. toctree::\n   other\n\nSame\n----\n")
    project.write("docs/other.rst", "Same\n====\n\nIt is.\n")
    record = _judged("docs-build-strictly", _context(project, "docs-build-strictly"))
    said = [str(each) for each in record.problems]
    assert said == [
        "docs/other.rst:2: duplicate label same, other instance in docs/index.rst [autosectionlabel.other]"
    ], record


@pytest.mark.usefixtures("tools")
def test_a_missing_extension_is_answered_with_the_list_that_names_it(project):
    project.write("docs/conf.py", 'extensions = ["nosuch_thing"]\n')
    project.write("docs/requirements.txt", "nosuch-thing\n")
    record = _judged("docs-build-strictly", _context(project, "docs-build-strictly"))
    assert record.outcome is Outcome.FAILED, record
    assert "sphinx could not build: ExtensionError: Could not import extension nosuch_thing" in str(record.problems[0])
    hint = "requirements file 'docs/requirements.txt' names it: say requirements = [\"-r docs/requirements.txt\"]"
    assert hint in record.problems[0].hint


@pytest.mark.usefixtures("tools")
def test_a_version_that_comes_from_tags_comes_from_them_in_the_copy_too(project):
    project.git("tag", "v1.2")
    ask = "import subprocess\nassert subprocess.check_output(['git', 'tag'], text=True).split().count('v1.2') == 1\n"
    project.write("scripts/step.py", ask)
    context = _context(project, "docs-build-strictly", docs=replace(_DOCS, steps=(("scripts/step.py",),)))
    assert _judged("docs-build-strictly", context).outcome is Outcome.PASSED


@pytest.mark.usefixtures("tools")
def test_a_script_before_the_build_that_fails_is_told_by_its_cause(project):
    project.write("scripts/step.py", "raise SystemError('no such step')\n")
    context = _context(project, "docs-build-strictly", docs=replace(_DOCS, steps=(("scripts/step.py",),)))
    said = "scripts/step.py, which runs before the documentation is built, failed: SystemError: no such step"
    assert _says(_judged("docs-build-strictly", context), said)


def test_documentation_whose_environment_is_not_made_is_not_rehearsed_by_name(project):
    made_elsewhere = replace(_DOCS, unmade="environment.yml is conda's, and none is made here")
    record = _judged("docs-build-strictly", _context(project, "docs-build-strictly", docs=made_elsewhere))
    assert (record.outcome, record.skipped) == (Outcome.SKIPPED, Skip.NOT_REHEARSED)
    live = _context(project, "docs-build-strictly", docs=made_elsewhere, live=True)
    assert _says(_judged("docs-build-strictly", live), "say what installs it as requirements")


@pytest.mark.network
@pytest.mark.parametrize(
    ("engine", "source", "packages"),
    [
        ("mkdocs", "mkdocs.yml", ("mkdocs",)),
        ("properdocs", "properdocs.yml", ("properdocs", "properdocs-theme-mkdocs")),
        ("zensical", "zensical.toml", ("zensical",)),
    ],
)
def test_every_engine_of_documentation_passes_and_catches_a_lost_page(project, engine, source, packages):
    text = '[project]\nsite_name = "x"\n' if source.endswith(".toml") else "site_name: x\ntheme: mkdocs\n"
    project.write(source, text)
    project.write("docs/index.md", "# Tiny\n\n[Other](other.md)\n")
    project.write("docs/other.md", "# Other\n")
    (project.folder / "docs/index.rst").unlink()
    needs = Requirements(arguments=packages, reason="a test")
    context = _context(
        project, "docs-build-strictly", docs=DocsBuild(name=engine, requirements=needs, reason="", source=source)
    )
    before = project.door.working_tree()
    record = _judged("docs-build-strictly", context)
    assert (record.outcome, record.problems) == (Outcome.PASSED, ()), record
    assert record.examined == 2
    assert project.door.working_tree() == before
    assert not (project.folder / "site").exists()
    project.write("docs/index.md", "# Tiny\n\n[Other](lost.md)\n")
    record = _judged("docs-build-strictly", context)
    assert record.outcome is Outcome.FAILED, record
    assert record.problems[0].place.startswith("docs/index.md")


@pytest.mark.network
def test_pyright_passes_and_catches_a_wrong_type(project):
    needs = Requirements(arguments=("pyright",), reason="a test")
    tool = Tool(name="pyright", requirements=needs, reason="", source="src")
    context = _context(project, "types-are-sound", types=(tool,))
    record = _judged("types-are-sound", context)
    assert record.outcome is Outcome.PASSED, record
    assert f"{record.examined} {record.unit}" == "1 files pyright"
    project.write("src/tiny_thing/more.py", 'number: int = "one"\n')
    record = _judged("types-are-sound", context)
    assert record.problems[0].place == "src/tiny_thing/more.py:1", record
