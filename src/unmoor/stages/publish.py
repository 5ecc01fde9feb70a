"""Publish to an index, any index: one file at a time, wheels first, the sdist last.

Read the index, intent on disk, one upload, go on: right before every upload the index is asked for the file, so that a
run which was paused finds what another one has sent meanwhile. What the index answers to an upload is never evidence;
what it serves afterwards is, and the gate that follows reads it. The same bytes there already: done. Other bytes under
the name: stop. What it has accepted is not sent again unasked, however long it takes to show it.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.errors import Blocked, Incomplete, UnmoorError
from unmoor.indexes import upload_answers, wait
from unmoor.indexes.held_release import HeldRelease, held_release, moment
from unmoor.indexes.upload_answers import Meaning
from unmoor.model import Distribution, Finding, FindingKind, Outcome, Resolution, wheels_first
from unmoor.model.counting import counted
from unmoor.planning.versions.pep440 import try_parse
from unmoor.runtime import scratch
from unmoor.runtime.files import sha256_of
from unmoor.runtime.http import Unreachable
from unmoor.stages import Done
from unmoor.state import upload_intents
from unmoor.state.upload_intents import Intent, Standing
from unmoor.targets import UploadAnswer

if TYPE_CHECKING:
    from unmoor.context import Context
    from unmoor.targets import Index

__all__ = ["observe", "run"]

_TRIES = 3
# How long the index is asked whether it has a file that may have arrived; a rehearsal's shows it at once.
_LOOK_SECONDS = 20.0
_LOOK_SECONDS_REHEARSAL = 1.0
# How long it is asked where it gives no answer, or a different one each time.
_DOUBT_SECONDS = 20.0
# An index may ask for more time than this; the next run gives it.
_LONGEST_PAUSE = 300.0


def observe(context: Context) -> Done | None:
    """Ask the index which of our files it holds; all of them, by digest, means done already."""
    if _lacking(context, context.distributions):
        return None
    return Done(
        how=Resolution.FOUND,
        detail=f"{counted(len(context.distributions), 'files')}, same digests",
        files=context.distributions,
        facts=_facts(context, uploaded=0),
    )


def run(context: Context) -> Done:
    """Upload what the index neither holds nor has accepted.

    Raises ``Blocked`` where it refuses, ``Incomplete`` where it gives no answer or takes only a part; either says what
    is there, what is missing, and until when.
    """
    ordered = wheels_first(context.distributions)
    try:
        brought = [_brought(context, each, f"{number} of {len(ordered)}") for number, each in enumerate(ordered, 1)]
    except UnmoorError as error:
        error.problems = (*error.problems, *_so_far(context))
        raise
    uploaded, taken = brought.count("uploaded"), brought.count("accepted before")
    there = len(ordered) - uploaded - taken
    detail = f"{uploaded} uploaded" + (f", {there} already there" if there else "")
    detail += f", {taken} accepted before" if taken else ""
    return Done(
        how=Resolution.RAN, detail=detail, files=context.distributions, facts=_facts(context, uploaded=uploaded)
    )


def _index(context: Context) -> Index:
    assert context.index is not None, "a publishing stage always has an index"  # noqa: S101
    return context.index


def _facts(context: Context, *, uploaded: int) -> dict[str, str]:
    return {"target": _index(context).identity, "uploaded": str(uploaded)}


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


def _lacking(context: Context, files: Sequence[Distribution], *, patience: float = 0.0) -> tuple[str, ...]:
    """Return the names of the files that the index does not show after ``patience`` seconds.

    Raises ``Blocked`` where it keeps to other bytes, ``Incomplete`` where it cannot be read, so that nothing is known.
    """
    index = _index(context)
    result = wait.wait_for(
        index.client,
        context.component.name,
        files,
        patience_seconds=patience,
        doubt_seconds=_DOUBT_SECONDS,
        say=context.say,
    )
    if result.seen is wait.Seen.OTHER_BYTES:
        ours = ", ".join(f"{each.sha256[:12]}…" for each in files if each.filename in result.names)
        raise Blocked(
            f"{index.name} holds other bytes under the name {', '.join(map(repr, result.names))} than {ours}",
            place=index.name,
            hint="a file name can never be used twice; release these bytes under a new version",
            kind=FindingKind.FINAL,
        )
    if result.trouble:
        what = f"{index.name} does not say what it holds: {result.trouble}"
        raise Incomplete(what, hint="nothing is sent unseen; run the same command again later")
    return result.names


def _noted(context: Context) -> tuple[str, ...]:
    """Return the names of the files that the index lacks now, and keep which of those that it has accepted it shows."""
    lacking = _lacking(context, context.distributions)
    for each in context.distributions:
        if each.filename not in lacking:
            upload_intents.shown(context.state, _index(context), each)
    return lacking


def _held(context: Context) -> HeldRelease:
    """Return what the index holds of this release, as far as it says so now; nothing where it gives no answer."""
    names = [each.filename for each in wheels_first(context.distributions)]
    with suppress(Unreachable):
        listed = _index(context).client.files(context.component.name)
        version = try_parse(context.release.version)
        mine = [each for each in listed if each.filename in names or (version and try_parse(each.version) == version)]
        return held_release(mine, names)
    return held_release((), names)


def _so_far(context: Context) -> tuple[Finding, ...]:
    """Say what the index has of the release, what it lacks, and until when it takes that; nothing where it has none."""
    index, held = _index(context), _held(context)
    since = context.accepted
    accepted = [f"{name} (taken at {since[name]}, not shown yet)" for name in held.missing if name in since]
    missing = [name for name in held.missing if name not in since]
    if not (held.there or accepted) or not missing:
        return ()
    message = f"{index.name} has {', '.join([*held.there, *accepted])}; missing: {', '.join(missing)}"
    if held.closed and held.until:
        what = f"it has taken no more of them since {moment(held.until)}, if it keeps PyPI's rule of 14 days"
        return (
            Finding(message=f"{message}; {what}", hint=f"yank {context.release.version}, release the next version"),
        )
    until = f", until {moment(held.until)} where the index keeps PyPI's rule of 14 days" if held.until else ""
    return (Finding(message=message, hint=f"the same command adds what is missing{until}"),)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────


def _brought(context: Context, file: Distribution, number: str) -> str:
    """See to it that the index has a file, and return how: ``uploaded``, ``there``, or ``accepted before``."""
    index = _index(context)
    before = upload_intents.intent(context.state, index, file)
    if file.filename not in _noted(context):
        return "there"
    if before and before.accepted and not _may_be_sent_again(context, before):
        context.say(f"{index.name} took {file.filename} at {before.since} and does not show it yet; not sent again")
        return "accepted before"
    # Whatever became of an earlier try that was not refused: the file may be on its way.
    patience = _look_seconds(context) if before and before.standing is not Standing.REFUSED else 0.0
    for attempt in itertools.count(1):
        context.mark(f"uploading {file.filename} to {index.name}")
        with _private_copy(context, file) as copy:
            if not _lacking(context, [file], patience=patience):
                return "uploaded" if attempt > 1 else "there"
            context.say(f"uploading {file.filename} ({number}) to {index.name}")
            answer = _sent(context, copy, file)
        meaning = upload_answers.meaning(answer)
        if meaning is Meaning.TAKEN:
            return "uploaded"
        context.say(f"{upload_answers.summary(answer, index)} (try {attempt})")
        patience = _patience(context, answer, sure=before is None and meaning is Meaning.CREDENTIAL)
        if meaning is not Meaning.BUSY or patience > _LONGEST_PAUSE or attempt == _TRIES:
            if not _lacking(context, [file], patience=min(patience, _look_seconds(context))):
                break
            raise _not_taken(context, answer)
    return "uploaded"


def _may_be_sent_again(context: Context, before: Intent) -> bool:
    """Say whether what the index has accepted and does not show may go out once more: asked for, or removed since.

    It was there where it was seen, or where the stage has passed before, whose gate reads everything back.
    """
    record = context.store.read(context.stage.name).record
    passed = record is not None and any(each.outcome is Outcome.PASSED for each in record.attempts)
    return passed or before.standing is Standing.SHOWN or context.send_again == _index(context).name


def _look_seconds(context: Context) -> float:
    return _LOOK_SECONDS if context.live else _LOOK_SECONDS_REHEARSAL


def _patience(context: Context, answer: UploadAnswer, *, sure: bool) -> float:
    """Return for how long the index is asked after such an answer; not at all where it is ``sure`` to have nothing."""
    return 0.0 if sure else max(_look_seconds(context), answer.retry_after or 0.0)


def _sent(context: Context, copy: Path, file: Distribution) -> UploadAnswer:
    """Send a file once, with an intent on disk before and what was answered after."""
    index = _index(context)
    upload_intents.begin(context.state, index, file)
    try:
        answer = index.client.upload(copy, log=context.log(f"{index.name}.twine"), locks=context.locks)
    except Blocked:
        # The uploader was never started.
        upload_intents.answered(context.state, index, file, Standing.REFUSED, 0)
        raise
    meaning = upload_answers.meaning(answer)
    standing = Standing.REFUSED if meaning.is_refusal else Standing.BEGUN
    standing = Standing.ACCEPTED if meaning is Meaning.TAKEN else standing
    upload_intents.answered(context.state, index, file, standing, answer.status)
    _unchanged(copy, file)
    return answer


def _not_taken(context: Context, answer: UploadAnswer) -> UnmoorError:
    """Return the error for a file that the index was asked for once more and does not have.

    A refusal is final, but for a release that is there in part: that is incomplete for as long as it can be finished.
    """
    index, meaning, held = _index(context), upload_answers.meaning(answer), _held(context)
    message = upload_answers.summary(answer, index)
    hint = upload_answers.advice(answer, index, begun=upload_intents.anything_may_be_there(context.state))
    if meaning is Meaning.BUSY and (answer.retry_after or 0.0) > _LONGEST_PAUSE:
        hint = f"it wants to be left alone for {answer.retry_after:.0f} s; run the same command again after that"
    in_part = bool(held.there or context.accepted) and not held.closed
    kind = Blocked if meaning.is_refusal and not in_part else Incomplete
    return kind(message, place=answer.log, hint=hint)


@contextmanager
def _private_copy(context: Context, file: Distribution) -> Iterator[Path]:
    """Lay a read-only copy of a sealed file where nobody else writes to, for the time of one upload."""
    with scratch.folder("upload") as folder:
        copy = folder / file.filename
        shutil.copyfile(context.dist / file.filename, copy)
        copy.chmod(0o400)
        _unchanged(copy, file)
        yield copy


def _unchanged(copy: Path, file: Distribution) -> None:
    if (found := sha256_of(copy)) != file.sha256:
        raise Blocked(
            f"{file.filename} changed since it was sealed: {found[:12]}… instead of {file.sha256[:12]}…",
            hint="nothing with these bytes may be published; look into what wrote to the sealed folder",
        )
