"""What the tasks do to the user's own tree: add a note, build the changelog, bump the version.

Each decides, edits, and says in words what it did. Edits stay in the working tree: nothing is staged or committed.
A file that is otherwise changed is no obstacle; one in the middle of a merge is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unmoor.errors import Blocked, Problem, Unconfigured, UnmoorError
from unmoor.model import Release
from unmoor.planning import notes
from unmoor.planning.prepare import stage
from unmoor.planning.versions import pep440, tags
from unmoor.planning.versions.edit import is_memory
from unmoor.planning.versions.sources import STATED, read
from unmoor.project.types import Project
from unmoor.runtime.changeset import apply
from unmoor.tools import towncrier
from unmoor.tools.git import Git

__all__ = ["Done", "bump", "changelog", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a task did: the paths it changed (none when there was nothing to do), and the lines to say so."""

    changed: tuple[Path, ...] = ()
    said: tuple[str, ...] = ()


def note(project: Project, text: str, kind: str, *, issue: str = "", environ: Mapping[str, str]) -> Done:
    """Add a change note of a type, for an issue or for none.

    Raises ``Unconfigured`` where the project keeps none, ``SettingsError`` for a type, issue or text that cannot be.
    """
    _keeps_notes(project)
    path = towncrier.create(project.folder, kind, text, issue=issue, environ=environ)
    return Done(changed=(path,), said=(f"added {_shown(project, path)}",))


def changelog(project: Project, version: str, date: str, *, draft: bool = False, environ: Mapping[str, str]) -> Done:
    """Collect the notes into the changelog's section for ``version``, or with ``draft`` only say what it would be.

    Raises ``Unconfigured`` where the project keeps no notes, ``Blocked`` for bad notes and for a file being merged.
    """
    _keeps_notes(project)
    wanted = pep440.canonical(version)
    notes.collect(project)
    if draft:
        section = towncrier.draft(project.folder, wanted, date, environ=environ)
        return Done(said=(section.rstrip("\n") or "there are no notes to collect",))
    collected = towncrier.stage(project.folder, wanted, date, environ=environ)
    _refuse_merging(project, collected.changes.paths, environ)
    changed = apply(project.folder, collected.changes)
    where, count = collected.changelog, len(collected.fragments)
    said = {
        "built": f"{where}: section for {wanted} from {count} notes, which are removed",
        "finished": f"{where} has the section for {wanted} already; {count} notes removed",
        "already there": f"{where} has the section for {wanted} already; nothing to do",
        "nothing to collect": "there are no notes to collect",
    }
    return Done(changed=changed, said=(said[collected.did],))


def bump(
    project: Project,
    *,
    part: str = "",
    to: str = "",
    with_changelog: bool = False,
    date: str = "",
    environ: Mapping[str, str],
) -> Done:
    """Move the version by a part, or to a version in any spelling; with the changelog where that is asked for.

    A part named by a person is meant: ``major`` before 1.0 leads to 1.0. ``date`` is the ISO day of the changelog's
    section. Raises ``Blocked`` for a version that goes backwards, for version sources that disagree, and for a file
    being merged; ``UnmoorError`` when not exactly one of ``part`` and ``to`` is given.
    """
    if bool(part) == bool(to):
        raise UnmoorError("name either the part that moves or the version", hint="--part minor, or --to 1.4.0")
    if not any(source.kind in STATED and not is_memory(source) for source in project.component.sources):
        return _by_tag(project, part, to, environ)
    target = pep440.canonical(to) if to else ""
    current = _current(project, target)
    new = target or pep440.bump(current, part, zero_major="major")
    said = [f"{to!r} is {new}"] if to and to != new else []
    if pep440.parse(new) < pep440.parse(current):
        what = f"{new} is less than {current}, which the tree states"
        raise Blocked(what, hint="a version never goes backwards; choose a greater one")
    moved = pep440.parse(new) != pep440.parse(current)
    collected = notes.collect(project) if with_changelog and project.notes.style != "none" else ()
    sources = [replace(each, value=read(project.folder, each)) for each in project.component.sources]
    project = replace(project, component=replace(project.component, sources=tuple(sources)))
    release = Release(
        component=project.component.name, current=current, version=new, rule="", tag="", changes=collected
    )
    changes = stage(project.root, project, release, date, environ=environ)
    _refuse_merging(project, changes.paths, environ)
    changed = apply(project.folder, changes)
    said.append(f"{current} → {new}" if moved else f"already {new}")
    said += [f"changed {_shown(project, path)}" for path in changed if path.exists()]
    said += [f"{len(collected)} notes collected"] if collected and changed else []
    return Done(changed=changed, said=tuple(said))


def _current(project: Project, target: str) -> str:
    """Return the version the sources agree on; those that are at ``target`` already do not count, unless all are."""
    found: dict[str, str] = {}
    for source in project.component.sources:
        if source.kind in STATED and not is_memory(source):
            text = read(project.folder, source)
            where = f"{source.path}: {source.key}" if source.key else source.path
            found[where] = str(pep440.parse(text, where=where))
    values = {pep440.parse(value) for value in found.values()}
    rest = values - {pep440.parse(target)} if target else values
    if len(rest) > 1:
        hint = "make them agree first; one of them may be a leftover"
        raise Blocked.of([Problem(what=f"states {value!r}", where=where, hint=hint) for where, value in found.items()])
    return str(next(iter(rest or values)))


def _by_tag(project: Project, part: str, to: str, environ: Mapping[str, str]) -> Done:
    """Say how a version that nothing in the tree states is moved."""
    source = project.component.sources[0] if project.component.sources else None
    if source is None or source.kind == "computed":
        what = "the version is computed by code, so it cannot be bumped" if source else "nothing states the version"
        hint = "state it as project.version or __version__, or derive it from git tags"
        raise UnmoorError(what, where=source.path if source else "pyproject.toml", hint=hint)
    form = tags.form_of(project.component)
    git = Git(project.root, environ)
    behind = list(tags.versions(form, git.run("tag", "--merged", "HEAD").out.split()).values())
    current = str(behind[-1]) if behind else "0.0.0"
    new = pep440.canonical(to) if to else pep440.bump(current, part, zero_major="major")
    if behind and pep440.parse(new) < behind[-1]:
        what = f"{new} is less than {current}, the newest tag"
        raise Blocked(what, hint="a version never goes backwards; choose a greater one")
    if behind and pep440.parse(new) == behind[-1]:
        return Done(said=(f"already {new}, by its tag",))
    said = f"the version comes from tags: {new} is released by the tag {tags.name(form, new)} alone, nothing to edit"
    return Done(said=(said, f"next: nox -s release -- --live {new}"))


def _keeps_notes(project: Project) -> None:
    if project.notes.style != "towncrier":
        hint = "add a [tool.towncrier] table to pyproject.toml"
        raise Unconfigured("this project keeps no change notes", where=project.notes.reason, hint=hint)


def _refuse_merging(project: Project, paths: Sequence[str], environ: Mapping[str, str]) -> None:
    """Refuse to edit files with an unresolved merge conflict."""
    if not paths or not (project.root / ".git").exists():
        return
    git = Git(project.folder, environ)
    said = git.run("diff", "--name-only", "--relative", "--diff-filter=U", "-z", "--", *paths).out
    conflicts = [path for path in said.split("\0") if path]
    if conflicts:
        hint = "resolve the conflict, then run the same command again"
        raise Blocked.of(
            [Problem(what="has an unresolved merge conflict", where=path, hint=hint) for path in conflicts]
        )


def _shown(project: Project, path: Path) -> str:
    resolved, root = path.resolve(), project.root.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else str(path)
