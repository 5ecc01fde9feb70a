"""What the build finds done already: the archives that were sealed, and never what was put in their place."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from support.contexts import make_context
from support.fakes import FakeClone
from support.records import record
from support.sealing import NAMES, sealed_archives
from unmoor.context import Context
from unmoor.evidence.binding import digest_of
from unmoor.model import Distribution, Effect, Resolution
from unmoor.rehearsal import select_targets
from unmoor.stages.build import build_archives

COMMIT = {"commit": "c" * 40, "tree": "d" * 40}


@pytest.fixture(autouse=True)
def _no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is to be asked for archives."""
    monkeypatch.setattr(select_targets, "open_index", lambda _, stage: pytest.fail(f"{stage} was asked"))


def built(top: Path, *, live: bool, uploaded: bool) -> Context:
    """Return the context of a build that was sealed; where it was uploaded, its first archive was."""
    clone = FakeClone(top, COMMIT["commit"])
    context = make_context(top, live=live, name="build", inputs={"commit": COMMIT["commit"]}, workspace=clone)
    files = sealed_archives(context.dist, "tested")
    about = {"inputs": digest_of(dict(context.inputs)), "facts": COMMIT, "files": [asdict(each) for each in files]}
    (context.state / "seal.json").write_text(json.dumps(about))
    if uploaded:
        intent = context.state / "uploads" / "testpypi" / f"{files[0].filename}.json"
        intent.parent.mkdir(parents=True)
        intent.write_text("{}")
    return replace(context, progress=Effect.PUBLIC if uploaded and live else Effect.NONE)


def swap(context: Context) -> None:
    shutil.rmtree(context.dist)
    sealed_archives(context.dist, "other")


def test_what_was_sealed_is_found(tmp_path: Path) -> None:
    done = build_archives.observe(built(tmp_path, live=True, uploaded=True))
    assert done is not None
    assert (done.how, [each.filename for each in done.files]) == (Resolution.FOUND, list(NAMES))
    assert done.facts == COMMIT


@pytest.mark.parametrize("harm", ["of another build", "gone"])
def test_once_an_upload_was_begun_other_archives_make_way_for_those_that_were_built(
    tmp_path: Path, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = built(tmp_path, live=True, uploaded=True)
    swap(context) if harm == "of another build" else shutil.rmtree(context.dist)
    asked = []

    def bring_back(_: Context, files: tuple[Distribution, ...], __: object) -> str:
        asked.append(files)
        return "fetched back by digest"

    monkeypatch.setattr(build_archives, "bring_back", bring_back)
    done = build_archives.observe(context)
    assert done is not None
    assert (done.files, done.detail) == (asked[0], "2 files, fetched back by digest")


@pytest.mark.parametrize("harm", ["gone", "damaged", "of another build"])
def test_once_an_upload_was_begun_the_record_of_the_build_says_what_was_sealed(tmp_path: Path, harm: str) -> None:
    context = built(tmp_path, live=True, uploaded=True)
    about = json.loads((context.state / "seal.json").read_text())
    files = tuple(Distribution(**each) for each in about["files"])
    context.store.write(record("build", inputs=context.inputs, files=files, facts=COMMIT))
    if harm == "gone":
        (context.state / "seal.json").unlink()
    elif harm == "damaged":
        (context.state / "seal.json").write_text("{")
    else:
        others = [asdict(replace(each, sha256="0" * 64)) for each in files]
        (context.state / "seal.json").write_text(json.dumps({**about, "files": others}))
    done = build_archives.observe(context)
    assert done is not None
    assert (done.files, done.facts) == (files, COMMIT)


@pytest.mark.parametrize("uploaded", [True, False])
def test_what_was_built_of_another_commit_makes_way_until_it_is_out(tmp_path: Path, *, uploaded: bool) -> None:
    context = replace(built(tmp_path, live=True, uploaded=uploaded), workspace=FakeClone(tmp_path, "f" * 40))
    done = build_archives.observe(context)
    assert (done is not None) is uploaded
    assert context.dist.exists() is uploaded


@pytest.mark.parametrize("live", [True, False])
def test_before_any_upload_they_are_built_anew(tmp_path: Path, *, live: bool) -> None:
    context = built(tmp_path, live=live, uploaded=False)
    swap(context)
    assert build_archives.observe(context) is None
    assert not context.dist.exists()
