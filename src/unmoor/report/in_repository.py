"""What the user's own repository has of a release: its commit, its tag, and whom it pushes to."""

from __future__ import annotations

from dataclasses import dataclass

from unmoor.chain import BUILD
from unmoor.model import Mode, Plan, Release
from unmoor.state.evidence_store import EvidenceStore
from unmoor.tools.git import Git

__all__ = ["InRepository", "look"]

_USUAL = "origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class InRepository:
    """Whether the commit that was built is gone from the repository, and to which one the release's tag leads there.

    ``remote`` is whom the release is pushed to, ``is_pushed`` says whether that has the plan's commit on a branch, as
    far as was last heard.
    """

    commit_is_lost: bool = False
    tag_at: str = ""
    remote: str = ""
    is_pushed: bool = True


def look(plan: Plan, store: EvidenceStore, release: Release, git: Git, remote: str = "") -> InRepository:
    """Ask the repository, nobody else; ``remote`` is what the settings say, where that is known.

    Of a rehearsal neither commit nor tag is ever there, and nobody is told to make them by hand.
    """
    remote = remote or _remote(git, plan.branch)
    pushed = bool(remote) and _is_pushed(git, remote, plan.commit)
    if plan.mode is Mode.REHEARSAL:
        return InRepository(remote=remote, is_pushed=pushed)
    build = store.read(BUILD.name).record
    commit = build.facts.get("commit", "") if build is not None else ""
    return InRepository(
        commit_is_lost=bool(commit) and not git.has_commit(commit),
        tag_at=git.tags().get(release.tag, ""),
        remote=remote,
        is_pushed=pushed,
    )


def _remote(git: Git, branch: str) -> str:
    """Return the remote that the branch follows, else the usual one, else the only one."""
    said = git.run("config", "--get-regexp", r"^(remote\..*\.(url|pushurl)|branch\..*\.remote)$", ok=None).out
    rows = [line.split(" ", 1) for line in said.splitlines() if " " in line]
    known = list(
        dict.fromkeys(key[len("remote.") :].rpartition(".")[0] for key, _ in rows if key.startswith("remote."))
    )
    followed = next((value for key, value in rows if branch and key == f"branch.{branch}.remote"), "")
    if followed in known:
        return followed
    return _USUAL if _USUAL in known else known[0] if len(known) == 1 else ""


def _is_pushed(git: Git, remote: str, commit: str) -> bool:
    found = git.run(
        "for-each-ref", "--count=1", "--format=%(refname)", f"--contains={commit}", f"refs/remotes/{remote}/", ok=None
    )
    return bool(found.out.strip())
