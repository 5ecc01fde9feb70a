"""What a plan is made from, and what follows from it about versions; nothing here asks the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from unmoor.model import Change, Component
from unmoor.planning.notes.record import Notes
from unmoor.planning.versions import tags
from unmoor.planning.versions.calendar import Calendar, calendar_of
from unmoor.planning.versions.pep440 import leads_to, try_parse

if TYPE_CHECKING:
    from packaging.version import Version

__all__ = ["Observed", "VersionFacts"]

_TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The world as it was found. ``taken`` and ``remote_refs`` are ``None`` where they could not be asked.

    ``tags`` maps names to the commits they lead to, ``reachable`` are the tags in the commit's history, ``epoch`` is
    the commit's time, ``today`` the day that a changelog is to carry, as ISO date, ``uv_locks`` the lock files that git
    tracks. ``day`` is the day that a calendar version takes, ``today`` where it is empty; ``days`` are the days that
    versions came out on, as ISO dates by any spelling: those of their tags and of their files on the index.
    ``notes`` and ``followers`` (files that follow the version by bump-my-version's own settings) are read from
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
    day: str = ""
    days: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
        """Every tag of a release, oldest version first."""
        return tags.releases(tags.form_of(self.component), self.commits, self._index)

    @cached_property
    def behind(self) -> dict[str, Version]:
        """The tags of releases in the commit's history, oldest version first."""
        reachable = set(self.observed.reachable)
        of_form = tags.releases(tags.form_of(self.component), {*self.commits, *reachable}, self._index)
        return {tag: each for tag, each in of_form.items() if tag in reachable}

    @cached_property
    def here(self) -> dict[str, Version]:
        """The version tags on the commit itself, if the commit is what will be released."""
        if self.observed.uncommitted:
            return {}
        return {tag: version for tag, version in self.tagged.items() if self.commits[tag] == self.observed.commit}

    @property
    def _index(self) -> set[Version] | None:
        return None if self.observed.taken is None else self.on_index

    @cached_property
    def on_index(self) -> set[Version]:
        """The versions on the index, as far as it was asked."""
        return {version for each in self.observed.taken or () if (version := try_parse(each)) is not None}

    @cached_property
    def used(self) -> set[Version]:
        """The versions that are out: on the index, or tagged, but not on this very commit.

        A tag on the commit keeps its version for it as long as the index lacks that.
        """
        return self.on_index | (set(self.tagged.values()) - set(self.here.values()))

    @cached_property
    def released(self) -> tuple[str, Version] | None:
        """The release that the commit itself already is, if it is one: its tag is here, and the index has it."""
        out = [(tag, each) for tag, each in self.here.items() if each in self.on_index]
        mine = [(tag, each) for tag, each in out if self.derived or each == self.stated]
        return max(mine, key=lambda each: each[1], default=None)

    @cached_property
    def target(self) -> Version | None:
        """The version that the maintainers are on the way to: the tree, or the newest tag, is a development version."""
        newest = max(self.behind.values(), default=None)
        stated = [each for each in (self.stated, newest) if each is not None and each.is_devrelease]
        return leads_to(stated[0]) if stated else None

    @cached_property
    def calendar(self) -> Calendar | None:
        """What the numbers of the released versions mean, where they go by the calendar."""
        days: dict[Version, list[date]] = {}
        for text, known in self.observed.days.items():
            version = self.tagged.get(text) or try_parse(text)
            if version is None or version not in {*self.tagged.values(), *self.on_index}:
                continue
            if not version.is_prerelease and not version.is_postrelease:
                days.setdefault(version, []).extend(map(date.fromisoformat, known))
        return calendar_of(days)

    @property
    def day(self) -> date:
        """The day of the plan."""
        return date.fromisoformat(self.observed.day or self.observed.today)

    @cached_property
    def current(self) -> Version | None:
        """The version the tree is at: what it states, or the newest tag in its history."""
        if self.stated is not None:
            return self.stated
        return max(self.behind.values(), default=None)

    @cached_property
    def last(self) -> Version | None:
        """The last release of this line: by a tag in its history, or untagged on the index.

        What is untagged there and past the tree counts where releases are tagged: the clone is behind. Where none is,
        it may as well be another line.
        """
        released = self.released
        versions = [version for tag, version in self.behind.items() if tag not in self.here]
        versions += [released[1]] if released else []
        untagged = self.on_index - set(self.tagged.values())
        versions += [each for each in untagged if self.stated is None or self.behind or each <= self.stated]
        finals = [each for each in versions if not each.is_prerelease]
        return max(finals or versions, default=None)

    def why_used(self, version: Version) -> str:
        """Say who has a version already."""
        tag = next((tag for tag, each in self.tagged.items() if each == version), "")
        index = "on the index" if version in self.on_index else ""
        return " and ".join(filter(None, [index, f"tagged as {tag}" if tag else ""]))
