"""The tree is what it was when the plan was made: a stage that only looks changes nothing."""

from __future__ import annotations

from unmoor.context import Context
from unmoor.errors import Exit
from unmoor.evidence.record import GateRecord
from unmoor.model import Finding, Findings, Mode, Outcome, Plan
from unmoor.tools.git import Git

__all__ = ["changes", "judge_tree"]


def judge_tree(context: Context) -> tuple[tuple[GateRecord, ...], Exit]:
    """Judge whether the tree is what it was when the plan was made; return no record where it is."""
    found = changes(context.plan, Git(context.repository.root, context.environ), context.stage.name)
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


def changes(plan: Plan, git: Git, at_work: str) -> Findings:
    """Return what became of the tree since the plan was made, while ``at_work`` was; empty where it is the same.

    A new file that tools left behind is a notice in a rehearsal; what else changed is not what was examined, and is
    a problem.
    """
    if git.working_tree() == plan.tree:
        return Findings()
    before = set(plan.uncommitted)
    changed = [path for path in git.changed() if path not in before]
    tracked = set(git.files(plan.commit))
    left_behind = bool(changed) and tracked.isdisjoint(changed)
    shown = ", ".join(changed[:5]) or "a file that was changed before"
    finding = Finding(
        message=f"the tree changed while {at_work} was at work: {shown}",
        hint="ignore what tools leave behind in .gitignore, or do not edit meanwhile; then run the same command again",
    )
    if left_behind and plan.mode is Mode.REHEARSAL:
        return Findings(examined=1, notices=(finding,))
    return Findings(examined=1, problems=(finding,))
