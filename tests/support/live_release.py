"""A live release of a real repository through the whole pipeline, with indexes in memory and a backend of our own.

Plan, stages, steps, evidence and the gates about bytes, tags, versions and commits are the real ones; gates that run
tools are stand-ins that count how often they were asked.
"""

from __future__ import annotations

import copy
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.fakes import FakeGate, MemoryIndex
from support.gating import write_tiny
from support.repositories import Repository
from support.waiting import without_waiting
from unmoor import gates
from unmoor.chain import CHAIN
from unmoor.errors import Exit, UnmoorError
from unmoor.model import Component
from unmoor.observe.observer import Observer
from unmoor.pipeline import open_plan
from unmoor.pipeline.run_releases import carry_out
from unmoor.rehearsal import select_targets
from unmoor.request import Memory, Request
from unmoor.targets import Index, IndexFile, IndexProject
from unmoor.tools import build as builder

if TYPE_CHECKING:
    import pytest

VERSION = "1.2.0"
REAL = frozenset(
    {
        *("worktree-is-clean", "branch-is-allowed", "not-behind-remote", "version-moves-forward", "version-is-free"),
        *("tag-is-free", "commit-is-on-remote", "tag-can-be-pushed", "evidence-is-complete", "archives-are-sealed"),
        *("project-is-open", "index-serves-our-bytes", "release-is-approved", "tag-is-on-the-planned-commit"),
    }
)


class Cut(KeyboardInterrupt):
    """The run ends here, as if it had been killed."""


@dataclass
class CuttingIndex(MemoryIndex):
    """An index before whose upload number ``cut`` the run ends; ``yanked`` and ``since`` are said of all its files."""

    cut: int = 0
    yanked: bool = False
    status: str = ""
    since: datetime | None = None

    def files(self, project: str) -> tuple[IndexFile, ...]:
        return tuple(
            replace(each, yanked=self.yanked, upload_time=self.since, version=_version(each.filename))
            for each in super().files(project)
        )

    def upload(self, file: Path, **words: Any) -> Any:
        if len(self.uploads) + 1 == self.cut:
            raise Cut
        return super().upload(file, **words)


@dataclass
class Ran:
    """How a run of the chain ended: ``code``, at which stage, what it said, and how each stage was resolved."""

    code: Exit
    stage: str
    said: str
    how: dict[str, str]


