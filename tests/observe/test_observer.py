"""The index and the remote are asked once a run, whoever asks and however many do so at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from support.fakes import FakeObserver
from support.login_wall import login_wall
from support.opened import component
from support.repositories import Repository
from support.simple_index import nobody, simple_index
from unmoor.model import Mode
from unmoor.model import Repository as Clone
from unmoor.model.settings import IndexSettings, Settings
from unmoor.observe.observer import Observer
from unmoor.planning.versions import tags
from unmoor.request import Memory
from unmoor.runtime.http import Unreachable
from unmoor.targets import IndexFile


def observer(environ: Any, memory: Memory | None = None) -> Observer:
    return Observer(mode=Mode.REHEARSAL, memory=memory or Memory(), environ=environ)


def tiny(root: Path, url: str, remote: str = "") -> Any:
    settings = Settings(indexes={"pypi": IndexSettings(simple_url=url)})
    return component(root, "tiny-thing", settings=settings, repository=Clone(root=root, remote=remote))


def test_the_index_is_asked_once_by_many_threads(tmp_path: Path, environ: Any) -> None:
    with simple_index() as index:
        index.add("tiny-thing", "tiny_thing-1.0.tar.gz")
        asked = observer(environ)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: asked.index_files(tiny(tmp_path, index.url)), range(8)))
        assert len(index.asked) == 1
    assert {answer[0].filename for answer in answers} == {"tiny_thing-1.0.tar.gz"}


def test_another_run_asks_anew(tmp_path: Path, environ: Any) -> None:
    with simple_index() as index:
        assert observer(environ).index_files(tiny(tmp_path, index.url)) == ()
        index.add("tiny-thing", "tiny_thing-1.0.tar.gz")
        assert len(observer(environ).index_files(tiny(tmp_path, index.url))) == 1


def test_silence_is_remembered_too(tmp_path: Path, environ: Any) -> None:
    asked, url = observer(environ), nobody()
    for _ in range(2):
        with pytest.raises(Unreachable):
            asked.index_files(tiny(tmp_path, url))


@pytest.mark.parametrize("mode", list(Mode))
def test_an_index_that_wants_a_login_is_given_the_one_for_reading(mode: Mode, tmp_path: Path, environ: Any) -> None:
    with simple_index() as index, login_wall(index.url) as wall:
        index.add("tiny-thing", "tiny_thing-1.0.tar.gz")
        project = tiny(tmp_path, wall.simple_url)
        without = Observer(mode=mode, memory=Memory(), environ=environ)
        with pytest.raises(Unreachable, match=r"tells nobody about .* without a login"):
            without.index_files(project)
        given = Observer(mode=mode, memory=Memory(), environ={**environ, **wall.credential("pypi")})
        assert len(given.index_files(project)) == 1
        wrong = {**wall.credential("pypi"), "UNMOOR_PYPI_READ_PASSWORD": "another"}
        with pytest.raises(Unreachable, match=r"tells 'reader@example\.invalid' nothing"):
            Observer(mode=mode, memory=Memory(), environ={**environ, **wrong}).index_files(project)


def test_the_remote_is_asked_once_and_no_remote_is_no_question(repository: Repository, tmp_path: Path) -> None:
    asked = observer(repository.environ)
    assert asked.remote_refs(Clone(root=repository.folder)) is None
    bare = Repository.new(tmp_path / "remote.git", repository.environ, bare=True)
    repository.git("remote", "add", "origin", bare.folder)
    repository.git("push", "--quiet", "origin", "main")
    there = Clone(root=repository.folder, remote="origin")
    assert asked.remote_refs(there) == {"refs/heads/main": repository.door.head()}
    repository.git("push", "--quiet", "origin", "main:other")
    assert asked.remote_refs(there) == {"refs/heads/main": repository.door.head()}
    assert len(observer(repository.environ).remote_refs(there) or {}) == 2


def test_a_remote_that_does_not_answer_is_none(repository: Repository) -> None:
    repository.git("remote", "add", "origin", str(repository.folder.parent / "gone"))
    assert observer(repository.environ).remote_refs(Clone(root=repository.folder, remote="origin")) is None


def test_the_fake_answers_like_the_real_one(tmp_path: Path, environ: Any) -> None:
    """Same calls, same answers: what is there, what is not, and silence."""
    file = IndexFile(filename="tiny_thing-1.0.tar.gz", url="memory:")
    fake, silent = FakeObserver(files=(file,)), FakeObserver(files=None)
    with simple_index() as index:
        index.add("tiny-thing", file.filename)
        real = observer(environ)
        assert [each.filename for each in real.index_files(tiny(tmp_path, index.url))] == [
            each.filename for each in fake.index_files(tiny(tmp_path, index.url))
        ]
    for one in (observer(environ), silent):
        with pytest.raises(Unreachable):
            one.index_files(tiny(tmp_path, nobody()))
    for one in (observer(environ), fake):
        assert one.remote_refs(Clone(root=tmp_path)) is None


def test_there_is_one_grammar_for_tags() -> None:
    form = tags.form_of(component(Path(), "tiny", tag_form="{name}-v{version}"))
    found = tags.versions(form, ["tiny-v1.0", "tiny-1.1", "v2.0", "tiny-vnext", "other-v3.0"])
    assert {tag: str(version) for tag, version in found.items()} == {"tiny-v1.0": "1.0", "tiny-1.1": "1.1"}
