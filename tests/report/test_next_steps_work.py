"""Every kind of next step, and of line for doing by hand, is carried out in the state that prints it.

To add a kind, add a test here that does what it says, under ``@does(...)``; without one the suite fails.
"""

from __future__ import annotations

import ast
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.imports import TOP, modules
from support.repositories import Repository
from support.typed import NEXT, Typed, next_of, typing
from unmoor.errors import Exit
from unmoor.model import Finding, Findings
from unmoor.pipeline import one_writer
from unmoor.report.manual_steps import ByHand
from unmoor.report.next_step import NextStep
from unmoor.runtime import lock

pytestmark = pytest.mark.slow

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "thing"
version = "1.0.0"
description = "A thing"

[tool.unmoor]
{settings}

[tool.towncrier]
directory = "news"
filename = "CHANGELOG.md"
start_string = "<!-- notes -->\\n"
"""
DONE: set[NextStep | ByHand] = set()


def does(*kinds: NextStep | ByHand) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Say which kinds a test carries out."""
    DONE.update(kinds)
    return lambda test: test


@pytest.fixture
def typed(new_repository: Callable[..., Repository], request: pytest.FixtureRequest) -> Iterator[Typed]:
    """A project that states 1.0.0, has not been released, and keeps its branch on a remote."""
    remote = new_repository("remote.git", bare=True)
    made = new_repository("thing")
    made.write("pyproject.toml", PYPROJECT.format(settings=getattr(request, "param", "")))
    made.write("src/thing/__init__.py", "")
    made.write("README.md", "# Thing\n")
    made.write("CHANGELOG.md", "# Changes\n\n<!-- notes -->\n")
    made.write("news/.gitignore", "!.gitignore\n")
    made.write("noxfile.py", "import unmoor.sessions\nunmoor.sessions.register()\n")
    made.commit("A thing")
    made.git("remote", "add", "origin", remote.folder)
    made.git("push", "--quiet", "--set-upstream", "origin", "main")
    with typing(made) as found:
        yield found


def live(typed: Typed, *more: str) -> tuple[int, str]:
    return typed.type(shlex.join(["nox", "-s", "release", "--", "--live", "1.0.0", *more]))


def tag_of(typed: Typed, tag: str = "v1.0.0") -> str:
    return typed.repository.git("ls-remote", "origin", f"refs/tags/{tag}^{{}}").split("\t")[0]


# ── the way to a release, the first and the second ───────────────────────────────────────────────────────────────


@does(NextStep.REHEARSE, NextStep.GO_LIVE, NextStep.NOTHING)
def test_a_first_release_from_nothing(typed: Typed) -> None:
    code, text = typed.type("unmoor status")
    assert (code, next_of(text)) == (Exit.INCOMPLETE, "unmoor rehearse")
    code, text = typed.follow(text)
    assert (code, next_of(text)) == (0, "nox -s release -- --live 1.0.0"), text
    typed.repository.write("README.md", "# Thing, edited\n")
    typed.repository.commit("Edit")
    code, text = typed.type("unmoor status")
    assert next_of(text) == "unmoor rehearse"
    _, text = typed.follow(text)
    code, text = typed.follow(text)
    assert (code, "   RELEASED   " in text) == (0, True), text
    before = typed.uploads
    assert next_of(text) == "nothing; the release is complete."
    assert live(typed)[0] == 0
    assert typed.uploads == before


@does(NextStep.BUMP, NextStep.PUSH, NextStep.GO_LIVE)
def test_a_second_release_with_edits_of_its_plan(typed: Typed) -> None:
    assert live(typed)[0] == 0
    typed.repository.git("fetch", "--quiet", "--tags")
    typed.repository.write("news/1.feature.md", "More.\n")
    typed.repository.commit("More")
    _, text = typed.type("unmoor rehearse")
    assert [each.split()[0] for each in next_of(text).split(", then ")] == ["unmoor", "git", "nox"], text
    code, text = typed.follow(text)
    assert (code, "   RELEASED   " in text) == (0, True), text
    assert tag_of(typed, "v1.1.0") == typed.repository.git("rev-parse", "HEAD")


