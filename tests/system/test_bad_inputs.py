"""Bad inputs through the real commands: one clear error, the right exit code, no traceback, nothing sent anywhere."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from support import spoiling as to
from support.adopted import MODULE, NAME, Adopted, Ran, adopt
from support.repositories import Repository
from support.spoiling import TOWNCRIER, Spoil
from support.waiting import wait_until
from unmoor.chain import CHAIN
from unmoor.model import Effect

_TASKS = "from unmoor.tasks import namespace as ns\n"
_LIVE = "nox -s check -- --live 0.1.0"
_COMMAND = '[[tool.unmoor.commands]]\nname = "{name}"\nstage = "lint"\nrun = {run}\nseconds = {seconds}\n'
_WAIVER = '[[tool.unmoor.waivers]]\ngate = "{gate}"\nreason = "{reason}"\nby = "A person"\n{more}'
_SESSION = 'import nox\n\n@nox.session(venv_backend="none")\ndef {name}(session):\n    pass\n\n'


@dataclass(frozen=True)
class Bad:
    """A bad input: how the project is spoilt, the command that meets it, the exit code, and what must be said."""

    name: str
    spoil: Spoil
    command: str
    code: int
    says: tuple[str, ...]
    environ: Mapping[str, str] | None = None


def bad(name: str, spoil: Spoil, command: str, code: int, *says: str, **environ: str) -> Bad:
    return Bad(name, spoil, command, code, says, environ)


SETTINGS = (
    bad(
        "several at once",
        to.setting('branchs = []\nsign-tags = 1\napproval = "digests"'),
        "unmoor settings",
        1,
        "unknown key 'branchs' → did you mean 'branches'?",
        "got 1 (a whole number), expected true or false",
        "did you mean 'digest'?",
    ),
    bad("the same through nox", to.setting('tga = "v{version}"'), "nox -s check", 1, "did you mean 'tag'?"),
    bad(
        "a flag for a number",
        to.appended("pyproject.toml", "[tool.unmoor.sizes]\nwheel-limit = true\n"),
        "unmoor plan",
        1,
        "tool.unmoor.sizes.wheel-limit",
        "got true",
    ),
    bad(
        "a tag form without version", to.setting('tag = "release"'), "unmoor plan", 1, "write for example 'v{version}'"
    ),
    bad(
        "a path out of the project",
        to.setting('changelog = "../NEWS.md"'),
        "invoke plan",
        1,
        "a path inside the project",
    ),
    bad(
        "two commands of one name",
        to.appended("pyproject.toml", 2 * _COMMAND.format(name="twice", run='["true"]', seconds=9)),
        "unmoor settings",
        1,
        "'twice'",
    ),
    bad(
        "a waiver without a reason",
        to.appended("pyproject.toml", _WAIVER.format(gate="tag-is-free", reason="", more="")),
        "unmoor settings",
        1,
        "waivers[0].reason",
        "a text that is not empty",
    ),
    bad(
        "an ended waiver",
        to.chain(
            to.removed("README.md"),
            to.appended(
                "pyproject.toml",
                _WAIVER.format(gate="structure-is-complete", reason="So", more='until = "2020-01-01"\n'),
            ),
        ),
        "nox -s check",
        2,
        "its waiver ended on 2020-01-01",
        "renew the waiver",
    ),
    bad(
        "a gate that cannot be left out",
        to.changed("pyproject.toml", '["tests-pass"', '["release-is-approved"'),
        "unmoor plan",
        1,
        "release-is-approved",
    ),
    bad("TOML that is none", to.appended("pyproject.toml", "= 1\n"), "unmoor plan", 1, "pyproject.toml:"),
    bad("TOML that is none, through nox", to.appended("pyproject.toml", "= 1\n"), "nox -s check", 1, "pyproject.toml:"),
    bad("a byte order mark", to.marked, "unmoor plan", 1, "starts with a byte order mark", "save it"),
    bad("not UTF-8", to.written("pyproject.toml", b'[project]\nname = "caf\xe9"\n'), "unmoor plan", 1, "UTF-8"),
    bad(
        "an unknown engine of the docs",
        to.changed("pyproject.toml", '"none"', '"sphynx"'),
        "unmoor settings",
        1,
        "did you mean 'sphinx'?",
    ),
)

PLACES = (
    bad(
        "no package",
        to.removed("pyproject.toml"),
        "unmoor plan",
        1,
        "neither pyproject.toml nor setup.py",
        "[build-system]",
    ),
    bad(
        "no package, through nox",
        to.removed("pyproject.toml"),
        "nox -s check",
        1,
        "neither pyproject.toml nor setup.py",
    ),
    bad("an empty folder", to.emptied, "unmoor rehearse", 1, "not in a git repository", "git init"),
    bad("not a repository", to.removed(".git"), "unmoor plan", 1, "not in a git repository"),
    bad("not a repository, through nox", to.removed(".git"), "nox -s check", 1, "not in a git repository"),
    bad("no commit", to.without_commit, "unmoor plan", 1, "no commit yet", "commit the project"),
    bad("a bare repository", to.bare, "unmoor plan", 1, "bare"),
    bad("a shallow clone", to.shallow, "nox -s check", 2, "history-is-complete", "git fetch --unshallow"),
    bad(
        "the state in a file",
        to.nothing,
        "unmoor plan",
        1,
        "cannot write the state",
        "UNMOOR_STATE",
        UNMOOR_STATE="README.md",
    ),
    bad(
        "the state below a file",
        to.nothing,
        "nox -s check",
        1,
        "cannot write the state",
        "UNMOOR_STATE",
        UNMOOR_STATE="README.md/state",
    ),
    bad(
        "the state's own place is a file",
        to.written(".git/unmoor", ""),
        "unmoor plan",
        1,
        "cannot write the state",
        "UNMOOR_STATE",
    ),
    bad(
        "a lock that is a folder",
        to.in_the_way("locks/check"),
        "nox -s check",
        1,
        "cannot write the state",
        "locks/check",
    ),
    bad(
        "evidence that is a folder",
        to.in_the_way("evidence/check.json"),
        "nox -s check",
        1,
        "cannot write",
        "check.json",
    ),
    bad("no git", to.nothing, "unmoor plan", 1, "'git' was not found", PATH="/nonexistent"),
    bad("no git, through nox", to.nothing, "nox -s check", 1, "'git' was not found", PATH="/nonexistent"),
    bad("no git, rehearsing", to.nothing, "unmoor rehearse", 1, "'git' was not found", PATH="/nonexistent"),
)

LIVE = (
    bad(
        "detached, off the branch",
        to.chain(to.git("checkout", "--quiet", "--detach"), to.appended("README.md", "."), to.committed),
        _LIVE,
        2,
        "branch-is-allowed",
        "a detached HEAD",
    ),
    bad(
        "another branch",
        to.chain(to.git("checkout", "--quiet", "-b", "topic"), to.appended("README.md", "."), to.committed),
        _LIVE,
        2,
        "branch-is-allowed",
        "'topic'",
    ),
    bad("behind the remote", to.someone_pushed, _LIVE, 2, "not-behind-remote", "git fetch origin"),
    bad(
        "a remote that is not there",
        to.git("remote", "set-url", "origin", "/nonexistent.git"),
        _LIVE,
        2,
        "did not answer",
    ),
    bad("a dirty tree", to.written("README.md", "# Other\n"), _LIVE, 2, "worktree-is-clean", "README.md"),
    bad(
        "another version",
        to.nothing,
        "nox -s check -- --live 0.2.0",
        2,
        "states '0.1.0', not '0.2.0'",
        "unmoor bump --to 0.2.0",
    ),
    bad(
        "backwards",
        to.chain(
            to.git("tag", "v0.3.0"),
            to.git("push", "--quiet", "origin", "v0.3.0"),
            to.appended("README.md", "."),
            to.pushed,
        ),
        "nox -s check -- --live 0.1.0 --base v0.3.0",
        2,
        "is not before",
    ),
    bad(
        "a development version",
        to.chain(to.changed("pyproject.toml", "0.1.0", "0.1.0.dev1"), to.pushed),
        "nox -s check -- --live 0.1.0.dev1",
        2,
        "a development version",
    ),
    bad(
        "a local version",
        to.chain(to.changed("pyproject.toml", "0.1.0", "0.1.0+ours"), to.pushed),
        "nox -s check -- --live 0.1.0+ours",
        2,
        "a local version",
    ),
    bad("no version at all", to.nothing, "nox -s check -- --live banana", 1, "'banana'", "--live"),
    bad(
        "an odd spelling of another version",
        to.nothing,
        "nox -s check -- --live v0.1-RC1",
        2,
        "states '0.1.0', not '0.1rc1'",
    ),
    bad("live without a value", to.nothing, "nox -s release -- --live", 1, "--live needs a value"),
    bad("misspelt", to.nothing, "nox -s release -- --lvie 0.1.0", 1, "did you mean '--live'?"),
    bad("twice", to.nothing, "nox -s release -- --live 0.1.0 --live 0.2.0", 1, "--live is given twice"),
    bad("stray words", to.nothing, "nox -s release -- 0.1.0", 1, "unknown argument '0.1.0'", "--live VERSION"),
    bad(
        "no base where two could be meant",
        to.chain(to.released, to.git("tag", "0.0.9"), to.appended("README.md", "."), to.pushed),
        _LIVE,
        1,
        "which release 0.1.0 follows is not clear: 0.0.9 is tagged more than once",
        "add --base ",
    ),
    bad("a base that is none", to.released, f"{_LIVE} --base v0.0.8", 2, "no release tag for the base 'v0.0.8'"),
    bad(
        "a base that is not pushed",
        to.chain(to.released, to.git("push", "--quiet", "origin", ":v0.0.9")),
        f"{_LIVE} --base v0.0.9",
        2,
        "not on the remote",
        "git push origin",
    ),
    bad(
        "the tag is elsewhere here",
        to.chain(to.git("tag", "v0.1.0"), to.appended("README.md", "."), to.pushed),
        _LIVE,
        2,
        "tag-is-free",
    ),
    bad(
        "the tag is elsewhere on the remote",
        to.chain(
            to.git("push", "--quiet", "origin", "HEAD:refs/tags/v0.1.0"), to.appended("README.md", "."), to.pushed
        ),
        _LIVE,
        2,
        "tag-is-free",
    ),
    bad("pypi alone", to.nothing, "nox --no-dependencies -s pypi -- --live 0.1.0", 2, "evidence-is-complete"),
    bad("the tag alone", to.nothing, "nox --no-dependencies -s release -- --live 0.1.0", 2, "evidence-is-complete"),
    bad(
        "testpypi alone",
        to.nothing,
        "nox --no-dependencies -s testpypi -- --live 0.1.0",
        2,
        "evidence-is-complete",
    ),
    bad("status of a release that never was", to.nothing, "unmoor status --live 0.9.9", 4, "nothing of a live release"),
)

COMMANDS = (
    bad(
        "too short an approval",
        to.nothing,
        "nox -s release -- --live 0.1.0 --approve 9c4",
        1,
        "'9c4' is no digest of archives",
    ),
    bad("an unknown stage", to.nothing, "unmoor rehearse --stage relaese", 1, "did you mean 'release'?"),
    bad("no number of jobs", to.nothing, "unmoor rehearse --jobs zero", 1, "'zero' is no number of jobs"),
    bad("an unknown task", to.nothing, "unmoor paln", 1, "paln"),
    bad("an unknown task of invoke", to.nothing, "invoke paln", 1, "paln"),
    bad("an unknown flag", to.nothing, "unmoor plan --jsn", 1, "--jsn"),
    bad("a word too many", to.nothing, "unmoor settings everything", 1, "settings does not take 'everything'"),
    bad("a note without quotes", to.nothing, "unmoor note A thing", 1, "does not take 'thing'", "in quotes"),
    bad("an option without its value", to.nothing, "unmoor rehearse --stage", 1, "--stage needs a value"),
    bad("live with the wrong command", to.nothing, "unmoor rehearse -- --live 0.1.0", 1, "nox -s release -- --live"),
    bad("a bump of both", to.nothing, "unmoor bump --part minor --to 0.2.0", 1, "name either"),
    bad("an unknown part", to.nothing, "invoke bump --part minr", 1, "minr", "minor"),
    bad("a bump to no version", to.nothing, "unmoor bump --to banana", 1, "'banana'"),
    bad("a bump backwards", to.nothing, "unmoor bump --to 0.0.1", 2, "a version never goes backwards"),
    bad(
        "a computed version",
        to.chain(
            to.changed("pyproject.toml", 'version = "0.1.0"', 'dynamic = ["version"]'),
            to.appended("pyproject.toml", f'[tool.hatch.version]\nsource = "code"\npath = "src/{MODULE}/v.py"\n'),
            to.written(f"src/{MODULE}/v.py", "__version__ = '.'.join(map(str, (0, 1, 0)))\n"),
        ),
        "unmoor bump --part minor",
        1,
        "version",
    ),
    bad(
        "version sources that disagree",
        to.appended(f"src/{MODULE}/__init__.py", '\n\n__version__ = "0.0.7"\n'),
        "unmoor bump --part minor",
        2,
        "states '0.0.7'",
        "make them agree",
    ),
    bad(
        "version sources that disagree, through nox",
        to.appended(f"src/{MODULE}/__init__.py", '\n\n__version__ = "0.0.7"\n'),
        "nox -s check",
        2,
        "version-sources-agree",
    ),
    bad("a note without notes", to.nothing, "unmoor note 'A thing'", 3, "keeps no change notes"),
    bad(
        "a note of no kind",
        to.appended("pyproject.toml", TOWNCRIER),
        "unmoor note 'A thing' --kind feture",
        1,
        "feature",
    ),
    bad("a note without text", to.appended("pyproject.toml", TOWNCRIER), "unmoor note", 1, "text"),
    bad("an empty note", to.appended("pyproject.toml", TOWNCRIER), "unmoor note ''", 1, "text"),
    bad("a changelog without notes", to.nothing, "unmoor changelog", 3, "keeps no change notes"),
    bad(
        "a note that cannot be",
        to.chain(to.appended("pyproject.toml", TOWNCRIER), to.written("changes/1.feture.md", "A thing\n")),
        "unmoor changelog",
        2,
        "1.feture.md",
    ),
    bad("a report of nothing", to.nothing, "unmoor report", 4, "no evidence to report yet", "unmoor rehearse"),
    bad("a report of no form", to.nothing, "unmoor report --format pdf", 1, "no form 'pdf'", "markdown"),
    bad("a report to nowhere", to.nothing, "unmoor report --out /nonexistent/r.md", 4, "no evidence"),
    bad("a status of nothing", to.nothing, "unmoor status", 4, "Next: unmoor rehearse"),
)

CONTENT = (
    bad("a README that is not there", to.removed("README.md"), "nox -s check", 2, "README.md"),
    bad("a licence that is not there", to.removed("LICENSE"), "nox -s check", 2, "LICENSE"),
    bad(
        "a dependency by URL",
        to.changed(
            "pyproject.toml", "authors = [", 'dependencies = ["x @ git+https://example.invalid/x"]\nauthors = ['
        ),
        "nox -s check",
        2,
        "dependencies-are-named",
    ),
    bad(
        "a classifier that is none",
        to.changed("pyproject.toml", '["Programming', '["Topic :: Nonsense", "Programming'),
        "nox -s check",
        2,
        "Topic :: Nonsense",
    ),
    bad("a label too long", to.changed("pyproject.toml", "Homepage", f'"{"L" * 33}"'), "nox -s check", 2, "32"),
    bad(
        "a command that is not there",
        to.appended("pyproject.toml", _COMMAND.format(name="gone", run='["nonexistent-program"]', seconds=9)),
        "nox -s lint",
        1,
        "'nonexistent-program' was not found",
    ),
    bad(
        "a command that says no",
        to.appended("pyproject.toml", _COMMAND.format(name="no", run='["sh", "-c", "echo broken; exit 7"]', seconds=9)),
        "nox -s lint",
        1,
        "exit status 7",
        "broken",
    ),
    bad(
        "a command without end",
        to.appended("pyproject.toml", _COMMAND.format(name="slow", run='["sleep", "99"]', seconds=0.2)),
        "nox -s lint",
        1,
        "did not end within 0.2 s",
    ),
    bad(
        "a session twice",
        to.written(
            "noxfile.py", _SESSION.format(name="release") + "import unmoor.sessions\nunmoor.sessions.register()\n"
        ),
        "nox -s release",
        1,
        "is a session of your own and a stage of unmoor",
        'names={"release": "unmoor-release"}',
    ),
    bad("a session that is not there", to.setting('gates = ["lnit"]'), "nox -s lint", 1, "there is no session 'lnit'"),
    bad(
        "a session near another's name",
        to.chain(
            to.written(
                "noxfile.py", _SESSION.format(name="style") + "import unmoor.sessions\nunmoor.sessions.register()\n"
            ),
            to.setting('gates = ["styles"]'),
        ),
        "nox -s lint",
        1,
        "did you mean 'style'?",
    ),
    bad(
        "a session called as a stage that builds",
        to.chain(
            to.written(
                "noxfile.py", _SESSION.format(name="build") + "import unmoor.sessions\nunmoor.sessions.register()\n"
            ),
            to.setting('gates = ["build"]'),
        ),
        "nox -s lint",
        1,
        "rename it",
    ),
    bad(
        "a noxfile with an error",
        to.written("noxfile.py", "import unmoor.sessions\nunmoor.sessions.register(\n"),
        "unmoor rehearse",
        1,
        "noxfile",
    ),
)

BUILDS = (
    bad(
        "a backend that is not there",
        to.changed("pyproject.toml", "hatchling.build", "hatchling.bulid"),
        "nox -s build",
        2,
        "hatchling.bulid",
    ),
    bad(
        "a backend that raises",
        to.chain(
            to.changed(
                "pyproject.toml",
                'requires = ["hatchling"]\nbuild-backend = "hatchling.build"',
                'requires = []\nbuild-backend = "backend"\nbackend-path = ["."]',
            ),
            to.written("backend.py", "def build_sdist(*_):\n    raise RuntimeError('no such luck')\n"),
        ),
        "nox -s build",
        2,
        "no such luck",
    ),
    bad(
        "a package with a syntax error",
        to.appended(f"src/{MODULE}/__init__.py", "def f(:\n"),
        "nox -s build",
        2,
        "archives-install",
        "SyntaxError",
    ),
)

SEALED = (
    bad("a flipped bit", to.flipped, "nox -s testpypi", 2, "is not the file that was sealed", "publish none"),
    bad(
        "a damaged list",
        to.in_state("dist/SHA256SUMS", "nonsense\n"),
        "nox -s testpypi",
        2,
        "the list of sealed archives is damaged",
    ),
    bad(
        "damaged evidence",
        to.in_state("evidence/check.json", "{"),
        "nox --no-dependencies -s testpypi",
        2,
        "evidence-is-complete",
        "is damaged",
    ),
    bad(
        "evidence of another stage",
        to.misplaced,
        "nox --no-dependencies -s testpypi",
        2,
        "holds the evidence of 'lint'",
    ),
    bad(
        "evidence of another tree",
        to.chain(to.written("README.md", "# Other\n"), to.committed),
        "nox --no-dependencies -s testpypi",
        2,
        "evidence-is-complete",
        "changed",
    ),
    bad("an archive that nobody built", to.added, "nox -s testpypi", 2, "lies among the sealed archives"),
)

ALL = (*SETTINGS, *PLACES, *LIVE, *COMMANDS, *CONTENT)
OUTWARD = (*BUILDS, *SEALED)


class Unasked:
    """An index that has nothing of its own and sends on to where the rest is; it counts what it is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                project = self.path.removeprefix("/simple/").strip("/")
                if not self.path.startswith("/simple/") or project == NAME:
                    self.send_error(404)
                    return
                self.send_response(303)
                self.send_header("Location", f"{PYPI_SIMPLE_ENDPOINT}{project}/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self) -> None:
                outer.sent.append(self.path)
                self.send_error(500)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture(scope="module")
def index() -> Iterator[Unasked]:
    unasked = Unasked()
    thread = Thread(target=unasked.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield unasked
    finally:
        unasked.server.shutdown()
        thread.join()
        unasked.server.server_close()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, index: Unasked) -> Adopted:
    """The sound project, whose indexes are the one that nothing may be sent to."""
    settings = "".join(
        f'[tool.unmoor.indexes.{name}]\nupload-url = "{index.url}/"\nsimple-url = "{index.url}/simple/"\n'
        for name in ("testpypi", "pypi")
    )
    tokens = {f"UNMOOR_{name}_TOKEN": secrets.token_urlsafe(18) for name in ("TESTPYPI", "PYPI")}
    made = adopt(tmp_path_factory.mktemp("plain"), {**os.environ, **tokens}, settings=settings)
    made.repository.write("tasks.py", _TASKS)
    # The slowest of the gates has tests of its own.
    to.changed("pyproject.toml", '["tests-pass"]', '["tests-pass", "tree-holds-no-secrets"]')(made)
    to.pushed(made)
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, plain: Adopted) -> Adopted:
    """The sound project as far as a rehearsal goes before anything is uploaded."""
    made = copy(plain, tmp_path_factory.mktemp("built"))
    ran = made.nox("-s", "lint", "tests", "docs-strict", "build")
    assert ran.status == 0, ran.text
    return made


