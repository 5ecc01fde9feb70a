"""Which files the release commit takes, and that nothing else of the user's is in them.

Asked of HEAD and of the tree, not of what this run has done: so it does not matter how many runs it took, and where
one was cut short. Only which notes were taken cannot be told any more, once they are gone and the changelog was edited:
that is written down before the first of them goes. A file with other work in it is refused before anything is changed,
for a commit takes it whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from packaging.version import InvalidVersion, Version

from unmoor.errors import UnmoorError
from unmoor.model import Component, Finding, VersionSource
from unmoor.planning import hand_kept
from unmoor.planning.versions.pep440 import try_parse
from unmoor.planning.versions.sources import STATED
from unmoor.project.version_locator import locate
from unmoor.runtime.changeset import ChangeSet
from unmoor.tools import bumpversion_settings, towncrier, towncrier_settings, uv_lock
from unmoor.tools.git import Git

__all__ = ["ReleaseEdits", "release_edits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseEdits:
    """The paths to commit, relative to the repository: of the version and of the changelog with its notes.

    ``gone`` are notes that were staged and never committed, and are in the changelog now; ``problems`` name the files
    that hold other work as well, ``left`` those that git ignores.
    """

    version: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    problems: tuple[Finding, ...] = ()


def release_edits(
    component: Component,
    versions: tuple[str, str],
    day: str,
    changes: ChangeSet,
    collected: Collection[str],
    environ: Mapping[str, str],
) -> ReleaseEdits:
    """Find the edits of a release to the second of ``versions`` once ``changes`` are made; they may be made already.

    The first is the version the tree comes from, ``day`` the ISO day of the changelog, and ``collected`` are the notes
    that this run or one before it has taken into the changelog.
    """
    tree = _Tree(component, Git(component.repository.root, environ), changes, frozenset(collected))
    of_version = [path for path in _of_version(tree, versions) if tree.differs(path)]
    changelog, removed, gone = _of_notes(tree, versions[1], day)
    committed = [*of_version, *([changelog] if changelog else [])]
    ignored = tree.ignored(committed)
    problems = [
        finding
        for path in committed
        if path not in ignored
        for finding in tree.others(path, versions, versions[1] if path == changelog else "")
    ]
    return ReleaseEdits(
        version=tuple(path for path in of_version if path not in ignored),
        notes=tuple(path for path in (changelog, *removed) if path and path not in ignored),
        gone=gone,
        left=tuple(sorted(ignored)),
        problems=tuple(problems),
    )


def _of_version(tree: _Tree, versions: tuple[str, str]) -> list[str]:
    """Return the files that state the version, and those that follow it, where HEAD lacks the new one."""
    component, new = tree.component, try_parse(versions[1])
    sources = [source for source in component.sources if source.kind in STATED]
    paths = {tree.named(each.path) for each in sources if tree.stated_at_head(each) != new}
    paths |= {named for each in sources if (named := tree.named(each.path)) in tree.changes.writes}
    if paths and component.settings.bumpversion == "follow":
        for current in dict.fromkeys(versions):
            found = bumpversion_settings.followers(component.folder, current, versions[1])
            paths |= {tree.named(path) for path in found}
    where = (component.path, component.name)
    lock = uv_lock.of_component(tree.git.folder, uv_lock.tracked(tree.git), *where)
    if lock and (lock in tree.changes.writes or try_parse(uv_lock.stated_in(tree.at_head(lock), lock, *where)) != new):
        paths.add(lock)
    return sorted(paths)


def _of_notes(tree: _Tree, version: str, day: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the changelog, the notes collected into it that HEAD has, and those that only the index has."""
    component = tree.component
    if component.notes.style != "towncrier":
        return _by_hand(tree, version), (), ()
    if not towncrier_settings.is_configured(component.folder):
        return "", (), ()
    settings = towncrier_settings.load(component.folder)
    changelog = tree.named(settings.changelog(version, day))
    written = changelog in tree.changes.writes
    if not written and version not in " ".join(tree.grown(changelog)[1]):
        changelog = ""
    folders = [f":(literal){tree.named(folder)}" for folder in settings.folders]
    names = tree.git.run("diff", "--name-only", "--no-renames", "--diff-filter=D", "-z", "HEAD", "--", *folders).out
    staged = tree.git.run("ls-files", "--deleted", "--full-name", "-z", "--", *folders).out
    there = {*names.split("\0"), *staged.split("\0"), *tree.changes.removals} - {""}
    own = {*tree.changes.removals, *(there & tree.collected)}
    committed = {path for path in there if tree.is_at_head(path)}
    in_index = set(tree.git.run("ls-files", "--full-name", "-z", "--", *folders).out.split("\0"))
    texts = {
        path: tree.at_head(path) if path in committed else tree.git.run("show", f":{path}").out
        for path in there
        if path in committed or path in in_index
    }
    prefix = PurePosixPath(component.path)
    relative = {PurePosixPath(path).relative_to(prefix).as_posix(): text for path, text in texts.items()}
    said = {tree.named(path) for path in towncrier.collected(component.folder, version, day, relative)}
    taken = sorted((own | said) & set(texts))
    return (
        changelog,
        tuple(path for path in taken if path in committed),
        tuple(path for path in taken if path not in committed),
    )


