"""``bump --commit`` is one change: all or nothing, finished by the same command, nothing of the user's in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from support.releasable import TOWNCRIER
from support.repositories import Repository, git_environment
from unmoor.commands import bump as command
from unmoor.commands.bump import bump
from unmoor.errors import Blocked, Exit, UnmoorError
from unmoor.model import Distribution, Release
from unmoor.planning.release_commit import claim_of, differences
from unmoor.runtime import changeset
from unmoor.state import upload_intents
from unmoor.targets import Index
from unmoor.tools.git import Git

PYPROJECT = (
    '[project]\nname = "thing"\nversion = "1.2.0"\nrequires-python = ">=3.11"\n\n'
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n' + TOWNCRIER
)
LOCK = (
    'version = 1\nrevision = 2\nrequires-python = ">=3.11"\n\n'
    '[[package]]\nname = "thing"\nversion = "1.2.0"\nsource = { editable = "." }\n'
)
CHANGELOG = "# Changelog\n\n<!-- towncrier release notes start -->\n\n## 1.2.0 (2025-05-05)\n\n- Older.\n"
NOTES = {
    "news/7.feature.md": "New door.\n",
    "news/8.bugfix.md": "No draught, as edited.\n",
    "news/9.doc.md": "Never committed.\n",
    "news/10.removal.md": "Staged alone.\n",
}


@dataclass
class Bumped:
    """A repository and what was said to the command in it."""

    repository: Repository
    lines: list[str] = field(default_factory=list)

    def bump(self, *, part: str = "minor", to: str = "", commit: bool = True, dry_run: bool = False) -> Exit:
        self.lines.clear()
        folder, environ = self.repository.folder, self.repository.environ
        part, say = "" if to else part, self.lines.append
        return bump(folder, environ, part=part, to=to, commit=commit, dry_run=dry_run, say=say)

    def git(self, *words: str) -> str:
        return self.repository.git(*words)

    def head(self, path: str) -> str:
        return self.git("show", f"HEAD:{path}")

    def status(self) -> list[str]:
        return self.git("status", "--porcelain", "--untracked-files=all").splitlines()

    def commits(self) -> int:
        return int(self.git("rev-list", "--count", "HEAD"))


USERS = [" M README.md", "A  staged.txt", "?? stray.txt"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project with two version sources, a lock, notes in every state, and work of the user's beside them."""
    import os

    top = tmp_path_factory.mktemp("bumped")
    environ = {**os.environ, **git_environment(top)}
    made = Repository.new(top / "project", environ)
    made.write("pyproject.toml", PYPROJECT)
    made.write("src/thing/__init__.py", '__version__ = "1.2.0"\n')
    made.write("uv.lock", LOCK)
    made.write("CHANGELOG.md", CHANGELOG)
    made.write("README.md", "# Thing\n")
    made.write("news/7.feature.md", NOTES["news/7.feature.md"])
    made.write("news/8.bugfix.md", "No draught.\n")
    made.commit("A project")
    made.git("tag", "1.2.0")
    for path, text in NOTES.items():
        made.write(path, text)
    made.git("add", "news/10.removal.md")
    made.write("staged.txt", "staged\n")
    made.git("add", "staged.txt")
    made.write("README.md", "# Thing, edited\n")
    made.write("stray.txt", "stray\n")
    return made


@pytest.fixture(scope="module")
def staged() -> dict[object, Any]:
    """What was prepared for which content: the same tools need not prepare the same change again for every test."""
    return {}


@pytest.fixture
def made(model: Repository, tmp_path: Path, staged: dict[object, Any], monkeypatch: pytest.MonkeyPatch) -> Bumped:
    """A copy of the project, of one's own."""
    prepare = command.stage

    def stage(folder: Path, component: Any, release: Release, date: str, **others: Any) -> Any:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
        content = tuple((path.relative_to(folder), path.read_bytes()) for path in files)
        key = (content, str(release), release.current, date)
        if key not in staged:
            staged[key] = prepare(folder, component, release, date, **others)
        return staged[key]

    monkeypatch.setattr(command, "stage", stage)
    shutil.copytree(model.folder, tmp_path / "project", symlinks=True)
    return Bumped(Repository(tmp_path / "project", model.environ))


