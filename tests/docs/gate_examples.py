"""The examples on the pages of the gates, carried out: a sound project, one thing wrong with it, and the real gate.

One function a gate, by its name in ``EXAMPLES``: it spoils what ``Scene`` offers, and returns what the gate has said.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support.archived import context_of
from support.builds import VERSION, Built, sdist_with, wheel_with
from support.contexts import make_context as bare_context
from support.fakes import FakeClone, MemoryRemote
from support.faulty_index import Fault, Faults
from support.gating import make_context, replace_in
from support.indexes import over_http, post, running
from support.opened import component
from support.records import SDIST, WHEEL, plan, record
from support.repositories import Repository
from support.simple_index import SimpleIndex
from support.tool_environments import script
from unmoor.archives.archive_file import read
from unmoor.chain import CHAIN
from unmoor.context import Context
from unmoor.evidence.record import GateRecord
from unmoor.gates.publication import tag_can_be_pushed
from unmoor.model import DocsBuild, Mode, Requirements, Tool
from unmoor.model import Repository as Checkout
from unmoor.model.settings import Settings, SizeSettings
from unmoor.pipeline.gate_runner import run_gate
from unmoor.tools.git_remote import UserRemote
from unmoor.tools.interpreters import OWN

__all__ = ["EXAMPLES", "Scene"]

_NEEDS = Requirements(arguments=("borrowed",), project=True, reason="an example")
_INFO = "sample_project-1.2.0.dist-info"
_NOXFILE = 'import nox\n\n\n@nox.session(venv_backend="none")\ndef lint(session):\n    session.error("two files")\n'
# What slow tools say, in their own words; tests/gates/quality has the tools themselves say it.
_HOOK = """\
echo 'end-of-file-fixer........................................................Failed'
echo '- hook id: end-of-file-fixer'
echo '- exit code: 1'
echo '- files were modified by this hook'
exit 1
"""
_BLACK = """\
echo 'would reformat src/tiny_thing/more.py' >&2
echo 'Oh no!' >&2
echo '1 file would be reformatted, 1 file would be left unchanged.' >&2
exit 1
"""
_ISORT = """\
case "$*" in *--show-files*) echo src/tiny_thing/more.py; exit 0;; esac
echo "ERROR: $PWD/src/tiny_thing/more.py Imports are incorrectly sorted and/or formatted." >&2
exit 1
"""
_FLAKE8 = """\
echo "./src/tiny_thing/more.py:1:1: F401 'os' imported but unused"
echo '1       total files processed'
exit 1
"""
_MYPY = """\
echo 'src/tiny_thing/more.py:1: error: Incompatible types in assignment (expression has type "str", variable has type \
"int")  [assignment]'
echo 'Found 1 error in 1 file (checked 1 source file)'
exit 1
"""
_SPHINX = """\
while [ "$1" != -w ]; do shift; done
echo "$PWD/docs/index.rst:2: WARNING: Title underline too short." > "$2"
echo "build finished with problems, 1 warning."
exit 1
"""


@dataclass(frozen=True)
class Scene:
    """What an example may need; the fixtures behind it are made when they are asked for."""

    folder: Path
    fixture: Callable[[str], Any]
    closing: ExitStack

    @property
    def tiny(self) -> Repository:
        made: Repository = self.fixture("tiny")
        return made

    @property
    def built(self) -> Built:
        made: Built = self.fixture("built")
        return made

    def judged(self, name: str, **words: Any) -> GateRecord:
        """Return what a gate on the source says of the small project, live."""
        index: SimpleIndex = self.fixture("index")
        about = {"live": True, "base_tag": "v1.1.0", "index": index.url} | words
        return run_gate(name, make_context(self.tiny, **about))[0]

    def of_tools(self, name: str, **component: Any) -> GateRecord:
        """Return what a gate says that runs the project's tools, in an environment that borrows those of the tests."""
        self.fixture("tools")
        context = make_context(self.tiny, live=True)
        named = next(stage for stage in reversed(CHAIN) if name in stage.gates)
        given: Mapping[str, Any] = {"pythons": (OWN,)} | component
        return run_gate(name, replace(context, stage=named, component=replace(context.component, **given)))[0]

    def program(self, name: str, text: str) -> None:
        """Put a program into the environment that the gates' tools are in."""
        script(self.fixture("tools").scripts / name, text)

    def of_archives(self, name: str, *archives: Path, **words: Any) -> GateRecord:
        """Return what a gate says of archives; by default those that the sample's backend built."""
        return run_gate(name, self.archived(*archives, **words))[0]

    def archived(self, *archives: Path, **words: Any) -> Context:
        about = {"name": "sample-project", "version": VERSION, "imports": ["sample"], "pythons": [OWN]} | words
        return context_of(self.built.repository.folder, archives or self.built.both, self.folder / "state", **about)

    def on_an_index(self, name: str, faults: Faults) -> GateRecord:
        """Return what a gate says that reads both archives back from an index with faults."""
        index, target = self.closing.enter_context(running(self.folder / "index", faults=faults))
        for path in self.built.both:
            assert post(target, path).status_code == 200, index
        return self.of_archives(name, index=target, stage_name="testpypi")


