"""How a person would finish a release that stopped after its first upload: plain twine and git commands.

For the day unmoor itself is what does not work. They speak to the very addresses of this release, and send only the
bytes that were built: nothing is said of archives that do not verify, and what an index holds already is left out as
far as evidence and intents tell. The last file that was begun is in doubt, and is sent again.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from unmoor.archives.seal import SUMS, verified
from unmoor.chain import BUILD, CHAIN
from unmoor.errors import UnmoorError
from unmoor.evidence.binding import files_digest
from unmoor.evidence.statements import Damaged
from unmoor.model import Distribution, Mode, Release, wheels_first
from unmoor.state import seal_record, upload_intents
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.seal_record import SealRecord
from unmoor.targets import Addresses

__all__ = ["commands"]


def commands(release: Release, mode: Mode, state: Path, addresses: Addresses) -> list[str]:
    """Return the commands that are left, in order; empty for a rehearsal, and before anything was uploaded.

    Empty too where an upload is left and its archives are not, byte for byte, those that were built.
    """
    store = EvidenceStore(state / "evidence", release.component)
    built = _built(store, state)
    if mode is not Mode.LIVE or not upload_intents.any_begun(state) or built is None or not addresses.indexes:
        return []
    uploads = []
    for index, url in addresses.indexes.items():
        if missing := _missing(store, state, index, url, built.files):
            uploads.append(_upload(state / "dist", url, missing))
    if uploads and not _sound(state / "dist", built.files):
        return []
    tagged = store.read(CHAIN[-1].name).record
    commit = built.facts.get("commit", "")
    # Without the commit git would take what happens to be checked out.
    if (tagged is not None and tagged.passed) or not commit:
        return uploads
    return [*uploads, _tag(release, commit, addresses)]


def _built(store: EvidenceStore, state: Path) -> SealRecord | None:
    """Return what was built of which commit: from the evidence, else from the seal."""
    try:
        return seal_record.of_build(store.read(BUILD.name)) or seal_record.read(state)
    except Damaged:
        return None


def _missing(
    store: EvidenceStore, state: Path, index: str, url: str, files: Sequence[Distribution]
) -> tuple[Distribution, ...]:
    """Return the files that the index may lack, in the order they are sent."""
    record = store.read(index).record
    # The step leaves its target when it is done, whatever a gate says afterwards.
    done = record is not None and bool(record.finished) and record.facts.get("target") == url
    if record is not None and done and files_digest(record.files) == files_digest(files):
        return ()
    ordered = wheels_first(files)
    begun = upload_intents.begun(state, index, url)
    # Each is sent when those before it are there.
    last = max((number for number, each in enumerate(ordered) if each.sha256 in begun), default=0)
    return ordered[last:]


def _sound(dist: Path, files: Sequence[Distribution]) -> bool:
    try:
        verified(dist, files)
    except (UnmoorError, OSError):
        return False
    return True


def _upload(dist: Path, url: str, files: Sequence[Distribution]) -> str:
    paths = " ".join(shlex.quote(str(dist / each.filename)) for each in files)
    check = f"(cd {shlex.quote(str(dist))} && sha256sum --check {SUMS})"
    return f"{check} && twine upload --repository-url {shlex.quote(url)} {paths}"


def _tag(release: Release, commit: str, addresses: Addresses) -> str:
    kind = "--sign" if addresses.signed else "--annotate"
    message = shlex.quote(str(release))
    made = f"git tag {kind} --message {message} -- {shlex.quote(release.tag)} {shlex.quote(commit)}"
    if not addresses.remote:
        return made
    return f"{made} && git push -- {shlex.quote(addresses.remote)} {shlex.quote(f'refs/tags/{release.tag}')}"