@pytest.mark.parametrize("typed", ['branches = ["main", "*.x"]'], indirect=True)
def test_three_releases_in_a_row_and_a_hotfix_by_what_is_printed(typed: Typed) -> None:
    git = typed.repository.git

    def release(version: str) -> None:
        _, text = typed.type("unmoor rehearse")
        assert f" --live {version}" in next_of(text), text
        code, text = typed.follow(text)
        assert (code, f"thing {version}   RELEASED   " in text) == (0, True), text
        assert tag_of(typed, f"v{version}") == git("rev-parse", "HEAD")

    release("1.0.0")
    typed.repository.write("news/1.feature.md", "More.\n")
    typed.repository.commit("More")
    assert typed.type("unmoor bump --to 1.1.0rc1 --commit")[0] == 0
    release("1.1.0rc1")
    typed.repository.write("news/2.bugfix.md", "Mended.\n")
    typed.repository.commit("Mend")
    release("1.1.0")
    git("switch", "--quiet", "--create", "1.0.x", "v1.0.0")
    typed.repository.write("news/3.bugfix.md", "Mended here too.\n")
    typed.repository.commit("Mend the old line")
    release("1.0.1")
    _, text = typed.type("unmoor status")
    assert [line.split()[:2] for line in text[text.index("Releases here:") :].splitlines() if " RELEASED " in line] == [
        ["thing", version] for version in ("1.0.1", "1.1.0", "1.1.0rc1", "1.0.0")
    ]


@does(NextStep.ADOPT)
def test_a_project_that_does_not_call_unmoor_yet(typed: Typed) -> None:
    typed.repository.git("rm", "--quiet", "noxfile.py")
    typed.repository.commit("Not adopted")
    _, text = typed.type("unmoor rehearse")
    assert next_of(text).startswith("add `import unmoor.sessions` and ")
    code, text = typed.follow(text)
    assert (code, "   RELEASED   " in text) == (0, True), text


@does(NextStep.STAGE)
def test_a_single_session_is_followed_by_the_rest(typed: Typed) -> None:
    code, text = typed.type("nox -s build")
    for stage in ("testpypi", "pypi", "release"):
        assert next_of(text) == f"nox -s {stage}"
        code, text = typed.follow(text)
    assert (code, "   REHEARSED   " in text) == (0, True), text


@does(NextStep.STAGE_LIVE)
def test_a_live_release_in_steps(typed: Typed) -> None:
    _, text = typed.type("nox -s build -- --live 1.0.0")
    for stage in ("testpypi", "pypi", "release"):
        assert next_of(text) == f"nox -s {stage} -- --live 1.0.0"
        code, text = typed.follow(text)
        assert code == 0, text
    assert "   RELEASED   " in text


@does(NextStep.COMMIT_EDITS)
def test_edits_are_looked_at_and_committed(typed: Typed) -> None:
    _, text = typed.type("unmoor bump --part minor")
    assert next_of(text) == "look at `git diff`, then commit; the same command with --commit does that"
    code, text = typed.type("git diff")
    assert (code, '+version = "1.1.0"' in text) == (0, True)
    code, text = typed.type("unmoor bump --part minor --commit")
    assert code == 0, text
    assert typed.repository.git("status", "--porcelain") == ""


# ── stops ────────────────────────────────────────────────────────────────────────────────────────────────────────


@does(NextStep.MEND, NextStep.AGAIN_AFTER)
@pytest.mark.parametrize("command", ["unmoor rehearse", "nox -s release -- --live 1.0.0"])
def test_what_is_wrong_is_mended_and_the_same_command_given_again(typed: Typed, command: str) -> None:
    problem = Finding(message="no", place="a.py:1", hint="fix it")
    typed.gates["ruff-is-clean"].findings = Findings(examined=1, problems=(problem,))
    code, text = typed.type(command)
    assert (code, next_of(text)) == (2, f"fix what is listed above, then run again: {command}"), text
    typed.gates["ruff-is-clean"].findings = Findings(examined=1)
    code, text = typed.follow(text)
    assert code == 0, text


