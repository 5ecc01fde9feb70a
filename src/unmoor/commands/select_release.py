"""Which releases ``status`` and ``report`` are about: found in the state folder, without planning anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unmoor.chain import BUILD, CHAIN
from unmoor.commands.stage_standing import PROVEN, as_ended, by_its_plan, by_the_tree
from unmoor.errors import UnmoorError
from unmoor.evidence.verdict import VERDICT
from unmoor.model import Component
from unmoor.observe.repository import load
from unmoor.planning.versions.pep440 import try_parse
from unmoor.rehearsal import select_targets
from unmoor.report import in_repository
from unmoor.report.ending import Ending, named_base
from unmoor.report.next_step import NextStep, Step
from unmoor.report.stage_rows import Row
from unmoor.report.uploads import own_addresses
from unmoor.state import upload_intents
from unmoor.state.kept_releases import KeptRelease, kept_releases
from unmoor.state.layout import StateLayout
from unmoor.targets import Addresses
from unmoor.tools.git import Git, find_root

__all__ = ["Found", "Shown", "select"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One release that was asked about: how its stages stand, and how it ended by that."""

    kept: KeptRelease
    rows: tuple[Row, ...]
    end: Ending
    addresses: Addresses

    @property
    def proven(self) -> bool:
        """Whether nothing is left to do."""
        return all(row.how == PROVEN for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The releases that were asked about, all that there are, the latest first, and folders without a plan.

    Where there is nothing of what was asked about, ``nothing`` says so, and ``first`` is what begins it.
    """

    shown: tuple[Shown, ...]
    every: tuple[KeptRelease, ...]
    damaged: tuple[Path, ...]
    nothing: str
    first: Step


def select(start: Path, environ: Mapping[str, str], *, live: str, by_tree: bool = False) -> Found:
    """Return what is to be shown: the live release named, else the one of the commit at hand, else the last rehearsal.

    ``live`` is a version, or ``name==version``. What has not begun to publish is judged by the tree as it is with
    ``by_tree``, else by its own plan. Neither index nor remote is asked, and the tree need not state the
    version.
    """
    root = find_root(start, environ)
    git = Git(root, environ)
    every, damaged = kept_releases(StateLayout.of(git.common_dir(), environ))
    component = _component(start, environ, needed=not live)
    chosen = _named(every, live) if live else _at_hand(every, component, git)
    shown = tuple(_shown(each, component, git, by_tree=by_tree) for each in chosen)
    nothing = f"there is nothing of a live release {live} here" if live else "nothing was rehearsed here yet"
    session = component.repository.session(CHAIN[-1].name) if component else CHAIN[-1].name
    version = live.rpartition("==")[2]
    first = NextStep.GO_LIVE.step(version=version, session=session) if live else NextStep.REHEARSE.step()
    return Found(shown=shown, every=every, damaged=damaged, nothing="" if shown else nothing, first=first)


def _component(start: Path, environ: Mapping[str, str], *, needed: bool) -> Component | None:
    try:
        return load(start, environ)
    except UnmoorError:
        if needed:
            raise
        # A release that lies in the state folder can be told of without what is in the tree now.
        return None


def _named(every: Sequence[KeptRelease], live: str) -> list[KeptRelease]:
    name, joined, version = live.rpartition("==")
    wanted = try_parse(version)
    if wanted is None:
        raise UnmoorError(f"{version!r} is no version", place="--live", hint="write it as 1.4.0 or 1.4.0rc1")
    return [
        each
        for each in every
        if each.live
        and try_parse(each.release.version) == wanted
        and (not joined or each.release.component == name.strip())
    ]


def _at_hand(every: Sequence[KeptRelease], component: Component | None, git: Git) -> list[KeptRelease]:
    """Return what was released of the commit that is checked out, else the newest rehearsal with those beside it."""
    head = git.head()
    if not git.changed() and (released := [each for each in every if each.live and _is_released(each, head)]):
        return released
    name = component.name if component is not None else ""
    last = next((each for each in every if not each.live and each.release.component == name), None)
    if last is None:
        return []
    order = [each.component for each in last.plan.releases]
    beside = [each for each in every if not each.live and each.plan == last.plan]
    return sorted(beside, key=lambda each: order.index(each.release.component))


def _is_released(kept: KeptRelease, commit: str) -> bool:
    verdict, build = kept.store.read(VERDICT).record, kept.store.read(BUILD.name).record
    return verdict is not None and verdict.passed and build is not None and build.facts.get("commit", "") == commit


def _shown(kept: KeptRelease, component: Component | None, git: Git, *, by_tree: bool) -> Shown:
    mine = component if component is not None and component.name == kept.release.component else None
    if mine is None or not by_tree or (kept.live and upload_intents.anything_may_be_there(kept.state)):
        rows = by_its_plan(kept)
    else:
        commit = git.head()
        now = replace(
            kept.plan, commit=commit, tree=git.working_tree(), branch=git.branch(), epoch=git.commit_time(commit)
        )
        rows = by_the_tree(kept, mine, now)
    addresses = _addresses(kept, mine)
    again = NextStep.REHEARSE.step()
    if kept.live:
        session = mine.repository.session(CHAIN[-1].name) if mine else CHAIN[-1].name
        again = NextStep.GO_LIVE.step(*named_base(kept.release), version=kept.release.version, session=session)
    end = Ending(
        plan=kept.plan,
        release=kept.release,
        rows=as_ended(rows),
        store=kept.store,
        again=again.words,
        adopted=mine is None or mine.repository.adopted,
        here=in_repository.look(kept.plan, kept.store, kept.release, git, addresses.remote),
    )
    return Shown(kept=kept, rows=rows, end=end, addresses=addresses)


def _addresses(kept: KeptRelease, component: Component | None) -> Addresses:
    """Return where a live release goes: what its plan says, else what the settings say now."""
    said = select_targets.addresses(component) if component else Addresses(indexes={}, remote="")
    return own_addresses(kept.plan, kept.release.component, said)
