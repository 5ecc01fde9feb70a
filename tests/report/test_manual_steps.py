"""The commands that finish a release by hand go where the release goes, and send only what is missing and sound."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from support.records import fill, plan, record
from support.sealing import NAMES, sealed_archives
from unmoor.evidence.record import EvidenceKey, GateRecord
from unmoor.model import Distribution, Finding, FindingKind, Mode, Outcome
from unmoor.report import manual_steps
from unmoor.report.ending import Ending
from unmoor.report.in_repository import InRepository
from unmoor.report.manual_steps import ByHand
from unmoor.report.uploads import own_addresses
from unmoor.state.evidence_store import EvidenceStore
from unmoor.targets import Addresses

INDEXES = {"testpypi": "https://test.index.invalid/legacy/", "pypi": "https://index.invalid/upload dir/"}
ADDRESSES = Addresses(indexes=INDEXES, remote="upstream", signed=False)
COMMIT = "c" * 40
RELEASE = plan().releases[0]
SOUND = InRepository()


def key(stage: str) -> EvidenceKey:
    return EvidenceKey(stage=stage, component="thing")


class Started:
    """A live release that has begun to publish: built, and on the first index."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.store = EvidenceStore(state / "evidence", "thing")
        self.files = sealed_archives(state / "dist", "tested")
        fill(self.store, mode=Mode.LIVE, files=self.files)
        for index in INDEXES:
            self.took(index)
        for each in self.files:
            self.began("testpypi", each)
        self.store.path(key("pypi")).unlink()
        self.store.path(key("release")).unlink()

    def took(self, index: str, **changes: Any) -> None:
        """Record that the step of a stage was done: the index took the files."""
        self.store.write(record(index, files=self.files, facts={"target": INDEXES[index]}, **changes))

    def began(self, index: str, file: Distribution, url: str = "", when: str = "now") -> None:
        """Leave the intent of an upload."""
        path = self.state / "uploads" / index / f"{file.filename}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"sha256": file.sha256, "index": url or INDEXES[index], "started": when}))

    def lose(self, harm: str) -> None:
        """Spoil the record of the build."""
        if harm == "overwritten":
            self.store.write(record("build", mode=Mode.LIVE, outcome=Outcome.FAILED, files=(), facts={}))
        elif harm == "damaged":
            self.store.path(key("build")).write_text("{")
        else:
            self.store.path(key("build")).unlink()

    def end(self, mode: Mode = Mode.LIVE, **words: Any) -> Ending:
        """Return the end of a run that came this far."""
        return Ending(plan=plan(mode), release=RELEASE, rows=(), store=self.store, again=("nox",), **words)

    def left(self, here: InRepository = SOUND, **changes: Any) -> list[str]:
        """Return the lines that are printed; ``changes`` are of the addresses."""
        return [str(each) for each in manual_steps.commands(self.end(here=here), replace(ADDRESSES, **changes))]

    def kinds(self, here: InRepository = SOUND, **changes: Any) -> list[ByHand]:
        return [each.kind for each in manual_steps.commands(self.end(here=here), replace(ADDRESSES, **changes))]

    def sent(self) -> dict[str, list[str]]:
        """Return the names of the files that the commands would send, by the address they would go to."""
        found: dict[str, list[str]] = {}
        for line in self.left():
            words = shlex.split(line)
            if "twine" in words:
                url, path = words[words.index("--repository-url") + 1 :]
                found.setdefault(url, []).append(Path(path).name)
        return found


@pytest.fixture
def started(tmp_path: Path) -> Started:
    return Started(tmp_path / "state of it")


def test_they_go_to_the_addresses_of_the_release(started: Started) -> None:
    *uploads, tag = started.left()
    assert started.sent() == {INDEXES["pypi"]: list(NAMES)}
    assert "--repository " not in "".join(uploads)
    assert tag.startswith("git tag --annotate ")
    assert tag.endswith(f" -- v1.0 {COMMIT} && git push -- upstream refs/tags/v1.0")


