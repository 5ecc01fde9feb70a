"""A fresh local clone of the planned commit, in a temporary place.

Nothing of the user's folder gets in but what git knows: no stray file, no stale build folder, no local tag. In a
rehearsal uncommitted work comes along as one commit, and the plan's edits as another; both are made with fixed
names and times, so that the same plan leads to the same commit wherever it is carried out.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from unmoor.errors import Blocked
from unmoor.model import Component, Mode, Plan
from unmoor.runtime import scratch
from unmoor.tools import lfs, submodules
from unmoor.tools.git import Git

__all__ = ["Clone"]

_NAME = "unmoor"
_EMAIL = "unmoor@localhost"
_WHO_AND_HOW = (
    *("user.name", "user.email", "user.signingKey"),
    *("gpg.format", "gpg.program", "gpg.ssh.program", "gpg.ssh.allowedSignersFile", "gpg.x509.program"),
)


class Clone:
    """The clone for all releases of a plan, made when it is first asked for; safe to ask from several threads."""

    def __init__(self, plan: Plan, components: Sequence[Component], environ: Mapping[str, str]) -> None:
        self._plan = plan
        self._components = {each.name: each for each in components}
        self._root = components[0].repository.root
        self._environ = environ
        self._lock = threading.Lock()
        self._made: tuple[Path, str] | None = None
        self._remarks: list[str] = []

    @property
    def path(self) -> Path:
        """The folder of the clone."""
        return self._make()[0]

    @property
    def commit(self) -> str:
        """The planned commit, the plan's edits included."""
        return self._make()[1]

    @property
    def git(self) -> Git:
        """The clone as a repository."""
        return Git(self.path, self._environ)

    @property
    def remarks(self) -> Sequence[str]:
        """What the plan's edits could not take along, each in a sentence."""
        _ = self._make()
        return tuple(self._remarks)

    def tag(self, name: str, commit: str, *, message: str, signed: bool) -> None:
        """Make the annotated tag ``name`` on ``commit`` in the clone, signed and verified where that is asked for.

        Raises ``Blocked`` where the signature cannot be verified.
        """
        git, own = self.git, self._own_words()
        # --force is about the bare name that version-from-tag backends needed in our own clone, nothing else.
        git.run(*own, "tag", "--force", "-s" if signed else "-a", "-m", message, "--", name, commit)
        # git before 2.43.2 leaves an unsigned tag behind, and exits 0, when signing with ssh fails.
        if signed and git.run(*own, "verify-tag", "--", name, ok=None).status != 0:
            git.run("tag", "--delete", "--", name)
            raise Blocked(
                f"the signature of the tag {name!r} cannot be verified",
                hint="check user.signingkey and gpg.ssh.allowedSignersFile, then run the same command again",
            )

    def untag(self, name: str) -> None:
        """Remove a tag from the clone."""
        self.git.run("tag", "--delete", "--", name, ok=None)

    def _make(self) -> tuple[Path, str]:
        with self._lock:
            if self._made is None:
                self._made = self._fill(scratch.lasting("clone") / self._root.name)
            return self._made

    def _fill(self, folder: Path) -> tuple[Path, str]:
        origin = Git(self._root, self._environ)
        clone = origin.clone(folder)
        lfs.borrow_objects(origin, clone)
        clone.run("checkout", "--quiet", "--detach", self._plan.commit)
        if self._plan.mode is Mode.REHEARSAL:
            self._take_along(origin, clone)
        submodules.fill(origin, clone)
        lfs.must_be_filled(clone)
        if self._plan.mode is Mode.REHEARSAL:
            self._edit(clone)
        for release in self._plan.releases:
            if any(source.kind == "vcs" for source in self._components[release.component].sources):
                clone.run("tag", "--", release.tag, "HEAD", extra=self._identity())
        return folder, clone.head()

    def _take_along(self, origin: Git, clone: Git) -> None:
        plan = self._plan
        if not plan.uncommitted:
            return
        submodules.must_be_committed(origin)
        listed = "\n".join(plan.uncommitted)
        message = f"Uncommitted work\n\n{listed}\n"
        origin.commit_working_tree(clone, message=message, extra=self._identity(), only=plan.uncommitted)
        if clone.tree_of("HEAD") != plan.tree:
            raise Blocked("the working tree changed while the release was at work", hint="run the same command again")

    def _edit(self, clone: Git) -> None:
        """Make the edits of all releases, as one commit; a lock file that cannot follow is left, and remarked on."""
        edited = [release for release in self._plan.releases if release.edits]
        if not edited:
            return
        from unmoor.planning import release_commit
        from unmoor.planning.prepare_tree import prepare

        for release in edited:
            prepare(
                clone.folder,
                self._components[release.component],
                release,
                self._plan.date,
                environ=self._environ,
                remark=self._remarks.append,
            )
        clone.run("add", "--all")
        if changed := release_commit.edited(clone, "--cached", "HEAD"):
            message = release_commit.message(edited, changed, self._plan.date, alone=len(self._components) == 1)
            clone.run("commit", "--quiet", "--no-verify", "-m", message, extra=self._identity())

    def _own_words(self) -> list[str]:
        """Return who tags, and how they sign, as options for git.

        Live these are the words of the user's repository, which the clone would not know where they are said only
        there; a rehearsal is nobody's, so that it needs no identity.
        """
        if self._plan.mode is Mode.REHEARSAL:
            return ["-c", f"user.name={_NAME}", "-c", f"user.email={_EMAIL}", "-c", "tag.gpgSign=false"]
        user = Git(self._root, self._environ)
        found = {key: user.run("config", "--get", key, ok=(0, 1)).out.strip() for key in _WHO_AND_HOW}
        return [word for key, value in found.items() if value for word in ("-c", f"{key}={value}")]

    def _identity(self) -> dict[str, str]:
        when = f"{self._plan.epoch} +0000"
        return {
            "GIT_AUTHOR_NAME": _NAME,
            "GIT_AUTHOR_EMAIL": _EMAIL,
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_NAME": _NAME,
            "GIT_COMMITTER_EMAIL": _EMAIL,
            "GIT_COMMITTER_DATE": when,
            # The user's signing settings are about their commits, not about this one.
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "commit.gpgsign",
            "GIT_CONFIG_VALUE_0": "false",
            "GIT_CONFIG_KEY_1": "tag.gpgsign",
            "GIT_CONFIG_VALUE_1": "false",
        }
