"""The gates of black, isort and flake8, and what linters and checkers share: their Python, other ways to run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.gating import make_context
from support.tool_environments import script
from unmoor.errors import ToolFailed
from unmoor.model import Outcome, Requirements, Resolved, Skip, Tool, ToolRun
from unmoor.pipeline.gate_runner import run_gate
from unmoor.tools import tool_environment, uv
from unmoor.tools.interpreters import OWN

_NEEDS = Requirements(arguments=("borrowed",), reason="a test")
_BENCHMARK = "3          total files processed"
# What each says of files that are well, of files that are not, and of no files.
_WORDS = {
    "black": (
        "echo '3 files would be left unchanged.' >&2",
        "echo 'would reformat src/a.py' >&2; echo '1 file would be reformatted.' >&2; exit 1",
        "echo 'No Python files are present to be formatted.' >&2",
    ),
    "isort": (
        'case "$*" in *--show-files*) echo a.py;; esac',
        """case "$*" in *--show-files*) echo src/a.py; exit;; esac
        echo "ERROR: $PWD/src/a.py Imports are incorrectly sorted"; exit 1""",
        "true",
    ),
    "flake8": (
        f"echo '{_BENCHMARK}'",
        f"echo 'src/a.py:1:1: F401 unused'; echo '{_BENCHMARK}'; exit 1",
        "echo '0          total files processed'",
    ),
}


def _tool(name, **changed):
    return replace(
        Tool(name=name, requirements=_NEEDS, reason="a test", runs=(ToolRun(arguments=("src",)),)), **changed
    )


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Let every tool have one environment that has nothing in it yet."""
    environment = uv.Environment(tmp_path / "env")
    (environment.folder / "lib/python3/site-packages").mkdir(parents=True)
    environment.scripts.mkdir(parents=True)
    monkeypatch.setattr(tool_environment, "_furnish", lambda *_: environment)
    return environment


def _judged(tiny, gate, **changed):
    context = make_context(tiny)
    component = replace(context.component, **changed)
    return run_gate(gate, replace(context, component=component))[0]


@pytest.mark.parametrize("name", _WORDS)
@pytest.mark.parametrize(
    ("words", "outcome"), [(0, Outcome.PASSED), (1, Outcome.FAILED), (2, Outcome.FAILED)], ids=["well", "bad", "none"]
)
def test_a_linter_passes_where_it_has_looked_and_found_nothing(tiny, made, name, words, outcome):
    script(made.scripts / name, _WORDS[name][words])
    record = _judged(tiny, f"{name}-is-clean", lint=(_tool(name),))
    assert record.outcome is outcome, record
    assert (record.examined > 0) == (words != 2)
    if words == 1:
        assert record.problems[0].place.startswith("src/a.py")


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("name", _WORDS)
def test_a_linter_that_is_missing_does_not_pass(tiny, tmp_path, name):
    script(tmp_path / "bin" / name, "exit 0")
    record = _judged(tiny, f"{name}-is-clean", lint=(_tool(name),))
    assert record.outcome is Outcome.ERROR
    assert "is not in the environment" in str(record.problems)


@pytest.mark.parametrize("name", ["ruff", *_WORDS])
def test_a_linter_that_is_only_hinted_at_is_told_and_blocks_nothing(tiny, name):
    record = _judged(tiny, f"{name}-is-clean", lint=(_tool("pre-commit"),), unused={name: f"{name} is a leftover"})
    assert (record.outcome, record.skipped) == (Outcome.SKIPPED, Skip.NOT_APPLICABLE)
    assert (record.notices[0].message, record.notices[0].hint) == (
        f"{name} is a leftover",
        f'to run it, say lint = ["pre-commit", "{name}"] in [tool.unmoor]',
    )
    plain = _judged(tiny, f"{name}-is-clean", lint=(_tool("pre-commit"),))
    assert (plain.reason, plain.notices) == (f"the project does not use {name}", ())


