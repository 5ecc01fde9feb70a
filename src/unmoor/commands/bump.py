"""``bump``: move the version in every place that states it, with the changelog in the same change set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from unmoor.commands.edited_files import Edited, refuse_merging, shown
from unmoor.errors import Blocked, Exit, UnmoorError
from unmoor.model import Component, Finding, Release, VersionSource
from unmoor.observe.repository import load
from unmoor.planning import notes
from unmoor.planning.prepare_tree import stage
from unmoor.planning.versions import pep440, tags
from unmoor.planning.versions.sources import STATED, read
from unmoor.report import next_step
from unmoor.report.next_step import NextStep
from unmoor.runtime.changeset import apply
from unmoor.runtime.clock import today
from unmoor.tools.git import Git

__all__ = ["bump", "bump_version"]


def bump(
    start: Path, environ: Mapping[str, str], *, part: str, to: str, commit: bool, say: Callable[[str], None]
) -> Exit:
    """Move the version everywhere, with the changelog in the same change set unless the settings keep them apart."""
    component = load(start, environ)
    together = component.settings.bump_commit == "together"
    done = bump_version(component, part=part, to=to, with_changelog=together, date=today(), environ=environ)
    for line in done.lines:
        say(line)
    if commit and done.changed:
        _commit(component, environ, done.changed, say)
    elif done.changed:
        say(next_step.line([NextStep.COMMIT_EDITS.step()]))
    return Exit.PASS


def _commit(
    component: Component, environ: Mapping[str, str], changed: Sequence[Path], say: Callable[[str], None]
) -> None:
    """Commit exactly the files that were edited; whatever else is changed or staged stays as it is."""
    version = load(component.folder, environ).sources[0].value
    git = Git(component.repository.root, environ)
    paths = [str(path) for path in changed]
    git.run("add", "--all", "--", *paths)
    git.run("commit", "--quiet", "--message", f"Release {version}", "--only", "--", *paths)
    say(f"committed {len(paths)} files as {git.head()[:12]}")


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
    if bool(part) == bool(to):
        raise UnmoorError("name either the part that moves or the version", hint="--part minor, or --to 1.4.0")
    if not any(source.kind in STATED and not source.is_memory for source in component.sources):
        return _by_tag(component, part, to, environ)
    target = pep440.canonical(to) if to else ""
    current = _current(component, target)
    new = target or pep440.bump(current, part, zero_major="major")
    lines = [f"{to!r} is {new}"] if to and to != new else []
    if pep440.parse(new) < pep440.parse(current):
        what = f"{new} is less than {current}, which the tree states"
        raise Blocked(what, hint="a version never goes backwards; choose a greater one")
    moved = pep440.parse(new) != pep440.parse(current)
    found = notes.sound(component) if with_changelog else notes.Notes()
    collected = found.changes if found.changelog else ()
    sources = [replace(each, value=read(component.folder, each)) for each in component.sources]
    component = replace(component, sources=tuple(sources))
    release = Release(component=component.name, current=current, version=new, rule="", tag="", changes=collected)
    changes = stage(component.repository.root, component, release, date, environ=environ)
    refuse_merging(component, changes.paths, environ)
    changed = apply(component.folder, changes)
    lines.append(f"{current} → {new}" if moved else f"already {new}")
    lines += [f"changed {shown(component, path)}" for path in changed if path.exists()]
    lines += _not_in_use(sources, current, new)
    lines += [f"{len(collected)} notes collected"] if collected and changed else []
    return Edited(changed=changed, lines=tuple(lines))


def _not_in_use(sources: Sequence[VersionSource], *versions: str) -> list[str]:
    return [
        f"bump-my-version remembers {each.value!r}, so its settings in {each.path} are not in use"
        for each in sources
        if each.is_memory and pep440.try_parse(each.value) not in [*map(pep440.parse, versions)]
    ]


def _current(component: Component, target: str) -> str:
    """Return the version the sources agree on; those that are at ``target`` already do not count, unless all are."""
    found: dict[str, str] = {}
    for source in component.sources:
        if source.kind in STATED and not source.is_memory:
            text = read(component.folder, source)
            where = f"{source.path}: {source.key}" if source.key else source.path
            found[where] = str(pep440.parse(text, where=where))
    values = {pep440.parse(value) for value in found.values()}
    rest = values - {pep440.parse(target)} if target else values
    if len(rest) > 1:
        hint = "make them agree first; one of them may be a leftover"
        raise Blocked.of(
            [Finding(message=f"states {value!r}", place=where, hint=hint) for where, value in found.items()]
        )
    return str(next(iter(rest or values)))


def _by_tag(component: Component, part: str, to: str, environ: Mapping[str, str]) -> Edited:
    """Say how a version that nothing in the tree states is moved."""
    source = component.sources[0] if component.sources else None
    if source is None or source.kind == "computed":
        what = "the version is computed by code, so it cannot be bumped" if source else "nothing states the version"
        hint = "state it as project.version or __version__, or derive it from git tags"
        raise UnmoorError(what, place=source.path if source else "pyproject.toml", hint=hint)
    form = tags.form_of(component)
    git = Git(component.repository.root, environ)
    behind = list(tags.versions(form, git.run("tag", "--merged", "HEAD").out.split()).values())
    current = str(behind[-1]) if behind else "0.0.0"
    new = pep440.canonical(to) if to else pep440.bump(current, part, zero_major="major")
    if behind and pep440.parse(new) < behind[-1]:
        what = f"{new} is less than {current}, the newest tag"
        raise Blocked(what, hint="a version never goes backwards; choose a greater one")
    if behind and pep440.parse(new) == behind[-1]:
        return Edited(lines=(f"already {new}, by its tag",))
    said = f"the version comes from tags: {new} is released by the tag {tags.name(form, new)} alone, nothing to edit"
    return Edited(lines=(said, next_step.line([NextStep.GO_LIVE.step(version=new)])))
