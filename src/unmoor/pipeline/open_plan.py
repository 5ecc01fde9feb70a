"""Open a plan: load the components, make the plan or take it up, find each release's folder.

Everything here reads; the only thing written is the plan itself, so that all processes of one run, and the next
run over the same content, go by the same plan. Once archives of a live release have gone out, its plan stands.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor import __version__
from unmoor.errors import Blocked
from unmoor.evidence.binding import digest_of
from unmoor.model import Component, Effect, Mode, Plan, Release, Repository
from unmoor.observe.observer import Observer
from unmoor.pipeline.clone import Clone
from unmoor.rehearsal import select_targets
from unmoor.request import Request
from unmoor.runtime import clock, lock
from unmoor.state import plans, progress
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout, trim
from unmoor.tools.git import Git

if TYPE_CHECKING:
    from unmoor.pipeline.release_under_way import UnderWay
    from unmoor.planning.version_facts import Observed

__all__ = ["OpenPlan", "OpenRelease", "open_components", "open_plan", "opened"]

_KEPT_PLANS = 20
_PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRelease:
    """A release that is open: of which component, by which plan, and where its state lies."""

    component: Component
    release: Release
    plan: Plan
    state: Path

    @property
    def store(self) -> EvidenceStore:
        """The evidence of this release."""
        return EvidenceStore(self.state / "evidence", self.component.name)

    @property
    def progress(self) -> Effect:
        """How far its archives have gone out; a rehearsal's never do."""
        return progress.reached(self.state, self.store) if self.plan.mode is Mode.LIVE else Effect.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan:
    """A plan that is open: its releases in dependency order, where its state lies, and who answers its questions.

    ``away`` says that the working tree is not what the plan is of: a release that has begun goes on without it.
    """

    plan: Plan
    releases: tuple[OpenRelease, ...]
    layout: StateLayout
    observer: Observer
    away: bool = False

    def clone(self, request: Request) -> Clone:
        """Return the fresh clone that all releases of the plan are carried out in; one for a run."""
        return _clone(self.plan, [each.component for each in self.releases], request)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clone:
    """What the clone says right now; a plan is good for exactly this."""

    commit: str
    tree: str
    branch: str
    tags: Mapping[str, str]


def open_plan(request: Request, *, local: bool = False) -> OpenPlan:
    """Open the plan of the releases that the request is about; one run does the work once.

    ``local`` says that it is wanted for a stage about a tree alone: then a plan that was made earlier will do, and a
    new one asks neither index nor remote. Raises ``UnmoorError`` and its kin for a folder that cannot be released,
    and for a live release that is not named clearly enough.
    """
    key = ("plan", request.start, request.live, request.base)
    whole: OpenPlan | None = request.memory.recall((*key, False))
    if whole is not None:
        return whole
    return request.memory.once((*key, local), lambda: _open(request, local=local))


def _open(request: Request, *, local: bool) -> OpenPlan:
    from unmoor.observe.repository import load

    return open_components((load(request.start, request.environ),), request, local=local)


def open_components(components: tuple[Component, ...], request: Request, *, local: bool = False) -> OpenPlan:
    """Open the plan of these components of one repository, given in dependency order."""
    repository = components[0].repository
    git = Git(repository.root, request.environ)
    common_dir = git.common_dir()
    layout = StateLayout.of(common_dir, request.environ)
    layout.hide_from_git(common_dir, repository.root)
    mode = Mode.LIVE if request.live else Mode.REHEARSAL
    observer = Observer(mode=mode, memory=request.memory, environ=request.environ)
    if request.live and (found := _under_way(components, git, layout, request)) is not None:
        begun, components = found
        return opened(begun.plan, components, layout, observer, away=begun.away)
    plan = _plan(components, git, layout, request, observer, local=local)
    return opened(plan, components, layout, observer)


def _under_way(
    components: tuple[Component, ...], git: Git, layout: StateLayout, request: Request
) -> tuple[UnderWay, tuple[Component, ...]] | None:
    """Return the release that has begun, with the components as it planned them; ``None`` where none has."""
    from unmoor.pipeline import release_under_way

    begun = release_under_way.find(components, git, layout, request)
    if begun is None or not begun.away:
        return (begun, components) if begun is not None else None
    clone = _clone(begun.plan, components, request)
    return begun, release_under_way.as_planned(components, clone.path, request.environ)


def _clone(plan: Plan, components: Sequence[Component], request: Request) -> Clone:
    key = ("clone", plan.mode, plan.key, plan.commit)
    return request.memory.once(key, lambda: Clone(plan, components, request.environ))


def opened(
    plan: Plan, components: tuple[Component, ...], layout: StateLayout, observer: Observer, *, away: bool = False
) -> OpenPlan:
    """Return the plan opened for these components, which are those of its releases."""
    known = {each.name: each for each in components}
    releases = tuple(
        OpenRelease(component=known[each.component], release=each, plan=plan, state=layout.release(each, plan.mode))
        for each in plan.releases
    )
    return OpenPlan(plan=plan, releases=releases, layout=layout, observer=observer, away=away)


