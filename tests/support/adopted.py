"""A small project that has adopted unmoor, with a bare remote, and ways to run its sessions as a user does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from support.repositories import Repository

NAME = "unmoor-sample-that-nobody-publishes"
MODULE = "unmoor_sample"

_PYPROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "{version}"
description = "A sample"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
authors = [{{ name = "The sample's authors" }}]
classifiers = ["Programming Language :: Python :: 3.{minor}"]

[project.urls]
Homepage = "https://example.invalid/sample"

[project.scripts]
sample = "{module}:main"

[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]

[tool.unmoor]
lint = []
types = []
disable = ["tests-pass"]
docs = {{ engine = "none" }}
{settings}
"""
_MODULE = '"""A sample."""\n\n\ndef main() -> None:\n    """Say so."""\n    print("sample")\n'
NOXFILE = "import unmoor.sessions\nunmoor.sessions.register()\n"


@dataclass(frozen=True)
class Ran:
    """A command that has ended: exit status, and all it printed."""

    status: int
    text: str


@dataclass(frozen=True)
class Adopted:
    """The project, its remote, and the environment its commands run in."""

    repository: Repository
    remote: Repository
    environ: Mapping[str, str]

    @property
    def folder(self) -> Path:
        return self.repository.folder

    def nox(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Ran:
        """Run nox in the project, to its end."""
        return self._run([sys.executable, "-m", "nox", *arguments], environ)

    def unmoor(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Ran:
        """Run the command unmoor in the project, to its end."""
        return self._run([sys.executable, "-m", "unmoor", *arguments], environ)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start nox in a process group of its own, so that it can be killed with everything below it."""
        return subprocess.Popen(
            [sys.executable, "-m", "nox", *arguments],
            cwd=self.folder,
            env=dict(self.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _run(self, command: list[str], environ: Mapping[str, str] | None) -> Ran:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=dict(environ or self.environ),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        text = done.stdout + done.stderr
        assert "Traceback (most recent call last)" not in text, text
        return Ran(done.returncode, text)

    def state(self, version: str = "0.1.0", *, live: bool = False) -> Path:
        """Return the folder of a release's state."""
        return self.folder / ".git" / "unmoor" / (f"{NAME}-{version}" + ("" if live else ".rehearsal"))

    def evidence(self, stage: str, version: str = "0.1.0", *, live: bool = False) -> dict:
        """Return a stage's evidence, as it lies on disk."""
        return json.loads((self.state(version, live=live) / "evidence" / f"{stage}.json").read_bytes())

    def record(self, stage: str, version: str = "0.1.0", *, live: bool = False) -> dict:
        """Return what a stage recorded."""
        return self.evidence(stage, version, live=live)["predicate"]["unmoor_record"]


def adopt(top: Path, environ: Mapping[str, str], *, version: str = "0.1.0", settings: str = "") -> Adopted:
    """Make the project below ``top``, committed and pushed; ``settings`` are further lines of ``[tool.unmoor]``."""
    remote = Repository.new(top / "remote.git", environ, bare=True)
    repository = Repository.new(top / "sample", environ)
    pyproject = _PYPROJECT.format(
        name=NAME, module=MODULE, version=version, settings=settings, minor=sys.version_info.minor
    )
    repository.write("pyproject.toml", pyproject)
    repository.write("README.md", "# A sample\n")
    repository.write("LICENSE", "MIT License\n")
    repository.write(".gitignore", "__pycache__/\n.nox/\n")
    repository.write("noxfile.py", NOXFILE)
    repository.write(f"src/{MODULE}/__init__.py", _MODULE)
    repository.commit("A sample")
    repository.git("remote", "add", "origin", remote.folder)
    repository.git("push", "--quiet", "--set-upstream", "origin", "main")
    return Adopted(repository, remote, {**environ, "NO_COLOR": "1"})