def test_the_check_before_an_upload_says_whether_these_are_the_bytes_and_needs_nothing_but_python(
    started: Started,
) -> None:
    """It is carried out by the shell of this machine, with ``twine`` standing by."""
    path = started.state / "dist" / NAMES[0]
    line = started.left()[0].replace("twine upload", "echo sent")
    sent = subprocess.run(["sh", "-c", line], check=False, capture_output=True, text=True)
    assert (sent.returncode, "sent " in sent.stdout) == (0, True), sent.stderr
    path.chmod(0o600)
    path.write_text("other")
    kept = subprocess.run(["sh", "-c", line], check=False, capture_output=True, text=True)
    assert (kept.returncode, kept.stdout) == (1, "")
    assert "altered since it was built" in kept.stderr


def test_the_addresses_that_a_release_has_begun_with_are_the_ones_to_go_on_with(started: Started) -> None:
    former = "https://former.invalid/upload/"
    begun = plan(Mode.LIVE, addresses={"thing": {"pypi": former, "release": "ssh://former.invalid/thing"}})
    own = own_addresses(begun, "thing", replace(ADDRESSES, remote_address="ssh://now.invalid/thing"))
    assert own.indexes == {"testpypi": INDEXES["testpypi"], "pypi": former}
    assert own.remote == "ssh://former.invalid/thing"
    assert "git push -- ssh://former.invalid/thing " in started.left(remote=own.remote)[-1]
    assert own_addresses(plan(Mode.LIVE), "thing", ADDRESSES) == ADDRESSES
    # Whatever the remote is called now, it is the same one.
    same = replace(ADDRESSES, remote="renamed", remote_address="ssh://former.invalid/thing")
    assert own_addresses(begun, "thing", same).remote == "renamed"
    started.store.write(record("pypi", inputs={"index": former}, finished="", outcome=Outcome.ERROR))
    started.began("pypi", started.files[0], url=former)
    assert started.sent() == {former: list(NAMES)}


def test_a_tag_that_is_taken_is_not_made(started: Started) -> None:
    assert started.kinds() == [ByHand.UPLOAD, ByHand.UPLOAD, ByHand.TAG]
    assert started.kinds(InRepository(tag_at="f" * 40)) == [ByHand.UPLOAD, ByHand.UPLOAD]
    taken = Finding(message="the tag 'v1.0' exists on commit ffff", kind=FindingKind.FINAL)
    gate = GateRecord(name="tag", asserts="", outcome=Outcome.FAILED, problems=(taken,))
    started.store.write(record("release", outcome=Outcome.FAILED, gates=(gate,)))
    assert started.kinds() == [ByHand.UPLOAD, ByHand.UPLOAD]


def test_a_tag_that_is_here_already_is_only_pushed(started: Started) -> None:
    here = InRepository(tag_at=COMMIT)
    assert started.left(here)[-1] == "git push -- upstream refs/tags/v1.0"
    assert started.kinds(here, remote="") == [ByHand.UPLOAD, ByHand.UPLOAD]


def test_a_commit_that_is_gone_is_fetched_before_it_is_tagged(started: Started) -> None:
    lost = InRepository(commit_is_lost=True)
    assert started.left(lost)[-2] == f"git fetch -- upstream {COMMIT}"
    assert started.kinds(lost)[-2:] == [ByHand.FETCH_COMMIT, ByHand.TAG]
    assert started.kinds(lost, remote="")[-1:] == [ByHand.TAG]


def test_what_is_out_what_is_missing_and_until_when_is_said(started: Started) -> None:
    assert manual_steps.out_and_missing(started.end()) == []
    started.began("pypi", started.files[0], when="2026-11-21T19:00:00Z")
    started.store.write(record("pypi", inputs={"index": INDEXES["pypi"]}, finished="", outcome=Outcome.ERROR))
    text = " ".join(line.strip() for line in manual_steps.out_and_missing(started.end()))
    assert text.startswith(f"pypi at {INDEXES['pypi']}: out: nothing; not known, its upload was begun: {NAMES[0]}; ")
    assert f"missing: {NAMES[1]}." in text
    assert text.endswith("take new files of a version for 14 days, so until 2026-12-05.")
    started.began("pypi", started.files[1], when="2026-11-23T00:00:00Z")
    text = " ".join(line.strip() for line in manual_steps.out_and_missing(started.end()))
    assert f"out: {NAMES[0]}; not known, its upload was begun: {NAMES[1]}. " in text
    assert "2026-12-05" in text