def test_linters_of_the_project_that_are_not_run_here_are_named(tiny, made):
    script(made.scripts / "ruff", 'case "$*" in *--show-files*) echo "$PWD/a.py";; *) echo "[]";; esac')
    why = "pylint is run by tox 'lint' (tox.ini) and not here"
    used = _judged(tiny, "ruff-is-clean", lint=(_tool("ruff", source="check", runs=()),), unused={"pylint": why})
    assert (used.outcome, [each.message for each in used.notices]) == (Outcome.PASSED, [why])
    alone = _judged(tiny, "ruff-is-clean", lint=(), unused={"pylint": why})
    assert (alone.outcome, [each.message for each in alone.notices]) == (Outcome.SKIPPED, [why])


def test_a_checker_that_is_only_hinted_at_or_cannot_be_run_is_told_and_blocks_nothing(tiny):
    unused = {"mypy": "mypy is a leftover", "ty": "ty is run by tox", "black": "black is a leftover"}
    record = _judged(tiny, "types-are-sound", types=(), unused=unused)
    assert (record.outcome, record.skipped) == (Outcome.SKIPPED, Skip.NOT_APPLICABLE)
    assert [each.message for each in record.notices] == ["mypy is a leftover", "ty is run by tox"]
    assert 'types = ["mypy"]' in record.notices[0].hint


def test_where_it_fails_the_other_ways_of_running_it_are_told(tiny, made):
    script(made.scripts / "black", _WORDS["black"][1])
    tool = _tool("black", ways=("make 'lint' (Makefile:3): black -l 79 .",))
    record = _judged(tiny, "black-is-clean", lint=(tool,))
    assert "make 'lint' (Makefile:3): black -l 79 ." in record.notices[0].message
    script(made.scripts / "black", "echo 'Error: no' >&2; exit 2")
    record = _judged(tiny, "black-is-clean", lint=(tool,))
    assert record.outcome is Outcome.ERROR
    assert "make 'lint' (Makefile:3): black -l 79 ." in record.problems[0].hint


@pytest.mark.parametrize(("gate", "key"), [("ruff-is-clean", "lint"), ("types-are-sound", "types")])
def test_a_detection_that_broke_down_is_said_where_nothing_was_found(tiny, gate, key):
    broken = Resolved(key=key, value="none", reason="could not be told: KeyError: 'x' (unmoor's own fault, at y.py:1)")
    record = _judged(tiny, gate, lint=(), types=(), resolved=(broken,))
    assert (record.skipped, record.reason.partition(": ")[2]) == (Skip.NOT_REHEARSED, broken.reason)


# ── its Python ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pythons(made, monkeypatch):
    """Return the Pythons asked for; those below 3.10 cannot have the requirements."""
    asked: list[str] = []

    def furnish(_component, _requirements, python, *_):
        asked.append(python)
        if python == "/3.9":
            raise ToolFailed("no such version", status=1)
        return made

    monkeypatch.setattr(uv, "find_python", lambda version, _: None if version == "3.77" else f"/{version}")
    monkeypatch.setattr(tool_environment, "_furnish", furnish)
    script(made.scripts / "mypy", "echo 'Success: no issues found in 2 source files'")
    return asked


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        ((), [f"/{OWN}"]),
        (("3.10", "3.12"), ["/3.10"]),
        (("3.77", "3.12"), ["/3.12"]),
        (("3.77",), [f"/{OWN}"]),
        (("3.9", "3.10"), ["/3.9", "/3.10"]),
        (("3.9",), ["/3.9", f"/{OWN}"]),
    ],
)
def test_a_checker_runs_on_the_first_of_its_pythons_that_can_have_it(tiny, pythons, wanted, asked):
    record = _judged(tiny, "types-are-sound", types=(_tool("mypy", pythons=wanted),))
    assert record.outcome is Outcome.PASSED, record
    assert pythons == asked
