"""The page "When a release went wrong", walked: each of its ways, to the end that it promises."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.live_release import VERSION, LiveRelease, new_release, sealed, standing_in
from support.pages import ROOT
from unmoor.errors import Exit

PAGE = (ROOT / "docs" / "how-to" / "when-a-release-went-wrong.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LiveRelease]:
    """The release after PyPI took its first file, and finished."""
    top = tmp_path_factory.mktemp("wrong")
    (top / "home").mkdir()
    release = new_release(top / "release", {**os.environ, "HOME": str(top / "home")})
    release.pypi.cut = 2
    with pytest.MonkeyPatch.context() as patch, standing_in(release, patch):
        assert release.run().said == "cut"
        part = release.copied(top / "part")
        release.pypi.cut = part.pypi.cut = 0
        assert release.run().code is Exit.PASS
    return {"in part": part, "finished": release}


@pytest.fixture
def release(
    states: dict[str, LiveRelease], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[LiveRelease]:
    made = states[getattr(request, "param", "in part")].copied(tmp_path / "release")
    with standing_in(made, monkeypatch):
        yield made


finished = pytest.mark.parametrize("release", ["finished"], indirect=True)


def released(release: LiveRelease) -> bool:
    tag = release.remote.git("rev-parse", f"v{VERSION}^{{commit}}")
    return release.pypi.held == sealed(release) and tag == planned(release)


def planned(release: LiveRelease) -> str:
    return release.repository.git("rev-parse", "HEAD")


def test_every_way_of_the_page_is_walked() -> None:
    titles = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert titles == [
        "It stopped half way: some files are on the index, some are not",
        "The archives are gone",
        "Everything kept of the release is gone",
        "The version that is out is bad",
        "The tag is gone, or on another commit",
        "Somebody else's file lies there under your name",
    ]


def test_half_way_the_same_command_sends_what_is_missing(release: LiveRelease) -> None:
    assert (len(release.pypi.held), release.run().code) == (1, Exit.PASS)
    assert released(release)
    assert len(release.pypi.uploads) == 2


def test_after_14_days_what_is_missing_stays_missing(release: LiveRelease) -> None:
    release.pypi.since = datetime.now(UTC) - timedelta(days=15)
    ran = release.run()
    assert ran.code is Exit.GATE_FAILED
    assert f"yank {VERSION} and release 1.2.1" in ran.said
    assert len(release.pypi.held) == 1


@pytest.mark.parametrize("same", [True, False])
def test_archives_that_are_gone_come_back_by_their_digests(release: LiveRelease, *, same: bool) -> None:
    before = sealed(release)
    shutil.rmtree(release.state / "dist")
    release.testpypi.held.popitem()
    release.reproducible = same
    ran = release.run()
    assert ran.code is (Exit.PASS if same else Exit.GATE_FAILED), ran
    if same:
        assert sealed(release) == before
        assert released(release)
    else:
        assert "this version cannot be finished with the same bytes; release a new version" in ran.said


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("release", ["in part", "finished"], indirect=True)
def test_on_another_machine_bytes_decide(release: LiveRelease, *, same: bool) -> None:
    whole = len(release.pypi.held) == 2
    shutil.rmtree(release.base)
    release.testpypi.held.clear()
    release.reproducible = same
    # A release that is finished has its tag; the other machine knows it from the remote alone.
    ran = release.run()
    if same or whole:
        assert ran.code is Exit.PASS, ran
        assert released(release)
        assert release.gates["archives-hold-the-tree"].calls > 0
        assert len(release.pypi.uploads) == 2
    else:
        assert ran.code is Exit.GATE_FAILED
        assert "the next free one is 1.2.1" in ran.said


@finished
def test_a_bad_version_is_yanked_and_the_next_one_released(release: LiveRelease) -> None:
    release.pypi.yanked = True
    assert release.run().code is Exit.PASS, "there is nothing to do about it"
    shutil.rmtree(release.state)
    ran = release.run()
    assert ran.code is Exit.GATE_FAILED
    assert "yanked" in ran.said
    assert "the next free one is 1.2.1" in ran.said


@finished
def test_a_tag_that_was_deleted_is_made_again_on_the_planned_commit(release: LiveRelease) -> None:
    release.remote.git("update-ref", "-d", f"refs/tags/v{VERSION}")
    assert release.run().code is Exit.PASS
    assert released(release)


@finished
def test_a_tag_that_was_moved_is_said_and_left_to_a_person(release: LiveRelease) -> None:
    elsewhere = release.repository.git("rev-parse", "HEAD~1")
    release.remote.git("update-ref", f"refs/tags/v{VERSION}", elsewhere)
    ran = release.run()
    assert ran.code is Exit.GATE_FAILED
    assert elsewhere[:12] in ran.said
    assert planned(release)[:12] in ran.said
    assert release.remote.git("rev-parse", f"v{VERSION}") == elsewhere
    command = next(line for line in PAGE.splitlines() if "--delete" in line).removeprefix("$ ")
    release.repository.git(*command.replace("1.4.0", VERSION).split()[1:])
    assert release.run().code is Exit.PASS
    assert released(release)


def test_a_file_that_is_not_ours_stops_before_anything_further(release: LiveRelease) -> None:
    (missing,) = sealed(release).keys() - release.pypi.held.keys()
    release.pypi.held[missing] = b"somebody else's"
    before = list(release.pypi.uploads)
    ran = release.run()
    assert ran.code is Exit.GATE_FAILED
    assert release.pypi.uploads == before
    assert f"v{VERSION}" not in release.remote.git("tag", "--list")