def _tool(name: str, source: str = "") -> Tool:
    return Tool(name=name, requirements=_NEEDS, reason="an example", source=source)


# ── the source ───────────────────────────────────────────────────────────────────────────────────────────────


def own_sessions_pass(scene: Scene) -> GateRecord:
    scene.tiny.write("noxfile.py", _NOXFILE)
    checkout = replace(make_context(scene.tiny).repository, own_sessions={"lint": ("lint",)})
    return scene.of_tools("own-sessions-pass", repository=checkout)


def history_is_complete(scene: Scene) -> GateRecord:
    head = scene.tiny.git("rev-parse", "HEAD")
    (scene.tiny.folder / ".git" / "shallow").write_text(f"{head}\n", encoding="utf-8")
    return scene.judged("history-is-complete")


def worktree_is_clean(scene: Scene) -> GateRecord:
    scene.tiny.write("notes.txt", "to do")
    return scene.judged("worktree-is-clean")


def branch_is_allowed(scene: Scene) -> GateRecord:
    scene.tiny.git("switch", "--quiet", "--create", "feature")
    scene.tiny.commit("Feature")
    return scene.judged("branch-is-allowed")


def not_behind_remote(scene: Scene) -> GateRecord:
    scene.tiny.commit("Pushed by somebody else")
    scene.tiny.git("push", "--quiet")
    scene.tiny.git("reset", "--quiet", "--hard", "HEAD~1")
    return scene.judged("not-behind-remote")


def version_sources_agree(scene: Scene) -> GateRecord:
    scene.tiny.write("src/tiny_thing/__init__.py", '__version__ = "1.1.9"\n')
    return scene.judged("version-sources-agree")


def version_moves_forward(scene: Scene) -> GateRecord:
    scene.tiny.git("tag", "v1.2.5", "HEAD~1")
    return scene.judged("version-moves-forward")


def version_is_free(scene: Scene) -> GateRecord:
    return scene.judged("version-is-free", version="1.1.0")


def project_is_open(scene: Scene) -> GateRecord:
    scene.fixture("index").standing = {"status": "archived", "reason": "nobody looks after it"}
    return scene.judged("project-is-open")


def tag_is_free(scene: Scene) -> GateRecord:
    scene.tiny.git("tag", "v1.2.0", "HEAD~1")
    return scene.judged("tag-is-free")


def metadata_is_complete(scene: Scene) -> GateRecord:
    replace_in(scene.tiny, "pyproject.toml", "Language :: Python :: 3", "Language :: Snake")
    return scene.judged("metadata-is-complete")


def structure_is_complete(scene: Scene) -> GateRecord:
    (scene.tiny.folder / "LICENSE").unlink()
    return scene.judged("structure-is-complete")


def dependencies_are_named(scene: Scene) -> GateRecord:
    replace_in(scene.tiny, "pyproject.toml", "attrs>=20", "attrs @ git+https://example.com/attrs")
    return scene.judged("dependencies-are-named")


def no_unfinished_work(scene: Scene) -> GateRecord:
    scene.tiny.write("src/tiny_thing/__init__.py", '__version__ = "1.2.0"\n# ' + "TODO: round half to even\n")
    return scene.judged("no-unfinished-work")


def tree_holds_no_secrets(scene: Scene) -> GateRecord:
    body = "\n".join(base64.b64encode(secrets.token_bytes(48)).decode() for _ in range(4))
    scene.tiny.write("deploy.pem", "-----BEGIN " + f"PRIVATE KEY-----\n{body}\n")
    return scene.judged("tree-holds-no-secrets")


def notes_are_collected(scene: Scene) -> GateRecord:
    scene.tiny.write("changes/12.bugfix.md", "Names with a dot are found again.\n")
    return scene.judged("notes-are-collected")


