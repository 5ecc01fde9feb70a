"""Build once: sdist, wheel from the sdist, sealed; never again for the same plan, never after an upload.

The seal names what the archives were made from. Bytes that got lost after an upload are fetched back from the
indexes by digest; a rebuild would be another artifact under the same name.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.archives import seal
from unmoor.errors import Blocked
from unmoor.evidence.binding import seal_digest
from unmoor.evidence.statements import Damaged
from unmoor.model import Distribution, Resolution
from unmoor.model.counting import counted
from unmoor.runtime import scratch
from unmoor.stages import Done
from unmoor.stages.build.adoption import adopt, published
from unmoor.stages.build.recovery import bring_back, must_be_uploaded_ones
from unmoor.state import seal_record
from unmoor.state.seal_record import SealRecord
from unmoor.tools import build as builder

if TYPE_CHECKING:
    from unmoor.context import Context

__all__ = ["observe", "run"]

_SECONDS = 1200.0


def observe(context: Context) -> Done | None:
    """Return the sealed archives of this very plan, or ``None`` where they have to be built."""
    about = _about(context)
    if about is None:
        return None
    if about.inputs != seal_digest(context.inputs) or _is_of_another_commit(context, about):
        _make_way(context, about)
        return None
    files = about.files
    detail = f"{counted(len(files), 'files')}, sealed earlier"
    if (wrong := _wrong(context, files)) and not context.has_begun:
        context.say(f"the sealed archives are {wrong}, and nothing was uploaded: building anew")
        _make_way(context, about)
        return None
    if wrong:
        context.say(f"the sealed archives are {wrong}: bringing what was built back by its digests")
        brought = bring_back(context, files, lambda folder: _built(context, folder).archives)
        detail = f"{counted(len(files), 'files')}, {brought}"
    return Done(how=Resolution.FOUND, detail=detail, files=files, facts=about.facts)


def run(context: Context) -> Done:
    """Build from a fresh clone of the planned commit and seal what comes out, or what the main index has of it."""
    for remark in context.workspace.remarks:
        context.say(f"notice: {remark}")
    there = published(context)
    with scratch.folder("build") as folder:
        built = _built(context, folder)
        archives = built.archives
        if there:
            archives = adopt(context, archives, there, folder / "published")
        elif context.has_begun:
            must_be_uploaded_ones(context, archives)
        # A seal without its record is what a run that was killed in between leaves; nothing was uploaded from it.
        seal.unseal(context.dist)
        files = seal.seal(archives, context.dist)
    git = context.workspace.git
    facts = {
        "commit": context.workspace.commit,
        "tree": git.tree_of(context.workspace.commit),
        "dependencies": " ".join(built.dependencies),
        "builder": " ".join(built.builder),
    }
    detail = counted(len(files), "files") + (f", {len(there)} as the main index has them" if there else "")
    if built.from_cache:
        facts["network"] = "none"
        detail += ", built without a network from what uv had in its cache"
    about = SealRecord(inputs=seal_digest(context.inputs), facts=facts, files=files)
    seal_record.write(context.state, about)
    return Done(how=Resolution.RAN, detail=detail, files=files, facts=facts)


def _built(context: Context, folder: Path) -> builder.Built:
    """Build the planned commit below ``folder``, and return what came of it."""
    # Its own place for temporary files, so that a build that was ended leaves none behind.
    temporary = folder / "tmp"
    temporary.mkdir(parents=True)
    return builder.build(
        context.workspace.path / context.component.path,
        folder / "dist",
        env={**context.environ, "TMPDIR": str(temporary)},
        given=context.component.settings.pass_env,
        epoch=context.plan.epoch,
        installer=context.component.settings.installer,
        log=context.log("build"),
        timeout=_SECONDS,
        say=context.say,
    )


def _about(context: Context) -> SealRecord | None:
    """Return what was sealed; once an upload was begun, what the build's evidence says of it comes first."""
    if context.has_begun and (recorded := seal_record.of_build(context.store.read("build"))) is not None:
        return recorded
    try:
        return seal_record.read(context.state)
    except Damaged:
        what = "the record of the sealed archives is damaged"
        if context.has_begun:
            hint = "restore it from a backup, or release a new version"
            raise Blocked(what, place=str(seal_record.path(context.state)), hint=hint) from None
        context.say(f"{what}, and nothing was uploaded: building anew")
        return None


def _is_of_another_commit(context: Context, about: SealRecord) -> bool:
    """Say whether the plan's edits lead to another commit by now: another unmoor may write them otherwise.

    Once files are out, the commit that was built is the release's, whoever would prepare it otherwise today.
    """
    return not context.has_begun and about.facts.get("commit") != context.workspace.commit


def _wrong(context: Context, files: tuple[Distribution, ...]) -> str:
    """Say what is wrong with the sealed bytes, ``gone`` or ``not those that were built``; empty where nothing is."""
    if not seal.is_whole(context.dist, files):
        return "gone"
    try:
        seal.verified(context.dist, files)
    except Blocked:
        return "not those that were built"
    return ""


def _make_way(context: Context, about: SealRecord) -> None:
    """Clear an earlier build of other content away: freely in a rehearsal, never once something was uploaded."""
    if context.has_begun:
        raise Blocked(
            f"files of {context.release.version} were uploaded from commit {about.facts.get('commit', '')[:12]}, "
            "and this is other content",
            place=str(context.state / "uploads"),
            hint="check that commit out to finish the release, or release this content under a new version",
        )
    seal_record.path(context.state).unlink(missing_ok=True)
    for leftover in ("dist", "uploads", "rehearsal"):
        shutil.rmtree(context.state / leftover, ignore_errors=True)
