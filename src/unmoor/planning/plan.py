"""The plan: what will be released, from what, to which version and by which rule. Made without any side effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from unmoor.model import Change, Component, Edit, Mode, Plan, Release
from unmoor.planning import hand_kept, live_release, notes
from unmoor.planning.base_tag import by_rule
from unmoor.planning.notes.record import Notes
from unmoor.planning.version_facts import Observed, VersionFacts
from unmoor.planning.versions import tags
from unmoor.planning.versions.next_version import choose
from unmoor.planning.versions.pep440 import try_parse
from unmoor.planning.versions.sources import moving

__all__ = ["Observed", "edits", "make"]


def make(
    found: Sequence[tuple[Component, Observed]],
    *,
    mode: Mode,
    named_version: str = "",
    bases: Mapping[str, str] | None = None,
    actor: str = "",
) -> Plan:
    """Return the plan of the releases of components, given in dependency order, each with what is so of it.

    A rehearsal chooses version and base of each; a live release has the version named, and the bases by component,
    and everything must agree. Raises ``UnmoorError`` where something is not said, ``Blocked`` where the tree and what
    was named disagree.
    """
    _, common = found[0]
    releases, notices = [], list[str]()
    names = {component.name for component, _ in found}
    for component, observed in found:
        base = (bases or {}).get(component.name, "")
        release, remarks = _release(component, observed, mode=mode, named_version=named_version, base=base)
        releases.append(replace(release, waits_for=tuple(each for each in component.requires if each in names)))
        notices += remarks
    return Plan(
        mode=mode,
        commit=common.commit,
        tree=common.tree,
        branch=common.branch,
        date=common.today,
        epoch=common.epoch,
        actor=actor,
        releases=tuple(releases),
        uncommitted=common.uncommitted,
        notices=tuple(dict.fromkeys(notices)),
    )


def _release(
    component: Component, observed: Observed, *, mode: Mode, named_version: str, base: str
) -> tuple[Release, tuple[str, ...]]:
    """Return the release of one component, and what could not be asked or is wrong with its notes."""
    found = observed.notes if observed.notes is not None else notes.read(component)
    facts = VersionFacts(component, observed, found.changes)
    chosen = live_release.named(facts, named_version) if mode is Mode.LIVE else choose(facts)
    version = chosen.version
    current = str(facts.current) if facts.current is not None else ""
    ruled = by_rule(facts, version, of_commit=mode is Mode.LIVE or version == current)
    base_tag = live_release.base_tag(facts, base, version) if mode is Mode.LIVE else ruled.tag
    remarks = [*chosen.remarks, *_unread(component)]
    remarks += [f"which release {version} follows is not clear: {ruled.why}"] if ruled.candidates and not base else []
    if base_tag and ruled.tag not in ("", base_tag):
        remarks.append(f"the base {base_tag} was named; by the rule it would be {ruled.tag}")
    release = Release(
        component=component.name,
        current=current,
        version=version,
        rule=chosen.rule,
        tag=tags.name(tags.form_of(component), version),
        base_tag=base_tag,
        changes=found.changes,
        edits=() if mode is Mode.LIVE else tuple(edits(component, observed, found, current, version)),
        base_candidates=ruled.candidates,
    )
    return release, (*observed.notices, *remarks, *(str(problem) for problem in found.problems))


def _unread(component: Component) -> list[str]:
    seen = component.notes.unread
    return [f"the change notes are those of {seen}, which unmoor does not read: they move no version"] if seen else []


def edits(component: Component, observed: Observed, found: Notes, current: str, version: str) -> Iterator[Edit]:
    """Yield what preparing the tree for ``version`` will change, one edit a file."""
    prefix = PurePosixPath(component.path)
    paths = {(prefix / source.path).as_posix() for source in moving(component.sources, current, version)}
    if paths:
        followers = observed.followers if observed.followers is not None else _followers(component, current, version)
        paths |= {(prefix / path).as_posix() for path in followers}
    written = changelog(component, found, version, observed.today) if found.changes else ""
    by_hand = hand_kept.changelog_of(component, version, observed.today)
    if lock := _lock(component, observed, version):
        paths.add(lock)
    stay = notes.stay(component, version)
    if written and stay and _is_said(component, found, version, observed.today):
        written = ""
    if by_hand is not None and by_hand[2].text:
        path = (prefix / by_hand[0]).as_posix()
        paths.discard(path)
        yield Edit(path=path, what=f"its section for {version} is named and dated")
    for path in sorted(paths - {written}):
        yield Edit(path=path, what=f"version {current} → {version}")
    if written:
        count = len(found.changes)
        what = f"section for {version} from {count} note{'s' if count > 1 else ''}"
        yield Edit(path=written, what=f"{what}, kept for the final release" if stay else what)
        for path in sorted({origin(change) for change in found.changes} if not stay else ()):
            yield Edit(path=path, what="removed, collected into the changelog")


def _lock(component: Component, observed: Observed, version: str) -> str:
    """Return the lock file that states another version of the component; empty for none."""
    if not observed.uv_locks:
        return ""
    from unmoor.tools import uv_lock

    root, where = component.repository.root, (component.path, component.name)
    lock = uv_lock.of_component(root, observed.uv_locks, *where)
    return lock if lock and try_parse(uv_lock.stated(root, lock, *where)) != try_parse(version) else ""


def _is_said(component: Component, found: Notes, version: str, day: str) -> bool:
    """Say whether the changelog has all notes of a version already, though they stay."""
    from unmoor.tools import towncrier

    if component.notes.style != "towncrier":
        return False
    paths = [PurePosixPath(origin(each)).relative_to(component.path).as_posix() for each in found.changes]
    texts = {path: (component.folder / path).read_text(encoding="utf-8") for path in paths}
    return set(towncrier.collected(component.folder, version, day, texts)) == set(texts)


def changelog(component: Component, found: Notes, version: str, date: str) -> str:
    """Return the path of the file that the notes of ``version`` go to, relative to the repository; empty for none."""
    form = found.changelog
    return form.format(name=component.name, version=version, project_date=date) if "{" in form else form


def origin(change: Change) -> str:
    """Return the file that a change note stands in."""
    return change.origin.rpartition(":")[0] or change.origin


def _followers(component: Component, current: str, version: str) -> tuple[str, ...]:
    from unmoor.tools.bumpversion_settings import followers

    return followers(component.folder, current, version) if component.settings.bumpversion == "follow" else ()