def commit_is_on_remote(scene: Scene) -> GateRecord:
    scene.tiny.commit("Not pushed")
    return scene.judged("commit-is-on-remote")


# ── quality ──────────────────────────────────────────────────────────────────────────────────────────────────


def ruff_is_clean(scene: Scene) -> GateRecord:
    scene.tiny.write("src/tiny_thing/more.py", "import os\n")
    return scene.of_tools("ruff-is-clean", lint=(_tool("ruff", "check format"),))


def black_is_clean(scene: Scene) -> GateRecord:
    scene.program("black", _BLACK)
    return scene.of_tools("black-is-clean", lint=(_tool("black"),))


def isort_is_clean(scene: Scene) -> GateRecord:
    scene.program("isort", _ISORT)
    return scene.of_tools("isort-is-clean", lint=(_tool("isort"),))


def flake8_is_clean(scene: Scene) -> GateRecord:
    scene.program("flake8", _FLAKE8)
    return scene.of_tools("flake8-is-clean", lint=(_tool("flake8"),))


def pre_commit_is_clean(scene: Scene) -> GateRecord:
    scene.program("pre-commit", _HOOK)
    return scene.of_tools("pre-commit-is-clean", lint=(_tool("pre-commit"),))


def types_are_sound(scene: Scene) -> GateRecord:
    scene.tiny.write("src/tiny_thing/more.py", 'number: int = "one"\n')
    scene.program("mypy", _MYPY)
    return scene.of_tools("types-are-sound", types=(_tool("mypy", "src"),))


def tests_pass(scene: Scene) -> GateRecord:
    text = "import tiny_thing\n\n\ndef test_version():\n    assert tiny_thing.__version__ == '1.3.0'\n"
    scene.tiny.write("tests/test_it.py", text)
    return scene.of_tools("tests-pass", tests=_tool("pytest"))


def docs_build_strictly(scene: Scene) -> GateRecord:
    scene.tiny.write("docs/conf.py", 'project = "Tiny thing"\n')
    scene.tiny.write("docs/index.rst", "Tiny thing\n=====\n\nIt is tiny.\n")
    scene.program("sphinx-build", _SPHINX)
    build = DocsBuild(name="sphinx", requirements=_NEEDS, reason="an example", source="docs")
    return scene.of_tools("docs-build-strictly", docs=build)


# ── the archives ─────────────────────────────────────────────────────────────────────────────────────────────


def archive_names_agree(scene: Scene) -> GateRecord:
    return scene.of_archives("archive-names-agree", version="1.3.0")


def upload_rules_hold(scene: Scene) -> GateRecord:
    wrong = (
        read(scene.built.wheel).text("METADATA").replace("Summary: A", "Classifier: No :: Such :: Thing\nSummary: A")
    )
    wheel = wheel_with(scene.built.wheel, scene.folder, add={f"{_INFO}/METADATA": wrong})
    return scene.of_archives("upload-rules-hold", wheel, scene.built.sdist, mode=Mode.LIVE)


def archives_hold_the_tree(scene: Scene) -> GateRecord:
    sdist = sdist_with(scene.built.sdist, scene.folder, add={"build/lib/sample/old.py": "ANSWER = 41\n"})
    return scene.of_archives("archives-hold-the-tree", scene.built.wheel, sdist)


def wheel_matches_tree(scene: Scene) -> GateRecord:
    wheel = wheel_with(scene.built.wheel, scene.folder, drop=("sample/inner/deep.py",))
    return scene.of_archives("wheel-matches-tree", wheel, scene.built.sdist)


def archives_hold_no_secrets(scene: Scene) -> GateRecord:
    token = "ghp_" + secrets.token_hex(18)
    sdist = sdist_with(scene.built.sdist, scene.folder, add={"leak.cfg": f"\ntoken = {token}\n"})
    return scene.of_archives("archives-hold-no-secrets", scene.built.wheel, sdist)


def archives_are_small(scene: Scene) -> GateRecord:
    wheel = wheel_with(scene.built.wheel, scene.folder, add={"sample/data.bin": secrets.token_bytes(2_000_000)})
    limited = Settings(sizes=SizeSettings(wheel_limit=1_500_000))
    return scene.of_archives("archives-are-small", wheel, scene.built.sdist, settings=limited)


