"""A live release that is about to meet a fault, and what has to be so whatever it met."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.live_release import VERSION, LiveRelease, Ran, new_release, sealed, standing_in
from unmoor.errors import Exit

WHEEL, SDIST = f"tiny_thing-{VERSION}-py3-none-any.whl", f"tiny_thing-{VERSION}.tar.gz"


@pytest.fixture(scope="session")
def built_release(tmp_path_factory: pytest.TempPathFactory) -> LiveRelease:
    """A live release whose archives are built, and which nobody has heard of; tests take copies."""
    top = tmp_path_factory.mktemp("built")
    (top / "home").mkdir()
    made = new_release(top / "release", {**os.environ, "HOME": str(top / "home")})
    with pytest.MonkeyPatch.context() as patch, standing_in(made, patch):
        ran = made.run(until="build")
    assert ran.code is Exit.PASS, ran
    return made


@pytest.fixture
def release(built_release: LiveRelease, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveRelease]:
    """The release, ready to go out."""
    with standing_in(built_release.copied(tmp_path / "release"), monkeypatch) as made:
        yield made


def is_released(release: LiveRelease, ran: Ran | None = None) -> bool:
    """Say whether the run ended well and the world is as after an unbroken one: one content a name, one tag."""
    ran = ran or release.run()
    assert ran.code is Exit.PASS, ran
    files = sealed(release)
    assert sorted(files) == [WHEEL, SDIST]
    for index in release.indexes.values():
        assert index.held == files
    planned = json.loads((release.state / "plan.json").read_bytes())["commit"]
    for repository in (release.remote, release.repository):
        assert repository.git("rev-parse", f"v{VERSION}^{{commit}}") == planned
    verdict = json.loads((release.state / "evidence" / "verdict.json").read_bytes())
    assert verdict["predicate"]["verificationResult"] == "PASSED"
    return True


def is_untagged(release: LiveRelease) -> bool:
    """Say whether nobody has the tag."""
    listed = [each.git("tag", "--list", f"v{VERSION}") for each in (release.remote, release.repository)]
    return listed == ["", ""]


def is_untouched(release: LiveRelease) -> bool:
    """Say whether nothing has left the machine."""
    assert [index.uploads for index in release.indexes.values()] == [[], []]
    assert [index.held for index in release.indexes.values()] == [{}, {}]
    return is_untagged(release)
