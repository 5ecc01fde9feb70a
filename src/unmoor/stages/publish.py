"""Publish to an index, any index: one file at a time, wheels first, the sdist last.

Intent on disk, upload, read the index, go on. What the index answers to an upload is never evidence; what it
serves afterwards is. The same bytes there already: done. Other bytes under the name: stop.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.errors import Blocked, Incomplete
from unmoor.indexes import simple, wait
from unmoor.model import Distribution, FindingKind, Resolution, wheels_first
from unmoor.runtime import scratch
from unmoor.runtime.files import sha256_of
from unmoor.stages import Done
from unmoor.state import upload_intents

if TYPE_CHECKING:
    from unmoor.context import Context
    from unmoor.targets import Index

__all__ = ["observe", "run"]

_TRIES = 3
_AFTER_ODD_SECONDS = 20.0
_DOUBT_SECONDS = 20.0


def observe(context: Context) -> Done | None:
    """Ask the index which of our files it holds; all of them, by digest, means done already."""
    missing = _missing(context, _index(context))
    if missing:
        return None
    return Done(
        how=Resolution.FOUND,
        detail=f"{len(context.distributions)} files, same digests",
        files=context.distributions,
        facts=_facts(context, uploaded=0),
    )


def run(context: Context) -> Done:
    """Upload what the index does not hold yet; raise ``Incomplete`` when it would not take a file."""
    index = _index(context)
    missing = _missing(context, index)
    for number, each in enumerate(missing, 1):
        context.say(f"uploading {each.filename} ({number} of {len(missing)}) to {index.name}")
        _upload(context, index, each)
    there = len(context.distributions) - len(missing)
    detail = f"{len(missing)} uploaded" + (f", {there} already there" if there else "")
    return Done(
        how=Resolution.RAN, detail=detail, files=context.distributions, facts=_facts(context, uploaded=len(missing))
    )


def _index(context: Context) -> Index:
    assert context.index is not None, "a publishing stage always has an index"  # noqa: S101
    return context.index


def _facts(context: Context, *, uploaded: int) -> dict[str, str]:
    return {"target": _index(context).identity, "uploaded": str(uploaded)}


def _missing(context: Context, index: Index) -> tuple[Distribution, ...]:
    """Return the files the index does not hold, in upload order; raise ``Blocked`` where it holds other bytes."""
    served = index.client.files(context.component.name)
    digests = {
        each.filename: simple.digest_of(index.client, each) for each in served if each.filename in _names(context)
    }
    for each in context.distributions:
        held = digests.get(each.filename, each.sha256)
        if held != each.sha256 and not _turned_up(context, index, each, patience=_DOUBT_SECONDS):
            raise Incomplete(
                f"{index.name} does not say the same twice about {each.filename!r}: its answers differ",
                hint="run the same command again later",
            )
    return tuple(each for each in wheels_first(context.distributions) if each.filename not in digests)


def _names(context: Context) -> frozenset[str]:
    return frozenset(each.filename for each in context.distributions)


def _upload(context: Context, index: Index, file: Distribution) -> None:
    """Send one file from a private copy, then ask the index for it; never believe the answer to the upload alone."""
    upload_intents.begin(context.state, index, file)
    context.mark(f"uploading {file.filename} to {index.name}")
    output = ""
    for attempt in range(1, _TRIES + 1):
        with scratch.folder("upload") as private:
            copy = _private_copy(context.dist / file.filename, private, file)
            answer = index.client.upload(copy, log=context.log(f"{index.name}.twine"), locks=context.locks)
            _unchanged(copy, file)
        if answer.accepted:
            return
        output = answer.output
        context.say(f"{index.name} gave an odd answer for {file.filename}; asking it what it holds (try {attempt})")
        if _turned_up(context, index, file, patience=_AFTER_ODD_SECONDS if context.live else 1.0):
            return
    raise Incomplete(
        f"{index.name} did not take {file.filename}: {output}",
        place=str(context.log(f"{index.name}.twine")),
        hint="nothing is lost; run the same command again when the cause is gone",
    )


def _turned_up(context: Context, index: Index, file: Distribution, *, patience: float) -> bool:
    """Ask the index for a file for a while; raise ``Blocked`` where it keeps to other bytes."""
    result = wait.wait_for(
        index.client,
        context.component.name,
        {file.filename: file.sha256},
        patience_seconds=patience,
        say=context.say,
    )
    if result.seen is wait.Seen.OTHER_BYTES:
        raise Blocked(
            f"{index.name} holds other bytes under the name {file.filename!r} than {file.sha256[:12]}…",
            place=index.name,
            hint="a file name can never be used twice; release these bytes under a new version",
            kind=FindingKind.FINAL,
        )
    return result.seen is wait.Seen.SERVED


def _private_copy(path: Path, folder: Path, file: Distribution) -> Path:
    copy = folder / file.filename
    shutil.copyfile(path, copy)
    copy.chmod(0o400)
    _unchanged(copy, file)
    return copy


def _unchanged(copy: Path, file: Distribution) -> None:
    if (found := sha256_of(copy)) != file.sha256:
        raise Blocked(
            f"{file.filename} changed since it was sealed: {found[:12]}… instead of {file.sha256[:12]}…",
            hint="nothing with these bytes may be published; look into what wrote to the sealed folder",
        )
