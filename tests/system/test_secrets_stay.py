"""Who sees the secrets of a release: the program that uploads, and nothing else that runs.

Canaries stand wherever people keep secrets: in the environment, in ``.pypirc``, in the keyring, in the address of the
remote. Hostile code looks for them from every place where a release runs code of the project: the noxfile, a joined
session and what it runs, a test, a hook of the build, a hook of git. It looks into its own environment, into that of
every process of the run, and into every file that unmoor wrote. The test itself watches the processes all the time.
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from support import snoop
from support.adopted import Adopted, Ran, adopt
from support.another_index import AnotherIndex, another_index

pytestmark = [pytest.mark.network, pytest.mark.skipif(sys.platform == "win32", reason="hooks are shell scripts")]

_NOXFILE = """import ctypes, os, pathlib, sys
import nox

sys.path.insert(0, {support!r})
import snoop

SEEN = {seen!r}

{first}


@nox.session(venv_backend="none")
def lint(session):
    snoop.look("session", SEEN)
    session.run(sys.executable, "snoop.py", "program", SEEN, external=True)


import unmoor.sessions
unmoor.sessions.register()
snoop.look("noxfile", SEEN)
if sys.platform == "linux":
    pathlib.Path(SEEN, f"dumpable.{{os.getpid()}}").write_text(str(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)))
"""
_BUILD_HOOK = """import sys
sys.path.insert(0, {support!r})
import snoop
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        snoop.look("build", {seen!r})
"""
_TEST = "import snoop\n\n\ndef test_hostile():\n    snoop.look('test', {seen!r})\n"
_KEYRING = """import json, keyring.backend


class Keyring(keyring.backend.KeyringBackend):
    priority = 9

    def get_password(self, service, username):
        return json.load(open({kept!r})).get(service)

    def get_credential(self, service, username):
        found = self.get_password(service, username)
        return keyring.credentials.SimpleCredential("uploader", found) if found else None

    set_password = delete_password = None
"""
_HOOKS = ("post-checkout", "post-commit", "pre-push", "pre-commit", "reference-transaction", "update", "pre-receive")
_SUPPORT = str(Path(snoop.__file__).parent)
_UPLOADERS = (b"twine", b"upload_once")


@dataclass(frozen=True)
class Watched:
    """A project in which everybody looks, and what there is to be found."""

    project: Adopted
    indexes: tuple[AnotherIndex, AnotherIndex]
    seen: Path
    temporary: Path
    canaries: Mapping[str, str] = field(repr=False)
    hidden: tuple[str, ...] = field(repr=False)

    def run(self, *command: str, first: str = "", pause: float = 0.25) -> tuple[Ran, set[str]]:
        """Run a command, and return how it ended and which processes held a canary while it ran."""
        text = _NOXFILE.format(seen=str(self.seen), support=_SUPPORT, first=first)
        self.project.repository.write("noxfile.py", text)
        self.project.repository.commit("The noxfile")
        self.project.repository.git("push", "--quiet", "--no-verify", self.project.remote.folder, "main")
        before = {pid for pid, _, _ in snoop.processes(set())}
        folders = [str(self.temporary), str(self.project.folder / ".git" / "unmoor"), str(self.project.folder / ".nox")]
        told = {"canaries": self.hidden, "before": sorted(before), "folders": folders}
        (self.seen / "told.json").write_text(json.dumps(told))
        with (self.seen.parent / "output").open("w+") as output:
            started = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=self.project.folder,
                env={**self.project.environ, **self.canaries},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            saw = self._watched(started, before, pause)
            status = started.wait(timeout=300)
            output.seek(0)
            ran = Ran(status, output.read())
        assert "Traceback (most recent call last)" not in ran.text, ran.text
        return ran, saw

    def _watched(self, started: subprocess.Popen[bytes], before: set[str], pause: float) -> set[str]:
        """Return the command lines of whoever held a canary; what was started here did, until it came to unmoor."""
        saw, patterns = set(), [each.encode() for each in self.hidden]
        while started.poll() is None:
            for pid, command, environ in snoop.processes(before):
                if any(each in command for each in patterns):
                    saw.add(f"{pid} in its arguments: {command!r}")
                if pid != str(started.pid) and any(each in environ for each in patterns):
                    saw.add(f"{pid}: {command!r}" if not any(each in command for each in _UPLOADERS) else "uploader")
            time.sleep(pause)
        return saw

    def found(self) -> list[str]:
        """Return who found what; and what of git's own environment held a canary."""
        found = []
        for file in self.seen.iterdir():
            who, text = file.name.partition(".")[0], file.read_text(errors="replace")
            if who in {"git", "planted"}:
                found += [who for each in self.hidden if each in text]
            elif who not in {"told", "dumpable"}:
                answer = json.loads(text)
                assert answer["looked"] > 0, who
                found += [f"{who}: {each}" for each in answer["found"]]
        return found

    def left(self) -> list[str]:
        """Return the files of unmoor's that hold a canary in the end."""
        tops = (self.temporary, self.project.folder / ".git" / "unmoor")
        files = [file for top in tops for file in top.rglob("*") if file.is_file()]
        assert len(files) > 10
        return [str(file) for file in files if any(each.encode() in file.read_bytes() for each in self.hidden)]

    def looked(self) -> set[str]:
        return {file.name.partition(".")[0] for file in self.seen.iterdir()}

    def dumpable(self) -> set[str]:
        return {file.read_text() for file in self.seen.glob("dumpable.*")}


