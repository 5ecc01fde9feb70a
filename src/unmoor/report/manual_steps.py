"""How a person would finish a release that stopped after its first upload: plain twine and git commands.

For the day unmoor itself is what does not work. They speak to the very addresses of this release, and send only the
bytes that were built: nothing is said of archives that do not verify, and what an index holds already is left out as
far as evidence and intents tell. The last file that was begun is in doubt, and is sent again. Like the next steps, all
kinds of them stand in one list, and each is carried out by a test.
"""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass
from pathlib import Path

from unmoor.archives.seal import verified
from unmoor.chain import BUILD, CHAIN
from unmoor.errors import UnmoorError
from unmoor.evidence.statements import Damaged
from unmoor.model import Distribution
from unmoor.report.command_line import shown
from unmoor.report.ending import Ending, tag_is_taken
from unmoor.report.folding import folded
from unmoor.report.terminal import USUAL_WIDTH
from unmoor.report.uploads import INDEXES, AtIndex, Sent, at_index
from unmoor.state import seal_record, upload_intents
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.seal_record import SealRecord
from unmoor.targets import Addresses

__all__ = ["ByHand", "ManualStep", "commands", "out_and_missing"]

# Who has twine has Python; sha256sum is not everywhere. Without quotes of its own, so that every shell takes it.
_CHECK = (
    "import hashlib,pathlib,sys; "
    "sys.exit(hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest() != sys.argv[2] and sys.argv[3])"
)
_PYTHON = "python" if os.name == "nt" else "python3"


class ByHand(enum.Enum):
    """The kinds of lines that are printed for doing by hand, and when each is."""

    UPLOAD = "an index lacks a file, and the sealed one verifies"
    FETCH_COMMIT = "the tag is missing, and the planned commit is not in the repository any more"
    TAG = "the tag is missing"
    PUSH_TAG = "the tag is on the planned commit here, and missing on the remote"


@dataclass(frozen=True, slots=True)
class ManualStep:
    """One line to do by hand: commands of which each is carried out only when the one before it has succeeded."""

    kind: ByHand
    commands: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return " && ".join(shown(words) for words in self.commands)


def commands(end: Ending, addresses: Addresses) -> tuple[ManualStep, ...]:
    """Return the steps that are left, in order; none for a rehearsal, and before anything was uploaded.

    None too where an upload is left and its archives are not, byte for byte, those that were built, and where the
    version cannot be finished. ``addresses`` is where the release goes, as far as its own evidence does not say so.
    """
    state = end.store.folder.parent
    built = _built(end.store, state)
    if not end.live or not upload_intents.anything_may_be_there(state) or built is None or not addresses.indexes:
        return ()
    uploads = []
    for index, url in addresses.indexes.items():
        there = at_index(end.store, index, built.files, url)
        uploads += [_upload(state / "dist", there.address, each) for each in there.lacking]
    if uploads and not _sound(state / "dist", built.files):
        return ()
    return (*uploads, *_tag(end, built.facts.get("commit", ""), addresses))


def out_and_missing(end: Ending, width: int = USUAL_WIDTH) -> list[str]:
    """Return what is out at each index that has not all of a release, what is missing, and until when it is taken.

    Where every file is out and only the tag is missing, that is said.
    """
    built = _built(end.store, end.store.folder.parent)
    places = [at_index(end.store, index, built.files) for index in INDEXES] if built is not None else []
    lines = [line for at in places if at.is_partial for line in _partial(at, width)]
    tagged = end.store.read(CHAIN[-1].name).record
    everything = bool(places) and all(set(at.files.values()) == {Sent.SERVED} for at in places)
    if everything and (tagged is None or not tagged.passed):
        lines.append(f"Published, and not tagged: every file is out, the tag {end.release.tag} is missing.")
    return lines


def _partial(at: AtIndex, width: int) -> list[str]:
    out, doubt, missing = at.names(Sent.SERVED, Sent.TAKEN), at.names(Sent.BEGUN), at.names(Sent.NOT)
    parts = [
        f"out: {', '.join(out) or 'nothing'}",
        *([f"not known, its upload was begun: {', '.join(doubt)}"] if doubt else []),
        *([f"missing: {', '.join(missing)}"] if missing else []),
    ]
    text = f"{at.index} at {at.address}: {'; '.join(parts)}."
    if (doubt or missing) and at.until:
        text += f" PyPI and TestPyPI take new files of a version for 14 days, so until {at.until}."
    return folded(text, width, hang=2)


def _built(store: EvidenceStore, state: Path) -> SealRecord | None:
    """Return what was built of which commit: from the evidence, else from the seal."""
    try:
        return seal_record.of_build(store.read(BUILD.name)) or seal_record.read(state)
    except Damaged:
        return None


def _sound(dist: Path, files: tuple[Distribution, ...]) -> bool:
    try:
        verified(dist, files)
    except (UnmoorError, OSError):
        return False
    return True


def _upload(dist: Path, url: str, file: Distribution) -> ManualStep:
    path = str(dist / file.filename)
    check = (_PYTHON, "-c", _CHECK, path, file.sha256, "altered since it was built")
    return ManualStep(ByHand.UPLOAD, (check, ("twine", "upload", "--repository-url", url, path)))


def _tag(end: Ending, commit: str, addresses: Addresses) -> tuple[ManualStep, ...]:
    tagged = end.store.read(CHAIN[-1].name).record
    # Without the commit git would take what happens to be checked out, and a tag that is taken is not ours to give.
    if (tagged is not None and tagged.passed) or not commit or tag_is_taken(end, commit):
        return ()
    tag = end.release.tag
    remote = addresses.remote
    push = (("git", "push", "--", remote, f"refs/tags/{tag}"),) if remote else ()
    if end.here.tag_at == commit:
        return (ManualStep(ByHand.PUSH_TAG, push),) if push else ()
    kind = "--sign" if addresses.signed else "--annotate"
    made = ("git", "tag", kind, "--message", str(end.release), "--", tag, commit)
    steps = (ManualStep(ByHand.TAG, (made, *push)),)
    if end.here.commit_is_lost and remote:
        return (ManualStep(ByHand.FETCH_COMMIT, (("git", "fetch", "--", remote, commit),)), *steps)
    return steps
