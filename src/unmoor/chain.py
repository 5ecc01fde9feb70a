"""THE list. Eight stages take a commit to a verified release; everything else is generated from this table.

Read a row as a sentence: the gates ``before`` must hold, then the ``step`` acts, then the gates ``after`` must
hold; what is left is evidence that ``binds`` those things, and is void when one of them changes. Gates are found by
name in ``unmoor.gates``, steps in ``unmoor.stages``.
"""

from __future__ import annotations

from unmoor.model import Bound, Effect, Stage, Target

__all__ = [
    "BUILD",
    "CHAIN",
    "PROVEN_BEFORE_PUBLICATION",
    "STOPS_A_FINISH",
    "is_last",
    "main_index",
    "required_by",
    "stage",
    "stage_of_session",
]

PROVEN_BEFORE_PUBLICATION = ("check", "lint", "tests", "docs-strict", "build")

_TREE = (Bound.UNMOOR, Bound.MODE, Bound.VERSION, Bound.SETTINGS, Bound.TREE)
_MADE = (Bound.UNMOOR, Bound.MODE, Bound.VERSION, Bound.SETTINGS, Bound.COMMIT, Bound.TREE, Bound.EDITS, Bound.EPOCH)
_FILES = (Bound.UNMOOR, Bound.MODE, Bound.VERSION, Bound.SETTINGS, Bound.FILES)

# What index and remote say can change at any time: it is asked again right before files go out, whatever was kept.
_ASKED_AGAIN = (
    "version-moves-forward",
    "version-is-free",
    "project-is-open",
    "tag-is-free",
    "not-behind-remote",
    "commit-is-on-remote",
    "tag-can-be-pushed",
)

# Once the main index holds a file, only these stop the finish: other bytes, another tag, no right or no leave to go on.
# What any other gate finds then is told, and changes nothing that is out already.
STOPS_A_FINISH = frozenset(
    {
        "archives-are-sealed",
        "credential-is-present",
        "evidence-is-complete",
        "index-serves-our-bytes",
        "release-is-approved",
        "tag-is-free",
        "tag-is-on-the-planned-commit",
        "version-is-free",
    }
)

CHAIN: tuple[Stage, ...] = (
    Stage(
        name="check",
        summary="source gates: git state, versions, metadata, structure, secrets",
        # Its gates ask about history, branch, tags, remote and index: it is good for one plan.
        binds=(*_TREE, Bound.COMMIT, Bound.BRANCH, Bound.PLAN),
        sessions=("check",),
        before=(
            "own-sessions-pass",
            "history-is-complete",
            "worktree-is-clean",
            "branch-is-allowed",
            "not-behind-remote",
            "version-sources-agree",
            "version-moves-forward",
            "version-is-free",
            "project-is-open",
            "tag-is-free",
            "metadata-is-complete",
            "structure-is-complete",
            "dependencies-are-named",
            "no-unfinished-work",
            "tree-holds-no-secrets",
            "notes-are-collected",
        ),
    ),
    Stage(
        name="lint",
        summary="format, lint and types, with what the project uses",
        binds=_TREE,
        replaceable=True,
        sessions=(
            *("lint", "format", "fmt", "style", "mypy", "pyright", "types", "typing", "typecheck"),
            *("pre-commit", "precommit"),
        ),
        before=(
            "own-sessions-pass",
            "ruff-is-clean",
            "black-is-clean",
            "isort-is-clean",
            "flake8-is-clean",
            "pre-commit-is-clean",
            "types-are-sound",
        ),
    ),
    Stage(
        name="tests",
        summary="the test suite on every supported Python",
        binds=_TREE,
        replaceable=True,
        sessions=("test", "tests", "pytest", "coverage", "unit", "integration"),
        before=("tests-pass",),
    ),
    Stage(
        name="docs-strict",
        summary="the documentation, where warnings are errors",
        binds=_TREE,
        replaceable=True,
        sessions=("doc", "docs", "docs-strict", "documentation", "sphinx", "mkdocs"),
        before=("docs-build-strictly",),
    ),
    Stage(
        name="build",
        summary="sdist, wheel from the sdist, sealed; archive gates; each installed by itself",
        binds=_MADE,
        effect=Effect.LOCAL,
        requires=("check",),
        step="build",
        after=(
            "archive-names-agree",
            "upload-rules-hold",
            "archives-hold-the-tree",
            "wheel-matches-tree",
            "archives-hold-no-secrets",
            "archives-are-small",
            "modes-are-plain",
            "archives-install",
        ),
    ),
    Stage(
        name="testpypi",
        summary="upload to TestPyPI, read back, install from there",
        binds=(*_FILES, Bound.INDEX),
        effect=Effect.PUBLIC,
        target=Target.INDEX,
        requires=PROVEN_BEFORE_PUBLICATION,
        before=(
            "evidence-is-complete",
            "archives-are-sealed",
            "upload-rules-hold",
            "credential-is-present",
            *_ASKED_AGAIN,
        ),
        step="publish",
        after=("index-serves-our-bytes", "index-copy-installs"),
    ),
    Stage(
        name="pypi",
        summary="upload the same bytes to PyPI, read back, install from there",
        binds=(*_FILES, Bound.INDEX),
        effect=Effect.PERMANENT,
        target=Target.INDEX,
        requires=("testpypi",),
        before=(
            "evidence-is-complete",
            "release-is-approved",
            "archives-are-sealed",
            "upload-rules-hold",
            "credential-is-present",
            *_ASKED_AGAIN,
        ),
        step="publish",
        after=("index-serves-our-bytes", "index-copy-installs"),
    ),
    Stage(
        name="release",
        summary="tag the planned commit, push it, and give the verdict",
        binds=(*_FILES, Bound.TAG, Bound.REMOTE),
        effect=Effect.PERMANENT,
        target=Target.REMOTE,
        requires=("pypi",),
        before=("evidence-is-complete",),
        step="tag",
        after=("tag-is-on-the-planned-commit",),
    ),
)

# The stage whose effect stays on this machine makes the archives that all later ones are about.
BUILD = next(each for each in CHAIN if each.effect is Effect.LOCAL)


def main_index() -> Stage:
    """Return the stage that publishes for good: its index is the one that says which versions exist."""
    return next(each for each in CHAIN if each.target is Target.INDEX and each.effect is Effect.PERMANENT)


def stage(name: str) -> Stage:
    """Return the stage called ``name``; raises ``KeyError`` for a name that is not in the chain."""
    return {each.name: each for each in CHAIN}[name]


def required_by(name: str) -> frozenset[str]:
    """Return the names of all stages that the one called ``name`` comes after, near and far."""
    near = stage(name).requires
    return frozenset(near).union(*(required_by(each) for each in near))


def is_last(each: Stage) -> bool:
    """Say whether the chain ends with this stage: then the verdict is given."""
    return each.name == CHAIN[-1].name


def stage_of_session(name: str) -> str | None:
    """Return the stage that a project's own session of this name proves; ``None`` for a name that says nothing."""
    plain = name.replace("_", "-").lower()
    return next((each.name for each in CHAIN if plain in each.sessions), None)
