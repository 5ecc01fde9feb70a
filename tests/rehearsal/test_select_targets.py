"""Whom each stage speaks to: the rehearsal's own, or the configured ones; the stage says which kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from support.contexts import make_context
from support.login_wall import login_wall
from support.opened import component
from support.repositories import Repository
from support.simple_index import simple_index
from unmoor.chain import CHAIN
from unmoor.model import Mode, Target
from unmoor.model import Repository as Clone
from unmoor.model.settings import IndexSettings, Settings
from unmoor.rehearsal import select_targets
from unmoor.tools.git_remote import BareRemote, UserRemote

OWN = "https://index.invalid/upload/"


def test_a_rehearsal_is_bound_to_itself_and_a_release_to_its_addresses(tmp_path: Path) -> None:
    settings = Settings(indexes={"pypi": IndexSettings(upload_url=OWN, simple_url="https://index.invalid/simple/")})
    one = component(tmp_path, settings=settings, repository=Clone(root=tmp_path, remote="upstream"))
    outward = [stage.name for stage in CHAIN if stage.target is not Target.NOBODY]
    assert select_targets.identities(one, Mode.REHEARSAL) == dict.fromkeys(outward, "rehearsal")
    assert select_targets.identities(one, Mode.LIVE) == {
        "testpypi": TEST_REPOSITORY,
        "pypi": OWN,
        "release": "upstream",
    }


def test_without_settings_the_well_known_indexes_are_meant(tmp_path: Path) -> None:
    found = select_targets.addresses(component(tmp_path))
    assert dict(found.indexes) == {"testpypi": TEST_REPOSITORY, "pypi": DEFAULT_REPOSITORY}


@pytest.mark.parametrize("stage", [stage.name for stage in CHAIN])
def test_a_stage_is_given_whom_it_speaks_to_and_nobody_else(stage: str, tmp_path: Path) -> None:
    context = make_context(tmp_path, name=stage)
    with select_targets.open_target(context) as ready:
        target = context.stage.target
        assert (ready.index is not None) is (target is Target.INDEX)
        assert (ready.remote is not None) is (target is Target.REMOTE)
        if ready.index is not None:
            assert ready.index.identity == "rehearsal"
            assert ready.index.upload_url.startswith("http://127.0.0.1:")
            assert ready.index.client.files("thing") == ()
        if ready.remote is not None:
            assert isinstance(ready.remote, BareRemote)
            assert ready.remote.refs() == {}


def test_live_the_remote_is_the_users(repository: Repository, tmp_path: Path) -> None:
    context = make_context(tmp_path, name="release", live=True, environ=repository.environ)
    home = replace(context.component, repository=Clone(root=repository.folder, remote="origin"))
    with select_targets.open_target(replace(context, component=home)) as ready:
        assert isinstance(ready.remote, UserRemote)
        assert (ready.remote.label, ready.remote.root) == ("origin", repository.folder)


def test_live_an_index_has_its_two_credentials_and_the_keyring_is_asked_for_the_upload_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("unmoor.indexes.keyring_lookup.ask", lambda address, _: asked.append(address))
    with simple_index() as served, login_wall(served.url) as wall:
        served.add("thing", "thing-1.0.tar.gz")
        indexes = {"pypi": IndexSettings(upload_url=OWN, simple_url=wall.simple_url)}
        given = {"HOME": str(tmp_path), **wall.credential("pypi")}
        context = make_context(tmp_path, name="pypi", live=True, environ=given, settings=Settings(indexes=indexes))
        with select_targets.open_target(context) as ready:
            index = ready.index
            assert index is not None
            assert index.credential is None
            assert index.reader is not None
            assert index.reader.source == "environment UNMOOR_PYPI_READ_PASSWORD"
            assert wall.password not in repr(index) + repr(index.client)
            assert [each.filename for each in index.client.files("thing")] == ["thing-1.0.tar.gz"]
    assert asked == [OWN]


def test_a_rehearsal_asks_no_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unmoor.indexes.keyring_lookup.ask", lambda *_: pytest.fail("it was asked"))
    with select_targets.open_target(make_context(tmp_path, name="pypi")) as ready:
        assert ready.index is not None
        assert ready.index.reader is None