def copy(project: Adopted, top: Path) -> Adopted:
    """Copy a project and its remote, so that each case has its own to spoil."""
    old, new = project.folder.parent, top / "of a friend, für später"
    shutil.copytree(old, new, symlinks=True)
    made = Adopted(
        Repository(new / project.folder.name, project.environ),
        Repository(new / project.remote.folder.name, project.environ),
        project.environ,
    )
    made.repository.git("remote", "set-url", "origin", made.remote.folder)
    return made


def run(project: Adopted, command: str, environ: Mapping[str, str] | None = None) -> Ran:
    program, *arguments = shlex.split(command)
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=project.folder,
        env={**project.environ, **(environ or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout + done.stderr)


def judge(case: Bad, project: Adopted, index: Unasked) -> None:
    case.spoil(project)
    before = project.remote.git("for-each-ref")
    ran = run(project, case.command, case.environ)
    assert "Traceback" not in ran.text, ran.text
    unfolded = " ".join(ran.text.split())
    for said in case.says:
        assert said in ran.text or said in unfolded, ran.text
    assert any(advice in ran.text for advice in ("→", "expected ", "Next: ", "No idea what")), ran.text
    told = sum(line.startswith("unmoor: ") for line in ran.text.splitlines())
    if case.command.startswith("nox"):
        assert ran.status == 1, ran.text
        assert f"(exit code {case.code})" in ran.text or "nox >" not in ran.text, ran.text
    else:
        assert ran.status == case.code, ran.text
        assert told <= 1, ran.text
    assert project.remote.git("for-each-ref") == before
    assert index.sent == []


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_bad_input(case: Bad, plain: Adopted, index: Unasked, tmp_path: Path) -> None:
    judge(case, copy(plain, tmp_path), index)


@pytest.mark.network
@pytest.mark.parametrize("case", BUILDS, ids=lambda case: case.name)
def test_bad_build(case: Bad, plain: Adopted, index: Unasked, tmp_path: Path) -> None:
    judge(case, copy(plain, tmp_path), index)


@pytest.mark.network
@pytest.mark.parametrize("case", SEALED, ids=lambda case: case.name)
def test_bad_state(case: Bad, built: Adopted, index: Unasked, tmp_path: Path) -> None:
    judge(case, copy(built, tmp_path), index)


@pytest.mark.network
@pytest.mark.parametrize("harm", [to.flipped, to.in_state("seal.json", "{")], ids=["bytes", "record"])
def test_what_was_not_uploaded_is_built_anew(harm: Spoil, built: Adopted, tmp_path: Path) -> None:
    project = copy(built, tmp_path)
    before = project.record("build")["files"]
    harm(project)
    ran = run(project, "nox -s build")
    assert ran.status == 0, ran.text
    assert "building anew" in ran.text
    assert project.record("build")["files"] == before


def test_damaged_plans_are_made_again(plain: Adopted, tmp_path: Path) -> None:
    project = copy(plain, tmp_path)
    first = run(project, "unmoor plan --json")
    kept = [*(project.folder / ".git" / "unmoor").rglob("plan.json"), *(project.folder / ".git").rglob("plans/*.json")]
    assert len(kept) == 2
    for plan in kept:
        plan.write_text("{")
    ran = run(project, "nox -s check")
    assert ran.status == 0, ran.text
    assert project.record("check")["outcome"] == "passed"
    assert run(project, "unmoor plan --json").text == first.text


@pytest.mark.parametrize("spoil", [to.with_crlf, to.nothing], ids=["CRLF", "no home"])
def test_harmless_oddities_change_nothing(spoil: Spoil, plain: Adopted, tmp_path: Path) -> None:
    project = copy(plain, tmp_path)
    spoil(project)
    environ = {name: value for name, value in project.environ.items() if name not in {"HOME", "XDG_CONFIG_HOME"}}
    ran = run(Adopted(project.repository, project.remote, environ), "nox")
    assert ran.status == 0, ran.text
    for stage in CHAIN:
        assert (project.state() / "evidence" / f"{stage.name}.json").exists() == (stage.effect is Effect.NONE)


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_interrupted_it_says_so_and_where_to_go_on(plain: Adopted, tmp_path: Path) -> None:
    project = copy(plain, tmp_path)
    begun = tmp_path / "begun"
    waiting = _COMMAND.format(name="slow", run=f'["sh", "-c", "touch {begun}; sleep 60"]', seconds=70)
    to.appended("pyproject.toml", waiting)(project)
    with subprocess.Popen(
        [sys.executable, "-m", "nox", "-s", "lint"],
        cwd=project.folder,
        env=dict(project.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        wait_until(begun.exists)
        os.killpg(running.pid, signal.SIGINT)
        text, _ = running.communicate(timeout=60)
    assert running.returncode == 130, text
    assert "Traceback" not in text, text
    standing = run(project, "unmoor status")
    assert standing.status == 4
    assert "the last attempt was interrupted" in standing.text
    assert "Next: unmoor rehearse" in standing.text
