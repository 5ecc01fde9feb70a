"""The stand-ins keep the contracts of what they stand in for: the same calls, over both, come to the same."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from support.distributions import wheel
from support.fakes import FakeClone, FakeGate, MemoryIndex, MemoryRemote, Reply
from support.faulty_index import Fault, Faults
from support.indexes import running
from support.repositories import Repository
from unmoor import gates
from unmoor.errors import Blocked, ToolFailed
from unmoor.indexes import simple
from unmoor.indexes.client import HttpIndexClient
from unmoor.model import Findings, Scope
from unmoor.pipeline.clone import Clone
from unmoor.rehearsal.bare_remote import bare_remote
from unmoor.rehearsal.loopback_index import RehearsalIndex
from unmoor.runtime.http import TooLarge
from unmoor.targets import Credential, IndexClient, Remote
from unmoor.tools.git_remote import BareRemote, UserRemote

NAME = "tiny-thing"
TOKEN = secrets.token_urlsafe(16)


REPLIES = [
    (Faults(too_many=Fault(1), retry_after=7), Reply(429, reason="Too many requests", retry_after=7.0)),
    (Faults(redirect=Fault(1), elsewhere="/x/"), Reply(307, reason="Temporary redirect", location="/x/")),
    (Faults(refuse=Fault(1)), Reply(400, reason="This file is refused.")),
]


# ── the index ────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def real_index(folder: Path, environ: Mapping[str, str]) -> Iterator[IndexClient]:
    with RehearsalIndex(folder / "root", token=TOKEN) as served:
        yield HttpIndexClient(
            name="pypi",
            upload_url=served.upload_url,
            simple_url=served.simple_url,
            credential=Credential(username="__token__", secret=TOKEN, source="the test"),
            environ=environ,
        )


@contextmanager
def fake_index(_: Path, __: Mapping[str, str]) -> Iterator[IndexClient]:
    yield MemoryIndex()


@pytest.fixture(params=[real_index, fake_index], ids=["real", "fake"])
def index(request: pytest.FixtureRequest, tmp_path: Path, environ: Mapping[str, str]) -> Iterator[IndexClient]:
    with request.param(tmp_path, environ) as made:
        yield made


def test_an_index_lists_hands_out_and_keeps_what_was_uploaded(index: IndexClient, tmp_path: Path) -> None:
    file = wheel(tmp_path)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert index.files(NAME) == ()
    answer = index.upload(file, log=tmp_path / "log")
    assert (answer.accepted, answer.status, answer.reason, answer.filename) == (True, 200, "OK", file.name)
    (listed,) = index.files(NAME)
    assert (listed.filename, listed.sha256) == (file.name, digest)
    assert simple.fetch(index, listed) == file.read_bytes()
    with pytest.raises(TooLarge, match="larger than"):
        index.fetch(listed, limit=10)


def test_an_index_takes_the_same_bytes_again_and_no_others(index: IndexClient, tmp_path: Path) -> None:
    file = wheel(tmp_path)
    assert index.upload(file, log=tmp_path / "log").accepted
    assert index.upload(file, log=tmp_path / "log").accepted
    (tmp_path / "other").mkdir()
    other = wheel(tmp_path / "other", compression=0)
    assert other.name == file.name
    answer = index.upload(other, log=tmp_path / "log")
    assert (answer.accepted, answer.status, answer.sent) == (False, 400, True)
    assert "File already exists" in answer.reason
    (listed,) = index.files(NAME)
    assert simple.fetch(index, listed) == file.read_bytes()


@pytest.mark.parametrize(("fault", "reply"), REPLIES)
def test_an_index_that_does_not_take_a_file_answers_alike(
    fault: Faults, reply: Reply, tmp_path: Path, environ: Mapping[str, str]
) -> None:
    file = wheel(tmp_path)
    with running(tmp_path / "root", faults=fault) as (_, target):
        real = replace(target.client, environ=environ).upload(file, log=tmp_path / "log")
    fake = MemoryIndex(replies=[reply]).upload(file, log=tmp_path / "log")
    assert replace(real, seconds=0.0, log="", location="") == replace(fake, location="")
    assert bool(real.location) is bool(fake.location)


# ── the remote ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def clone(repository: Repository, tmp_path: Path) -> Path:
    """A clone with the tags v1 and v2 on one commit."""
    folder = tmp_path / "clone"
    repository.git("clone", "--quiet", repository.folder, folder)
    made = Repository(folder, repository.environ)
    for name in ("v1", "v2"):
        made.git("tag", "--annotate", "--message", name, name)
    return folder


@pytest.fixture(params=["bare", "user", "fake"])
def remote(request: pytest.FixtureRequest, repository: Repository, tmp_path: Path) -> Remote:
    if request.param == "fake":
        return MemoryRemote()
    folder = bare_remote(tmp_path / "remote.git", repository.environ)
    if request.param == "bare":
        return BareRemote(label="a bare one", folder=folder, environ=repository.environ)
    repository.git("remote", "add", "origin", folder)
    return UserRemote(label="origin", root=repository.folder, environ=repository.environ)


def test_a_remote_takes_a_tag_once(remote: Remote, clone: Path, repository: Repository) -> None:
    commit = repository.door.head()
    assert remote.refs() == {}
    remote.push_tag(clone, "v1", commit)
    assert remote.refs() == {"refs/tags/v1": commit}
    remote.push_tag(clone, "v2", commit)
    assert remote.refs() == {"refs/tags/v1": commit, "refs/tags/v2": commit}


def test_a_push_for_trial_leaves_nothing_and_says_what_would_be_refused(
    remote: Remote, clone: Path, repository: Repository
) -> None:
    commit = repository.door.head()
    remote.try_push(clone, "v1", "v2")
    assert remote.refs() == {}
    remote.push_tag(clone, "v2", commit)
    with pytest.raises(ToolFailed):
        remote.try_push(clone, "v1", "v2")


def test_what_was_pushed_is_in_the_clone_of_the_user_too(remote: Remote, clone: Path, repository: Repository) -> None:
    commit = repository.door.head()
    remote.push_tag(clone, "v1", commit)
    remote.keep_tag("v1")
    remote.keep_tag("v9")
    if isinstance(remote, UserRemote):
        assert repository.door.tags() == {"v1": commit}
        repository.git("tag", "--delete", "v1")
        remote.keep_tag("v1")
        assert repository.door.tags() == {"v1": commit}
    else:
        assert repository.door.tags() == {}


def test_a_remote_does_not_let_a_tag_move(remote: Remote, clone: Path, repository: Repository) -> None:
    commit = repository.door.head()
    remote.push_tag(clone, "v1", commit)
    made = Repository(clone, repository.environ)
    moved = made.commit("More")
    made.git("tag", "--force", "--annotate", "--message", "moved", "v1")
    with pytest.raises(ToolFailed):
        remote.push_tag(clone, "v1", moved)
    assert remote.refs() == {"refs/tags/v1": commit}


def test_a_remote_that_is_gone_answers_nothing(repository: Repository, tmp_path: Path) -> None:
    gone = [
        UserRemote(label="nowhere", root=repository.folder, environ=repository.environ),
        MemoryRemote(down=True),
    ]
    assert [each.refs() for each in gone] == [None, None]
    for each in gone:
        with pytest.raises(ToolFailed):
            each.push_tag(tmp_path if isinstance(each, MemoryRemote) else repository.folder, "v1", "c" * 40)


# ── the clone and the gates ──────────────────────────────────────────────────────────────────────────────────


def names_of(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def test_the_fake_clone_has_what_steps_ask_of_the_real_one() -> None:
    assert names_of(FakeClone(Path())) - {"tags"} <= names_of(Clone)


def test_every_gate_and_the_fake_one_have_the_same_shape() -> None:
    shapes: list[Callable[[object], bool]] = [
        lambda gate: isinstance(getattr(gate, "ASSERTS", None), str),
        lambda gate: callable(getattr(gate, "check", None)),
        lambda gate: isinstance(getattr(gate, "SCOPE", Scope.COMPONENT), Scope),
    ]
    for gate in (FakeGate(), *map(gates.load, gates.REGISTRY)):
        assert all(holds(gate) for holds in shapes)
    assert isinstance(FakeGate().check(None), Findings)
    with pytest.raises(Blocked):
        FakeGate(act=_refuse).check(None)


def _refuse(_: object) -> Findings:
    raise Blocked("no")
