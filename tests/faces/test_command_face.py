"""The tasks as the command ``unmoor`` and as invoke take their words, in a small project that keeps change notes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.adopted import Adopted, Ran, adopt
from support.spoiling import TOWNCRIER
from unmoor.tasks import namespace

TASKS = sorted(map(str, namespace.task_names))


def keeping_notes(top: Path) -> Adopted:
    """Make a project whose notes, version and changelog a task could change."""
    made = adopt(top, os.environ)
    text = (made.folder / "pyproject.toml").read_text(encoding="utf-8")
    made.repository.write("pyproject.toml", text + TOWNCRIER)
    made.repository.write("tasks.py", "from unmoor.tasks import namespace as ns\n")
    made.repository.commit("Notes and tasks")
    return made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Adopted:
    """A project that nothing may be done to."""
    return keeping_notes(tmp_path_factory.mktemp("command"))


def invoke(project: Adopted, *words: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "invoke", *words],
        cwd=project.folder,
        env=dict(project.environ),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout + done.stderr)


def standing(project: Adopted) -> tuple[str, ...]:
    """Return all that a task could have changed: work, refs, and what lies in the git directory."""
    inside = sorted(str(path) for path in (project.folder / ".git").rglob("*") if "unmoor" in path.parts)
    return (
        project.repository.git("status", "--porcelain", "--untracked-files=all", "--ignored"),
        project.repository.git("for-each-ref"),
        *inside,
    )


@pytest.mark.parametrize("word", ["--help", "-h"])
@pytest.mark.parametrize("task", TASKS)
def test_help_is_shown_before_and_after_the_name_and_nothing_is_done(project: Adopted, task: str, word: str) -> None:
    before = standing(project)
    first, second = project.unmoor(word, task), project.unmoor(task, word)
    assert (first.status, second.status) == (0, 0), second.text
    assert first.text.startswith(f"unmoor {task}")
    assert second.text == first.text
    assert standing(project) == before


@pytest.mark.parametrize(
    ("words", "task"),
    [
        (("note", "A text", "--help"), "note"),
        (("note", "--kind", "--help"), "note"),
        (("note", "--issue", "-h"), "note"),
        (("note", "--help", "A text", "--kind", "bugfix"), "note"),
        (("note", "plan", "--help"), "note"),
        (("note", "--issue", "12", "A text", "--help"), "note"),
        (("bump", "--to", "--help"), "bump"),
        (("bump", "--to", "1.0.0", "--commit", "-h"), "bump"),
        (("plan", "status", "--help"), "status"),
        (("report", "--out", "--help"), "report"),
        (("rehearse", "--nonsense", "--help"), "rehearse"),
    ],
)
def test_help_is_help_wherever_it_stands(project: Adopted, words: tuple[str, ...], task: str) -> None:
    before = standing(project)
    ran = project.unmoor(*words)
    assert ran.status == 0, ran.text
    assert ran.text.startswith(f"unmoor {task}")
    assert standing(project) == before


def test_a_word_after_bump_is_a_part_and_a_dry_run_changes_nothing(project: Adopted) -> None:
    before = standing(project)
    by_word, by_option = (
        project.unmoor("bump", "minor", "--dry-run"),
        project.unmoor("bump", "--dry-run", "--part=minor"),
    )
    assert (by_word.status, by_word.text) == (0, by_option.text)
    assert '+version = "' in by_word.text
    assert standing(project) == before


def test_help_of_no_task_names_the_nearest(project: Adopted) -> None:
    ran = project.unmoor("ntoe", "--help")
    assert ran.status == 1
    assert "there is no task 'ntoe' → did you mean 'note'?" in ran.text


def test_help_alone_lists_the_tasks(project: Adopted) -> None:
    ran = project.unmoor("--help")
    assert ran.status == 0
    assert all(f"  {task} " in ran.text for task in TASKS)
    # What it is for and what to type first stand on the first screen, before anything about the runner of tasks.
    top = ran.text.splitlines()[:24]
    assert top[0].startswith("unmoor takes a Python package from a commit to a release")
    assert all(any(words in line for line in top) for words in ("unmoor rehearse", "-- --live VERSION", "Change:"))
    assert all(any(f"  {task} " in line for line in top) for task in ("note", "plan", "rehearse"))
    assert max(map(len, ran.text.splitlines())) <= 80


@pytest.mark.parametrize("word", ["--dry", "-R", "--pty", "--echo", "--prompt-for-sudo-password", "--write-pyc", "-e"])
def test_an_option_of_the_runner_of_tasks_that_means_nothing_here_is_none(project: Adopted, word: str) -> None:
    ran = project.unmoor(word, "settings")
    assert ran.status == 1
    assert f"unknown option {word!r}" in ran.text
    assert word not in project.unmoor("--help").text


@pytest.mark.parametrize("word", ["--help", "-h"])
@pytest.mark.parametrize("task", TASKS)
def test_invoke_shows_help_or_names_the_command_that_does(project: Adopted, task: str, word: str) -> None:
    before = standing(project)
    ran = invoke(project, task, word)
    if ran.status:
        assert f"unmoor: command line: '{word}' is no value for 'text' → invoke --help {task}, or unmoor" in ran.text
    else:
        assert f"[--core-opts] {task} " in ran.text
    assert standing(project) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("note", "--knid"), "'--knid' is no value for 'text' → invoke --help note"),
        (("note", "A text", "--kind", "--help"), "'--help' is no value for 'kind' → invoke --help note"),
        (("bump", "--to", "--commmit"), "'--commmit' is no value for 'to' → invoke --help bump"),
        (("report", "--out", "--json"), "'--json' is no value for 'out' → invoke --help report"),
    ],
)
def test_an_option_is_never_taken_for_a_value(project: Adopted, words: tuple[str, ...], said: str) -> None:
    before = standing(project)
    ran = invoke(project, *words)
    assert ran.status == 1, ran.text
    assert said in ran.text
    assert standing(project) == before


def test_a_sentence_may_begin_with_an_option(tmp_path: Path) -> None:
    made = keeping_notes(tmp_path)
    assert made.unmoor("note", "--verbose says less").status == 0
    (note,) = (made.folder / "changes").iterdir()
    assert note.read_text(encoding="utf-8").strip() == "--verbose says less"


@pytest.mark.parametrize(
    "encoding",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "1", "PYTHONIOENCODING": "latin-1"},
    ],
)
def test_an_output_without_the_characters_of_a_message_ends_nothing(project: Adopted, encoding: dict[str, str]) -> None:
    ran = project.unmoor("note", "text", "--kind", "→ no kind", environ={**project.environ, **encoding})
    assert ran.status == 1
    assert "\\u2192" in ran.text


def test_an_ascii_world_is_told_before_anything_is_missed(project: Adopted) -> None:
    environ = {**project.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    for ran in (project.unmoor("plan", environ=environ), project.nox("-s", "check", environ=environ)):
        assert ran.status == 1
        assert "Python takes the names of files for ascii here" in ran.text
    assert project.nox("-l", environ=environ).status == 0