def _by_hand(tree: _Tree, version: str) -> str:
    """Return the changelog that is kept by hand, where the section of the version was just named and dated in it."""
    path = tree.component.notes.changelog
    if not path:
        return ""
    named = tree.named(path)
    lost, gained = tree.grown(named) if tree.differs(named) else ([], [])
    closed = any(hand_kept.is_mark(each) for each in lost) and version in " ".join([*gained, tree.after(named)])
    return named if named in tree.changes.writes or closed else ""


@dataclass(frozen=True, slots=True)
class _Tree:
    """The working tree once the changes are made, beside HEAD; texts have plain line ends."""

    component: Component
    git: Git
    changes: ChangeSet
    collected: frozenset[str]

    def named(self, path: str) -> str:
        return (PurePosixPath(self.component.path) / path).as_posix()

    def is_at_head(self, path: str) -> bool:
        return self.git.run("cat-file", "-e", f"HEAD:{path}", ok=None).status == 0

    def at_head(self, path: str) -> str:
        done = self.git.run("show", f"HEAD:{path}", ok=None)
        return done.out if done.status == 0 else ""

    def stated_at_head(self, source: VersionSource) -> Version | None:
        try:
            return try_parse(locate(self.at_head(self.named(source.path)), source)[0].value)
        except (UnmoorError, IndexError):
            return None

    def now(self, path: str) -> str:
        file = self.git.folder / path
        return _text(file.read_bytes()) if file.is_file() else ""

    def after(self, path: str) -> str:
        return _text(self.changes.writes[path]) if path in self.changes.writes else self.now(path)

    def differs(self, path: str) -> bool:
        return self.after(path) != self.at_head(path)

    def ignored(self, paths: list[str]) -> set[str]:
        """Return those of the paths that git would not take."""
        unknown = [path for path in paths if not self.is_at_head(path)]
        if not unknown:
            return set()
        done = self.git.run("check-ignore", "-z", "--stdin", stdin="\0".join(unknown), ok=(0, 1))
        return set(done.out.split("\0")) - {""}

    def grown(self, path: str) -> tuple[list[str], list[str]]:
        """Return the lines that HEAD has and the tree has not, and those in their place."""
        old, new = (
            [line.strip() for line in text.splitlines() if line.strip()]
            for text in (self.at_head(path), self.after(path))
        )
        head = _common(old, new)
        tail = min(_common(old[::-1], new[::-1]), min(len(old), len(new)) - head)
        return old[head : len(old) - tail], new[head : len(new) - tail]

    def others(self, path: str, versions: tuple[str, str], changelog_of: str) -> Iterator[Finding]:
        """Yield what a path holds besides the edits of the release: what is not committed, or staged alone."""
        hint = "commit or stash that first, then run the same command again; or leave --commit out"
        if not self.is_at_head(path):
            if not changelog_of:
                yield Finding(message="is not committed yet, and states the version", place=path, hint=hint)
            return
        what = "holds changes that are not committed, besides the release's; they would be committed with it"
        if changelog_of:
            lost, gained = self.grown(path)
            said = all(
                each in gained or _is_of_pre_release(each, changelog_of) or hand_kept.is_mark(each) for each in lost
            )
            if self.now(path) != self.at_head(path) and not said:
                yield Finding(message=what, place=path, hint=hint)
        elif self.now(path) != self.at_head(path) and _less(self.at_head(path), versions) != _less(
            self.after(path), versions
        ):
            yield Finding(message=what, place=path, hint=hint)
        if self._is_staged_apart(path):
            what = "has something else staged than lies in the tree, and a commit of the file would lose that"
            yield Finding(message=what, place=path, hint=hint)

    def _is_staged_apart(self, path: str) -> bool:
        literal = f":(literal){path}"
        words = ("diff", "--quiet", "--no-ext-diff")
        staged = self.git.run(*words, "--cached", "HEAD", "--", literal, ok=(0, 1)).status == 1
        return staged and self.git.run(*words, "--", literal, ok=(0, 1)).status == 1


def _text(content: bytes) -> str:
    return content.decode(errors="replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _common(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _less(text: str, versions: tuple[str, str]) -> str:
    """Return a text without these versions, however they are spelled."""
    known = [try_parse(each) for each in versions]
    words = (word.strip("=<>~!,;()[]") for word in text.replace('"', " ").replace("'", " ").split())
    spelled = {*versions, *(word for word in words if try_parse(word) in known)}
    for each in sorted(spelled, key=len, reverse=True):
        text = text.replace(each, "\0")
    return text


def _is_of_pre_release(line: str, version: str) -> bool:
    """Say whether a line may go with the section of a pre-release: its heading, or the mark under that."""
    return len(set(line)) == 1 or any(_leads_to(word, version) for word in line.split())


def _leads_to(word: str, version: str) -> bool:
    try:
        found = Version(word.strip("()[],:").removeprefix("v"))
    except InvalidVersion:
        return False
    return found.is_prerelease and found.base_version == Version(version).base_version
