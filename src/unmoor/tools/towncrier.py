"""towncrier, as a program: create a fragment, draft a section, and build the changelog from all fragments.

Building works on copies in a temporary place: the settings, the fragments and the changelog. There towncrier has no
git to stage anything in, and what it wrote can be looked at before it counts: every fragment was consumed, the
section stands there once, and nothing of the earlier changelog is gone. Only then does the changelog change and are
the fragments removed. A run that was cut short between the two is recognised by the section that is already there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date as calendar_date
from pathlib import Path

from packaging.version import Version

from unmoor.errors import Blocked, SettingsError, ToolFailed, UnmoorError
from unmoor.model import Finding
from unmoor.project.nearest_name import did_you_mean
from unmoor.runtime import environment, process
from unmoor.runtime.changeset import ChangeSet, inside
from unmoor.runtime.file_text import FileText
from unmoor.runtime.scratch import folder as folder_for
from unmoor.tools import changelog_sections
from unmoor.tools.cause import cause
from unmoor.tools.towncrier_settings import TowncrierSettings, load

__all__ = ["Collected", "collected", "create", "draft", "lacks_note", "stage"]

_SECONDS = 60.0
_LONGEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a build does: to which changelog, from which fragments, as ``changes`` to the folder's files.

    ``did`` is ``built``, ``finished`` (the section was there, its fragments too), ``already there`` or
    ``nothing to collect``.
    """

    did: str
    changelog: str
    section: str = ""
    fragments: tuple[str, ...] = ()
    changes: ChangeSet = ChangeSet()  # noqa: RUF009 - frozen and empty
    remarks: tuple[str, ...] = ()


def create(folder: Path, kind: str, text: str, *, issue: str = "", environ: Mapping[str, str] | None = None) -> Path:
    """Create a fragment of type ``kind`` saying ``text`` and return its path; without ``issue`` it is an orphan.

    Raises ``SettingsError`` for a type, an issue or a text that cannot be.
    """
    settings = load(folder)
    problems = [*_wrong_kind(settings, kind), *_wrong_issue(settings, issue), *_wrong_text(text)]
    if problems:
        raise SettingsError(problems)
    text = text.replace("\r\n", "\n")
    before = set(settings.files(folder)[0])
    name = f"{issue or settings.orphan_prefix}.{kind}"
    # One argument with "=", and the name after "--": neither can be taken for an option.
    _run(folder, ["create", "--no-edit", f"--content={text}", "--", name], environ)
    made = sorted(set(settings.files(folder)[0]) - before)
    if len(made) != 1 or (folder / made[0]).read_text(encoding="utf-8").rstrip("\n") != text.rstrip("\n"):
        what = f"towncrier did not create the fragment {name!r} as told"
        raise UnmoorError(what, place=", ".join(made), hint="write the file by hand")
    return folder / made[0]


def _wrong_kind(settings: TowncrierSettings, kind: str) -> Iterator[Finding]:
    if kind not in settings.kinds:
        what = f"{kind!r} is no type of change note in this project"
        hint = did_you_mean(kind.lower(), settings.kinds, then=f"allowed: {', '.join(settings.kinds)}")
        yield Finding(message=what, place=settings.file, hint=hint)


def _wrong_issue(settings: TowncrierSettings, issue: str) -> Iterator[Finding]:
    import re

    if not issue:
        if not settings.orphan_prefix:
            yield Finding(message="a note needs an issue here: orphans are switched off", place=settings.file)
        return
    plain = re.fullmatch(r"[\w#+][\w#+@-]*", issue) is not None
    if not plain or (settings.issue_pattern and not re.fullmatch(settings.issue_pattern, issue)):
        wanted = (
            f"matching {settings.issue_pattern!r}" if settings.issue_pattern else "made of letters, digits, - and _"
        )
        yield Finding(message=f"{issue!r} cannot be the issue of a note", hint=f"give one {wanted}")


def _wrong_text(text: str) -> Iterator[Finding]:
    if not text.strip() or "\0" in text or len(text.encode()) > _LONGEST:
        yield Finding(
            message="the text of a note is empty, too long or holds a NUL", hint="say in one sentence what changed"
        )


def draft(folder: Path, version: str, date: str, *, environ: Mapping[str, str] | None = None) -> str:
    """Return the section that a build would write, as text that ends in one line end; writes nothing.

    ``date`` is an ISO day. The result is empty where there is nothing to collect.
    """
    settings = load(folder)
    fragments, _ = settings.files(folder)
    if not fragments:
        return ""
    with _copies(folder, settings, fragments, {}) as top:
        return _draft(top, settings, version, date, environ)