def modes_are_plain(scene: Scene) -> GateRecord:
    wheel = wheel_with(scene.built.wheel, scene.folder, modes={"sample/core.py": 0o100755})
    return scene.of_archives("modes-are-plain", wheel, scene.built.sdist)


def archives_install(scene: Scene) -> GateRecord:
    wheel = wheel_with(scene.built.wheel, scene.folder, add={"sample/__init__.py": "import there_is_no_such_module\n"})
    return scene.of_archives("archives-install", wheel)


# ── publication ──────────────────────────────────────────────────────────────────────────────────────────────


def evidence_is_complete(scene: Scene) -> GateRecord:
    context = bare_context(scene.folder, name="testpypi", live=True, distributions=(WHEEL, SDIST))
    return run_gate("evidence-is-complete", context)[0]


def archives_are_sealed(scene: Scene) -> GateRecord:
    context = scene.archived()
    path = context.archives[0]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\0\1")
    return run_gate("archives-are-sealed", context)[0]


def credential_is_present(scene: Scene) -> GateRecord:
    urls = {"upload_url": "https://packages.example.com/upload/", "simple_url": "https://packages.example.com/simple/"}
    index = over_http("testpypi", **urls, identity="i", credential=None)
    return run_gate("credential-is-present", bare_context(scene.folder, name="testpypi", live=True, index=index))[0]


def tag_can_be_pushed_(scene: Scene) -> GateRecord:
    scene.fixture("monkeypatch").setattr(tag_can_be_pushed, "release_remote", lambda _: MemoryRemote(refuse=True))
    made = component(scene.folder, repository=Checkout(root=scene.folder, remote="origin"))
    clone: Any = FakeClone(scene.folder)
    context = bare_context(scene.folder, name="testpypi", live=True, workspace=clone, component=made)
    return run_gate("tag-can-be-pushed", context)[0]


def index_serves_our_bytes(scene: Scene) -> GateRecord:
    return scene.on_an_index("index-serves-our-bytes", Faults(other_bytes=Fault(99, "*.whl")))


def index_copy_installs(scene: Scene) -> GateRecord:
    return scene.on_an_index("index-copy-installs", Faults(damage=Fault(99, "*.whl")))


def release_is_approved(scene: Scene) -> GateRecord:
    settings = Settings(approval="digest")
    context = bare_context(scene.folder, name="pypi", live=True, settings=settings, distributions=(WHEEL, SDIST))
    return run_gate("release-is-approved", replace(context, approval="0123456789ab"))[0]


def tag_is_on_the_planned_commit(scene: Scene) -> GateRecord:
    remote = scene.fixture("remote")
    scene.tiny.git("tag", "v1.0", "HEAD~1")
    scene.tiny.git("push", "--quiet", "origin", "v1.0")
    context = bare_context(
        scene.folder,
        name="release",
        live=True,
        component=component(scene.tiny.folder),
        plan=plan(Mode.LIVE, commit=scene.tiny.door.head()),
        environ=scene.tiny.environ,
        remote=UserRemote(label=str(remote.folder), root=scene.tiny.folder, environ=scene.tiny.environ),
    )
    context.store.write(record("build", facts={"commit": scene.tiny.door.head()}))
    return run_gate("tag-is-on-the-planned-commit", context)[0]


_ALL = (
    *(own_sessions_pass, history_is_complete, worktree_is_clean, branch_is_allowed, not_behind_remote),
    *(version_sources_agree, version_moves_forward, version_is_free, project_is_open, tag_is_free),
    *(metadata_is_complete, structure_is_complete, dependencies_are_named, no_unfinished_work),
    *(tree_holds_no_secrets, notes_are_collected, commit_is_on_remote),
    *(
        ruff_is_clean,
        black_is_clean,
        isort_is_clean,
        flake8_is_clean,
        pre_commit_is_clean,
        types_are_sound,
        tests_pass,
        docs_build_strictly,
    ),
    *(archive_names_agree, upload_rules_hold, archives_hold_the_tree, wheel_matches_tree, archives_hold_no_secrets),
    *(archives_are_small, modes_are_plain, archives_install),
    *(evidence_is_complete, archives_are_sealed, credential_is_present, tag_can_be_pushed_, index_serves_our_bytes),
    *(index_copy_installs, release_is_approved, tag_is_on_the_planned_commit),
)
EXAMPLES: Mapping[str, Callable[[Scene], GateRecord]] = {
    each.__name__.strip("_").replace("_", "-"): each for each in _ALL
}
