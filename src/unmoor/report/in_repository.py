"""What the user's own repository has of a release: its commit, and its tag."""

from __future__ import annotations

from dataclasses import dataclass

from unmoor.chain import BUILD
from unmoor.model import Release
from unmoor.state.evidence_store import EvidenceStore
from unmoor.tools.git import Git

__all__ = ["InRepository", "look"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InRepository:
    """Whether the commit that was built is gone from the repository, and to which one the release's tag leads there."""

    commit_is_lost: bool = False
    tag_at: str = ""


def look(store: EvidenceStore, release: Release, git: Git) -> InRepository:
    """Ask the repository; nothing is fetched."""
    build = store.read(BUILD.name).record
    commit = build.facts.get("commit", "") if build is not None else ""
    lost = bool(commit) and git.run("cat-file", "-e", "--end-of-options", f"{commit}^{{commit}}", ok=None).status != 0
    return InRepository(commit_is_lost=lost, tag_at=git.tags().get(release.tag, ""))
