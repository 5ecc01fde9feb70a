"""Git remotes: the user's own, which their repository knows how to reach, and a bare repository in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from unmoor.tools.git import Git

__all__ = ["BareRemote", "UserRemote"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRemote:
    """A remote of the user's repository, by its name; asked and pushed to from there, for it knows the credentials."""

    label: str
    root: Path
    environ: Mapping[str, str] = field(repr=False)

    def refs(self) -> Mapping[str, str] | None:
        """Return its branches and tags by full name; ``None`` where it does not answer."""
        return Git(self.root, self.environ).remote_refs(self.label)

    def push_tag(self, clone: Path, tag: str, commit: str, *, branch: str) -> None:
        """Take the tag object over from ``clone`` and push it, with ``branch`` where that only moves it forward."""
        user = Git(self.root, self.environ)
        made = Git(clone, self.environ).run("rev-parse", "--verify", "--end-of-options", f"refs/tags/{tag}").out.split()
        user.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", clone, f"refs/tags/{tag}")
        specs = [f"{made[-1]}:refs/tags/{tag}"]
        there = (self.refs() or {}).get(f"refs/heads/{branch}") if branch else None
        if there and there != commit and user.is_ancestor(there, commit):
            specs.append(f"{commit}:refs/heads/{branch}")
        user.run("push", "--quiet", "--atomic", "--", self.label, *specs)


@dataclass(frozen=True, slots=True, kw_only=True)
class BareRemote:
    """A bare repository in a folder of this machine."""

    label: str
    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def refs(self) -> Mapping[str, str] | None:
        """Return its branches and tags by full name."""
        return Git(self.folder, self.environ).remote_refs(str(self.folder))

    def push_tag(self, clone: Path, tag: str, commit: str, *, branch: str) -> None:  # noqa: ARG002 - it has no branches
        """Push the tag from the clone that made it."""
        spec = f"refs/tags/{tag}:refs/tags/{tag}"
        Git(clone, self.environ).run("push", "--quiet", "--atomic", "--", self.folder, spec)
