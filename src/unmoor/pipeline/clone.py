"""A fresh local clone of the planned commit, in a temporary place.

Nothing of the user's folder gets in but what git knows: no stray file, no stale build folder, no local tag. In a
rehearsal uncommitted work comes along as one commit, and the plan's edits as another; both are made with fixed
names and times, so that the same plan leads to the same commit wherever it is carried out.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from pathlib import Path

from unmoor.errors import Blocked
from unmoor.model import Mode
from unmoor.pipeline.open_release import Opened
from unmoor.planning.prepare import prepare
from unmoor.request import Request
from unmoor.tools.git import Git

__all__ = ["Clone"]

_NAME = "unmoor"
_EMAIL = "unmoor@localhost"


class Clone:
    """The clone, made when it is first asked for; safe to ask from several threads."""

    def __init__(self, opened: Opened, request: Request) -> None:
        self._opened = opened
        self._request = request
        self._lock = threading.Lock()
        self._made: tuple[Path, str] | None = None

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
        return Git(self.path, self._request.environ)

    def _make(self) -> tuple[Path, str]:
        with self._lock:
            if self._made is None:
                top = Path(tempfile.mkdtemp(prefix="unmoor-clone-"))
                atexit.register(shutil.rmtree, top, ignore_errors=True)
                self._made = self._fill(top / self._opened.project.root.name)
            return self._made

    def _fill(self, folder: Path) -> tuple[Path, str]:
        project, plan = self._opened.project, self._opened.plan
        origin = Git(project.root, self._request.environ)
        clone = origin.clone(folder)
        clone.run("checkout", "--quiet", "--detach", plan.commit)
        if plan.mode is Mode.REHEARSAL:
            self._take_along(origin, clone)
            self._edit(clone)
        if any(source.kind == "vcs" for source in project.component.sources):
            clone.run("tag", "--", plan.release.tag, "HEAD", extra=self._identity())
        return folder, clone.head()

    def _take_along(self, origin: Git, clone: Git) -> None:
        plan = self._opened.plan
        if not plan.uncommitted:
            return
        listed = "\n".join(plan.uncommitted)
        message = f"Uncommitted work\n\n{listed}\n"
        origin.commit_working_tree(clone, message=message, extra=self._identity(), only=plan.uncommitted)
        if clone.tree_of("HEAD") != plan.tree:
            raise Blocked("the working tree changed while the release was at work", hint="run the same command again")

    def _edit(self, clone: Git) -> None:
        project, release = self._opened.project, self._opened.plan.release
        if not release.edits:
            return
        prepare(clone.folder, project, release, self._opened.plan.date, environ=self._request.environ)
        clone.run("add", "--all")
        clone.run("commit", "--quiet", "--no-verify", "-m", f"Release {release.version}", extra=self._identity())

    def _identity(self) -> dict[str, str]:
        when = f"{self._opened.plan.epoch} +0000"
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