def _script(path: Path, then: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{then}\n")
    path.chmod(0o755)


def _canary() -> str:
    return f"canary-{secrets.token_hex(12)}"


def _plant(project: Adopted, seen: Path) -> None:
    """Put hostile code where a release runs code of the project."""
    repository = project.repository
    text = (project.folder / "pyproject.toml").read_text()
    text = text.replace('disable = ["tests-pass"]', "")
    repository.write("pyproject.toml", text + "\n[tool.hatch.build.hooks.custom]\n")
    repository.write("hatch_build.py", _BUILD_HOOK.format(seen=str(seen), support=_SUPPORT))
    repository.write("tests/test_hostile.py", _TEST.format(seen=str(seen)))
    repository.write("tests/conftest.py", f"import sys\nsys.path.insert(0, {_SUPPORT!r})\n")
    repository.write("snoop.py", Path(snoop.__file__).read_text())
    repository.commit("Hostile code")
    _script(project.folder / ".git/hooks/pre-push", f"'{sys.executable}' '{snoop.__file__}' hook '{seen}'")


@pytest.fixture
def watched(tmp_path: Path, environ: Mapping[str, str]) -> Iterator[Watched]:
    seen, temporary, home = tmp_path / "seen", tmp_path / "tmp", Path(environ["HOME"])
    seen.mkdir()
    temporary.mkdir()
    with ExitStack() as stack:
        testpypi = stack.enter_context(another_index(tmp_path / "testpypi"))
        pypi = stack.enter_context(another_index(tmp_path / "pypi", upstream=PYPI_SIMPLE_ENDPOINT))
        tests = '[tool.unmoor.tests]\nrequirements = ["pytest"]\n'
        settings = f'gates = ["lint"]\n{tests}{testpypi.settings("testpypi")}\n{pypi.settings("pypi")}'
        project = adopt(tmp_path, {**environ, "TMPDIR": str(temporary)}, settings=settings)
        _plant(project, seen)
        for name in _HOOKS:
            _script(tmp_path / "template" / "hooks" / name, f"env > '{seen}/planted.'$$")
        _script(tmp_path / "bin" / "git", f'env > \'{seen}/git.\'$$\nexec "{shutil.which("git")}" "$@"')
        names = ("UNMOOR_COMPANY_TOKEN", "TWINE_PASSWORD", "UV_PUBLISH_TOKEN", "SIGNING_KEY", "SLACK_WEBHOOK")
        canaries = {name: _canary() for name in names}
        canaries["DATABASE_URL"] = f"db://me:{(database := _canary())}@db.invalid/x"
        in_files = {name: _canary() for name in ("pypirc", "remote")}
        (home / ".pypirc").write_text(f"[else]\nrepository = https://x.invalid/\npassword = {in_files['pypirc']}\n")
        _keep_in_keyring(home, {f"{pypi.url}/": pypi.password})
        remote = f"https://me:{in_files['remote']}@git.invalid/x.git"
        project.repository.git("remote", "set-url", "origin", remote)
        instead = f'[url "{project.remote.folder}"]\n    insteadOf = {remote}\n'
        config = tmp_path / "gitconfig"
        known = Path(environ["GIT_CONFIG_GLOBAL"]).read_text()
        config.write_text(f"{known}[init]\n    templateDir = {tmp_path}/template\n{instead}")
        words = {"GIT_CONFIG_GLOBAL": str(config), "PATH": f"{tmp_path / 'bin'}:{environ['PATH']}"}
        project = Adopted(project.repository, project.remote, {**project.environ, **words})
        hidden = {*canaries.values(), *in_files.values(), database, testpypi.password, pypi.password}
        canaries |= {"TWINE_USERNAME": "somebody", **testpypi.credential("testpypi")}
        yield Watched(project, (testpypi, pypi), seen, temporary, canaries, tuple(hidden))


def _keep_in_keyring(home: Path, kept: Mapping[str, str]) -> None:
    folder = home / ".config" / "python_keyring"
    folder.mkdir(parents=True)
    (home / "kept.json").write_text(json.dumps(kept))
    (home / "keyring_of_the_test.py").write_text(_KEYRING.format(kept=str(home / "kept.json")))
    words = f"default-keyring=keyring_of_the_test.Keyring\nkeyring-path={home}\n"
    (folder / "keyringrc.cfg").write_text(f"[backend]\n{words}")


def _nobody_but_the_uploader_saw_any(watched: Watched, ran: Ran, saw: set[str], looked: set[str]) -> None:
    assert ran.status == 0, ran.text
    assert watched.looked() >= {"noxfile", "session", "program", "test", "build", "git"} | looked
    assert "planted" not in watched.looked()
    assert watched.found() == []
    assert saw == set()
    assert watched.left() == []
    assert [each for each in watched.hidden if each in ran.text] == []
    assert [path.name for path in watched.temporary.iterdir() if path.name.startswith("unmoor-handover")] == []


def test_a_live_release_uploads_and_nobody_else_sees_its_credentials(watched: Watched) -> None:
    ran, saw = watched.run("nox", "-s", "release", "-j", "2", "--", "--live", "0.1.0", pause=0.05)
    _nobody_but_the_uploader_saw_any(watched, ran, saw, {"hook"})
    assert sum(index.uploads for index in watched.indexes) == 4
    if sys.platform == "linux":
        assert watched.dumpable() == {"0"}


@pytest.mark.parametrize("command", ["nox -s release", "unmoor rehearse"])
def test_a_rehearsal_needs_no_credentials_and_nobody_sees_any(watched: Watched, command: str) -> None:
    # What is started by unmoor has none from the first line on; nox alone has to read the noxfile to know of unmoor.
    upload = "[name for name in os.environ if name.endswith(('_PASSWORD', '_USERNAME'))]"
    first = f"assert not {upload}" if command.startswith("unmoor") else ""
    ran, saw = watched.run(*command.split(), first=first)
    assert "uploader" not in saw
    _nobody_but_the_uploader_saw_any(watched, ran, saw, set())


def test_a_session_that_is_none_of_unmoors_has_what_it_was_given(watched: Watched) -> None:
    publish = 'nox.session(lambda session: snoop.look("publish", SEEN), name="publish", venv_backend="none")'
    for words in (("-s", "publish"), ("-k", "publish")):
        ran, _ = watched.run("nox", *words, first=publish)
        assert ran.status == 0, ran.text
        assert any(each.startswith("publish: environment: b'TWINE_PASSWORD'") for each in watched.found())
        for old in watched.seen.iterdir():
            old.unlink()
