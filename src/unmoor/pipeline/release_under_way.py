"""A live release whose archives have begun to go out: its plan stands, whatever has happened to the tree since.

Before the first upload a changed tree means a new plan. Afterwards the plan that was begun is the only one there can
be for its version: it is taken up from where it is kept, and where the working tree is no longer what it is of, its
commit is worked on in a clone of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unmoor.chain import BUILD
from unmoor.errors import Blocked
from unmoor.model import Component, Effect, Finding, Mode, Plan
from unmoor.observe.repository import load_planned
from unmoor.planning.versions.pep440 import try_parse
from unmoor.rehearsal import select_targets
from unmoor.request import Request
from unmoor.state import plans, progress
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout
from unmoor.tools.git import Git

__all__ = ["UnderWay", "as_planned", "find"]

_FETCH_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A plan that was begun; ``away`` says that the working tree is not what it is of."""

    plan: Plan
    away: bool


def find(components: Sequence[Component], git: Git, layout: StateLayout, request: Request) -> UnderWay | None:
    """Return the begun plan of the version that was named, ``None`` where no archive of it has gone out yet.

    Raises ``Blocked`` where the plan itself is lost and the tree is not at its commit, where its commit cannot be had,
    and where the release would now go to another address.
    """
    version = try_parse(request.live)
    if version is None:
        return None
    for component in components:
        folder = layout.named(component.name, str(version), Mode.LIVE)
        store = EvidenceStore(folder / "evidence", component.name)
        if progress.reached(folder, store) <= Effect.LOCAL:
            continue
        plan = plans.read(folder / "plan.json")
        if plan is None or plan.mode is not Mode.LIVE:
            _be_at_its_commit(git, store, folder, f"{component.name} {version}")
            continue
        away = git.head() != plan.commit or git.working_tree() != plan.tree
        if away:
            _have_commit(git, plan, component)
        _be_at_its_addresses(components, plan)
        return UnderWay(plan=plan, away=away)
    return None


def as_planned(components: Sequence[Component], clone: Path, environ: Mapping[str, str]) -> tuple[Component, ...]:
    """Return the components as a ``clone`` of the planned commit has them; their repository stays the user's own."""
    return tuple(
        replace(load_planned(clone, each.path, each.repository.root, environ), repository=each.repository)
        for each in components
    )


def _be_at_its_commit(git: Git, store: EvidenceStore, folder: Path, what: str) -> None:
    """Raise ``Blocked`` unless the tree is at the commit that was built: only there the lost plan can be made again."""
    build = store.read(BUILD.name).record
    commit = build.facts.get("commit", "") if build else ""
    if commit == git.head():
        return
    missing = f"the plan of {what}, of which files were uploaded, is lost"
    where = f"git switch --detach {commit}, and there run the same command again" if commit else ""
    hint = where or "restore it from a backup or from the other machine, or release a new version"
    raise Blocked(missing, place=str(folder / "plan.json"), hint=hint)


def _have_commit(git: Git, plan: Plan, component: Component) -> None:
    """See that the repository has the planned commit; one that was rebased away may still be on the remote."""
    if git.has_commit(plan.commit):
        return
    remote = component.repository.remote
    if remote:
        git.fetch_commit(remote, plan.commit, timeout=_FETCH_SECONDS)
    if not git.has_commit(plan.commit):
        raise Blocked(
            f"the planned commit {plan.commit[:12]} of a release that has begun is neither here nor on the remote",
            place=str(component.repository.root),
            hint=f"fetch it from a clone that has it: git fetch FOLDER {plan.commit}; without it release a new version",
        )


def _be_at_its_addresses(components: Sequence[Component], plan: Plan) -> None:
    """Raise ``Blocked`` where the release would now go elsewhere than where its first files went."""
    problems = []
    for component in components:
        planned = plan.addresses.get(component.name, {})
        for stage, address in select_targets.identities(component, Mode.LIVE).items():
            if planned.get(stage, address) != address:
                problems.append(
                    Finding(
                        message=f"the release has begun with {planned[stage]} for {stage!r}, and now it is {address}",
                        place=f"component {component.name}",
                        hint="set that address back to finish this release, and release to the new one from then on",
                    )
                )
    if problems:
        raise Blocked.of(problems)