def is_finished(made: Bumped, *, before: int = 1) -> None:
    """Assert the whole of it: one commit more, each note once, and what is the user's as it was."""
    assert made.commits() == before + 1
    assert 'version = "1.3.0"' in made.head("pyproject.toml")
    assert made.head("src/thing/__init__.py") == '__version__ = "1.3.0"'
    assert 'version = "1.3.0"' in made.head("uv.lock")
    changelog = made.head("CHANGELOG.md")
    assert [changelog.count(text.strip()) for text in NOTES.values()] == [1] * len(NOTES)
    assert changelog.count("## 1.3.0 (") == 1
    assert changelog.endswith("## 1.2.0 (2025-05-05)\n\n- Older.")
    assert sorted(made.git("ls-files", "news").split()) == []
    assert not [path for path in made.repository.folder.glob("news/*") if path.is_file()]
    assert made.status() == USERS
    assert made.git("show", ":staged.txt") == "staged"
    said = made.git("log", "-1", "--format=%s%n%(trailers)").splitlines()
    assert said[:3] == ["Release 1.3.0", "Release: thing==1.3.0", "Base: 1.2.0"]
    git = made.repository.door
    claim = claim_of(git, "HEAD", "thing")
    assert claim is not None
    assert differences(git, claim, _release("1.3.0", base_tag="1.2.0"), git.head()) == ([], [])


def _release(version: str, base_tag: str = "") -> Release:
    return Release(component="thing", current="", version=version, rule="", tag="", base_tag=base_tag)


def test_it_is_one_commit_of_the_release_alone_and_once_is_enough(made: Bumped) -> None:
    assert made.bump() is Exit.PASS
    assert made.lines[0] == "1.2.0 → 1.3.0"
    assert made.lines[-1].startswith("committed 6 files as ")
    is_finished(made)
    head = made.git("rev-parse", "HEAD")
    for words in ({"part": "minor"}, {"to": "1.3.0"}, {"to": "v1.3.0"}):
        assert made.bump(**words) is Exit.PASS
        assert made.lines[-2:] == ["already 1.3.0", f"nothing to commit: {head[:12]} has it all"]
    assert made.git("rev-parse", "HEAD") == head
    is_finished(made)


# ── killed anywhere ──────────────────────────────────────────────────────────────────────────────────────────


class Killed(BaseException):
    """The process is gone: nothing that it would have tidied up is tidied up."""


@dataclass
class Effects:
    """Everything that a bump does to files and to git; after ``allowed`` of them the process is killed."""

    allowed: int = 10**6
    seen: list[str] = field(default_factory=list)

    def happen(self, what: str, act: Callable[[], Any]) -> Any:
        if len(self.seen) == self.allowed:
            raise Killed(what)
        self.seen.append(what)
        return act()


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> Effects:
    found = Effects()
    write, unlink, run = changeset.write_whole, Path.unlink, Git.run

    def written(path: Path, content: bytes, *, mode: int) -> None:
        found.happen(f"write {path.name}", lambda: write(path, content, mode=mode))

    def unlinked(path: Path, *, missing_ok: bool = False) -> None:
        if "news" not in path.parts:
            unlink(path, missing_ok=missing_ok)
        elif ".tmp" not in path.name and not path.parts[2].startswith("unmoor-"):
            found.happen(f"unlink {path.name}", lambda: unlink(path, missing_ok=missing_ok))

    def ran(git: Git, *words: Any, **named: Any) -> Any:
        if words[0] not in {"add", "rm", "commit"}:
            return run(git, *words, **named)
        return found.happen(f"git {words[0]}", lambda: run(git, *words, **named))

    monkeypatch.setattr(changeset, "write_whole", written)
    monkeypatch.setattr(Path, "unlink", unlinked)
    monkeypatch.setattr(Git, "run", ran)
    # Nobody puts anything back, either.
    monkeypatch.setattr(changeset, "suppress", _give_up)
    return found


