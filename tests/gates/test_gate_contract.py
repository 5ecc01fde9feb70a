"""What every gate owes: it passes on a sound project, catches what it is there for, and never passes unseen.

To put a further gate under contract, add its row to ``ROWS``.
"""

from __future__ import annotations

import base64
import dataclasses
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from support.gating import make_context, replace_in
from support.records import record as recorded
from support.repositories import Repository
from unmoor import gates
from unmoor.errors import UnmoorError
from unmoor.model import Outcome
from unmoor.pipeline.gate_runner import run_gate
from unmoor.report.live_stops import live_stops
from unmoor.runtime import executables

_SOUND = {"live": True, "base_tag": "v1.1.0"}


@dataclass(frozen=True)
class Row:
    """``plant`` puts a violation into the sound project; ``says`` is part of what the gate must answer."""

    plant: Callable[[Repository], object]
    says: str
    release: dict[str, str] = dataclasses.field(default_factory=dict)


def _shallow(tiny: Repository) -> None:
    (tiny.folder / ".git" / "shallow").write_text(tiny.git("rev-parse", "HEAD") + "\n", encoding="utf-8")


def _elsewhere(tiny: Repository) -> None:
    tiny.git("switch", "--quiet", "--create", "feature")
    tiny.commit("Feature")


def _behind(tiny: Repository) -> None:
    tiny.commit("Pushed")
    tiny.git("push", "--quiet")
    tiny.git("reset", "--quiet", "--hard", "HEAD~1")


def _private_key(tiny: Repository) -> None:
    body = "\n".join(base64.b64encode(secrets.token_bytes(48)).decode() for _ in range(4))
    tiny.write("deploy.pem", "-----BEGIN " + f"PRIVATE KEY-----\n{body}\n")


ROWS: dict[str, Row] = {
    "history-is-complete": Row(_shallow, "the clone is shallow"),
    "worktree-is-clean": Row(lambda tiny: tiny.write("stray.txt", "stray"), "has changes that are not committed"),
    "branch-is-allowed": Row(_elsewhere, "releases are made from 'main'"),
    "not-behind-remote": Row(_behind, "is behind origin/main"),
    "commit-is-on-remote": Row(lambda tiny: tiny.commit("Not pushed"), "does not have the commit"),
    "version-sources-agree": Row(
        lambda tiny: tiny.write("src/tiny_thing/__init__.py", '__version__ = "1.1.9"\n'), "states '1.1.9'"
    ),
    "version-moves-forward": Row(lambda tiny: tiny.git("tag", "v1.2.5", "HEAD~1"), "is less than '1.2.5'"),
    "version-is-free": Row(lambda _: None, "is taken", {"version": "1.1.0"}),
    "tag-is-free": Row(lambda tiny: tiny.git("tag", "v1.2.0", "HEAD~1"), "the tag 'v1.2.0' leads to"),
    "metadata-is-complete": Row(
        lambda tiny: replace_in(tiny, "pyproject.toml", "Language :: Python :: 3", "Language :: Snake"),
        "is not a valid classifier",
    ),
    "structure-is-complete": Row(lambda tiny: (tiny.folder / "LICENSE").unlink(), "there is no licence file"),
    "dependencies-are-named": Row(
        lambda tiny: replace_in(tiny, "pyproject.toml", "attrs>=20", "attrs @ git+https://example.com/attrs"),
        "the dependency 'attrs' is a direct reference",
    ),
    "no-unfinished-work": Row(
        lambda tiny: tiny.write("src/tiny_thing/__init__.py", "# " + "TODO: more\n"), "stands in a critical path"
    ),
    "tree-holds-no-secrets": Row(_private_key, "this looks like a secret: Private Key"),
    "notes-are-collected": Row(
        lambda tiny: tiny.write("changes/1.bugfix.md", "Mended.\n"), "this note is not in the changelog"
    ),
}


def _judged(name, context):
    return run_gate(name, context)[0]


@pytest.mark.parametrize("name", ROWS)
def test_a_gate_passes_on_a_sound_project(name, tiny, index):
    record = _judged(name, make_context(tiny, index=index.url, **_SOUND))
    assert (record.outcome, record.problems) == (Outcome.PASSED, ()), record
    assert record.examined > 0
    assert record.unit


@pytest.mark.parametrize("name", ROWS)
def test_a_gate_catches_what_it_is_there_for(name, tiny, index):
    row = ROWS[name]
    row.plant(tiny)
    record = _judged(name, make_context(tiny, index=index.url, **_SOUND, **row.release))
    assert record.outcome is Outcome.FAILED, record
    assert any(row.says in str(problem) for problem in record.problems), record.problems


@pytest.mark.parametrize("name", ROWS)
def test_every_problem_says_what_to_do_and_where(name, tiny, index):
    row = ROWS[name]
    row.plant(tiny)
    problems = _judged(name, make_context(tiny, index=index.url, **_SOUND, **row.release)).problems
    assert problems
    for problem in problems:
        assert problem.hint or problem.place, problem
        assert problem.message[0].islower() or not problem.message[0].isalpha() or problem.message.startswith("HEAD")
        assert not problem.message.endswith(".")
        assert str(tiny.folder) not in problem.place


@pytest.mark.parametrize("name", ROWS)
def test_a_gate_whose_program_is_missing_does_not_pass(name, tiny, index, monkeypatch):
    context = make_context(tiny, index=index.url, **_SOUND)
    monkeypatch.setattr(executables.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    try:
        found = gates.load(name).check(context)
    except UnmoorError:
        return
    # These read files alone: no program is missing to them.
    reading = {"dependencies-are-named", "metadata-is-complete", "notes-are-collected", "version-sources-agree"}
    assert name in reading | {"version-is-free"}, found


@pytest.mark.parametrize("name", ROWS)
def test_a_gate_says_what_it_asserts(name):
    asserts = gates.load(name).ASSERTS
    assert asserts[0].islower()
    assert not asserts.endswith(".")


# The commit to release is often only made after the rehearsal: the push that it needs is among the next steps.
@pytest.mark.parametrize("name", [name for name in ROWS if name != "commit-is-on-remote"])
def test_what_stops_it_live_is_seen_in_a_rehearsal(name, tiny, index):
    """As a problem, or marked as what would stop the live release: nothing is found out only when it is meant."""
    row = ROWS[name]
    row.plant(tiny)
    live = _judged(name, make_context(tiny, index=index.url, **{**_SOUND, **row.release}))
    assert not live.holds
    words = {**_SOUND, **row.release, "live": False}
    if name == "worktree-is-clean":
        words["uncommitted"] = tiny.door.changed()
    rehearsed = _judged(name, make_context(tiny, index=index.url, **words))
    (stop,) = live_stops([recorded("check", gates=(rehearsed,))])
    assert (stop.gate, bool(stop.finding.message)) == (name, True)
    hints = {each.hint for each in live.problems}
    assert stop.finding.hint in hints or rehearsed.holds is False
