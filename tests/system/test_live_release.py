"""A live release to indexes of another make, each stop before the first byte, and nothing done twice."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from support.adopted import MODULE, Adopted, adopt
from support.another_index import AnotherIndex, another_index
from support.builds import wheel_with
from unmoor.archives.seal import SUMS

pytestmark = pytest.mark.network


@dataclass(frozen=True)
class Stage:
    """A project whose TestPyPI and PyPI are pypiservers on loopback."""

    project: Adopted
    testpypi: AnotherIndex
    pypi: AnotherIndex

    @property
    def credentials(self) -> dict[str, str]:
        own = self.testpypi.credential("testpypi") | self.pypi.credential("pypi")
        return {**self.project.environ, **own}

    @property
    def uploads(self) -> int:
        return self.testpypi.uploads + self.pypi.uploads

    @property
    def tags(self) -> str:
        return self.project.remote.git("tag", "--list")


@pytest.fixture
def stage(tmp_path: Path, environ: Mapping[str, str], request: pytest.FixtureRequest) -> Iterator[Stage]:
    with ExitStack() as stack:
        testpypi = stack.enter_context(another_index(tmp_path / "testpypi"))
        pypi = stack.enter_context(another_index(tmp_path / "pypi", upstream=PYPI_SIMPLE_ENDPOINT))
        settings = f"{getattr(request, 'param', '')}\n{testpypi.settings('testpypi')}\n{pypi.settings('pypi')}"
        yield Stage(adopt(tmp_path, environ, settings=settings), testpypi, pypi)


def test_release_publishes_what_was_built_and_a_second_run_does_nothing(stage: Stage) -> None:
    ran = stage.project.nox("-s", "release", "--", "--live", "0.1.0", environ=stage.credentials)
    assert ran.status == 0, ran.text
    assert "RELEASED" in ran.text
    built = {each["filename"]: each["sha256"] for each in stage.project.record("build", live=True)["files"]}
    assert len(built) == 2
    assert stage.testpypi.held() == built
    assert stage.pypi.held() == built
    assert stage.uploads == 4
    head = stage.project.repository.git("rev-parse", "HEAD")
    assert stage.project.remote.git("rev-parse", "v0.1.0^{commit}") == head
    for secret in (stage.testpypi.password, stage.pypi.password):
        assert secret not in ran.text
        for file in (stage.project.folder / ".git" / "unmoor").rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes(), file

    again = stage.project.nox("-s", "release", "--", "--live", "0.1.0", environ=stage.credentials)
    assert again.status == 0, again.text
    assert stage.uploads == 4
    assert "already there" in again.text
    assert "the release is complete" in again.text


@pytest.mark.parametrize("stage", ['approval = "digest"\n'], indirect=True)
def test_without_approval_it_stops_before_the_permanent_index(stage: Stage) -> None:
    ran = stage.project.nox("-s", "release", "--", "--live", "0.1.0", environ=stage.credentials)
    assert ran.status == 1
    assert "exit code 4" in ran.text
    assert stage.project.record("pypi", live=True)["code"] == 4
    assert stage.pypi.uploads == 0
    assert not stage.tags
    approve = next(line for line in ran.text.splitlines() if "--approve" in line)
    digest = approve.split("--approve ")[1].split()[0]
    assert f"twine upload --repository-url {stage.pypi.url}/ " in ran.text
    assert f"--repository-url {stage.testpypi.url}/" not in ran.text
    assert "git tag --annotate" in ran.text

    wrong = stage.project.nox(
        "-s", "release", "--", "--live", "0.1.0", "--approve", "0" * 12, environ=stage.credentials
    )
    assert wrong.status == 1
    assert "the approval is for" in wrong.text
    assert stage.pypi.uploads == 0

    right = stage.project.nox("-s", "release", "--", "--live", "0.1.0", "--approve", digest, environ=stage.credentials)
    assert right.status == 0, right.text
    assert stage.uploads == 4


@pytest.mark.parametrize("stage", ['approval = "digest"\nremote = "upstream"\n'], indirect=True)
def test_what_is_printed_finishes_the_release_by_hand(stage: Stage) -> None:
    stage.project.repository.git("remote", "rename", "origin", "upstream")
    release = ("-s", "release", "--", "--live", "0.1.0")
    stopped = stage.project.nox(*release, environ=stage.credentials)
    lines = [line.strip() for line in stopped.text.splitlines()]
    uploads = [line for line in lines if "twine upload" in line]
    tags = [line for line in lines if line.startswith("git tag")]
    assert (len(uploads), len(tags)) == (2, 1), stopped.text
    assert all(f" --repository-url {stage.pypi.url}/ " in each for each in uploads)
    path = f"{Path(sys.executable).parent}{os.pathsep}{stage.project.environ['PATH']}"
    login = {"TWINE_USERNAME": stage.pypi.username, "TWINE_PASSWORD": stage.pypi.password, "PATH": path}
    for line in (*uploads, *tags):
        environ = {**stage.project.environ, **login}
        subprocess.run(["sh", "-c", line], cwd=stage.project.folder, env=environ, check=True, capture_output=True)
    built = {each["filename"]: each["sha256"] for each in stage.project.record("build", live=True)["files"]}
    assert stage.pypi.held() == built
    head = stage.project.repository.git("rev-parse", "HEAD")
    assert stage.project.remote.git("rev-parse", "v0.1.0^{commit}") == head

    approve = next(line for line in lines if "--approve" in line)
    digest = approve.split("--approve ")[1].split()[0]
    taken_up = stage.project.nox(*release, "--approve", digest, environ=stage.credentials)
    assert taken_up.status == 0, taken_up.text
    assert stage.uploads == 4


@pytest.mark.parametrize("stage", ['approval = "digest"\n'], indirect=True)
def test_a_commit_in_between_changes_nothing_for_a_release_that_has_begun(stage: Stage) -> None:
    release = ("-s", "release", "--", "--live", "0.1.0")
    repository = stage.project.repository
    stopped = stage.project.nox(*release, environ=stage.credentials)
    before = stage.project.evidence("build", live=True)
    first = repository.git("rev-parse", "HEAD")
    repository.write("README.md", "# Another sample\n")
    repository.commit("Something else")

    status = stage.project.unmoor("status", "--live", "0.1.0", environ=stage.credentials)
    assert status.status == 4
    assert f" -- v0.1.0 {first} && " in status.text
    assert f"twine upload --repository-url {stage.pypi.url}/ " in status.text
    (after,) = [line for line in status.text.splitlines() if line.startswith("Next: ")]
    assert after in stopped.text

    repository.write("README.md", "# Not even committed\n")
    there = stage.project.nox(*shlex.split(after.removeprefix("Next: "))[1:], environ=stage.credentials)
    assert there.status == 0, there.text
    assert stage.project.evidence("build", live=True) == before
    assert "which the tree is not at" in there.text
    assert stage.uploads == 4
    assert stage.project.remote.git("rev-parse", "v0.1.0^{commit}") == first
    assert repository.git("rev-parse", "v0.1.0^{commit}") == first


def test_a_version_that_is_not_the_trees_stops_everything(stage: Stage) -> None:
    ran = stage.project.nox("-s", "release", "--", "--live", "0.2.0", environ=stage.credentials)
    assert ran.status == 1
    assert "exit code 2" in ran.text
    assert "0.1.0" in ran.text
    assert stage.uploads == 0


def test_a_dirty_tree_stops_everything(stage: Stage) -> None:
    stage.project.repository.write("stray.txt", "stray\n")
    ran = stage.project.nox("-s", "release", "--", "--live", "0.1.0", environ=stage.credentials)
    assert ran.status == 1
    assert "worktree-is-clean" in ran.text
    assert "stray.txt" in ran.text
    assert stage.project.record("check", live=True)["code"] == 2
    assert stage.uploads == 0


def test_without_a_credential_nothing_is_sent(stage: Stage) -> None:
    ran = stage.project.nox("-s", "release", "--", "--live", "0.1.0")
    assert ran.status == 1
    assert "UNMOOR_TESTPYPI_TOKEN" in ran.text
    assert stage.project.record("testpypi", live=True)["code"] == 2
    assert stage.uploads == 0


def test_archives_that_are_not_the_ones_that_were_built_are_not_published(stage: Stage, tmp_path: Path) -> None:
    local = ("-s", "tests", "lint", "docs-strict", "build", "--", "--live", "0.1.0")
    assert stage.project.nox(*local, environ=stage.credentials).status == 0
    dist = stage.project.state(live=True) / "dist"
    wheel = next(dist.glob("*.whl"))
    module = (stage.project.folder / "src" / MODULE / "__init__.py").read_text() + "CHANGED = True\n"
    changed = wheel_with(wheel, tmp_path / "changed", add={f"{MODULE}/__init__.py": module})
    # The folder by itself is in order: the list says what lies there.
    wheel.unlink()
    shutil.copy(changed, wheel)
    (dist / SUMS).unlink()
    files = sorted(dist.iterdir())
    (dist / SUMS).write_text(
        "".join(f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in files)
    )

    ran = stage.project.nox("-s", "release", "--", "--live", "0.1.0", environ=stage.credentials)
    assert ran.status == 1, ran.text
    assert "exit code 2" in ran.text, ran.text
    assert "that the build recorded" in ran.text
    assert "RELEASED" not in ran.text
    assert (stage.uploads, stage.tags) == (0, "")


def test_other_bytes_under_the_name_stop_it(stage: Stage) -> None:
    first = stage.project.nox("-s", "build", "--", "--live", "0.1.0", environ=stage.credentials)
    assert first.status == 0, first.text
    name = stage.project.record("build", live=True)["files"][0]["filename"]
    (stage.testpypi.folder / name).write_bytes(b"somebody else's")
    ran = stage.project.nox("-s", "release", "--", "--live", "0.1.0", environ=stage.credentials)
    assert ran.status == 1
    assert "other bytes" in ran.text
    assert stage.pypi.uploads == 0


@pytest.mark.parametrize("stage", ["sign-tags = true\n"], indirect=True)
@pytest.mark.parametrize("known", [True, False])
def test_a_tag_is_signed_and_verified_before_it_is_pushed(stage: Stage, *, known: bool, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    signers = tmp_path / "signers"
    public = key.with_suffix(".pub").read_text() if known else ""
    signers.write_text(f'tester@example.invalid namespaces="git" {public}' if public else "")
    # Said in the user's repository alone: the clone that tags has to be told.
    repository = stage.project.repository
    words = {"user.signingkey": f"{key}.pub", "gpg.format": "ssh", "gpg.ssh.allowedSignersFile": signers}
    for name, value in words.items():
        repository.git("config", name, str(value))

    ran = stage.project.nox("-s", "release", "--", "--live", "0.1.0", environ=stage.credentials)
    assert (ran.status == 0) is known, ran.text
    assert stage.tags == ("v0.1.0" if known else "")
    if known:
        assert "BEGIN SSH SIGNATURE" in stage.project.remote.git("cat-file", "tag", "v0.1.0")
    else:
        assert "cannot be verified" in ran.text
        assert stage.project.record("testpypi", live=True)["code"] == 2
        assert stage.uploads == 0
