"""Tiny real projects built by real backends, once a session, and copies of their archives with something wrong."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.repositories import Repository

VERSION = "1.2.0"
_PROJECT = """[project]
name = "Sample.Project"
version = "1.2.0"
description = "A sample"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.9"
dependencies = []

[project.optional-dependencies]
more = []

[project.scripts]
sample = "sample:main"
"""
_BACKENDS = {
    "hatchling": (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
        '[tool.hatch.build.targets.wheel]\npackages = ["src/sample"]\n',
    ),
    "setuptools": ('[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n', ""),
    "flit": (
        '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n',
        '[tool.flit.module]\nname = "sample"\n[tool.flit.sdist]\ninclude = ["tools/*"]\n',
    ),
}
_FILES = {
    "README.md": "# A sample\n",
    "LICENSE": "Do what you like.\n",
    "src/sample/__init__.py": '"""A sample."""\n\n\ndef main() -> None:\n    print("sample")\n',
    "src/sample/core.py": "ANSWER = 42\n",
    "src/sample/inner/__init__.py": "",
    "src/sample/inner/deep.py": "DEEP = 1\n",
    "src/sample/py.typed": "",
    "tools/run.sh": "#!/bin/sh\necho run\n",
}


@dataclass(frozen=True)
class Built:
    """A repository and what was built from its commit."""

    repository: Repository
    wheel: Path
    sdist: Path

    @property
    def both(self) -> tuple[Path, Path]:
        return self.wheel, self.sdist


def write_sample(repository: Repository, backend: str = "hatchling") -> None:
    """Write the sample project and commit it."""
    system, more = _BACKENDS[backend]
    repository.write("pyproject.toml", f"{system}\n{_PROJECT}\n{more}")
    for path, content in _FILES.items():
        repository.write(path, content)
    (repository.folder / "tools/run.sh").chmod(0o755)
    if backend == "setuptools":
        repository.write("MANIFEST.in", "graft tools\n")
        repository.write("setup.cfg", "[metadata]\nkeywords = sample\n")
    repository.commit()


def build_sample(repository: Repository, out: Path) -> Built:
    """Build a clone of the repository with the backend that is installed here."""
    source = out / "clone"
    repository.git("clone", "--quiet", repository.folder, source)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", out / "dist", source],
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1577836800"},
    )
    return Built(repository, next((out / "dist").glob("*.whl")), next((out / "dist").glob("*.tar.gz")))


@pytest.fixture(scope="session")
def build_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """Build the sample with a backend, once a session."""
    made: dict[str, Built] = {}

    def build(backend: str = "hatchling") -> Built:
        if backend not in made:
            folder = tmp_path_factory.mktemp(backend)
            repository = Repository.new(folder / "sample", os.environ)
            write_sample(repository, backend)
            made[backend] = build_sample(repository, folder)
        return made[backend]

    return build


@pytest.fixture
def built(build_once: Callable[[str], Built]) -> Built:
    """The sample as hatchling builds it."""
    return build_once("hatchling")


def wheel_with(
    wheel: Path,
    folder: Path,
    *,
    add: Mapping[str, str | bytes] | None = None,
    drop: tuple[str, ...] = (),
    modes: Mapping[str, int] | None = None,
    name: str = "",
    true_record: bool = True,
) -> Path:
    """Copy a wheel with files added or replaced, dropped, or given other modes; ``RECORD`` stays true unless said."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        contents = {item.filename: archive.read(item) for item in archive.infolist() if item.filename not in drop}
    contents |= {path: _bytes(content) for path, content in (add or {}).items()}
    record = next(path for path in contents if path.endswith(".dist-info/RECORD"))
    if true_record:
        contents[record] = _record(contents, record)
    target = folder / (name or wheel.name)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            item = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            item.compress_type = zipfile.ZIP_DEFLATED
            item.external_attr = ((modes or {}).get(path, 0o100644)) << 16
            archive.writestr(item, content)
    return target


def sdist_with(
    sdist: Path,
    folder: Path,
    *,
    add: Mapping[str, str | bytes] | None = None,
    drop: tuple[str, ...] = (),
    modes: Mapping[str, int] | None = None,
    links: Mapping[str, str] | None = None,
    raw: tuple[tarfile.TarInfo, ...] = (),
) -> Path:
    """Copy an sdist with files (by their path inside the top folder) changed; ``raw`` members go in as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    top = sdist.name.removesuffix(".tar.gz")
    target = folder / sdist.name
    changed = {path: _bytes(content) for path, content in (add or {}).items()}
    with (
        tarfile.open(sdist) as source,
        gzip.open(target, "wb") as stream,
        tarfile.open(fileobj=stream, mode="w") as out,
    ):
        for item in source:
            path = item.name.removeprefix(f"{top}/")
            if path in drop or path in changed:
                continue
            item.mode = (modes or {}).get(path, item.mode)
            handle = source.extractfile(item) if item.isfile() else None
            out.addfile(item, handle)
        for path, content in changed.items():
            item = tarfile.TarInfo(f"{top}/{path}")
            item.size, item.mode = len(content), (modes or {}).get(path, 0o644)
            out.addfile(item, io.BytesIO(content))
        for path, destination in (links or {}).items():
            item = tarfile.TarInfo(f"{top}/{path}")
            item.type, item.linkname = tarfile.SYMTYPE, destination
            out.addfile(item)
        for item in raw:
            out.addfile(item)
    return target


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _record(contents: Mapping[str, bytes], record: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for path, content in contents.items():
        if path != record:
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            rows.writerow([path, f"sha256={digest}", len(content)])
    rows.writerow([record, "", ""])
    return text.getvalue().encode()