@does(NextStep.MEND, NextStep.AGAIN_AFTER)
def test_what_would_stop_it_live_is_mended_before(typed: Typed) -> None:
    typed.repository.write("stray.txt", "stray\n")
    code, text = typed.type("unmoor rehearse")
    assert (code, "   REHEARSED, with findings   " in text) == (0, True), text
    assert "  check  worktree-is-clean  stray.txt: has changes that are not committed" in text
    assert live(typed)[0] == 2
    typed.repository.commit("Not stray")
    _, text = typed.follow(text)
    assert next_of(text) == "git push origin main, then nox -s release -- --live 1.0.0"
    assert typed.follow(text)[0] == 0


@does(NextStep.AGAIN)
def test_a_remote_that_was_away_is_asked_again(typed: Typed) -> None:
    there = typed.repository.git("remote", "get-url", "origin")
    away = Path(there).rename(f"{there}.away")
    code, text = live(typed)
    assert (code, next_of(text)) == (4, "nox -s release -- --live 1.0.0"), text
    assert "INCOMPLETE at release" in text
    away.rename(there)
    assert typed.follow(text)[0] == 0
    assert tag_of(typed) == typed.repository.git("rev-parse", "HEAD")


@does(NextStep.AGAIN)
def test_what_is_published_and_not_tagged_is_tagged_where_it_was_planned(typed: Typed) -> None:
    """The remote refuses the tag by a rule of its own, and a commit is made before the next run."""
    planned = typed.repository.git("rev-parse", "HEAD")
    hook = Path(typed.repository.git("remote", "get-url", "origin")) / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    code, text = live(typed)
    assert (code, next_of(text)) == (4, "nox -s release -- --live 1.0.0"), text
    assert "Published, and not tagged: every file is out, the tag v1.0.0 is missing." in text
    assert text.count("built = testpypi = pypi") == 2
    hook.unlink()
    typed.repository.write("README.md", "# Going on\n")
    typed.repository.commit("Going on")
    assert typed.follow(text)[0] == 0
    assert tag_of(typed) == planned


@does(NextStep.APPROVE)
@pytest.mark.parametrize("typed", ['approval = "digest"'], indirect=True)
def test_the_approval_that_is_printed_approves(typed: Typed) -> None:
    code, text = live(typed)
    assert code == 4
    assert next_of(text).startswith("nox -s release -- --live 1.0.0 --approve "), text
    code, wrong = live(typed, "--approve", "0" * 12)
    assert (code, next_of(wrong)) == (2, next_of(text))
    assert typed.indexes["pypi"].uploads == []
    code, status = typed.type("unmoor status --live 1.0.0")
    assert (code, next_of(status)) == (4, next_of(text))
    assert typed.follow(text)[0] == 0


@pytest.mark.parametrize("harm", ["archives gone", "evidence of lint", "evidence of build", "plan", "intents"])
@pytest.mark.parametrize("typed", ['approval = "digest"'], indirect=True)
def test_what_got_lost_after_the_first_upload_is_had_again_by_what_is_printed(typed: Typed, harm: str) -> None:
    _, text = live(typed)
    (state,) = (typed.repository.folder / ".git" / "unmoor").glob("thing-1.0.0")
    if harm == "archives gone":
        shutil.rmtree(state / "dist")
    elif harm == "plan":
        (state / "plan.json").write_text("{")
    elif harm == "intents":
        shutil.rmtree(state / "uploads")
    else:
        (state / "evidence" / f"{harm.removeprefix('evidence of ')}.json").write_text("{")
    code, after = typed.follow(text)
    if code == 4:
        # It has to be approved once more, and says so.
        code, after = typed.follow(after)
    assert (code, "   RELEASED   " in after) == (0, True), after
    assert sorted(typed.uploads) == sorted(set(typed.uploads))
    assert tag_of(typed) == typed.repository.git("rev-parse", "HEAD")


