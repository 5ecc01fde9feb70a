"""Projects of every build backend, as they are: the right version, the right archives, no false alarm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.backend_projects import MODULE, NAME, WAYS, Way
from support.repositories import Repository

pytestmark = pytest.mark.network

# These go on to the tag: a version in a file, one from a tag, and one in a table of another name.
_TO_THE_END = ("hatch-vcs", "setuptools, version as attribute", "poetry-core")


def _made(folder: Path, environ: Mapping[str, str], way: Way) -> Repository:
    repository = Repository.new(folder / "a sample", environ)
    for path, text in way.files_of_all.items():
        repository.write(path, text)
    repository.commit("First")
    for tag in way.tags:
        repository.git("tag", "--annotate", "--message", tag, tag)
    if way.tags:
        repository.write("README.md", "# A sample\n\nAnd more.\n")
        repository.commit("More")
    return repository


def _rehearse(repository: Repository, stage: str) -> str:
    """Rehearse up to a stage, and return what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "unmoor", "rehearse", "--stage", stage, "--jobs", "1"],
        cwd=repository.folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", WAYS)
def test_rehearsed_as_it_is(name: str, tmp_path: Path, environ: Mapping[str, str]) -> None:
    way = WAYS[name]
    repository = _made(tmp_path, environ, way)
    _rehearse(repository, "release" if name in _TO_THE_END else "build")
    state = repository.folder / ".git" / "unmoor" / f"{NAME}-{way.version}.rehearsal"
    names = {f"{MODULE}-{way.version}-py3-none-any.whl", f"{MODULE}-{way.version}.tar.gz"}
    assert {path.name for path in (state / "dist").iterdir()} == {*names, "SHA256SUMS"}

    record = json.loads((state / "evidence" / "build.json").read_bytes())["predicate"]["unmoor_record"]
    assert {gate["outcome"] for gate in record["gates"]} == {"passed"}
    with zipfile.ZipFile(state / "dist" / f"{MODULE}-{way.version}-py3-none-any.whl") as wheel:
        metadata = wheel.read(f"{MODULE}-{way.version}.dist-info/METADATA").decode()
        assert f"\nVersion: {way.version}\n" in metadata
        assert f"{MODULE}/__init__.py" in wheel.namelist()
    if way.stated:
        with tarfile.open(state / "dist" / f"{MODULE}-{way.version}.tar.gz") as sdist:
            content = sdist.extractfile(f"{MODULE}-{way.version}/{way.stated}")
            assert content is not None
            assert way.version in content.read().decode()
    if name in _TO_THE_END:
        tag = f"{way.tags[0].removesuffix('0.4.0')}{way.version}"
        remote = Repository(state / "rehearsal" / "remote.git", environ)
        assert remote.git("rev-parse", f"{tag}^{{commit}}") == record["facts"]["commit"]
    assert not repository.git("status", "--porcelain", "--ignored")
