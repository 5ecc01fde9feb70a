"""Stand-ins in memory for what unmoor speaks to: an observer, an index, a remote, a clone, gates.

Each keeps the contract of the real one, and is held against it by ``tests/contracts``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Component, Findings, Repository, Scope
from unmoor.runtime.http import TooLarge, Unreachable
from unmoor.targets import Credential, Index, IndexFile, IndexProject, UploadAnswer


@dataclass
class FakeObserver:
    """What the index and the remote are said to hold; ``None`` for one that does not answer."""

    files: tuple[IndexFile, ...] | None = ()
    refs: Mapping[str, str] | None = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    status: str = ""
    reason: str = ""

    def afresh(self) -> FakeObserver:
        return self

    def remote_refs(self, repository: Repository) -> Mapping[str, str] | None:
        self.asked.append("remote")
        return self.refs if repository.remote else None

    def index_project(self, component: Component) -> IndexProject:
        return IndexProject(files=self.index_files(component), status=self.status, reason=self.reason)

    def index_files(self, component: Component) -> tuple[IndexFile, ...]:
        self.asked.append(f"index: {component.name}")
        if self.files is None:
            raise Unreachable("the index did not answer")
        return self.files


@dataclass(frozen=True)
class Reply:
    """An answer to one upload, and whether the file is kept all the same."""

    status: int
    taken: bool = False
    reason: str = ""
    retry_after: float | None = None
    location: str = ""
    web_page: bool = False


@dataclass
class MemoryIndex:
    """An index in memory. ``lag`` is how many readings a new file stays invisible for.

    ``replies`` are what uploads are answered with, one after the other; without any, every upload is taken, and one of
    other bytes under a name that is there refused. ``silent`` readings go unanswered. ``events`` are the readings and
    uploads in order. ``uploaded`` says since when files are there, ``clock`` what time it is for the index.
    """

    name: str = "pypi"
    held: dict[str, bytes] = field(default_factory=dict)
    lag: int = 0
    silent: int = 0
    replies: list[Reply] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    readings: int = 0
    events: list[str] = field(default_factory=list)
    uploaded: datetime | None = None
    clock: datetime | None = None
    states_digests: bool = True
    fetched: list[tuple[str, int]] = field(default_factory=list)
    credential: Credential | None = None
    _since: dict[str, int] = field(default_factory=dict)

    def files(self, project: str) -> tuple[IndexFile, ...]:
        self.readings += 1
        self.events.append("read")
        if self.silent:
            self.silent -= 1
            raise Unreachable(f"{self.name} did not answer about {project!r}")
        return tuple(
            IndexFile(
                filename=name,
                url=f"memory:{name}",
                sha256=hashlib.sha256(content).hexdigest() if self.states_digests else "",
                upload_time=self.uploaded,
                asked_at=self.clock,
            )
            for name, content in self.held.items()
            if self.readings - self._since.get(name, -self.lag) > self.lag
        )

    def fetch(self, file: IndexFile, *, limit: int) -> bytes:
        content = self.held[file.filename]
        self.fetched.append((file.filename, limit))
        if len(content) > limit:
            raise TooLarge(f"{file.filename} is larger than {limit} bytes")
        return content

    def upload(self, file: Path, *, log: Path, locks: Sequence[int] = ()) -> UploadAnswer:  # noqa: ARG002 - the contract
        self.uploads.append(file.name)
        self.events.append(f"upload {file.name}")
        reply = self.replies.pop(0) if self.replies else Reply(200, taken=True)
        if self.held.get(file.name, file.read_bytes()) != file.read_bytes():
            reply = Reply(400, reason=f"File already exists ({file.name!r})")
        if reply.taken and file.name not in self.held:
            self.held[file.name] = file.read_bytes()
            self._since[file.name] = self.readings
        return UploadAnswer(
            filename=file.name,
            status=reply.status,
            reason=reply.reason or ("OK" if reply.status == 200 else "no answer" if not reply.status else "Refused"),
            retry_after=reply.retry_after,
            location=reply.location,
            web_page=reply.web_page,
        )

    def as_index(self) -> Index:
        """Return the index as a stage is given it."""
        urls = {"upload_url": "memory:upload", "simple_url": "memory:simple"}
        return Index(name=self.name, identity=f"memory:{self.name}", client=self, credential=self.credential, **urls)


@dataclass
class MemoryRemote:
    """A git remote in memory: tags are append-only. ``down`` makes it silent, ``refuse`` makes it say no.

    ``tried`` are tags that were pushed for trial, ``kept`` those that the user's own clone has.
    """

    label: str = "origin"
    held: dict[str, str] = field(default_factory=dict)
    down: bool = False
    refuse: bool = False
    lose_answer: bool = False
    pushes: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)

    def refs(self) -> Mapping[str, str] | None:
        return None if self.down else dict(self.held)

    def push_tag(self, clone: Path, tag: str, commit: str) -> None:  # noqa: ARG002 - the contract
        self.pushes.append(tag)
        name = f"refs/tags/{tag}"
        if self.refuse or self.down or self.held.get(name, commit) != commit:
            raise ToolFailed("git push ended with exit status 1", status=1, tail="remote: no")
        self.held[name] = commit
        self.kept.add(tag)
        if self.lose_answer:
            raise ToolFailed("git push ended with exit status 128", status=128, tail="connection reset")

    def try_push(self, clone: Path, trial: str, tag: str) -> None:  # noqa: ARG002 - the contract
        self.tried.append(tag)
        if self.refuse or self.down or f"refs/tags/{tag}" in self.held:
            raise ToolFailed("git push ended with exit status 1", status=1, tail="remote: no")

    def keep_tag(self, tag: str) -> None:
        if f"refs/tags/{tag}" in self.held:
            self.kept.add(tag)


@dataclass
class FakeClone:
    """A clone that is only a folder and a commit; ``tags`` are those made in it."""

    path: Path
    commit: str = "c" * 40
    tags: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def tag(self, name: str, commit: str, *, message: str, signed: bool) -> None:  # noqa: ARG002 - the contract
        self.tags[name] = commit

    def untag(self, name: str) -> None:
        self.tags.pop(name, None)


@dataclass
class FakeGate:
    """A gate that answers with ``findings`` or does what ``check`` says; ``calls`` counts."""

    findings: Findings = field(default_factory=lambda: Findings(examined=1, unit="things"))
    ASSERTS: str = "all is well"
    SCOPE: Scope = Scope.COMPONENT
    act: Callable[[object], Findings] | None = None
    calls: int = 0

    def check(self, context: object) -> Findings:
        self.calls += 1
        return self.act(context) if self.act else self.findings
