"""Who sees the credentials of a release: the program that uploads, and nothing else that runs.

Everything that can write down its environment does: the noxfile, a joined session and what it runs, every git process,
the hooks of the user's repository, and hooks that git's configuration plants in new ones.
"""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from support.adopted import Adopted, adopt
from support.another_index import AnotherIndex, another_index

pytestmark = [pytest.mark.network, pytest.mark.skipif(sys.platform == "win32", reason="hooks are shell scripts")]

_NOXFILE = """import ctypes, os, pathlib, sys
import nox

SEEN = pathlib.Path({seen!r})
WRITE = "import os, sys; open(sys.argv[1] + str(os.getpid()), 'w').write(repr(dict(os.environ)))"


def note(who):
    (SEEN / f"{{who}}.{{os.getpid()}}").write_text(repr(dict(os.environ)))


{first}


@nox.session(venv_backend="none")
def lint(session):
    note("session")
    session.run(sys.executable, "-c", WRITE, str(SEEN / "program."), external=True)


import unmoor.sessions
unmoor.sessions.register()
note("noxfile")
if sys.platform == "linux":
    (SEEN / f"dumpable.{{os.getpid()}}").write_text(str(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)))
"""
_HOOKS = ("post-checkout", "post-commit", "pre-push", "pre-commit", "reference-transaction", "update", "pre-receive")


@dataclass(frozen=True)
class Watched:
    """A project in which everybody writes down what they see."""

    project: Adopted
    indexes: tuple[AnotherIndex, AnotherIndex]
    seen: Path
    temporary: Path
    canaries: Mapping[str, str] = field(repr=False)

    @property
    def environ(self) -> dict[str, str]:
        return {**self.project.environ, **self.canaries}

    def noxfile(self, first: str = "") -> None:
        text = _NOXFILE.format(seen=str(self.seen), first=first)
        self.project.repository.write("noxfile.py", text)
        self.project.repository.commit("The noxfile")
        self.project.repository.git("push", "--quiet")
        for old in self.seen.iterdir():
            old.unlink()

    def who_saw(self) -> list[str]:
        # Where an index is, and who uploads, is no secret.
        secret = {name: value for name, value in self.canaries.items() if not name.endswith("_URL")}
        values = [value for value in secret.values() if value != "uploader"]
        texts = {file.name: file.read_text(errors="replace") for file in self.seen.iterdir()}
        return sorted({name.partition(".")[0] for name, text in texts.items() if any(it in text for it in values)})

    def wrote(self) -> set[str]:
        return {file.name.partition(".")[0] for file in self.seen.iterdir()}

    def dumpable(self) -> set[str]:
        return {file.read_text() for file in self.seen.glob("dumpable.*")}


def _script(path: Path, who: str, seen: Path, then: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nenv > '{seen}/{who}.'$$\n{then}\n")
    path.chmod(0o755)


@pytest.fixture
def watched(tmp_path: Path, environ: Mapping[str, str]) -> Iterator[Watched]:
    seen, temporary = tmp_path / "seen", tmp_path / "tmp"
    seen.mkdir()
    temporary.mkdir()
    with ExitStack() as stack:
        testpypi = stack.enter_context(another_index(tmp_path / "testpypi"))
        pypi = stack.enter_context(another_index(tmp_path / "pypi", upstream=PYPI_SIMPLE_ENDPOINT))
        settings = f'gates = ["lint"]\n{testpypi.settings("testpypi")}\n{pypi.settings("pypi")}'
        project = adopt(tmp_path, {**environ, "TMPDIR": str(temporary)}, settings=settings)
        _script(project.folder / ".git" / "hooks" / "pre-push", "hook", seen)
        for name in _HOOKS:
            _script(tmp_path / "template" / "hooks" / name, "planted", seen)
        _script(tmp_path / "bin" / "git", "git", seen, f'exec "{shutil.which("git")}" "$@"')
        config = tmp_path / "gitconfig"
        known = Path(environ["GIT_CONFIG_GLOBAL"]).read_text()
        config.write_text(f"{known}[init]\n    templateDir = {tmp_path}/template\n")
        words = {"GIT_CONFIG_GLOBAL": str(config), "PATH": f"{tmp_path / 'bin'}:{environ['PATH']}"}
        project = Adopted(project.repository, project.remote, {**project.environ, **words})
        names = ("UNMOOR_COMPANY_TOKEN", "TWINE_PASSWORD", "TWINE_USERNAME", "UV_PUBLISH_TOKEN", "UV_PUBLISH_USERNAME")
        canaries = {name: f"canary-{secrets.token_hex(12)}" for name in names}
        canaries |= testpypi.credential("testpypi") | pypi.credential("pypi")
        yield Watched(project, (testpypi, pypi), seen, temporary, canaries)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_live_release_uploads_and_nobody_else_sees_its_credentials(watched: Watched, jobs: str) -> None:
    watched.noxfile()
    ran = watched.project.nox("-s", "release", "-j", jobs, "--", "--live", "0.1.0", environ=watched.environ)
    assert ran.status == 0, ran.text
    assert sum(index.uploads for index in watched.indexes) == 4
    assert watched.wrote() >= {"noxfile", "session", "program", "git", "hook"}
    assert watched.who_saw() == []
    assert "planted" not in watched.wrote()
    if sys.platform == "linux":
        assert watched.dumpable() == {"0"}
    assert [path.name for path in watched.temporary.iterdir() if path.name.startswith("unmoor-handover")] == []
    told = {name: value for name, value in watched.canaries.items() if not name.endswith("_URL")}
    assert all(value not in ran.text for value in told.values() if value != "uploader")


@pytest.mark.parametrize("command", ["nox -s release", "nox -s release -j 2", "unmoor rehearse"])
def test_a_rehearsal_needs_no_credentials_and_nobody_sees_any(watched: Watched, command: str) -> None:
    # What is started by unmoor has none from the first line on; nox alone has to read the noxfile to know of unmoor.
    watched.noxfile('note("first line")' if command.startswith("unmoor") else "")
    program, *words = command.split()
    ran = getattr(watched.project, program)(*words, environ=watched.environ)
    assert ran.status == 0, ran.text
    assert watched.wrote() >= {"noxfile", "session", "program", "git"}
    assert watched.who_saw() == []
    assert "planted" not in watched.wrote()
    if sys.platform == "linux":
        assert watched.dumpable() == {"1"}


def test_a_session_that_is_none_of_unmoors_has_what_it_was_given(watched: Watched) -> None:
    watched.noxfile('@nox.session(venv_backend="none")\ndef publish(session):\n    note("publish")\n')
    ran = watched.project.nox("-s", "publish", environ=watched.environ)
    assert ran.status == 0, ran.text
    assert "publish" in watched.who_saw()
