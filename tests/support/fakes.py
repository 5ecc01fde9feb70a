"""Stand-ins in memory for what unmoor speaks to: an observer, an index, a remote, a clone, gates.

Each keeps the contract of the real one, and is held against it by ``tests/contracts``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Component, Findings, Repository, Scope
from unmoor.runtime.http import Unreachable
from unmoor.targets import Index, IndexFile, UploadAnswer


@dataclass
class FakeObserver:
    """What the index and the remote are said to hold; ``None`` for one that does not answer."""

    files: tuple[IndexFile, ...] | None = ()
    refs: Mapping[str, str] | None = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def afresh(self) -> FakeObserver:
        return self

    def remote_refs(self, repository: Repository) -> Mapping[str, str] | None:
        self.asked.append("remote")
        return self.refs if repository.remote else None

    def index_files(self, component: Component) -> tuple[IndexFile, ...]:
        self.asked.append(f"index: {component.name}")
        if self.files is None:
            raise Unreachable("the index did not answer")
        return self.files


@dataclass
class MemoryIndex:
    """An index in memory. ``lag`` is how many readings a new file stays invisible for.

    ``answers`` are what uploads are answered with, one after the other, ``take`` says whether the file is kept all
    the same; without any, every upload is taken. ``silent`` readings go unanswered.
    """

    name: str = "pypi"
    held: dict[str, bytes] = field(default_factory=dict)
    lag: int = 0
    silent: int = 0
    answers: list[tuple[bool, bool]] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    readings: int = 0
    _since: dict[str, int] = field(default_factory=dict)

    def files(self, project: str) -> tuple[IndexFile, ...]:
        self.readings += 1
        if self.silent:
            self.silent -= 1
            raise Unreachable(f"{self.name} did not answer about {project!r}")
        return tuple(
            IndexFile(filename=name, url=f"memory:{name}", sha256=hashlib.sha256(content).hexdigest())
            for name, content in self.held.items()
            if self.readings - self._since.get(name, -self.lag) > self.lag
        )

    def fetch(self, file: IndexFile, *, limit: int) -> bytes:
        content = self.held[file.filename]
        if len(content) > limit:
            raise Unreachable(f"{file.filename} is larger than {limit} bytes")
        return content

    def upload(self, file: Path, *, log: Path, locks: Sequence[int] = ()) -> UploadAnswer:  # noqa: ARG002 - the contract
        self.uploads.append(file.name)
        accepted, taken = self.answers.pop(0) if self.answers else (True, True)
        if file.name in self.held and self.held[file.name] != file.read_bytes():
            accepted, taken = False, False
        if taken and file.name not in self.held:
            self.held[file.name] = file.read_bytes()
            self._since[file.name] = self.readings
        output = "" if accepted else "503 Service Unavailable"
        return UploadAnswer(filename=file.name, accepted=accepted, output=output, status=0 if accepted else 1)

    def as_index(self) -> Index:
        """Return the index as a stage is given it."""
        urls = {"upload_url": "memory:upload", "simple_url": "memory:simple"}
        return Index(name=self.name, identity=f"memory:{self.name}", client=self, **urls)


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
