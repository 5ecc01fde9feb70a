"""What a plan is made from, and what follows from it about versions; nothing here asks the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from unmoor.model import Change, Component
from unmoor.planning.notes.record import Notes
from unmoor.planning.versions import tags
from unmoor.planning.versions.pep440 import try_parse

if TYPE_CHECKING:
    from packaging.version import Version

__all__ = ["Observed", "VersionFacts"]

_TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The world as it was found. ``taken`` and ``remote_refs`` are ``None`` where they could not be asked.

    ``tags`` maps names to the commits they lead to, ``reachable`` are the tags in the commit's history, ``epoch`` is
    the commit's time, ``today`` the day that a changelog is to carry, as ISO date, ``uv_locks`` the lock files that git
    tracks. ``notes`` and ``followers`` (files that follow the version by bump-my-version's own settings) are read from
    the project's folder where they are not given.
    """

    commit: str
    tree: str
    branch: str
    tags: Mapping[str, str]
    reachable: tuple[str, ...]
    epoch: int
    today: str
    taken: tuple[str, ...] | None = None
    remote_refs: Mapping[str, str] | None = None
    uncommitted: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    uv_locks: tuple[str, ...] = ()
    notes: Notes | None = None
    followers: tuple[str, ...] | None = None


@dataclass(frozen=True)
class VersionFacts:
    """The facts as far as they concern versions of one component."""

    component: Component
    observed: Observed
    changes: tuple[Change, ...] = field(default=())

    @cached_property
    def derived(self) -> bool:
        """Whether the version comes from tags alone."""
        return bool(self.component.sources) and self.component.sources[0].kind == "vcs"

    @cached_property
    def stated(self) -> Version | None:
        """The version that the deciding source states."""
        sources = [each for each in self.component.sources if not each.is_memory]
        return try_parse(sources[0].value) if sources and not self.derived else None

    @cached_property
    def commits(self) -> dict[str, str]:
        """Every tag known here or on the remote, and its commit."""
        remote = self.observed.remote_refs or {}
        there = {name.removeprefix(_TAGS): commit for name, commit in remote.items() if name.startswith(_TAGS)}
        return {**there, **self.observed.tags}

    @cached_property
    def tagged(self) -> dict[str, Version]:
        """Every tag that names a version, oldest version first."""
        return tags.versions(tags.form_of(self.component), self.commits)

    @cached_property
    def behind(self) -> dict[str, Version]:
        """The version tags in the commit's history, oldest version first."""
        return tags.versions(tags.form_of(self.component), self.observed.reachable)

    @cached_property
    def here(self) -> dict[str, Version]:
        """The version tags on the commit itself, if the commit is what will be released."""
        if self.observed.uncommitted:
            return {}
        return {tag: version for tag, version in self.tagged.items() if self.commits[tag] == self.observed.commit}

    @cached_property
    def on_index(self) -> set[Version]:
        """The versions on the index, as far as it was asked."""
        return {version for each in self.observed.taken or () if (version := try_parse(each)) is not None}

    @cached_property
    def used(self) -> set[Version]:
        """The versions that are somebody else's: on the index or tagged, but not tagged on this very commit."""
        return (self.on_index | set(self.tagged.values())) - set(self.here.values())

    @cached_property
    def current(self) -> Version | None:
        """The version the tree is at: what it states, or the newest tag in its history."""
        if self.stated is not None:
            return self.stated
        return max(self.behind.values(), default=None)

    @cached_property
    def last(self) -> Version | None:
        """The last release of this line: by a tag in its history, or untagged on the index and not past the tree."""
        versions = [version for tag, version in self.behind.items() if tag not in self.here]
        untagged = self.on_index - set(self.tagged.values())
        versions += [each for each in untagged if self.stated is None or each <= self.stated]
        finals = [each for each in versions if not each.is_prerelease]
        return max(finals or versions, default=None)

    def why_used(self, version: Version) -> str:
        """Say who has a version already."""
        tag = next((tag for tag, each in self.tagged.items() if each == version), "")
        index = "on the index" if version in self.on_index else ""
        return " and ".join(filter(None, [index, f"tagged as {tag}" if tag else ""]))
