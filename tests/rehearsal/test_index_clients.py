"""Real clients against the rehearsal index: twine, uv and pip."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.distributions import sdist, wheel, wheel_members
from support.faulty_index import Fault, Faults
from support.indexes import running
from unmoor.runtime import environment
from unmoor.targets import Index, UploadAnswer
from unmoor.tools import twine
from unmoor.tools.uv import uv_program


def run(*command: str | Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    clean = environment.clean(env)
    return subprocess.run(
        [str(word) for word in command], env=clean, capture_output=True, text=True, timeout=60, check=False
    )


def send(path: Path, index: Index, env: Mapping[str, str]) -> UploadAnswer:
    return twine.upload(path, index.upload_url, name=index.name, credential=index.credential, env=env)


def test_uv_publishes_and_knows_what_is_there(tmp_path: Path, environ: Mapping[str, str]):
    files = [wheel(tmp_path), sdist(tmp_path)]
    with running(tmp_path / "root") as (index, target):
        assert target.credential is not None
        publish = [uv_program(), "publish", "--publish-url", target.upload_url, "--token", target.credential.secret]
        done = run(*publish, *files, env=environ)
        assert done.returncode == 0, done.stderr
        assert len(index.records) == 2
        again = run(*publish, "--check-url", target.simple_url, *files, env=environ)
        assert again.returncode == 0, again.stderr
        assert again.stderr.count("already exists, skipping") == 2
        wheel(tmp_path, members=wheel_members() | {"tiny_thing/more.py": b""})
        other = run(*publish, "--check-url", target.simple_url, *files, env=environ)
        assert other.returncode != 0
        assert len(index.uploads()) == 2


def test_pip_downloads_what_was_uploaded_and_refuses_anything_else(tmp_path: Path, environ: Mapping[str, str]):
    path = wheel(tmp_path)
    with running(tmp_path / "root", faults=Faults(damage=Fault(1))) as (index, target):
        assert send(path, target, environ).accepted
        options = ["--isolated", "--no-deps", "--no-cache-dir", "--only-binary=:all:", "--index-url", target.simple_url]
        place = tmp_path / "down"
        download = [sys.executable, "-m", "pip", "download", *options, "-d", place, "tiny-thing==1.2.0"]
        damaged = run(*download, env=environ)
        assert "DO NOT MATCH THE HASHES" in damaged.stderr
        done = run(*download, env=environ)
        assert done.returncode == 0, done.stderr
        assert (place / path.name).read_bytes() == path.read_bytes()
        assert any(each.path.endswith(".metadata") for each in index.requests)


def test_uv_installs_and_leaves_yanked_releases_alone(tmp_path: Path, environ: Mapping[str, str]):
    path = wheel(tmp_path)
    with running(tmp_path / "root") as (index, target):
        send(path, target, environ)
        options = ["--no-cache", "--no-deps", "--index-url", target.simple_url, "--python", sys.executable]
        install = [uv_program(), "pip", "install", *options, "--target"]
        done = run(*install, tmp_path / "one", "tiny-thing", env=environ)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "one" / "tiny_thing" / "__init__.py").is_file()
        index.yank("tiny-thing", "1.2.0", "broken")
        assert run(*install, tmp_path / "two", "tiny-thing>1", env=environ).returncode != 0
        assert run(*install, tmp_path / "three", "tiny-thing==1.2.0", env=environ).returncode == 0


@pytest.mark.network
def test_real_build_passes_all_rules(tmp_path: Path):
    from unmoor.indexes import rules

    folder = tmp_path / "project"
    (folder / "src" / "tiny_thing").mkdir(parents=True)
    (folder / "src" / "tiny_thing" / "__init__.py").write_text("")
    (folder / "README.md").write_text("# Tiny thing\n")
    (folder / "LICENSE").write_text("Do as you like.\n")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "tiny-thing"\nversion = "1.2.0"\nreadme = "README.md"\nlicense = "MIT"\n'
        'dependencies = ["attrs"]\n[project.scripts]\ntiny = "tiny_thing:main"\n'
    )
    env = environment.clean(os.environ)
    command = [sys.executable, "-m", "build", "--installer", "uv", "--outdir", str(tmp_path / "dist"), str(folder)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    built = sorted((tmp_path / "dist").iterdir())
    assert [path.suffix for path in built] == [".whl", ".gz"]
    assert [rules.judge(rules.submission_of(path)) for path in built] == [(), ()]
