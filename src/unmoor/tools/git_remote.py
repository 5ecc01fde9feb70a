"""Git remotes: the user's own, which their repository knows how to reach, and a bare repository in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from unmoor.errors import ToolError
from unmoor.tools.git import Git

__all__ = ["BareRemote", "UserRemote"]

_NOWHERE = "0" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRemote:
    """A remote of the user's repository, by its name; asked and pushed to from there, for it knows the credentials."""

    label: str
    root: Path
    environ: Mapping[str, str] = field(repr=False)

    def refs(self) -> Mapping[str, str] | None:
        """Return its branches and tags by full name; ``None`` where it does not answer."""
        return self._user.remote_refs(self.label)

    def push_tag(self, clone: Path, tag: str, commit: str) -> None:  # noqa: ARG002 - the tag object knows it
        """Take the tag object over from ``clone`` and push it; no branch goes along."""
        made = self._taken_over(clone, tag)
        self._user.run("push", "--quiet", "--", self.label, f"{made}:refs/tags/{tag}")
        self._point(tag, made)

    def try_push(self, clone: Path, trial: str, tag: str) -> None:
        """Push with ``--dry-run``: the remote is asked and logged in to, and no hook of the user's runs."""
        made = self._taken_over(clone, trial)
        self._user.run("push", "--quiet", "--dry-run", "--no-verify", "--", self.label, f"{made}:refs/tags/{tag}")

    def keep_tag(self, tag: str) -> None:
        """Fetch a tag that the clone lacks; git itself never moves one that it has."""
        name = f"refs/tags/{tag}"
        self._user.run(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self.label, f"{name}:{name}", ok=None
        )

    @property
    def _user(self) -> Git:
        return Git(self.root, self.environ)

    def _taken_over(self, clone: Path, tag: str) -> str:
        """Return the tag object of ``clone``, once the user's repository has it too, without a name."""
        name = f"refs/tags/{tag}"
        made = Git(clone, self.environ).run("rev-parse", "--verify", "--end-of-options", name).out.split()[-1]
        self._user.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", clone, name)
        return made

    def _point(self, tag: str, made: str) -> None:
        """Name the tag object in the user's clone, where no tag of that name is there yet."""
        self._user.run("update-ref", f"refs/tags/{tag}", made, _NOWHERE, ok=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BareRemote:
    """A bare repository in a folder of this machine."""

    label: str
    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def refs(self) -> Mapping[str, str] | None:
        """Return its branches and tags by full name; ``None`` where it is not there."""
        try:
            return Git(self.folder, self.environ).refs()
        except (ToolError, OSError):
            return None

    def push_tag(self, clone: Path, tag: str, commit: str) -> None:  # noqa: ARG002 - the tag object knows it
        """Push the tag from the clone that made it."""
        self._push(clone, f"refs/tags/{tag}:refs/tags/{tag}")

    def try_push(self, clone: Path, trial: str, tag: str) -> None:
        """Push with ``--dry-run``."""
        self._push(clone, f"refs/tags/{trial}:refs/tags/{tag}", "--dry-run")

    def keep_tag(self, tag: str) -> None:
        """Do nothing: a rehearsal leaves no tag in the user's clone."""

    def _push(self, clone: Path, spec: str, *options: str) -> None:
        Git(clone, self.environ).run("push", "--quiet", *options, "--", self.folder, spec)