def test_a_signed_tag_is_signed_by_hand_too(started: Started) -> None:
    assert started.left(signed=True)[-1].startswith("git tag --sign ")


def test_without_a_remote_nothing_is_pushed(started: Started) -> None:
    assert "git push" not in started.left(remote="")[-1]


@pytest.mark.parametrize(
    ("begun", "missing"), [((), NAMES), (NAMES[:1], NAMES), (NAMES, NAMES[1:])], ids=["nothing", "first", "both"]
)
def test_only_what_the_index_may_lack_is_sent(started: Started, begun: Any, missing: Any) -> None:
    """A file is sent when those before it are there; only the last one that was begun is in doubt."""
    for each in started.files:
        if each.filename in begun:
            started.began("pypi", each)
    assert started.sent() == {INDEXES["pypi"]: list(missing)}


def test_an_upload_to_another_address_or_of_other_bytes_is_none(started: Started) -> None:
    first, second = started.files
    started.began("pypi", replace(first, sha256="0" * 64))
    started.began("pypi", second, url="https://former.invalid/")
    assert started.sent() == {INDEXES["pypi"]: list(NAMES)}


def test_what_an_index_took_is_not_sent_again_where_a_gate_failed_afterwards(started: Started) -> None:
    started.took("pypi", outcome=Outcome.FAILED)
    assert started.sent() == {}
    (tag,) = started.left()
    assert tag.startswith("git tag ")


@pytest.mark.parametrize("harm", ["changed", "gone", "another build"])
def test_nothing_is_said_of_archives_that_are_not_the_ones_that_were_built(started: Started, harm: str) -> None:
    path = started.state / "dist" / NAMES[0]
    if harm == "changed":
        path.chmod(0o600)
        path.write_text("other")
    elif harm == "gone":
        path.unlink()
    else:
        others = (replace(started.files[0], sha256="0" * 64), started.files[1])
        started.store.write(record("build", mode=Mode.LIVE, files=others))
    assert started.left() == []


@pytest.mark.parametrize("harm", ["overwritten", "damaged", "missing"])
def test_where_the_record_of_the_build_is_lost_the_seal_says_commit_and_archives(started: Started, harm: str) -> None:
    as_recorded = started.left()
    facts = {"commit": COMMIT, "tree": "d" * 40}
    said = {"inputs": "", "facts": facts, "files": [asdict(each) for each in started.files]}
    (started.state / "seal.json").write_text(json.dumps(said))
    started.lose(harm)
    assert started.left() == as_recorded


@pytest.mark.parametrize("seal", ["missing", "{", "[]", '{"files": 1}'])
@pytest.mark.parametrize("harm", ["overwritten", "damaged", "missing"])
def test_without_a_commit_no_tag_is_made(started: Started, harm: str, seal: str) -> None:
    if seal != "missing":
        (started.state / "seal.json").write_text(seal)
    started.lose(harm)
    assert started.left() == []


def test_a_record_without_its_commit_leaves_the_uploads(started: Started) -> None:
    started.store.write(record("build", mode=Mode.LIVE, files=started.files, facts={}))
    assert started.kinds() == [ByHand.UPLOAD, ByHand.UPLOAD]


@pytest.mark.parametrize("when", ["rehearsal", "before any upload", "complete"])
def test_nothing_is_left(started: Started, when: str) -> None:
    mode = Mode.REHEARSAL if when == "rehearsal" else Mode.LIVE
    if when == "before any upload":
        for each in (started.state / "uploads").rglob("*.json"):
            each.unlink()
    elif when == "complete":
        started.took("pypi")
        started.store.write(record("release", mode=Mode.LIVE, files=started.files))
    assert manual_steps.commands(started.end(mode), ADDRESSES) == ()


def test_nothing_is_said_where_the_addresses_are_not_known(started: Started) -> None:
    unknown: Mapping[str, str] = {}
    assert manual_steps.commands(started.end(), Addresses(indexes=unknown, remote="")) == ()
