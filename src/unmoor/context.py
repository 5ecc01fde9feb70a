"""What a gate or a step is given: everything it may look at, and nothing it may change by accident."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from unmoor.model import Component, Distribution, Effect, Mode, Plan, Release, Repository, Stage
from unmoor.request import Memory, Reporter, Silent, quiet

if TYPE_CHECKING:
    from unmoor.observe.observer import Observer
    from unmoor.state.evidence_store import EvidenceStore
    from unmoor.targets import Index, Remote
    from unmoor.tools.git import Git

__all__ = ["Context", "Workspace"]


class Workspace(Protocol):
    """A fresh local clone of the planned commit, made when it is first asked for and removed at the end."""

    @property
    def path(self) -> Path:
        """The folder of the clone; its HEAD is the planned commit, its tree is clean."""

    @property
    def commit(self) -> str:
        """The planned commit (the plan's edits included)."""

    @property
    def git(self) -> Git:
        """The clone as a repository."""

    @property
    def remarks(self) -> Sequence[str]:
        """What the plan's edits could not take along there, each in a sentence."""

    def tag(self, name: str, commit: str, *, message: str, signed: bool) -> None:
        """Make an annotated tag in the clone; raise ``Blocked`` where its signature cannot be verified."""

    def untag(self, name: str) -> None:
        """Remove a tag from the clone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One stage of one release, as gates and steps see it.

    ``state`` is the release's folder, ``store`` its evidence; ``observer`` knows what the configured index and remote
    say, ``memory`` what this run has made already. ``posargs`` is what the user passed to the project's own tools,
    ``environ`` the environment as the face read it, ``say`` reports progress in one line,
    ``reporter`` what is at work and what became of it. ``index`` or ``remote`` is
    whom the stage speaks to, where it does. ``approval`` is what the user passed to ``--approve``, ``send_again`` to
    ``--send-again``: the index that gets once more what it took and does not show. ``inputs`` is what the stage's
    evidence is bound to, ``identities`` names whom each outward stage speaks to. ``mark`` keeps on disk what is about
    to be done, before it is done; ``asked`` says that the stage was named, not only required, so that what is proven
    already is done again; ``locks`` are descriptors that an uploading child inherits. ``progress`` says how far the
    release's archives have gone out already.
    """

    stage: Stage
    component: Component
    release: Release
    plan: Plan
    store: EvidenceStore
    state: Path
    environ: Mapping[str, str] = field(repr=False)
    workspace: Workspace
    observer: Observer
    memory: Memory = field(default_factory=Memory, repr=False)
    say: Callable[[str], None] = quiet
    reporter: Reporter = field(default_factory=Silent, repr=False)
    posargs: tuple[str, ...] = ()
    approval: str = ""
    asked: bool = True
    goal: str = ""
    send_again: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)
    distributions: tuple[Distribution, ...] = ()
    index: Index | None = None
    remote: Remote | None = None
    mark: Callable[[str], None] = quiet
    locks: tuple[int, ...] = ()
    progress: Effect = Effect.NONE

    @property
    def repository(self) -> Repository:
        """The repository that the component belongs to."""
        return self.component.repository

    @property
    def live(self) -> bool:
        """Whether this run speaks to the configured targets."""
        return self.plan.mode is Mode.LIVE

    @property
    def has_begun(self) -> bool:
        """Whether archives of this release may be on an index already."""
        return self.progress > Effect.LOCAL

    @property
    def evidence_days(self) -> float:
        """How old evidence may be, in days; zero for any age, which it is from the first file on that goes out."""
        return 0.0 if self.has_begun else self.component.settings.evidence.days

    @property
    def is_finishing(self) -> bool:
        """Whether the main index may hold archives of this release: all that is left is to finish it."""
        return self.progress is Effect.PERMANENT

    @property
    def dist(self) -> Path:
        """The folder of the sealed archives."""
        return self.state / "dist"

    @property
    def logs(self) -> Path:
        """The folder of the tools' logs."""
        return self.state / "logs"

    def log(self, name: str) -> Path:
        """Return the log file for one tool of this stage."""
        return self.logs / f"{self.stage.name}.{name}.log"

    @property
    def accepted(self) -> Mapping[str, str]:
        """When the index of this stage said that it took an archive, by file name. What it shows is another thing."""
        from unmoor.state import upload_intents

        if self.index is None:
            return {}
        found = {each.filename: upload_intents.intent(self.state, self.index, each) for each in self.distributions}
        return {name: each.since for name, each in found.items() if each is not None and each.accepted}

    @property
    def archives(self) -> tuple[Path, ...]:
        """The sealed archives as paths, wheels first."""
        return tuple(self.dist / each.filename for each in self.distributions)
