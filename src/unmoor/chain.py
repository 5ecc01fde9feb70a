"""THE list. Eight stages take a commit to a verified release; everything else is generated from this table.

Read a row as a sentence: the gates ``before`` must hold, then the ``step`` acts, then the gates ``after`` must
hold. Gates are found by name in ``unmoor.gates``, steps in ``unmoor.stages``.
"""

from __future__ import annotations

from unmoor.model import Effect, Stage

__all__ = ["CHAIN", "PROVEN_BEFORE_PUBLICATION", "stage"]

PROVEN_BEFORE_PUBLICATION = ("check", "lint", "tests", "docs-strict", "build")

CHAIN: tuple[Stage, ...] = (
    Stage(
        name="check",
        summary="source gates: git state, versions, metadata, structure, secrets",
        before=(
            "own-sessions-pass",
            "history-is-complete",
            "worktree-is-clean",
            "branch-is-allowed",
            "not-behind-remote",
            "version-sources-agree",
            "version-moves-forward",
            "version-is-free",
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
        before=("own-sessions-pass", "ruff-is-clean", "pre-commit-is-clean", "types-are-sound"),
        replaceable=True,
    ),
    Stage(
        name="tests",
        summary="the test suite on every supported Python",
        before=("tests-pass",),
        replaceable=True,
    ),
    Stage(
        name="docs-strict",
        summary="the documentation, where warnings are errors",
        before=("docs-build-strictly",),
        replaceable=True,
    ),
    Stage(
        name="build",
        summary="sdist, wheel from the sdist, sealed; archive gates; each installed by itself",
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
        effect=Effect.PUBLIC,
        requires=PROVEN_BEFORE_PUBLICATION,
        before=("evidence-is-complete", "archives-are-sealed", "upload-rules-hold", "credential-is-present"),
        step="publish",
        after=("index-serves-our-bytes", "index-copy-installs"),
    ),
    Stage(
        name="pypi",
        summary="upload the same bytes to PyPI, read back, install from there",
        effect=Effect.PERMANENT,
        requires=("testpypi",),
        before=(
            "evidence-is-complete",
            "release-is-approved",
            "archives-are-sealed",
            "upload-rules-hold",
            "credential-is-present",
        ),
        step="publish",
        after=("index-serves-our-bytes", "index-copy-installs"),
    ),
    Stage(
        name="release",
        summary="tag the planned commit, push it, and give the verdict",
        effect=Effect.PERMANENT,
        requires=("pypi",),
        before=("evidence-is-complete",),
        step="tag",
        after=("tag-is-on-the-planned-commit",),
    ),
)


def stage(name: str) -> Stage:
    """Return the stage called ``name``; raises ``KeyError`` for a name that is not in the chain."""
    return {each.name: each for each in CHAIN}[name]