def _give_up(*_: type) -> Any:
    raise Killed


EFFECTS = [
    *("write CHANGELOG.md", "write pyproject.toml", "write __init__.py", "write uv.lock"),
    *("unlink 7.feature.md", "unlink 8.bugfix.md", "unlink 9.doc.md", "unlink 10.removal.md"),
    *("git rm", "git commit"),
]


def test_the_effects_are_these(made: Bumped, effects: Effects) -> None:
    made.bump()
    assert effects.seen == EFFECTS


@pytest.mark.parametrize("number", range(len(EFFECTS) + 1), ids=["before all", *(f"after {each}" for each in EFFECTS)])
def test_a_bump_killed_anywhere_is_finished_by_the_same_command(made: Bumped, effects: Effects, number: int) -> None:
    effects.allowed = number
    if number < len(EFFECTS):
        with pytest.raises(Killed):
            made.bump()
    else:
        # The commit is there, and the word of it was never said.
        made.bump()
    effects.allowed = 10**6
    assert made.bump() is Exit.PASS
    is_finished(made)
    assert made.git("diff", "--cached", "--name-only").split() == ["staged.txt"]


def test_an_index_that_a_killed_git_has_locked_is_told_and_nothing_is_changed(made: Bumped) -> None:
    lock = made.repository.folder / ".git" / "index.lock"
    lock.touch()
    before = made.git("stash", "list"), (made.repository.folder / "CHANGELOG.md").read_bytes()
    with pytest.raises(Blocked, match="the index of the repository is locked") as caught:
        made.bump()
    (problem,) = caught.value.problems
    assert (problem.place, "remove the file if no git runs" in problem.hint) == (str(lock), True)
    assert (made.git("stash", "list"), (made.repository.folder / "CHANGELOG.md").read_bytes()) == before
    assert lock.exists()
    lock.unlink()
    made.bump()
    is_finished(made)


def hook(made: Bumped, name: str, text: str) -> Path:
    path = made.repository.write(f".git/hooks/{name}", f"#!/bin/sh\n{text}")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg"])
def test_a_hook_that_refuses_is_heard_and_the_same_command_commits_later(made: Bumped, name: str) -> None:
    refusing = hook(made, name, "echo 'the moon is wrong' >&2\nexit 1\n")
    with pytest.raises(Blocked) as caught:
        made.bump()
    assert caught.value.code == 2
    assert "git commit said no:\n    the moon is wrong\n" in str(caught.value)
    assert "the edits are in the tree, nothing is lost" in str(caught.value)
    assert made.commits() == 1
    with pytest.raises(Blocked, match="the moon is wrong"):
        made.bump()
    refusing.unlink()
    made.bump()
    is_finished(made)


def test_what_a_hook_has_formatted_is_committed_by_the_same_command(made: Bumped) -> None:
    formats = "grep -q 'New door!' CHANGELOG.md && exit 0\nsed -i 's/New door\\./New door!/' CHANGELOG.md\nexit 1\n"
    hook(made, "pre-commit", formats)
    with pytest.raises(Blocked):
        made.bump()
    made.bump()
    assert "New door!" in made.head("CHANGELOG.md")
    assert made.status() == USERS


def test_hooks_see_the_commit_as_git_would_make_it(made: Bumped) -> None:
    hook(made, "pre-commit", "git diff --cached --name-only > .git/seen\n")
    made.bump()
    seen = (made.repository.folder / ".git/seen").read_text().split()
    assert seen == sorted(
        ["CHANGELOG.md", "news/7.feature.md", "news/8.bugfix.md", "pyproject.toml", "src/thing/__init__.py", "uv.lock"]
    )


