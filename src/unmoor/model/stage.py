"""A stage of the chain, and the words that say what it is: nothing that carries stages out needs its name."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["Bound", "Effect", "Scope", "Stage", "Target"]


class Effect(enum.IntEnum):
    """How hard a stage is to undo."""

    NONE = 0
    LOCAL = 1
    PUBLIC = 2
    PERMANENT = 3


class Scope(enum.StrEnum):
    """What is judged or done once: the repository for all its components, or each component for itself."""

    REPOSITORY = "repository"
    COMPONENT = "component"


class Bound(enum.StrEnum):
    """One thing that evidence is bound to: where it has changed, the evidence is void.

    The value is its name among the inputs of an attestation.
    """

    UNMOOR = "unmoor"
    MODE = "mode"
    VERSION = "version"
    SETTINGS = "settings"
    TREE = "tree"
    COMMIT = "commit"
    BRANCH = "branch"
    PLAN = "plan"
    EDITS = "edits"
    EPOCH = "epoch"
    FILES = "files"
    INDEX = "index"
    TAG = "tag"
    REMOTE = "remote"


class Target(enum.StrEnum):
    """Whom a stage speaks to: nobody, a package index of its own name, or the git remote."""

    NOBODY = "nobody"
    INDEX = "index"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A node of the chain: gates that must hold before, one step that acts, gates that must hold after.

    ``step`` and the gates are names; what they do lives in ``stages`` and ``gates``. ``scope`` says whether the stage
    is carried out for each component or once for the repository, ``binds`` what its evidence is bound to, ``target``
    whom it speaks to. ``replaceable``: the project's own sessions stand in for its gates; elsewhere they are added.
    ``sessions`` are the names by which a session of the project's own is known to belong here.
    """

    name: str
    summary: str
    binds: tuple[Bound, ...]
    effect: Effect = Effect.NONE
    requires: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    step: str = ""
    after: tuple[str, ...] = ()
    scope: Scope = Scope.COMPONENT
    target: Target = Target.NOBODY
    replaceable: bool = False
    sessions: tuple[str, ...] = ()

    @property
    def gates(self) -> tuple[str, ...]:
        """Every gate of the stage, in the order they are shown."""
        return (*self.before, *self.after)

    @property
    def is_local(self) -> bool:
        """Whether the stage is about a tree alone: it needs no answer of an index or a remote, not even a plan's."""
        return self.effect is Effect.NONE and Bound.PLAN not in self.binds
