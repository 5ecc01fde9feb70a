"""``bump``: move the version in every place that states it, with changelog and lock file, and commit it as one change.

All or nothing, in two steps. The edits are prepared first and then take the old files' place, each whole; whatever was
killed in between is finished by the same command. The commit is git's own, of these files alone. What git would refuse
is found before anything is changed; where a hook refuses, the edits stay and the same command commits them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from unmoor.commands.bump_diff import as_diff
from unmoor.commands.bump_target import Target, at, is_stated, target
from unmoor.commands.edited_files import Edited, refuse_merging, shown
from unmoor.commands.release_edits import ReleaseEdits, release_edits
from unmoor.errors import Blocked, Exit
from unmoor.model import Component, Effect, Mode, Release, VersionSource
from unmoor.observe.repository import load
from unmoor.pipeline.open_plan import open_plan
from unmoor.planning import hand_kept, notes
from unmoor.planning.base_tag import by_rule
from unmoor.planning.prepare_tree import stage
from unmoor.planning.release_commit import edited, message
from unmoor.planning.version_facts import Observed, VersionFacts
from unmoor.planning.versions import pep440
from unmoor.planning.versions.sources import read
from unmoor.report import next_step
from unmoor.report.next_step import NextStep
from unmoor.request import Request
from unmoor.runtime.changeset import ChangeSet, apply
from unmoor.runtime.clock import today
from unmoor.state import bump_intent, progress
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout
from unmoor.tools import git_commit
from unmoor.tools.git import Git

__all__ = ["bump", "bump_version"]


def bump(
    start: Path,
    environ: Mapping[str, str],
    *,
    part: str,
    to: str,
    commit: bool,
    dry_run: bool = False,
    say: Callable[[str], None],
) -> Exit:
    """Move the version everywhere, by default to the one the plan says, with the changelog in the same change.

    Where the settings keep version and changelog apart, only ``commit`` collects the notes too, as a commit before.
    With ``dry_run`` only the difference is shown, as a unified diff.
    """
    component = load(start, environ)
    if not part and not to:
        plan = open_plan(Request(start=start, environ=environ)).plan
        to = next(each.version for each in plan.releases if each.component == component.name)
        if _is_at(component, to):
            say(f"the tree states {to} already, and that is not released; --part or --to leads further")
    together = component.settings.bump_commit == "together"
    if dry_run:
        return _show(
            _prepared(
                component, target(component, part, to, environ), today(), environ, with_changelog=together or commit
            ),
            say,
        )
    if commit:
        return _bump_and_commit(component, part, to, environ, say)
    done = bump_version(component, part=part, to=to, with_changelog=together, date=today(), environ=environ)
    for line in done.lines:
        say(line)
    if done.changed:
        say(next_step.line([NextStep.COMMIT_EDITS.step()]))
    return Exit.PASS


def bump_version(
    component: Component,
    *,
    part: str = "",
    to: str = "",
    with_changelog: bool = False,
    date: str = "",
    environ: Mapping[str, str],
) -> Edited:
    """Move the version by a part, or to a version in any spelling; with the changelog where that is asked for.

    A part named by a person is meant: ``major`` before 1.0 leads to 1.0. ``date`` is the ISO day of the changelog's
    section. Raises ``Blocked`` for a version that goes backwards, for version sources that disagree, and for a file
    being merged; ``UnmoorError`` when not exactly one of ``part`` and ``to`` is given.
    """
    move = _prepared(component, target(component, part, to, environ), date, environ, with_changelog=with_changelog)
    changed = _applied(move, environ)
    return Edited(changed=changed, lines=tuple(_lines(move, changed)))


def _is_at(component: Component, version: str) -> bool:
    stated = [each.value for each in component.sources if not each.is_memory and each.value]
    return bool(stated) and all(pep440.try_parse(each) == pep440.parse(version) for each in stated)


def _show(move: _Move, say: Callable[[str], None]) -> Exit:
    for line in [*as_diff(move.component.repository.root, move.changes), *_lines(move, ())]:
        say(line)
    say("nothing was changed: this only shows what would be")
    return Exit.PASS


# ── what is changed ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """A move of the version that is prepared: where to, by which release, and the changes it takes."""

    component: Component
    target: Target
    release: Release
    changes: ChangeSet


def _prepared(
    component: Component, leads_to: Target, date: str, environ: Mapping[str, str], *, with_changelog: bool
) -> _Move:
    found = notes.sound(component) if with_changelog else notes.Notes()
    collected = found.changes if found.changelog else ()
    sources = [replace(each, value=read(component.folder, each)) for each in component.sources]
    component = replace(component, sources=tuple(sources))
    release = Release(
        component=component.name,
        current=leads_to.current,
        version=leads_to.new,
        rule="",
        tag="",
        changes=collected,
    )
    changes = stage(component.repository.root, component, release, date, environ=environ, by_hand=with_changelog)
    refuse_merging(component, changes.paths, environ)
    if changes:
        _refuse_published(component, leads_to.new, environ)
    return _Move(component=component, target=leads_to, release=release, changes=changes)


def _applied(move: _Move, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Make the changes; which notes they take is kept before, so that whoever commits them knows."""
    root = move.component.repository.root
    if move.changes.removals and (root / ".git").exists():
        git = Git(root, environ)
        bump_intent.begin(_state(move.component, environ), git.head(), move.target.new, move.changes.removals)
    return apply(root, move.changes)