@does(NextStep.AGAIN)
def test_a_stage_that_is_busy_is_tried_again(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    state = typed.repository.folder / ".git" / "unmoor" / "thing-1.0.0"
    monkeypatch.setattr(one_writer, "_PATIENCE", 0.0)
    with lock.held(state / "locks" / "lint", what="lint of thing 1.0.0", patience=0.0):
        code, text = live(typed)
        assert (code, next_of(text)) == (4, "nox -s release -- --live 1.0.0"), text
        assert "INCOMPLETE at lint" in text
    assert typed.follow(text)[0] == 0


@does(NextStep.REVIEW)
@pytest.mark.parametrize("typed", ['approval = "environment"'], indirect=True)
def test_the_job_that_is_approved_goes_on(typed: Typed) -> None:
    code, text = live(typed)
    assert (code, next_of(text)) == (
        4,
        "run it in the job of the protected CI environment, with UNMOOR_ENVIRONMENT set to its name",
    )
    typed.environ |= {"CI": "true", "UNMOOR_ENVIRONMENT": "release"}
    assert live(typed)[0] == 0


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("typed", ['approval = "digest"'], indirect=True)
def test_a_release_that_has_begun_goes_on_whatever_is_checked_out(typed: Typed, *, lost: bool) -> None:
    commit = typed.repository.git("rev-parse", "HEAD")
    _, stopped = live(typed)
    rewrite(typed, lost=lost)
    _, text = typed.type("unmoor status --live 1.0.0")
    assert next_of(text) == next_of(stopped)
    code, text = typed.follow(text)
    assert (code, "   RELEASED   " in text) == (0, True), text
    assert tag_of(typed) == commit


def rewrite(typed: Typed, *, lost: bool) -> None:
    """Put another commit in the place of the one that is checked out; what was there is ``lost`` here, if asked for."""
    typed.repository.write("README.md", "# Another thing\n")
    typed.repository.git("commit", "--quiet", "--all", "--amend", "--message", "Rewritten")
    if lost:
        typed.repository.git("update-ref", "-d", "refs/remotes/origin/main")
        typed.repository.git("reflog", "expire", "--expire=now", "--all")
        typed.repository.git("gc", "--quiet", "--prune=now")


@does(NextStep.WHOSE_TAG)
def test_a_tag_that_is_taken_is_looked_at(typed: Typed) -> None:
    head = typed.repository.git("rev-parse", "HEAD")
    _, text = typed.type("nox -s pypi -- --live 1.0.0")
    other = typed.repository.git("commit-tree", "-m", "Another", "HEAD^{tree}")
    typed.repository.git("push", "--quiet", "origin", f"{other}:refs/tags/v1.0.0")
    code, text = typed.follow(text)
    assert code == 2, text
    assert next_of(text).startswith("git ls-remote --tags origin 'v1.0.0*' says where the tag leads; once it is gone, ")
    assert "git tag" not in text
    code, said = typed.type(next_of(text).split(" says ")[0])
    assert (code, said.split()[:2]) == (0, [other, "refs/tags/v1.0.0"])
    typed.repository.git("push", "--quiet", "origin", ":refs/tags/v1.0.0")
    code, text = typed.type(next_of(text).split("run again: ")[1])
    assert (code, tag_of(typed)) == (0, head), text


@does(NextStep.NEXT_VERSION)
def test_other_bytes_under_the_name_lead_to_the_next_version(typed: Typed) -> None:
    typed.indexes["testpypi"].held["thing-1.0.0-py3-none-any.whl"] = b"somebody else's"
    code, text = live(typed)
    assert (code, next_of(text)) == (2, "unmoor bump --to 1.0.1 --commit, then unmoor rehearse"), text
    code, text = typed.follow(text)
    assert (code, next_of(text)) == (0, "git push origin main, then nox -s release -- --live 1.0.1"), text
    assert typed.follow(text)[0] == 0


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────


def by_hand(text: str) -> list[str]:
    """Return the lines that are printed for doing by hand."""
    inset = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return [line for line in inset if line.split(" ")[0] in {"git", "python3", "twine"}]


def with_twine(typed: Typed, folder: Path) -> dict[str, str]:
    """Return an environment whose ``twine`` writes down what it is given; that it uploads is held with the real one."""
    folder.mkdir()
    program = folder / "twine"
    program.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(folder / "sent"))}\n')
    program.chmod(0o755)
    return {**typed.repository.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@does(ByHand.UPLOAD, ByHand.TAG)
@pytest.mark.parametrize("typed", ['approval = "digest"'], indirect=True)
def test_files_are_sent_and_the_tag_is_made_by_hand(typed: Typed, tmp_path: Path) -> None:
    _, text = live(typed)
    lines = by_hand(text)
    assert len(lines) == 3
    environ = with_twine(typed, tmp_path / "bin")
    for line in lines:
        subprocess.run(["sh", "-c", line], cwd=typed.repository.folder, env=environ, check=True, capture_output=True)
    sent = (tmp_path / "bin" / "sent").read_text().splitlines()
    assert [Path(line.split()[-1]).name for line in sent] == ["thing-1.0.0-py3-none-any.whl", "thing-1.0.0.tar.gz"]
    assert {line.split()[1] for line in sent} == {"--repository-url"}
    assert tag_of(typed) == typed.repository.git("rev-parse", "HEAD")


@does(ByHand.PUSH_TAG)
def test_a_tag_that_is_here_is_pushed_by_hand(typed: Typed) -> None:
    there = typed.repository.git("remote", "get-url", "origin")
    away = Path(there).rename(f"{there}.away")
    typed.repository.git("tag", "--annotate", "--message", "thing 1.0.0", "v1.0.0")
    _, text = live(typed)
    away.rename(there)
    (line,) = by_hand(text)
    assert line == "git push -- origin refs/tags/v1.0.0"
    assert typed.type(line)[0] == 0
    assert tag_of(typed) == typed.repository.git("rev-parse", "HEAD")


@does(ByHand.FETCH_COMMIT)
def test_a_commit_that_is_gone_is_fetched_and_tagged_by_hand(typed: Typed) -> None:
    commit = typed.repository.git("rev-parse", "HEAD")
    assert typed.type("nox -s pypi -- --live 1.0.0")[0] == 0
    rewrite(typed, lost=True)
    _, text = typed.type("unmoor status --live 1.0.0")
    fetch, tag = by_hand(text)
    assert fetch == f"git fetch -- origin {commit}"
    for line in (fetch, *tag.split(" && ")):
        assert typed.type(line)[0] == 0, line
    assert tag_of(typed) == commit


# ── nothing else is printed ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [*NextStep, *ByHand], ids=str)
def test_every_kind_is_carried_out_by_a_test(kind: NextStep | ByHand) -> None:
    assert kind in DONE


def test_no_other_module_prints_what_is_next() -> None:
    """The words that lead such a line in stand in one place, which takes registered steps and nothing else."""
    wanted = NEXT.strip().lower()
    found = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and wanted in node.value.lower()
        if not _is_docstring(module.tree, node)
    }
    # The terminal only colours it.
    assert found - {"report.terminal"} == {"report.next_step"}
    assert TOP.is_dir()


def _is_docstring(tree: ast.Module, node: ast.Constant) -> bool:
    return any(
        isinstance(each, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and each.body
        and isinstance(each.body[0], ast.Expr)
        and each.body[0].value is node
        for each in ast.walk(tree)
    )