def _plan(
    components: tuple[Component, ...],
    git: Git,
    layout: StateLayout,
    request: Request,
    observer: Observer,
    *,
    local: bool,
) -> Plan:
    """Take up the plan made earlier from the same content, or make it; only one process at a time does."""
    clone = _Clone(commit=git.head(), tree=git.working_tree(), branch=git.branch(), tags=git.tags())
    key = _key(components, clone, request)
    if (kept := _kept(layout, key)) is not None:
        return kept
    if local:
        # What index and remote would say may lead to another version, so this plan is no other stage's.
        key = digest_of([key, "without index and remote"])
        if (kept := _kept(layout, key)) is not None:
            return kept
    with lock.held(layout.base / "locks" / "plan", what="the plan", patience=_PATIENCE):
        if (kept := _kept(layout, key)) is not None:
            return kept
        plan = replace(_make(components, git, layout, request, clone, observer, local=local), key=key)
        if plan.mode is Mode.LIVE:
            goes_to = {each.name: select_targets.identities(each, plan.mode) for each in components}
            plan = replace(plan, addresses=goes_to)
        plans.keep(layout.plan(key), plan)
        for each in plan.releases:
            plans.keep(layout.release(each, plan.mode) / "plan.json", plan)
        trim(layout.plans, _KEPT_PLANS)
        return plan


def _key(components: tuple[Component, ...], clone: _Clone, request: Request) -> str:
    mode = Mode.LIVE if request.live else Mode.REHEARSAL
    settings = [each.settings_digest for each in components]
    # One component's is itself, so that a plan made of it is found again.
    said = settings[0] if len(settings) == 1 else settings
    goes_to = [dict(select_targets.identities(each, mode)) for each in components]
    asked = [request.live, request.base, str(mode), goes_to]
    return digest_of([__version__, said, *asked, clone.commit, clone.tree, clone.branch, clone.tags])


def _kept(layout: StateLayout, key: str) -> Plan | None:
    """Return the plan kept under ``key``, and see that each of its releases has it too."""
    kept = plans.read(layout.plan(key))
    if kept is None:
        return None
    for each in kept.releases:
        beside = layout.release(each, kept.mode) / "plan.json"
        if plans.read(beside) != kept:
            # Damaged, or of other content that was looked at in between.
            plans.keep(beside, kept)
    return kept


def _make(
    components: tuple[Component, ...],
    git: Git,
    layout: StateLayout,
    request: Request,
    clone: _Clone,
    observer: Observer,
    *,
    local: bool,
) -> Plan:
    from unmoor.planning.plan import make

    repository = components[0].repository
    observed = _observed(git, clone, repository, observer.mode, None if local else observer)
    found = [(each, observed if local else _with_versions(observed, each, observer)) for each in components]
    bases = {each.name: request.base or _rehearsed_base(each, layout, request, clone) for each in components}
    return make(found, mode=observer.mode, named_version=request.live, bases=bases, actor=_actor(git, request))


def _rehearsed_base(component: Component, layout: StateLayout, request: Request, clone: _Clone) -> str:
    """Return the base of the rehearsal of this very commit: it is the saved plan, and has named the base already."""
    if not request.live:
        return ""
    rehearsed = plans.read(layout.named(component.name, request.live, Mode.REHEARSAL) / "plan.json")
    if rehearsed is None or rehearsed.commit != clone.commit:
        return ""
    return next((each.base_tag for each in rehearsed.releases if each.component == component.name), "")


def _observed(git: Git, clone: _Clone, repository: Repository, mode: Mode, observer: Observer | None) -> Observed:
    """Return what is so, apart from the versions on an index; without an ``observer`` the remote is not asked."""
    from unmoor.planning.version_facts import Observed
    from unmoor.tools import uv_lock

    refs = observer.remote_refs(repository) if observer else None
    epoch = git.commit_time(clone.commit)
    unasked = observer is not None and repository.remote and refs is None
    return Observed(
        commit=clone.commit,
        tree=clone.tree,
        branch=clone.branch,
        tags=clone.tags,
        reachable=tuple(git.run("tag", "--merged", clone.commit).out.split()),
        epoch=epoch,
        # A rehearsal of the same commit is the same tomorrow, whatever the day; a release carries the day of its plan.
        today=clock.day(epoch) if mode is Mode.REHEARSAL else clock.today(),
        day=clock.today(),
        days={tag: (day,) for tag, day in git.tag_days().items()},
        remote_refs=refs,
        uv_locks=uv_lock.tracked(git),
        uncommitted=git.changed() if clone.tree != git.tree_of(clone.commit) else (),
        notices=(f"the remote {repository.remote!r} was not asked: it did not answer",) if unasked else (),
    )


def _with_versions(observed: Observed, component: Component, observer: Observer) -> Observed:
    """Return the facts with the versions that the main index has of the component; or a notice why it said none."""
    from unmoor.runtime.http import Unreachable

    try:
        files = observer.index_files(component)
    except (Unreachable, Blocked) as error:
        unasked = f"the index was not asked which versions are taken: {error.problems[0].message}"
        return replace(observed, notices=(unasked, *observed.notices))
    taken = tuple(sorted({each.version for each in files if each.version}))
    days = {name: set(known) for name, known in observed.days.items()}
    for each in files:
        if each.version and each.upload_time:
            days.setdefault(each.version, set()).add(each.upload_time.date().isoformat())
    return replace(observed, taken=taken, days={name: tuple(sorted(known)) for name, known in days.items()})


def _actor(git: Git, request: Request) -> str:
    for name in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if request.environ.get(name):
            return request.environ[name]
    configured = git.run("config", "--get", "user.name", ok=(0, 1)).out.strip()
    try:
        return configured or getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "unknown"
