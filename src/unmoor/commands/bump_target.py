"""Which version a bump leads to, from which: the same words lead to the same version until that one is committed.

A part moves what HEAD states, not what an earlier, unfinished run has left in the tree; so a run that was cut short is
finished by the same words, and does not skip a version. Right on the release commit they lead to it once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unmoor.errors import Blocked, UnmoorError
from unmoor.model import Component, Finding
from unmoor.planning.release_commit import claim_of
from unmoor.planning.versions import pep440, tags
from unmoor.planning.versions.sources import STATED, read
from unmoor.project.version_locator import locate
from unmoor.tools.git import Git

__all__ = ["Target", "at", "is_stated", "target"]

_BACKWARDS = "a version never goes backwards; choose a greater one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``current`` and ``new`` are canonical; ``lines`` say what is worth a word about them."""

    current: str
    new: str
    lines: tuple[str, ...] = ()


def is_stated(component: Component) -> bool:
    """Say whether the tree states the version, in a place other than the memory of bump-my-version."""
    return any(source.kind in STATED and not source.is_memory for source in component.sources)


def target(component: Component, part: str, to: str, environ: Mapping[str, str]) -> Target:
    """Return where a part, or a version in any spelling, leads to.

    Raises ``UnmoorError`` when not exactly one of the two is given, and for a version that nothing states; ``Blocked``
    for one that goes backwards, and for version sources that disagree.
    """
    if bool(part) == bool(to):
        raise UnmoorError("name either the part that moves or the version", hint="--part minor, or --to 1.4.0")
    if not is_stated(component):
        return _by_tag(component, part, to, environ)
    if to:
        new = pep440.canonical(to)
        current = _current(component, new)
        lines = [f"{to!r} is {new}"] if to != new else []
    else:
        current, new = _by_part(component, part, environ)
        lines = []
    if pep440.parse(new) < pep440.parse(current):
        raise Blocked(f"{new} is less than {current}, which the tree states", hint=_BACKWARDS)
    _refuse_local(new)
    return Target(current=current, new=new, lines=(*lines, *_skipped(component, current, new, environ)))


def _refuse_local(version: str) -> None:
    """Raise ``Blocked`` for a local version: PEP 440 has them for what is changed downstream, never for an index."""
    found = pep440.parse(version)
    if found.local:
        raise Blocked(
            f"{version} is a local version, which no index takes", hint=f"name a release: --to {found.public}"
        )


def _skipped(component: Component, current: str, new: str, environ: Mapping[str, str]) -> list[str]:
    """Say that the version which is left was never released, as far as tags show it; a first one never is."""
    left = pep440.parse(current)
    if left == pep440.parse(new) or left.is_devrelease or not (component.repository.root / ".git").exists():
        return []
    known = tags.releases(tags.form_of(component), Git(component.repository.root, environ).tags(), None).values()
    if not known or left in known or left < max(known):
        return []
    return [f"{current} is left out: it was not released, for no tag is of it"]


def _by_part(component: Component, part: str, environ: Mapping[str, str]) -> tuple[str, str]:
    git = Git(component.repository.root, environ)
    head, tree = at(component, git, "HEAD"), _stated(component)
    values = {pep440.parse(value) for value in tree.values()}
    if head:
        if values == {pep440.parse(head)} and _is_release_commit(component, git, part, head):
            return head, head
        new = _moved(head, part)
        if new and values <= {pep440.parse(head), pep440.parse(new)}:
            return _current(component, new), new
    current = _current(component, "")
    return current, pep440.bump(current, part, zero_major="major")


def _moved(version: str, part: str) -> str:
    """Return where a part leads from a version, empty where it leads nowhere."""
    try:
        return pep440.bump(version, part, zero_major="major")
    except UnmoorError:
        return ""


def _is_release_commit(component: Component, git: Git, part: str, head: str) -> bool:
    """Say whether HEAD is the commit that these very words have made."""
    claim = claim_of(git, "HEAD", component.name, since="HEAD~1") if _has_parent(git) else None
    return claim is not None and _moved(at(component, git, "HEAD~1") or "0", part) == head


def _has_parent(git: Git) -> bool:
    return git.run("rev-parse", "--verify", "--quiet", "HEAD~1^{commit}", ok=None).status == 0


def at(component: Component, git: Git, commit: str) -> str:
    """Return the version that the sources state in a commit; empty where they do not all state one and the same."""
    found = set()
    for source in component.sources:
        if source.kind in STATED and not source.is_memory:
            path = source.path if component.path == "." else f"{component.path}/{source.path}"
            done = git.run("show", "--end-of-options", f"{commit}:{path}", ok=None)
            try:
                value = locate(done.out, source)[0].value if done.status == 0 else ""
            except (UnmoorError, IndexError):
                value = ""
            found.add(pep440.try_parse(value))
    return str(found.pop()) if len(found) == 1 and None not in found else ""


def _stated(component: Component) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in component.sources:
        if source.kind in STATED and not source.is_memory:
            text = read(component.folder, source)
            where = f"{source.path}: {source.key}" if source.key else source.path
            found[where] = str(pep440.parse(text, where=where))
    return found


def _current(component: Component, new: str) -> str:
    """Return the version the sources agree on; those that are at ``new`` already do not count, unless all are."""
    found = _stated(component)
    values = {pep440.parse(value) for value in found.values()}
    rest = values - {pep440.parse(new)} if new else values
    if len(rest) > 1:
        hint = "make them agree first; one of them may be a leftover"
        raise Blocked.of(
            [Finding(message=f"states {value!r}", place=where, hint=hint) for where, value in found.items()]
        )
    return str(next(iter(rest or values)))


def _by_tag(component: Component, part: str, to: str, environ: Mapping[str, str]) -> Target:
    """Return where a version leads to that nothing in the tree states."""
    source = component.sources[0] if component.sources else None
    if source is None or source.kind == "computed":
        what = "the version is computed by code, so it cannot be bumped" if source else "nothing states the version"
        hint = "state it as project.version or __version__, or derive it from git tags"
        raise UnmoorError(what, place=source.path if source else "pyproject.toml", hint=hint)
    form = tags.form_of(component)
    git = Git(component.repository.root, environ)
    behind = list(tags.releases(form, git.run("tag", "--merged", "HEAD").out.split(), None).values())
    current = str(behind[-1]) if behind else "0.0.0"
    new = pep440.canonical(to) if to else pep440.bump(current, part, zero_major="major")
    _refuse_local(new)
    if behind and pep440.parse(new) < behind[-1]:
        raise Blocked(f"{new} is less than {current}, the newest tag", hint=_BACKWARDS)
    if behind and pep440.parse(new) == behind[-1]:
        return Target(current=current, new=new, lines=(f"already {new}, by its tag",))
    said = f"the version comes from tags: {new} is released by the tag {tags.name(form, new)} alone"
    return Target(current=current, new=new, lines=(said,))