def _state(component: Component, environ: Mapping[str, str]) -> Path:
    """Return the folder of what bumps of the component leave behind."""
    common_dir = Git(component.repository.root, environ).common_dir()
    layout = StateLayout.of(common_dir, environ)
    layout.hide_from_git(common_dir, component.repository.root)
    return layout.bumps(component.name)


def _refuse_published(component: Component, version: str, environ: Mapping[str, str]) -> None:
    """Raise ``Blocked`` where archives of this very version have begun to go out: they cannot have other content."""
    if not (component.repository.root / ".git").exists():
        return
    layout = StateLayout.of(Git(component.repository.root, environ).common_dir(), environ)
    folder = layout.named(component.name, version, Mode.LIVE)
    if progress.reached(folder, EvidenceStore(folder / "evidence", component.name)) > Effect.LOCAL:
        what = f"{component.name} {version} has begun to be published, so nothing can be added to it"
        session = component.repository.session("release")
        hint = f"finish it: nox -s {session} -- --live {version}; what is new goes into the next version"
        raise Blocked(what, place=str(folder), hint=hint)


def _lines(move: _Move, changed: Sequence[Path]) -> list[str]:
    component, current, new = move.component, move.target.current, move.target.new
    lines = list(move.target.lines)
    if is_stated(component):
        moved = pep440.parse(new) != pep440.parse(current)
        lines.append(f"{current} → {new}" if moved else f"already {new}")
    lines += [f"changed {shown(component, path)}" for path in changed if path.exists()]
    lines += _not_in_use(component.sources, current, new)
    lines += _still_open(move)
    if move.release.changes and changed:
        stay = ", kept for the final release" if notes.stay(component, new) else ""
        lines.append(f"{_count(len(move.release.changes), 'note')} collected{stay}")
    if not is_stated(component) and not lines[0].startswith("already"):
        session = component.repository.session("release")
        lines.append(next_step.line([NextStep.GO_LIVE.step(version=new, session=session)]))
    return lines


def _still_open(move: _Move) -> list[str]:
    """Say where a changelog that is kept by hand calls the version unreleased, and this is left to a person."""
    component, new = move.component, move.target.new
    found = hand_kept.changelog_of(component, new, today())
    if found is None or (component.path / PurePosixPath(found[0])).as_posix() in move.changes.writes:
        return []
    where = f"{(component.path / PurePosixPath(found[0])).as_posix()}:{found[2].line}"
    return [f"{where} says {found[2].said!r}: write {new} and the day there"]


def _not_in_use(sources: Sequence[VersionSource], *versions: str) -> list[str]:
    return [
        f"bump-my-version remembers {each.value!r}, so its settings in {each.path} are not in use"
        for each in sources
        if each.is_memory and pep440.try_parse(each.value) not in [*map(pep440.parse, versions)]
    ]


# ── the commit ───────────────────────────────────────────────────────────────────────────────────────────────


def _bump_and_commit(
    component: Component, part: str, to: str, environ: Mapping[str, str], say: Callable[[str], None]
) -> Exit:
    git = Git(component.repository.root, environ)
    leads_to, day = target(component, part, to, environ), today()
    move = _prepared(component, leads_to, day, environ, with_changelog=True)
    versions = (at(component, git, "HEAD") or leads_to.current, leads_to.new)
    state = _state(component, environ)
    known = bump_intent.collected(state, git.head(), leads_to.new)
    edits = release_edits(move.component, versions, day, move.changes, known, environ)
    if problems := [*edits.problems, *(git_commit.obstacles(git) if edits.version or edits.notes else ())]:
        raise Blocked.of(problems)
    changed = _applied(move, environ)
    for line in [*_lines(move, changed), *(f"not committed, git ignores it: {path}" for path in edits.left)]:
        say(line)
    if not edits.version and not edits.notes:
        say(f"nothing to commit: {git.head()[:12]} has it all")
        return Exit.PASS
    for paths, text in _commits(component, edits):
        _commit(git, move, paths, text, edits.gone, say)
    bump_intent.end(state)
    return Exit.PASS


def _commits(component: Component, edits: ReleaseEdits) -> list[tuple[tuple[str, ...], str]]:
    """Return the paths of each commit, and the subject of one that is not the release's own."""
    together = component.settings.bump_commit == "together"
    if together or not (edits.version and edits.notes):
        return [((*edits.version, *edits.notes), "")]
    return [(edits.notes, "Changelog of {version}"), (edits.version, "")]


def _commit(
    git: Git, move: _Move, paths: Sequence[str], subject: str, gone: Sequence[str], say: Callable[[str], None]
) -> None:
    git_commit.stage_new(git, paths, gone)
    moment = datetime.now(UTC)
    text = subject.format(version=move.target.new)
    if not text:
        literal = [f":(literal){path}" for path in paths]
        release, alone = _with_base(git, move.component, move.release), move.component.path == "."
        text = message([release], edited(git, "HEAD", "--", *literal), moment.date().isoformat(), alone=alone)
    made = git_commit.commit(git, paths, text, moment)
    say(f"committed {_count(len(paths), 'file')} as {made[:12]}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _with_base(git: Git, component: Component, release: Release) -> Release:
    """Return the release with the base that the rule gives a commit on top of HEAD, as far as this clone knows."""
    reachable = tuple(git.run("tag", "--merged", "HEAD").out.split())
    found = Observed(commit=git.head(), tree="", branch="", tags=git.tags(), reachable=reachable, epoch=0, today="")
    base = by_rule(VersionFacts(component, found), release.version, of_commit=False)
    return replace(release, base_tag=base.tag, base_candidates=base.candidates)
