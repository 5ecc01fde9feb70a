"""How the tests of a project are run: by the command that it runs itself, with what its runner installs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from support.trees import write
from unmoor.model import Requirements, Tool
from unmoor.model.settings import Settings
from unmoor.model.settings import TestSettings as SettingsOfTests
from unmoor.project.detect.detected import detect
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.requirement_lists import requirement_lists
from unmoor.project.detect.requirements import as_settings
from unmoor.project.detect.test_suite import test_suite as suite_of

PYPROJECT = """
    [project]
    name = "thing"
    [project.optional-dependencies]
    yaml = ["pyyaml"]
    pytest = ["pytest"]
    [dependency-groups]
    dev = ["ruff"]
    test = ["pytest-cov", "pytest-relaxed"]
    [tool.pytest.ini_options]
    xfail_strict = true
    """


def suite(folder: Path, files: Mapping[str, str], given: SettingsOfTests | None = None) -> Tool:
    tree = write(folder, {"pyproject.toml": PYPROJECT, "tests/test_it.py": "", **files})
    found = suite_of(tree, requirement_lists(tree, metadata(tree)), given or SettingsOfTests())
    assert found
    return found


def test_what_the_project_runs_comes_before_convention(tmp_path: Path) -> None:
    tox = """
        [testenv]
        deps = pytest-socket
        extras = yaml
        set_env =
            A = b
            PIP_X = 1
        commands = python -m pytest tests -m 'not slow'
        """
    found = suite(tmp_path, {"tox.ini": tox})
    assert found.command == ("python", "-m", "pytest", "tests", "-m", "not slow")
    assert (found.requirements.arguments, found.requirements.extras) == (("pytest-socket",), ("yaml",))
    assert (found.environ, found.folder) == ((("A", "b"),), "")
    assert found.reason == "tox 'py' (tox.ini): python -m pytest tests -m 'not slow'"
    assert found.requirements.reason == "tox 'py' in tox.ini"


def test_without_a_command_of_its_own_pytest_is_run_by_convention(tmp_path: Path) -> None:
    found = suite(tmp_path, {})
    assert (found.name, found.command, found.reason) == ("pytest", (), "[tool.pytest.ini_options] in pyproject.toml")
    # A group that names plug-ins alone counts, and a group before an extra that is there for users.
    assert found.requirements.arguments == ("--group", "test")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("pytest tests/test_it.py", "a file"),
        ("pytest -k one", "a choice"),
        ("pytest -m slow", "a choice"),
        ("pytest elsewhere", "a folder that is not there"),
        ("pytest --collect-only", "nothing is run"),
        ("python -m unittest tests.test_it", "a module"),
    ],
)
def test_a_command_for_a_part_of_the_suite_is_not_taken(line: str, why: str, tmp_path: Path) -> None:
    assert suite(tmp_path, {"scripts/test.sh": line}).command == (), why


def test_the_plainest_environment_is_taken(tmp_path: Path) -> None:
    tox = """
        [tox]
        env_list = integration, py312-min, py312
        [testenv]
        commands =
            min: pytest --min
            !min: pytest --plain
        [testenv:integration]
        commands = pytest --integrated
        [testenv:bench]
        commands = pytest --bench
        """
    found = suite(tmp_path, {"tox.ini": tox})
    assert found.command == ("pytest", "--plain")
    assert [way.partition(" in tox.ini")[0] for way in found.ways] == [
        "tox -e min",
        "tox -e integration",
        "tox -e bench",
    ]


def test_what_needs_a_service_is_named_and_not_taken(tmp_path: Path) -> None:
    job = "{services: {redis: {image: redis}}, steps: [{run: 'pip install .[yaml] pytest'}, {run: pytest -x}]}"
    workflow = f"jobs:\n  test: {job}\n"
    found = suite(tmp_path, {".github/workflows/ci.yml": workflow})
    assert found.command == ()
    (way,) = found.ways
    assert "which needs the service redis" in way
    assert 'command = ["pytest", "-x"]; extras = ["yaml"]; requirements = ["pytest"]' in way


def test_what_tox_starts_containers_for_is_not_taken(tmp_path: Path) -> None:
    tox = "[testenv]\ndocker = redis\ncommands = pytest\n"
    found = suite(tmp_path, {"tox.ini": tox})
    assert found.command == ()
    assert "which needs the container redis" in found.ways[0]


def test_what_ci_installs_before_a_target_is_what_its_tests_need(tmp_path: Path) -> None:
    workflow = "jobs:\n  test:\n    steps:\n      - run: uv sync --group test --all-extras\n      - run: make test\n"
    files = {
        "Makefile": "test:\n\tuv run coverage run -m pytest --durations=10\n",
        ".github/workflows/ci.yml": workflow,
    }
    found = suite(tmp_path, files)
    assert found.command == ("python", "-m", "pytest", "--durations=10")
    assert found.reason.startswith("make 'test'")
    assert found.requirements.arguments == ("--group", "dev", "--group", "test")
    assert found.requirements.extras == ("yaml", "pytest")
    assert found.requirements.reason == "the job 'test' in .github/workflows/ci.yml"


@pytest.mark.parametrize(
    ("job", "files"),
    [
        ("just check", {"justfile": "check:\n    pytest -q tests\n"}),
        ("bash scripts/check", {"scripts/check": "#!/bin/sh\npytest -q tests\n"}),
        ("./scripts/check", {"scripts/check": "#!/bin/sh\npytest -q tests\n"}),
        ("poetry run poe check", {"pyproject.toml": PYPROJECT + "[tool.poe.tasks]\n    check = 'pytest -q tests'\n"}),
        ("pdm run check", {"pyproject.toml": PYPROJECT + "[tool.pdm.scripts]\n    check = 'pytest -q tests'\n"}),
        ("make all", {"Makefile": "all: it\nit:\n\tmake check\ncheck:\n\tpytest -q tests\n"}),
    ],
)
def test_a_job_is_followed_to_what_it_starts(job: str, files: Mapping[str, str], tmp_path: Path) -> None:
    workflow = f"jobs:\n  test:\n    steps: [{{run: 'pip install pytest-mock'}}, {{run: {job}}}]\n"
    found = suite(tmp_path, {".github/workflows/ci.yml": workflow, **files})
    assert found.command == ("pytest", "-q", "tests")
    assert found.requirements.arguments[-1] == "pytest-mock"


def test_what_only_leaves_reports_is_left_out(tmp_path: Path) -> None:
    line = (
        "pytest --cov --cov-report=xml:x --cov-report html --cov-report=term --junitxml=r.xml --junit-xml r --color=yes"
    )
    assert suite(tmp_path, {"scripts/test.sh": line}).command == ("pytest", "--cov", "--cov-report=term")


def test_a_suite_of_unittest_needs_no_pytest(tmp_path: Path) -> None:
    found = suite(
        tmp_path, {"tox.ini": "[testenv]\nextras = yaml\ncommands = python -W error -m unittest discover -s tests"}
    )
    assert (found.name, found.command[:4]) == ("unittest", ("python", "-W", "error", "-m"))
    assert (found.requirements.arguments, found.requirements.extras) == ((), ("yaml",))


def test_settings_get_round_what_was_found(tmp_path: Path) -> None:
    files = {"tox.ini": "[testenv]\ndeps = pytest\ncommands = pytest -x tests"}
    own = suite(tmp_path, files, SettingsOfTests(command=("pytest", "-q")))
    assert (own.command, own.reason) == ((), "tests.command is set")
    assert own.ways == ('tox -e py in tox.ini: command = ["pytest", "-x", "tests"]; requirements = ["pytest"]',)
    assert own.requirements.arguments == ("pytest",)
    needs = suite(tmp_path, files, SettingsOfTests(extras=("yaml",)))
    assert (needs.command, needs.requirements.arguments) == (("pytest", "-x", "tests"), ())
    assert needs.requirements.reason == "set in [tool.unmoor.tests]"
    assert needs.ways == own.ways


def test_a_tool_whose_folder_is_not_there_is_not_run_there(tmp_path: Path) -> None:
    assert suite(tmp_path, {"scripts/test.sh": "mkdir empty\ncd empty\npytest\n"}).command == ()
    assert suite(tmp_path, {"scripts/test.sh": "cd tests\npytest\n"}).folder == "tests"


def test_requirements_are_told_as_settings() -> None:
    needs = Requirements(arguments=("--group", "a", "-r", "b.txt", 'c ; python_version < "3"'), extras=("d",))
    assert as_settings(needs) == [
        'groups = ["a"]',
        'extras = ["d"]',
        'requirements = ["-r b.txt", "c ; python_version < \\"3\\""]',
    ]


@pytest.mark.parametrize("key", ["tests", "types", "docs", "lint"])
def test_a_detection_that_breaks_down_is_told_and_stops_nobody(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"tests": "test_suite", "types": "type_checkers", "docs": "docs_engine", "lint": "lint_tools"}

    def broken(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(f"unmoor.project.detect.detected.{names[key]}", broken)
    files = {"pyproject.toml": PYPROJECT + "[build-system]\n    requires = []", "thing.py": "__version__ = '1'"}
    found = detect(write(tmp_path, files), Settings())
    assert found.reasons[key].startswith(
        "could not be told: KeyError: 'surprise' (unmoor's own fault, at test_suites.py:"
    )
    assert (found.name, getattr(found, key) or None) == ("thing", None)
