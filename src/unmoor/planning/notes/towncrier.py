"""towncrier's fragments as change notes; towncrier itself is not needed to read them.

How far a fragment moves the version follows from its type, by what the word means in semantic versioning; towncrier
knows nothing of versions.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from unmoor.model import Bump, Change, Component, Finding
from unmoor.planning.notes.record import Notes
from unmoor.project.nearest_name import closest
from unmoor.tools.towncrier_settings import Kind, TowncrierSettings, load

__all__ = ["LARGEST", "bump_of", "read"]

LARGEST = 1_000_000

_REMOVAL = frozenset({"removal", "removals", "removed"})
_MAJOR = frozenset({"breaking", "major", "incompatible", "backward", "break"})
_MINOR = frozenset(
    {
        "add",
        "added",
        "change",
        "changed",
        "changes",
        "deprecated",
        "deprecation",
        "deprecations",
        "enhancement",
        "enhancements",
        "feature",
        "features",
        "improvement",
        "improvements",
        "minor",
        "new",
    }
)
_PATCH = frozenset({"bug", "bugfix", "bugfixes", "doc", "docs", "fix", "fixed", "internal", "misc", "patch", "trivial"})
_BREAKS = re.compile(r"(?i)\b(?:breaking|incompatible)\b")
_DEPRECATES = re.compile(r"(?i)\bdeprecat")
_ADDS = re.compile(r"(?i)\b(?:features?|enhancements?|improvements?|deprecations?)\b")


def bump_of(kind: str, kinds: Mapping[str, Kind]) -> Bump:
    """Return how far a fragment of this type moves the version; what is not known to be more is a patch.

    ``kinds`` are all types of the project. A removal breaks what used it. But where another type is there for what
    breaks, or where it is towncrier's own type (deprecations under the same heading, or, as build has them, beside it),
    it is what was announced long before, and projects release it as a minor version: pluggy, trio, pdm, build.
    ``removed`` is the word of keepachangelog.com, which goes by semantic versioning.
    """
    word, title = kind.lower(), kinds[kind].title if kind in kinds else ""
    if word in _REMOVAL:
        others = {other.lower(): each for other, each in kinds.items() if other != kind}
        announced = word == "removal" and any(other.startswith("deprecat") for other in others)
        breaking = any(_breaks(other, each) for other, each in others.items())
        return Bump.MINOR if breaking or announced or _DEPRECATES.search(title) else Bump.MAJOR
    if word in _MAJOR or (word not in _MINOR | _PATCH and _BREAKS.search(title)):
        return Bump.MAJOR
    return Bump.MINOR if word in _MINOR or (word not in _PATCH and _ADDS.search(title)) else Bump.PATCH


def _breaks(word: str, kind: Kind) -> bool:
    return word.lower() in _MAJOR or _BREAKS.search(kind.title) is not None


def read(component: Component) -> Notes:
    """Read the fragments of the project's tree; raise ``SettingsError`` where towncrier's settings are wrong."""
    settings = load(component.folder)
    prefix = PurePosixPath(component.path)
    fragments, strays = settings.files(component.folder)
    changes: list[Change] = []
    problems = [_stray(settings, prefix, name) for name in strays]
    seen: dict[tuple[str, str, str, int], str] = {}
    for name in fragments:
        found = list(_wrong(component.folder, name, settings, seen))
        if found:
            problems += [
                Finding(message=what, place=f"{prefix / name}:{line}", hint=hint) for what, line, hint in found
            ]
        else:
            changes.append(_change(component, settings, name, prefix))
    return Notes(changes=tuple(changes), problems=tuple(problems), changelog=(prefix / settings.filename).as_posix())


def _stray(settings: TowncrierSettings, prefix: PurePosixPath, name: str) -> Finding:
    near = (closest(part, settings.kinds) for part in PurePosixPath(name).name.split(".")[1:])
    question = next((f"did you mean {each!r}? " for each in near if each), "")
    hint = f"{question}types: {', '.join(settings.kinds)}; a file that is no note belongs in 'ignore' of towncrier"
    return Finding(message="the name has no type that towncrier knows", place=f"{prefix / name}:1", hint=hint)


def _wrong(
    folder: Path, name: str, settings: TowncrierSettings, seen: dict[tuple[str, str, str, int], str]
) -> Iterator[tuple[str, int, str]]:
    """Yield what is wrong with a fragment: message, line, and what to do."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        yield "a link that leads out of the project", 1, "write the note into the file itself"
        return
    if not path.is_file():
        yield "is not a file", 1, "write the note into a plain file"
        return
    if path.stat().st_size > LARGEST:
        yield f"is larger than {LARGEST} bytes", 1, "say in a few sentences what changed"
        return
    yield from _wrong_name(name, settings, seen)
    content = path.read_bytes()
    if content.startswith(codecs.BOM_UTF8):
        # towncrier would carry it into the middle of the changelog, where nobody sees it.
        yield "begins with a byte order mark", 1, "save it as UTF-8 without one"
        return
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        yield "is not valid UTF-8", content.count(b"\n", 0, error.start) + 1, "save it as UTF-8"
        return
    if "\0" in text:
        yield "holds a NUL", text.count("\n", 0, text.index("\0")) + 1, "write the note anew"
    parsed = settings.parse(path.name)
    needs_text = parsed is None or settings.kinds[parsed.kind].shown or not parsed.issue
    if needs_text and not text.strip():
        yield "is empty", 1, "say in one sentence what changed"


def _wrong_name(
    name: str, settings: TowncrierSettings, seen: dict[tuple[str, str, str, int], str]
) -> Iterator[tuple[str, int, str]]:
    parsed = settings.parse(PurePosixPath(name).name)
    if parsed is None or not parsed.issue:
        return
    if settings.issue_pattern and not re.fullmatch(settings.issue_pattern, parsed.issue):
        what = f"the issue {parsed.issue!r} does not match {settings.issue_pattern!r}"
        yield what, 1, f"rename it, or correct issue_pattern in {settings.file}"
    key = (str(PurePosixPath(name).parent), parsed.issue, parsed.kind, parsed.counter)
    if seen.setdefault(key, name) != name:
        what = f"stands for the same note as {PurePosixPath(seen[key]).name!r}"
        yield what, 1, f"add a counter to its name: {parsed.issue}.{parsed.kind}.{parsed.counter + 1}.md"


def _change(component: Component, settings: TowncrierSettings, name: str, prefix: PurePosixPath) -> Change:
    parsed = settings.parse(PurePosixPath(name).name)
    kind, issue = (parsed.kind, parsed.issue) if parsed else ("", "")
    text = (component.folder / name).read_bytes().decode()
    paragraph = re.split(r"\n[ \t\r]*\n", text.strip(), maxsplit=1)[0]
    return Change(
        component=component.name,
        bump=bump_of(kind, settings.kinds),
        category=kind,
        summary=" ".join(paragraph.split()),
        issues=(issue,) if issue else (),
        origin=f"{(prefix / name).as_posix()}:1",
    )
