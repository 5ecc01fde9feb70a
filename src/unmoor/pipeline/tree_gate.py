"""The tree is what it was when the plan was made: a stage that only looks changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unmoor.context import Context
from unmoor.errors import Exit
from unmoor.evidence.record import GateRecord
from unmoor.model import Finding, Findings, Mode, Outcome, Plan
from unmoor.request import Memory
from unmoor.tools import passers_by
from unmoor.tools.git import Git

__all__ = ["Noted", "changes", "judge_tree", "note", "take_note"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Noted:
    """What lay in the tree before: marks of the files that the plan calls uncommitted, and what others had left."""

    uncommitted: Mapping[str, str]
    left: frozenset[str]


def note(plan: Plan, git: Git, memory: Memory, at_work: str) -> Noted:
    """Return what is there before ``at_work`` is; asked again in one run, what was there when it was first asked."""
    return memory.once(("noted", plan.key, at_work), lambda: _look(plan, git))


def take_note(context: Context) -> None:
    """Note what is there before a stage is at work."""
    note(context.plan, Git(context.repository.root, context.environ), context.memory, context.stage.name)


def _look(plan: Plan, git: Git) -> Noted:
    return Noted({path: _mark(git.folder / path) for path in plan.uncommitted}, frozenset(passers_by.newcomers(git)))


def _mark(path: Path) -> str:
    """Return what changes with a file, without reading it: it is for naming files, not for telling that one changed."""
    try:
        found = path.lstat()
    except OSError:
        return ""
    return f"{found.st_ino}:{found.st_size}:{found.st_mtime_ns}"


def judge_tree(context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Judge whether the tree is what it was when the plan was made; return no record where it is."""
    git, name = Git(context.repository.root, context.environ), context.stage.name
    found = changes(context.plan, git, name, note(context.plan, git, context.memory, name))
    if not found.examined:
        return (), Exit.PASS
    record = GateRecord(
        name="tree-is-untouched",
        asserts="the stage leaves the tree as it was",
        outcome=Outcome.FAILED if found.problems else Outcome.PASSED,
        examined=found.examined,
        problems=found.problems,
        notices=found.notices,
    )
    return (record,), Exit.GATE_FAILED if found.problems else Exit.PASS


def changes(plan: Plan, git: Git, at_work: str, noted: Noted) -> Findings:
    """Return what became of the tree since the plan was made, while ``at_work`` was; empty where it is the same.

    A new file that tools left behind is a notice in a rehearsal; what else changed is not what was examined, and is
    a problem.
    """
    left = [path for path in passers_by.newcomers(git) if path not in noted.left]
    if git.working_tree() == plan.tree:
        return Findings(examined=1, notices=(_left(left, at_work),)) if left else Findings()
    before = set(plan.uncommitted)
    changed = [path for path in git.changed() if path not in before]
    tracked = set(git.files(plan.commit))
    if changed and tracked.isdisjoint(changed) and plan.mode is Mode.REHEARSAL:
        return Findings(examined=1, notices=(_left([*changed, *left], at_work),))
    again = [path for path, mark in noted.uncommitted.items() if _mark(git.folder / path) != mark]
    shown = _shown([*changed, *again]) or f"one of {_shown(plan.uncommitted)}, which was changed before"
    finding = Finding(
        message=f"the tree changed while {at_work} was at work: {shown}",
        hint="ignore what tools leave behind in .gitignore, or do not edit meanwhile; then run the same command again",
    )
    return Findings(examined=1, problems=(finding,))


def _left(paths: Sequence[str], at_work: str) -> Finding:
    return Finding(
        message=f"left behind in the tree while {at_work} was at work: {_shown(paths)}",
        hint="have it written into a temporary folder, or ignore it in .gitignore",
    )


def _shown(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