def stage(
    folder: Path,
    version: str,
    date: str,
    *,
    planned: Sequence[str] | None = None,
    keep: bool = False,
    pending: Mapping[str, bytes] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Collected:
    """Prepare to collect all fragments of ``folder`` into the changelog's section for ``version``.

    Done twice it adds nothing. ``planned`` are the fragments the plan saw, ``pending`` contents about to be written
    by another change. With ``keep`` the fragments of a pre-release stay, and the sections of the pre-releases that
    led to ``version`` make room for the new one, which says all of theirs. Raises ``Blocked`` when the fragments
    differ from those planned, when a file among them is of no type, or when the section is there already without
    some of them.
    """
    calendar_date.fromisoformat(date)
    settings = load(folder)
    fragments, strays = settings.files(folder)
    _refuse(settings, strays, set(fragments) - set(fragments if planned is None else planned))
    name = settings.changelog(version, date)
    text = FileText.of(_bytes(folder, name, pending or {}), where=name)
    with _copies(folder, settings, fragments, pending or {}) as top:
        drafted = _draft(top, settings, version, date, environ)
        there = changelog_sections.section(text.plain, drafted, version, date)
        if not there:
            # Notes may only be gone already when the section that holds them is there.
            _refuse(settings, (), set(planned or ()) - set(fragments))
        if not fragments:
            return Collected(did="already there" if there else "nothing to collect", changelog=name, section=there)
        stays = keep and Version(version).is_prerelease
        missing = tuple(_missing(folder, settings, fragments, there, drafted, name)) if there else ()
        if there and not missing:
            changes = ChangeSet(removals=() if stays else fragments)
            did = "already there" if stays else "finished"
            return Collected(did=did, changelog=name, section=there, fragments=fragments, changes=changes)
        earlier, remarks = (
            changelog_sections.superseded(text.plain, drafted, version, date) if keep else (text.plain, ())
        )
        if there and not (stays and earlier != text.plain and there not in earlier):
            raise Blocked.of(missing)
        after = _built(top, settings, fragments, name, replace(text, plain=earlier), (version, date), environ)
    if not changelog_sections.section(FileText.of(after, where=name).plain, drafted, version, date):
        what = f"towncrier did not write one section for {version!r}, so its result was thrown away"
        raise UnmoorError(what, place=name, hint="run towncrier build by hand to see why")
    changes = ChangeSet(writes={name: after}, removals=() if stays else fragments)
    return Collected(
        did="built", changelog=name, section=drafted, fragments=fragments, changes=changes, remarks=remarks
    )


def _refuse(settings: TowncrierSettings, strays: Sequence[str], differing: set[str]) -> None:
    kinds = ", ".join(settings.kinds)
    hint = f"rename it to NAME.TYPE.md with a type of {kinds}; or add it to 'ignore' in {settings.file}"
    problems = [Finding(message="is of no type that towncrier knows", place=stray, hint=hint) for stray in strays]
    hint = "run the same command again, so that the plan is made anew"
    problems += [
        Finding(message="is not in both the plan and the folder", place=each, hint=hint) for each in sorted(differing)
    ]
    if problems:
        raise Blocked.of(problems)


def _missing(
    folder: Path, settings: TowncrierSettings, fragments: Sequence[str], there: str, drafted: str, name: str
) -> Iterator[Finding]:
    """Yield every fragment that the section which is there does not hold."""
    for fragment in fragments:
        text = inside(folder, fragment).read_text(encoding="utf-8", errors="replace")
        if not _holds(there, settings, fragment, text, drafted):
            hint = "keep the note for the next version, or take the section out so that it is built anew"
            what = f"is not in the section that {name} already has for this version"
            yield Finding(message=what, place=fragment, hint=hint)


def _holds(section: str, settings: TowncrierSettings, fragment: str, text: str, drafted: str) -> bool:
    """Say whether a section says what a fragment does: its text where that is shown, and its issue."""
    parsed = settings.parse(Path(fragment).name)
    kind = settings.kinds[parsed.kind] if parsed else None
    wanted = [text] if kind is None or parsed is None or kind.shown or not parsed.issue else []
    if parsed is not None and parsed.issue and settings.issue_text(parsed.issue) in drafted:
        wanted.append(settings.issue_text(parsed.issue))
    return all(changelog_sections.holds(section, each) for each in wanted)


def collected(folder: Path, version: str, date: str, removed: Mapping[str, str]) -> tuple[str, ...]:
    """Return those of the fragments removed from ``folder`` (path and text) that the section of ``version`` says.

    What a person has removed without collecting it is not among them.
    """
    settings = load(folder)
    name = settings.changelog(version, date)
    lines = FileText.of(_bytes(folder, name, {}), where=name).plain.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if version in line), len(lines))
    section = "".join(lines[start:])
    return tuple(path for path, text in removed.items() if _holds(section, settings, path, text, section))


