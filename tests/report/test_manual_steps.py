"""The commands that finish a release by hand go where the release goes, and send only what is missing and sound."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from support.records import fill, plan, record
from support.sealing import NAMES, sealed_archives
from unmoor.evidence.record import EvidenceKey
from unmoor.model import Distribution, Mode, Outcome
from unmoor.report import manual_steps
from unmoor.state.evidence_store import EvidenceStore
from unmoor.targets import Addresses

INDEXES = {"testpypi": "https://test.index.invalid/legacy/", "pypi": "https://index.invalid/upload dir/"}
ADDRESSES = Addresses(indexes=INDEXES, remote="upstream", signed=False)
COMMIT = "c" * 40
RELEASE = plan().releases[0]


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

    def began(self, index: str, file: Distribution, url: str = "") -> None:
        """Leave the intent of an upload."""
        path = self.state / "uploads" / index / f"{file.filename}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"sha256": file.sha256, "index": url or INDEXES[index], "started": "now"}))

    def lose(self, harm: str) -> None:
        """Spoil the record of the build."""
        if harm == "overwritten":
            self.store.write(record("build", mode=Mode.LIVE, outcome=Outcome.FAILED, files=(), facts={}))
        elif harm == "damaged":
            self.store.path(key("build")).write_text("{")
        else:
            self.store.path(key("build")).unlink()

    def left(self, **changes: Any) -> list[str]:
        return manual_steps.commands(RELEASE, Mode.LIVE, self.state, replace(ADDRESSES, **changes))

    def sent(self) -> dict[str, list[str]]:
        """Return the names of the files that the commands would send, by the address they would go to."""
        found = {}
        for line in self.left():
            words = shlex.split(line)
            if "twine" in words:
                url, *paths = words[words.index("--repository-url") + 1 :]
                found[url] = [Path(path).name for path in paths]
        return found


@pytest.fixture
def started(tmp_path: Path) -> Started:
    return Started(tmp_path / "state of it")


def test_they_go_to_the_addresses_of_the_release(started: Started) -> None:
    upload, tag = started.left()
    assert started.sent() == {INDEXES["pypi"]: list(NAMES)}
    assert "--repository " not in upload
    assert tag.startswith("git tag --annotate ")
    assert tag.endswith(f" -- v1.0 {COMMIT} && git push -- upstream refs/tags/v1.0")


def test_bytes_that_do_not_match_stop_the_upload(started: Started) -> None:
    for line in started.left()[:-1]:
        folder = shlex.quote(str(started.state / "dist"))
        assert line.startswith(f"(cd {folder} && sha256sum --check SHA256SUMS) && twine upload ")


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
    (upload,) = started.left()
    assert "twine upload" in upload


@pytest.mark.parametrize("when", ["rehearsal", "before any upload", "complete"])
def test_nothing_is_left(started: Started, when: str) -> None:
    mode = Mode.REHEARSAL if when == "rehearsal" else Mode.LIVE
    if when == "before any upload":
        for each in (started.state / "uploads").rglob("*.json"):
            each.unlink()
    elif when == "complete":
        started.took("pypi")
        started.store.write(record("release", mode=Mode.LIVE, files=started.files))
    assert manual_steps.commands(RELEASE, mode, started.state, ADDRESSES) == []


def test_nothing_is_said_where_the_addresses_are_not_known(started: Started) -> None:
    unknown: Mapping[str, str] = {}
    assert manual_steps.commands(RELEASE, Mode.LIVE, started.state, Addresses(indexes=unknown, remote="")) == []
