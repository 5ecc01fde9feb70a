"""Gates: one file each, named as an assertion that reads true when it passes.

To add one: write ``gates/<name with underscores>.py`` with ``ASSERTS`` (one sentence) and
``check(context) -> Findings``, add its line here, and name it in ``unmoor.chain``. The contract tests run over this
registry.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from unmoor.context import Context
    from unmoor.model import Findings

__all__ = ["REGISTRY", "Gate", "load"]


class Gate(Protocol):
    """The module of a gate, as a plug-in."""

    @property
    def ASSERTS(self) -> str:  # noqa: N802 - a constant of the module
        """What is true when the gate passes, in one sentence."""

    def check(self, context: Context) -> Findings:
        """Look, and say what was examined and found."""


# In the order in which a release meets them.
REGISTRY: tuple[str, ...] = (
    # check
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
    # lint, tests, docs-strict
    "own-sessions-pass",
    "ruff-is-clean",
    "pre-commit-is-clean",
    "types-are-sound",
    "tests-pass",
    "docs-build-strictly",
    # build
    "archive-names-agree",
    "upload-rules-hold",
    "archives-hold-the-tree",
    "wheel-matches-tree",
    "archives-hold-no-secrets",
    "archives-are-small",
    "modes-are-plain",
    "archives-install",
    # testpypi, pypi
    "evidence-is-complete",
    "release-is-approved",
    "archives-are-sealed",
    "credential-is-present",
    "index-serves-our-bytes",
    "index-copy-installs",
    # release
    "tag-is-on-the-planned-commit",
)


def load(name: str) -> Gate:
    """Import and return the gate called ``name``."""
    return cast("Gate", import_module(f"unmoor.gates.{name.replace('-', '_')}"))