def test_a_bump_without_a_commit_is_committed_by_one_with(made: Bumped) -> None:
    made.bump(commit=False)
    assert made.lines[-1].startswith("Next: look at `git diff`, then commit")
    made.bump(commit=False)
    assert made.lines == ["already 1.3.0"]
    text = (made.repository.folder / "CHANGELOG.md").read_text()
    made.repository.write("CHANGELOG.md", text.replace("New door.", "A new door, polished. New door."))
    made.bump()
    is_finished(made)
    assert "polished" in made.head("CHANGELOG.md")


# ── what is the user's ───────────────────────────────────────────────────────────────────────────────────────


_MINE = ("pyproject.toml", 'name = "thing"', 'name = "thing"\ndescription = "Mine"')


@pytest.mark.parametrize(
    ("path", "old", "new", "how"),
    [
        (*_MINE, "in the tree"),
        (*_MINE, "staged"),
        (*_MINE, "staged apart"),
        ("CHANGELOG.md", "- Older.", "- Older, and mended.", "in the tree"),
        ("uv.lock", "revision = 2", "revision = 3", "in the tree"),
    ],
)
def test_a_file_with_other_work_in_it_is_refused_before_anything_is_changed(
    made: Bumped, path: str, old: str, new: str, how: str
) -> None:
    file = made.repository.folder / path
    before = file.read_text()
    made.repository.write(path, before.replace(old, new))
    if how != "in the tree":
        made.git("add", path)
    if how == "staged apart":
        made.repository.write(path, before)
    status, content = made.status(), file.read_text()
    with pytest.raises(Blocked, match="commit or stash that first") as caught:
        made.bump()
    assert {each.place for each in caught.value.problems} == {path}
    assert (made.status(), file.read_text()) == (status, content)
    if (path, how) == ("pyproject.toml", "in the tree"):
        # Without a commit nothing is mixed up, so it is no obstacle.
        assert made.bump(commit=False) is Exit.PASS


def test_a_note_that_the_user_removed_is_not_in_the_commit(made: Bumped) -> None:
    (made.repository.folder / "news/7.feature.md").unlink()
    made.bump()
    assert sorted(made.status()) == sorted([" D news/7.feature.md", *USERS])
    assert "New door." not in made.head("CHANGELOG.md")


def test_work_after_the_release_commit_is_none_of_a_bumps_business(made: Bumped) -> None:
    made.bump()
    made.repository.write("pyproject.toml", (made.repository.folder / "pyproject.toml").read_text() + "\n# mine\n")
    made.bump(to="1.3.0")
    assert made.lines[-1].startswith("nothing to commit: ")
    assert made.status()[1] == " M pyproject.toml" or " M pyproject.toml" in made.status()


def test_a_merge_that_is_not_finished_is_told_first(made: Bumped) -> None:
    made.repository.write(".git/MERGE_HEAD", made.git("rev-parse", "HEAD") + "\n")
    with pytest.raises(Blocked, match="a merge is not finished"):
        made.bump()
    assert 'version = "1.2.0"' in (made.repository.folder / "pyproject.toml").read_text()


