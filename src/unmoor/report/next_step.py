"""What to do next, as it is printed: every kind stands in one list, and nothing else can be printed.

A step is a command, as a shell takes it, or something only a person can do. Each kind of ``NextStep`` is carried out by
a test of its own, in the state that prints it.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from unmoor.chain import CHAIN
from unmoor.report import command_line
from unmoor.report.folding import cells
from unmoor.report.terminal import USUAL_WIDTH

__all__ = ["NextStep", "Step", "line", "lines"]


@dataclass(frozen=True, slots=True)
class _Form:
    """What a step says around its command, and the words of the command; fields in braces are filled in."""

    when: str
    words: tuple[str, ...] = ()
    says: str = "{}"


class NextStep(enum.Enum):
    """The kinds of next steps: when each is printed, and what it says."""

    NOTHING = _Form("a live release is complete", says="nothing; the release is complete.")
    REHEARSE = _Form("nothing was rehearsed yet, or a rehearsal is to be made again", ("unmoor", "rehearse"))
    ADOPT = _Form(
        "a rehearsal passed in a project that does not call unmoor",
        says="add `import unmoor.sessions` and `unmoor.sessions.register()` to noxfile.py, and commit it",
    )
    BUMP = _Form(
        "a rehearsal passed with edits of its plan, which the tree does not have yet",
        ("unmoor", "bump", "--to", "{version}", "--commit"),
    )
    PUSH = _Form(
        "a rehearsal passed, and the remote does not have the commit to release",
        ("git", "push", "{remote}", "{branch}"),
    )
    GO_LIVE = _Form(
        "a rehearsal passed and would not be stopped live, or a live release goes on",
        ("nox", "-s", "{session}", "--", "--live", "{version}"),
    )
    STAGE = _Form("single stages were run, and passed", ("nox", "-s", "{stage}"))
    STAGE_LIVE = _Form(
        "single stages of a live release were run, and passed", ("nox", "-s", "{stage}", "--", "--live", "{version}")
    )
    MEND = _Form("something is wrong that only a person can put right", says="fix what is listed above")
    AGAIN = _Form("the same command goes on")
    AGAIN_AFTER = _Form("the same command goes on once the step before it is done", says="run again: {}")
    APPROVE = _Form("nothing but the approval by digest is missing")
    REVIEW = _Form(
        "nothing but the approval by a CI environment is missing",
        says="run it in the job of the protected CI environment, with UNMOOR_ENVIRONMENT set to its name",
    )
    WHOSE_TAG = _Form(
        "the tag of the release is taken on the remote",
        ("git", "ls-remote", "--tags", "{remote}", "{tag}*"),
        says="{} says where the tag leads; once it is gone, or on the planned commit",
    )
    NEXT_VERSION = _Form("this version can never be finished", ("unmoor", "bump", "--to", "{version}", "--commit"))
    COMMIT_EDITS = _Form(
        "the tree was edited, and not committed",
        ("git", "diff"),
        says="look at `{}`, then commit; the same command with --commit does that",
    )

    @property
    def when(self) -> str:
        """When a step of this kind is printed."""
        return self.value.when

    def step(self, *more: str, **fields: str) -> Step:
        """Return the step with its ``fields`` filled in; ``more`` words are put at the end of its command.

        ``session`` is what nox calls the last stage, which has its own name unless the project needs that itself.
        """
        fields.setdefault("session", CHAIN[-1].name)
        return Step(self, (*(word.format(**fields) for word in self.value.words), *more))


@dataclass(frozen=True, slots=True)
class Step:
    """One registered thing to do; ``words`` are the command, empty where only a person can do it."""

    kind: NextStep
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.kind.value.says.format(command_line.shown(self.words)))


def line(steps: Sequence[Step]) -> str:
    """Return the one line that says what to do next, the steps in their order."""
    return f"Next: {', then '.join(map(str, steps))}"


def lines(steps: Sequence[Step], width: int = USUAL_WIDTH) -> list[str]:
    """Return what to do next as one line where that fits, else as a line a step: no command is ever folded."""
    whole = line(steps)
    if cells(whole) <= width:
        return [whole]
    return [f"{'then' if number else 'Next'}: {step}" for number, step in enumerate(steps)]