@dataclass
class LiveRelease:
    """The repository ``sample`` and its ``remote`` below ``top``, two indexes, and how often what was run."""

    top: Path
    environ: Mapping[str, str]
    testpypi: CuttingIndex = field(default_factory=lambda: CuttingIndex(name="testpypi"))
    pypi: CuttingIndex = field(default_factory=lambda: CuttingIndex(name="pypi"))
    gates: dict[str, FakeGate] = field(default_factory=lambda: defaultdict(FakeGate))
    reproducible: bool = True
    builds: int = 0

    @property
    def repository(self) -> Repository:
        return Repository(self.top / "sample", self.environ)

    @property
    def remote(self) -> Repository:
        return Repository(self.top / "remote.git", self.environ)

    @property
    def base(self) -> Path:
        return self.repository.folder / ".git" / "unmoor"

    @property
    def state(self) -> Path:
        return self.base / f"tiny-thing-{VERSION}"

    @property
    def indexes(self) -> dict[str, CuttingIndex]:
        return {"testpypi": self.testpypi, "pypi": self.pypi}

    def copied(self, top: Path) -> LiveRelease:
        """Return the same release, as it stands, below another folder."""
        shutil.copytree(self.top, top, symlinks=True)
        words = {name: copy.deepcopy(getattr(self, name)) for name in ("testpypi", "pypi")}
        return replace(self, top=top, gates=defaultdict(FakeGate), **words)

    def run(self, *, until: str = CHAIN[-1].name, send_again: str = "") -> Ran:
        """Run the chain as nox does: stage after stage, until one does not pass."""
        memory, how, result = Memory(), dict[str, str](), None
        for stage in CHAIN:
            request = Request(
                start=self.repository.folder,
                environ=self.environ,
                live=VERSION,
                base="v1.1.0",
                asked=stage.name == until,
                send_again=send_again,
                memory=memory,
            )
            try:
                ended = carry_out(stage.name, request)
                (result,) = ended.results
            except UnmoorError as error:
                return Ran(Exit(error.code), stage.name, error.message, how)
            except Cut:
                return Ran(Exit.INCOMPLETE, stage.name, "cut", how)
            how[stage.name] = str(result.how)
            if result.code is not Exit.PASS and not (ended.goes_on and stage.name != until):
                found = [str(each) for gate in (result.record.gates if result.record else ()) for each in gate.problems]
                return Ran(result.code, stage.name, "\n".join([result.why, *found]), how)
            if stage.name == until:
                break
        assert result is not None
        return Ran(Exit.PASS, until, "", how)

    def build(self, _: Path, out: Path, **__: Any) -> builder.Built:
        """Make archives of what the tree is, and where they are not reproducible, of how often that was asked."""
        self.builds += 1
        out.mkdir(parents=True)
        clone = Repository(Path(_), self.environ)
        content = clone.git("rev-parse", "HEAD^{tree}") + ("" if self.reproducible else f" {self.builds}")
        wheel, sdist = out / f"tiny_thing-{VERSION}-py3-none-any.whl", out / f"tiny_thing-{VERSION}.tar.gz"
        for path in (wheel, sdist):
            path.write_text(f"{path.name} of {content}")
        return builder.Built(wheel=wheel, sdist=sdist, dependencies=(), builder=())

    def configured(self, _: Any, name: str) -> Index:
        return replace(self.indexes[name].as_index(), identity=f"memory:{name}")

    def load_gate(self, name: str) -> Any:
        return self._real(name) if name in REAL else self.gates[name]

    def observer(self, **words: Any) -> Observer:
        return _Observer(index=self.pypi, **words)

    @staticmethod
    def _real(name: str) -> Any:
        return _load(name)


_load = gates.load


@dataclass(frozen=True, slots=True, kw_only=True)
class _Observer(Observer):
    """The real observer of the remote, and the index in memory."""

    index: CuttingIndex

    def afresh(self) -> Observer:
        return _Observer(mode=self.mode, memory=Memory(), environ=self.environ, index=self.index)

    def index_project(self, component: Component) -> IndexProject:
        return IndexProject(files=self.index.files(component.name), status=self.index.status)


def _version(filename: str) -> str:
    return filename.removesuffix(".tar.gz").split("-")[1]


@contextmanager
def standing_in(release: LiveRelease, patch: pytest.MonkeyPatch) -> Iterator[LiveRelease]:
    """Have the pipeline meet this release's indexes, backend and gates."""
    with patch.context() as patched:
        without_waiting(patched)
        patched.setattr(gates, "load", release.load_gate)
        patched.setattr(builder, "build", release.build)
        patched.setattr(select_targets, "_configured", release.configured)
        patched.setattr(open_plan, "Observer", release.observer)
        yield release


def new_release(top: Path, environ: Mapping[str, str]) -> LiveRelease:
    """Make the repository and its remote, committed and pushed; 1.1.0 was released."""
    made = LiveRelease(top, environ)
    top.mkdir(parents=True)
    Repository.new(top / "remote.git", environ, bare=True)
    repository = Repository.new(top / "sample", environ)
    repository.write("README.md", "# Tiny thing\n")
    repository.commit("First")
    repository.git("tag", "v1.1.0")
    write_tiny(repository)
    repository.git("remote", "add", "origin", "../remote.git")
    repository.git("push", "--quiet", "--set-upstream", "origin", "main", "v1.1.0")
    return made


def sealed(release: LiveRelease) -> dict[str, bytes]:
    """Return the sealed archives by name."""
    return {path.name: path.read_bytes() for path in sorted((release.state / "dist").glob("tiny*"))}


__all__ = ["VERSION", "LiveRelease", "Ran", "new_release", "sealed", "standing_in"]