def test_a_committer_without_a_name_is_told_first(made: Bumped, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("[user]\n\tuseConfigOnly = true\n")
    environ: Mapping[str, str] = {**made.repository.environ, "GIT_CONFIG_GLOBAL": str(tmp_path / "empty")}
    nobody = Bumped(Repository(made.repository.folder, environ))
    with pytest.raises(Blocked, match="git does not know who commits"):
        nobody.bump()
    assert 'version = "1.2.0"' in (made.repository.folder / "pyproject.toml").read_text()


def test_a_lock_that_cannot_follow_stops_the_bump_before_anything_is_changed(made: Bumped) -> None:
    text = PYPROJECT.replace("requires-python", 'dependencies = ["nowhere-to-be-found"]\nrequires-python')
    made.repository.write("pyproject.toml", text)
    made.git("commit", "--quiet", "-m", "A dependency that the lock lacks", "pyproject.toml")
    status = made.status()
    with pytest.raises(Blocked, match=r"uv\.lock: cannot follow the version to 1\.3\.0.*run `uv lock` and commit it"):
        made.bump()
    assert made.status() == status


# ── where it leads ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("killed", [False, True])
def test_version_and_changelog_may_be_two_commits_of_one_command(
    made: Bumped,
    effects: Effects,
    killed: bool,  # noqa: FBT001 - a case of the test
) -> None:
    text = PYPROJECT + '\n[tool.unmoor]\nbump-commit = "own"\n'
    made.repository.write("pyproject.toml", text)
    made.git("commit", "--quiet", "-m", "Own commits", "pyproject.toml")
    if killed:
        effects.allowed = len(EFFECTS)
        with pytest.raises(Killed):
            made.bump(to="1.3.0")
        assert made.git("log", "-1", "--format=%s") == "Changelog of 1.3.0"
        effects.allowed = 10**6
    made.bump(to="1.3.0")
    assert made.git("log", "-2", "--format=%s").splitlines() == ["Release 1.3.0", "Changelog of 1.3.0"]
    assert made.git("show", "--format=", "--name-only", "HEAD").split() == [
        *("pyproject.toml", "src/thing/__init__.py", "uv.lock")
    ]
    is_finished(made, before=3)


def test_pre_releases_keep_their_notes_and_the_final_release_has_each_once(made: Bumped) -> None:
    made.git("add", "news")
    made.git("commit", "--quiet", "-m", "Notes", "news")
    made.bump(to="1.3.0rc1")
    assert "4 notes collected, kept for the final release" in made.lines
    assert sorted(made.git("ls-files", "news").split()) == sorted(NOTES)
    assert "## 1.3.0rc1 (" in made.head("CHANGELOG.md")
    made.bump(to="1.3.0rc1")
    assert made.lines[-1].startswith("nothing to commit")
    made.git("tag", "1.3.0rc1")
    made.bump(part="final")
    assert "1.3.0rc1" not in made.head("CHANGELOG.md")
    assert made.git("log", "-1", "--format=%(trailers:key=Base,valueonly)").strip() == "1.3.0rc1"
    assert made.git("ls-files", "news") == ""
    assert [made.head("CHANGELOG.md").count(text.strip()) for text in NOTES.values()] == [1, 1, 1, 1]
    assert made.status() == USERS


def test_a_part_counts_from_what_was_committed_last(made: Bumped) -> None:
    made.bump(part="patch", commit=False)
    made.bump(part="patch", commit=False)
    assert made.lines == ["already 1.2.1"]
    made.bump(part="patch")
    made.bump(part="patch")
    assert made.lines[0] == "already 1.2.1"
    made.repository.write("more.py", "")
    made.git("add", "more.py")
    made.git("commit", "--quiet", "-m", "More", "more.py")
    made.bump(part="patch")
    assert "1.2.1 → 1.2.2" in made.lines


def test_without_a_word_it_goes_where_the_plan_says(made: Bumped, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    planned = SimpleNamespace(plan=SimpleNamespace(releases=(_release("1.3.0"),)))
    monkeypatch.setattr(command, "open_plan", lambda _: planned)
    made.bump(part="")
    is_finished(made)


def test_without_a_word_on_a_version_that_is_not_released_it_says_so(
    made: Bumped, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    planned = SimpleNamespace(plan=SimpleNamespace(releases=(_release("1.3.0"),)))
    monkeypatch.setattr(command, "open_plan", lambda _: planned)
    made.bump(to="1.3.0")
    made.bump(part="")
    assert made.lines[0] == "the tree states 1.3.0 already, and that is not released; --part or --to leads further"
    assert made.lines[1] == "already 1.3.0"


def test_notes_are_collected_for_a_version_that_the_tree_states_already(made: Bumped) -> None:
    made.repository.write("pyproject.toml", PYPROJECT.replace("1.2.0", "1.3.0"))
    made.repository.write("src/thing/__init__.py", '__version__ = "1.3.0"\n')
    made.repository.write("uv.lock", LOCK.replace("1.2.0", "1.3.0"))
    made.git("commit", "--quiet", "-m", "By hand", "pyproject.toml", "src/thing/__init__.py", "uv.lock")
    made.bump(to="1.3.0")
    assert made.lines[0] == "already 1.3.0"
    assert "4 notes collected" in made.lines
    assert "## 1.3.0 (" in made.head("CHANGELOG.md")


def test_a_version_that_is_left_out_is_told(made: Bumped) -> None:
    made.bump(to="1.3.0")
    made.repository.write("more.py", "")
    made.git("add", "more.py")
    made.git("commit", "--quiet", "-m", "More", "more.py")
    made.bump()
    assert made.lines[:2] == ["1.3.0 is left out: it was not released, for no tag is of it", "1.3.0 → 1.4.0"]


@pytest.mark.parametrize("commit", [False, True])
def test_a_dry_run_shows_every_file_and_changes_nothing(made: Bumped, commit: bool) -> None:  # noqa: FBT001 - a case
    status, commits = made.status(), made.commits()
    assert made.bump(dry_run=True, commit=commit) is Exit.PASS
    assert (made.status(), made.commits()) == (status, commits)
    assert '-version = "1.2.0"' in made.lines
    assert '+version = "1.3.0"' in made.lines
    shown = {line.split("/", 1)[1] for line in made.lines if line.startswith("--- a/")}
    assert shown == {*NOTES, "pyproject.toml", "src/thing/__init__.py", "uv.lock", "CHANGELOG.md"}
    assert [line for line in made.lines if line.startswith("+++ ")].count("+++ /dev/null") == len(NOTES)
    assert "+- New door. (#7)" in made.lines
    assert made.lines[-1] == "nothing was changed: this only shows what would be"


@pytest.mark.parametrize("words", [{"to": "one"}, {"to": "1.1"}, {"part": "mayor"}, {"to": "2.0+local"}])
def test_a_version_that_cannot_be_changes_nothing(made: Bumped, words: dict[str, str]) -> None:
    status = made.status()
    with pytest.raises(UnmoorError):
        made.bump(**words)
    assert made.status() == status


def test_nothing_is_added_to_a_version_that_has_begun_to_go_out(made: Bumped) -> None:
    made.bump()
    state = made.repository.folder / ".git/unmoor/thing-1.3.0"
    index: Any = Index(name="testpypi", identity="x", upload_url="x", simple_url="x", client=None)  # type: ignore[arg-type]
    upload_intents.begin(state, index, Distribution(filename="f.whl", kind="wheel", size=1, sha256="0" * 64))
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    # The same command still says that there is nothing to do, and the next version is free to go.
    assert made.bump(to="1.3.0") is Exit.PASS
    made.repository.write("news/11.feature.md", "Too late.\n")
    with pytest.raises(Blocked, match=r"is not in the section|has begun to be published"):
        made.bump(to="1.3.0")
    made.bump(to="1.4.0")
    assert "Too late." in made.head("CHANGELOG.md")
    assert {path: path.read_bytes() for path in state.rglob("*") if path.is_file()} == before


def test_a_changelog_kept_by_hand_gets_version_and_day_in_the_same_commit(made: Bumped) -> None:
    made.repository.write("pyproject.toml", PYPROJECT.replace(TOWNCRIER, ""))
    made.repository.write(
        "CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- More.\n\n## 1.2.0 (2025-05-05)\n\n- Older.\n"
    )
    made.git("commit", "--quiet", "-m", "By hand", "pyproject.toml", "CHANGELOG.md")
    made.bump(commit=False)
    assert f"## 1.3.0 ({command.today()})" in (made.repository.folder / "CHANGELOG.md").read_text()
    made.bump()
    assert f"## 1.3.0 ({command.today()})" in made.head("CHANGELOG.md")
    assert "Unreleased" not in made.head("CHANGELOG.md")
    made.bump()
    assert made.lines[-1].startswith("nothing to commit")
    made.repository.write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- First.\n")
    made.git("commit", "--quiet", "-m", "Started anew", "CHANGELOG.md")
    made.bump()
    assert "CHANGELOG.md:3 says '## Unreleased': write 1.4.0 and the day there" in made.lines