# ── the program, over copies ─────────────────────────────────────────────────────────────────────────────────


def _bytes(folder: Path, name: str, pending: Mapping[str, bytes]) -> bytes:
    if name in pending:
        return pending[name]
    path = inside(folder, name)
    return path.read_bytes() if path.is_file() else b""


@contextmanager
def _copies(
    folder: Path, settings: TowncrierSettings, fragments: Sequence[str], pending: Mapping[str, bytes]
) -> Iterator[Path]:
    """Copy what towncrier reads to a temporary place."""
    with folder_for("notes") as scratch:
        for name in (*fragments, "towncrier.toml", "pyproject.toml", settings.template):
            if name and (name in pending or inside(folder, name).is_file()):
                copy = scratch / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(_bytes(folder, name, pending))
        yield scratch


def _built(
    top: Path,
    settings: TowncrierSettings,
    fragments: Sequence[str],
    name: str,
    text: FileText,
    stamp: tuple[str, str],
    environ: Mapping[str, str] | None,
) -> bytes:
    """Build over the copies and return the changelog's new bytes."""
    (top / name).parent.mkdir(parents=True, exist_ok=True)
    if text.plain:
        (top / name).write_text(text.plain.replace("\r\n", "\n"), encoding="utf-8", newline="")
    _run(top, ["build", "--yes", *_stamp(settings, *stamp)], environ)
    left = [fragment for fragment in fragments if (top / fragment).exists()]
    if left or not (top / name).is_file():
        what = "towncrier did not take up every fragment, so its result was thrown away"
        raise UnmoorError(what, place=", ".join(left) or name, hint="run towncrier build by hand to see why")
    return text.restored(changelog_sections.kept(text.plain, (top / name).read_bytes().decode(), where=name))


def _draft(top: Path, settings: TowncrierSettings, version: str, date: str, environ: Mapping[str, str] | None) -> str:
    done = _run(top, ["build", "--draft", *_stamp(settings, version, date)], environ)
    return done.out.strip("\n") + "\n"


def _stamp(settings: TowncrierSettings, version: str, date: str) -> list[str]:
    # With a name given, towncrier does not import the package to ask it.
    return [f"--version={version}", f"--date={date}", f"--name={settings.name}"]


def lacks_note(folder: Path, since: str, *, environ: Mapping[str, str] | None = None) -> str:
    """Return why the commits since a branch or commit need a note and have none, as ``towncrier check`` says it.

    The result is empty where they have one, or need none: nothing differs, or the changelog itself was changed. The
    program ends with 1 for its own crashes too, so what it said is looked at. Raises ``UnmoorError`` where it did not
    come to an end.
    """
    done = _run(folder, ["check", f"--compare-with={since}"], environ, ok=None)
    said = (done.out.strip() or done.text.strip()).splitlines() or [""]
    if done.status == 0:
        return ""
    if "Found newsfragments of unchecked types" in done.out or "No new newsfragments" in said[-1]:
        return said[-1].rstrip(".").lower()
    what = f"towncrier check failed: {said[-1]}"
    raise UnmoorError(what, place=since, hint="name a branch or a commit that this clone has")


def _run(
    folder: Path, arguments: Sequence[str], environ: Mapping[str, str] | None, *, ok: tuple[int, ...] | None = (0,)
) -> process.Completed:
    env = {**environment.own(environ or {}), "PYTHONUTF8": "1", "NO_COLOR": "1"}
    command = [*process.module("towncrier"), *arguments]
    try:
        return process.run(command, cwd=folder, env=env, timeout=_SECONDS, ok=ok)
    except ToolFailed as error:
        said = cause(error.tail) if error.tail else str(error)
        what = f"towncrier {arguments[0]} failed: {said}"
        raise UnmoorError(what, place=str(folder.name), hint="correct what it names, then try again") from error
