from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.loopback import serve
from support.proxy import counting_proxy
from support.repositories import Repository
from unmoor.errors import ToolFailed, UnmoorError
from unmoor.tools.git import Git, find_root

NewRepository = Callable[..., Repository]
ODD = (
    "a b.txt",
    "ü.txt",
    "new\nline.txt",
    '"quoted".txt',
    "tab\t.txt",
    "-rf",
    "--all",
    " lead",
    "back\\slash",
    ":(top)x",
)
SECOND = 1_600_000_000


def snapshot(repository: Repository) -> dict[str, bytes]:
    """Return every file of the git directory with its content."""
    git_dir = repository.folder / ".git"
    files = (path for path in git_dir.rglob("*") if path.is_file())
    return {str(path.relative_to(git_dir)): path.read_bytes() for path in files}


def committed_tree(repository: Repository, copy: Path) -> str:
    """Return the tree that `git add --all` and `git write-tree` make of a copy of the repository."""
    shutil.copytree(repository.folder, copy, symlinks=True)
    other = Repository(copy, repository.environ)
    other.git("add", "--all")
    return other.git("write-tree")


# ── where we are ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_root_is_found_from_below(repository: Repository) -> None:
    repository.write("deep/er/file", "")
    assert find_root(repository.folder / "deep" / "er", repository.environ) == repository.folder.resolve()


def test_no_repository_is_explained(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(UnmoorError, match="not in a git repository"):
        find_root(tmp_path, environ)


def test_a_repository_without_a_commit(new_repository: NewRepository) -> None:
    empty = new_repository()
    empty.write("file", "x")
    with pytest.raises(UnmoorError, match="no commit yet"):
        empty.door.head()
    assert empty.door.branch() == "main"
    assert empty.door.tags() == {}
    assert empty.door.changed() == ("file",)
    assert len(empty.door.working_tree()) == 40


def test_head_branch_and_detached_head(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD")
    assert (repository.door.head(), repository.door.branch()) == (commit, "main")
    repository.git("checkout", "--quiet", "--detach")
    assert (repository.door.head(), repository.door.branch()) == (commit, "")
    repository.git("checkout", "--quiet", "-b", "topic/ü")
    assert repository.door.branch() == "topic/ü"


def test_a_tag_named_head_or_like_the_branch_confuses_nothing(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.git("tag", "main")
    second = repository.commit("Second")
    assert repository.door.head() == second != first
    assert repository.door.branch() == "main"


def test_shallow_clones_are_told_apart(repository: Repository, tmp_path: Path) -> None:
    repository.commit("Second")
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", tmp_path / "shallow")
    assert Git(tmp_path / "shallow", repository.environ).is_shallow()
    assert not repository.door.is_shallow()


def test_worktrees_share_one_directory_for_the_state(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "--quiet", "--detach", tmp_path / "other")
    other = Git(tmp_path / "other", repository.environ)
    assert other.common_dir() == repository.door.common_dir() == (repository.folder / ".git").resolve()
    (tmp_path / "other" / "new").write_text("x")
    assert other.changed() == ("new",)
    assert other.working_tree() != repository.door.working_tree() == repository.door.tree_of("HEAD")


# ── references ───────────────────────────────────────────────────────────────────────────────────────────────


def test_tags_lead_to_commits_whatever_they_are(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.git("tag", "light")
    repository.git("tag", "-a", "-m", "x", "v1.0")
    repository.git("tag", "-a", "-m", "x", "twice", "v1.0")
    repository.git("tag", "comp/v2.0")
    second = repository.commit("Second")
    repository.git("tag", "later")
    assert {name: repository.door.tags()[name] for name in ("light", "v1.0", "comp/v2.0", "later")} == {
        "light": first,
        "v1.0": first,
        "comp/v2.0": first,
        "later": second,
    }


def test_a_tag_of_a_tag_leads_to_the_commit(repository: Repository) -> None:
    repository.git("tag", "-a", "-m", "x", "inner")
    repository.git("tag", "-a", "-m", "x", "outer", "inner")
    assert repository.door.tags()["outer"] == repository.git("rev-parse", "HEAD")


def test_ancestry(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD")
    second = repository.commit("Second")
    assert repository.door.is_ancestor(first, second)
    assert repository.door.is_ancestor(second, second)
    assert not repository.door.is_ancestor(second, first)
    assert not repository.door.is_ancestor("0" * 40, second)


def test_references_that_look_like_options_are_references(repository: Repository) -> None:
    with pytest.raises(ToolFailed):
        repository.door.tree_of("--all")
    with pytest.raises(ToolFailed):
        repository.door.files("--help")
    assert not repository.door.is_ancestor("--octopus", "HEAD")
    assert repository.door.remote_refs("--upload-pack=touch x") is None
    assert not (repository.folder / "x").exists()


def test_remote_branches_and_tags_are_asked_for(repository: Repository, new_repository: NewRepository) -> None:
    remote = new_repository("remote", bare=True)
    repository.git("remote", "add", "origin", f"file://{remote.folder}")
    assert repository.door.remote_refs("origin") == {}
    repository.git("tag", "-a", "-m", "x", "v1")
    repository.git("tag", "light")
    repository.git("push", "--quiet", "origin", "main", "v1", "light")
    head = repository.git("rev-parse", "HEAD")
    assert repository.door.remote_refs("origin") == dict.fromkeys(
        ["refs/heads/main", "refs/tags/v1", "refs/tags/light"], head
    )
    assert list(repository.door.remotes()) == ["origin"]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_remote_that_does_not_answer_is_none_within_the_limit(repository: Repository, silent_port: int) -> None:
    assert repository.door.remote_refs(f"git://127.0.0.1:{silent_port}/x", timeout=0.5) is None


@pytest.mark.parametrize("remote", ["nowhere", "/no/such/folder", "file:///no/such/folder"])
def test_a_remote_that_is_none_is_none(repository: Repository, remote: str) -> None:
    assert repository.door.remote_refs(remote) is None


# ── names and changes ────────────────────────────────────────────────────────────────────────────────────────


def test_files_with_any_name_are_listed_as_they_are(repository: Repository) -> None:
    for name in ODD:
        repository.write(name, name)
    assert set(repository.door.changed()) == set(ODD)
    repository.commit()
    assert set(repository.door.files()) == {"README.md", *ODD}
    assert repository.door.changed() == ()
    assert repository.door.working_tree() == repository.door.tree_of("HEAD")


def test_changes_of_every_kind_are_seen(repository: Repository) -> None:
    for name in ("staged", "edited", "gone", "old name", "mode"):
        repository.write(name, f"{name}\n" * 10)
    repository.commit()
    repository.write("staged", "x")
    repository.git("add", "staged")
    repository.write("edited", "x")
    (repository.folder / "gone").unlink()
    repository.git("mv", "old name", "new\nname")
    (repository.folder / "mode").chmod(0o755)
    repository.write("deep/new", "x")
    seen = set(repository.door.changed())
    assert {"staged", "edited", "gone", "new\nname", "mode", "deep/new"} <= seen


def test_a_renamed_file_is_named_with_both_its_names(repository: Repository) -> None:
    repository.write("old", "text\n" * 10)
    repository.commit()
    repository.git("mv", "old", "new")
    assert repository.door.changed() == ("new", "old")


# ── the working tree as a tree ───────────────────────────────────────────────────────────────────────────────


def change_everything(repository: Repository) -> None:
    repository.write(".gitignore", "ignored/\n*.log\n!kept.log\n")
    for name in ("a", "b", "c"):
        repository.write(name, name)
    repository.commit()
    repository.write(".git/info/exclude", "private\n")
    for name in ("private", "ignored/x", "some.log", "kept.log", "new\nfile", "sub/dir/new"):
        repository.write(name, name)
    repository.write("a", "changed")
    repository.write("b", "staged")
    repository.git("add", "b")
    repository.write("b", "and changed again")
    (repository.folder / "c").unlink()
    (repository.folder / "link").symlink_to("nowhere")
    (repository.folder / "README.md").chmod(0o755)


def test_the_tree_is_what_adding_all_would_commit_and_nothing_is_touched(
    repository: Repository, tmp_path: Path
) -> None:
    change_everything(repository)
    wanted = committed_tree(repository, tmp_path / "copy")
    before = snapshot(repository)
    assert repository.door.working_tree() == wanted
    assert snapshot(repository) == before


def test_an_edit_of_equal_size_in_the_second_of_the_commit_is_seen(repository: Repository) -> None:
    # The time of a change cannot be set back, and a slow machine may need more than that second.
    repository.git("config", "core.trustctime", "false")
    file = repository.write("version.txt", "1.0.0\n")
    os.utime(file, (SECOND, SECOND))
    repository.commit()
    repository.write("version.txt", "1.0.1\n")
    for path in (file, repository.folder / ".git" / "index"):
        os.utime(path, (SECOND, SECOND))
    assert repository.door.changed() == ("version.txt",)
    assert repository.door.working_tree() != repository.door.tree_of("HEAD")


def test_the_tree_is_the_same_from_a_clean_checkout(repository: Repository) -> None:
    change_everything(repository)
    seen = repository.door.working_tree()
    repository.commit()
    assert repository.door.tree_of("HEAD") == seen


def test_ignored_files_change_nothing(repository: Repository) -> None:
    change_everything(repository)
    seen = repository.door.working_tree()
    for name in ("private", "ignored/y", "other.log"):
        repository.write(name, "other")
    assert repository.door.working_tree() == seen
    assert not {"private", "ignored/x", "some.log"} & set(repository.door.changed())


def test_a_sub_folder_sees_the_whole_tree(repository: Repository) -> None:
    repository.write("sub/file", "x")
    repository.write("top", "x")
    below = Git(repository.folder / "sub", repository.environ)
    assert below.working_tree() == repository.door.working_tree()


def test_a_hook_or_an_outer_git_command_does_not_mislead(repository: Repository, tmp_path: Path) -> None:
    repository.write("new", "x")
    misleading = {"GIT_DIR": str(tmp_path), "GIT_INDEX_FILE": str(tmp_path / "index"), "GIT_WORK_TREE": "/"}
    misled = Git(repository.folder, {**repository.environ, **misleading})
    assert misled.working_tree() == repository.door.working_tree()
    assert misled.changed() == ("new",)


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree"])
@pytest.mark.parametrize("edit", ["changed", "gone"])
def test_what_git_was_told_not_to_look_at_is_looked_at(repository: Repository, mark: str, edit: str) -> None:
    clean = repository.door.working_tree()
    repository.git("update-index", mark, "README.md")
    assert (repository.door.working_tree(), repository.door.changed()) == (clean, ())
    if edit == "changed":
        repository.write("README.md", "# Another one\n")
    else:
        (repository.folder / "README.md").unlink()
    before = snapshot(repository)
    assert repository.git("status", "--porcelain") == ""
    assert repository.door.working_tree() != clean
    assert repository.door.changed() == ("README.md",)
    assert snapshot(repository) == before


def test_what_a_sparse_checkout_leaves_out_was_not_edited(repository: Repository) -> None:
    repository.write("far/away", "x")
    repository.write("near/by", "x")
    repository.commit()
    repository.git("sparse-checkout", "set", "near")
    assert not (repository.folder / "far").exists()
    assert repository.door.working_tree() == repository.door.tree_of("HEAD")
    repository.write("far/away", "edited")
    assert repository.door.working_tree() != repository.door.tree_of("HEAD")


def test_a_monitor_that_hides_an_edit_is_not_asked(repository: Repository) -> None:
    clean = repository.door.working_tree()
    monitor = repository.write(".git/monitor", "#!/bin/sh\nprintf 'token\\0'\n")
    monitor.chmod(0o755)
    repository.git("config", "core.fsmonitor", str(monitor))
    repository.git("config", "core.fsmonitorHookVersion", "2")
    repository.git("update-index", "--fsmonitor")
    repository.git("status")
    repository.write("README.md", "# Another one\n")
    assert repository.git("status", "--porcelain") == ""
    assert repository.door.working_tree() != clean
    assert repository.door.changed() == ("README.md",)


def test_a_mode_a_link_and_an_ignored_file_that_is_tracked_are_in_the_tree(repository: Repository) -> None:
    repository.write("script", "x")
    repository.write("kept.log", "x")
    (repository.folder / "link").symlink_to("script")
    repository.commit()
    repository.write(".gitignore", "*.log\n")
    repository.commit()
    seen = [repository.door.working_tree()]
    (repository.folder / "script").chmod(0o755)
    seen.append(repository.door.working_tree())
    repository.write("kept.log", "y")
    seen.append(repository.door.working_tree())
    (repository.folder / "link").unlink()
    (repository.folder / "link").symlink_to("kept.log")
    seen.append(repository.door.working_tree())
    assert len(set(seen)) == len(seen)
    assert repository.door.changed() == ("kept.log", "link", "script")


# ── submodules ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def outer(repository: Repository, new_repository: NewRepository) -> Repository:
    """A repository with a submodule ``sub`` that git is told to say nothing about."""
    other = new_repository("other")
    other.write("file", "x")
    other.commit()
    repository.git("submodule", "add", "--quiet", other.folder, "sub")
    repository.git("config", "-f", ".gitmodules", "submodule.sub.ignore", "all")
    repository.commit("With a submodule")
    return repository


def test_a_submodule_is_part_of_the_tree_as_it_lies_there(outer: Repository) -> None:
    door, inner = outer.door, Repository(outer.folder / "sub", outer.environ)
    seen = [door.working_tree()]
    assert (seen, door.changed()) == ([door.tree_of("HEAD")], ())
    for path, content in (("file", "changed inside"), ("new", "x"), ("file", "changed again")):
        inner.write(path, content)
        seen.append(door.working_tree())
        assert door.changed() == ("sub",)
    inner.git("reset", "--hard", "--quiet")
    inner.git("clean", "-fdq")
    assert door.working_tree() == seen[0]
    inner.write("file", "moved")
    inner.commit()
    seen.append(door.working_tree())
    assert door.changed() == ("sub",)
    assert len(set(seen)) == len(seen)


def test_a_submodule_that_is_not_here_changes_nothing(outer: Repository) -> None:
    outer.git("submodule", "deinit", "--force", "--quiet", "sub")
    assert outer.door.working_tree() == outer.door.tree_of("HEAD")


def test_a_repository_within_is_taken_as_git_takes_it(repository: Repository) -> None:
    nested = Repository.new(repository.folder / "nested", repository.environ)
    with pytest.raises(UnmoorError, match="nested/' does not have a commit") as caught:
        repository.door.working_tree()
    assert ".gitignore" in str(caught.value)
    nested.commit()
    assert repository.door.working_tree() != repository.door.tree_of("HEAD")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(
        st.text(st.characters(categories=["L", "N", "Zs", "Pd"]), min_size=1, max_size=12).filter(
            lambda name: name.strip(". ")
        ),
        st.binary(max_size=40),
        max_size=4,
    )
)
def test_whatever_lies_there_is_in_the_tree(repository: Repository, changes: dict[str, bytes]) -> None:
    for name, content in changes.items():
        repository.write(f"any/{name}", content)
    seen = repository.door.working_tree()
    repository.commit()
    assert repository.door.tree_of("HEAD") == seen


def test_work_is_taken_along_into_a_clone_and_the_origin_stays(repository: Repository, tmp_path: Path) -> None:
    change_everything(repository)
    repository.git("clone", "--quiet", "--shared", repository.folder, tmp_path / "clone")
    clone = Repository(tmp_path / "clone", repository.environ)
    before = snapshot(repository)
    made = repository.door.commit_working_tree(clone.door, message='Taken along: "$x"\n', extra={})
    assert snapshot(repository) == before
    assert clone.door.head() == made
    assert clone.door.tree_of("HEAD") == repository.door.working_tree()
    assert clone.git("show", "-s", "--format=%s") == 'Taken along: "$x"'
    assert clone.door.changed() == ()
    assert clone.git("rev-parse", "HEAD~1") == repository.git("rev-parse", "HEAD")


def test_a_remote_on_this_machine_is_asked_past_a_proxy(repository: Repository) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with counting_proxy() as proxy, serve(Handler) as address:
        others = {name: value for name, value in repository.environ.items() if name.lower() != "no_proxy"}
        environ: Mapping[str, str] = {**others, **proxy.environ}
        assert Git(repository.folder, environ).remote_refs(f"{address}/x.git") is None
    assert len(asked) == 1
    assert proxy.asked == []


@pytest.mark.parametrize("setting", ["autocrlf = true", "eol = crlf"])
def test_a_clone_has_the_bytes_of_the_commit_whatever_the_user_has_set(
    repository: Repository, tmp_path: Path, setting: str
) -> None:
    repository.write(".gitattributes", "*.txt text=auto\n*.bat text eol=crlf\n")
    repository.write("text.txt", "one\ntwo\n")
    repository.write("always.bat", "one\n")
    repository.commit()
    (tmp_path / "config").write_text(f"[core]\n\t{setting}\n")
    user = {**repository.environ, "GIT_CONFIG_GLOBAL": str(tmp_path / "config")}
    clone = Git(repository.folder, user).clone(tmp_path / "clone")
    clone.run("checkout", "--quiet", "--detach")
    assert (clone.folder / "text.txt").read_bytes() == b"one\ntwo\n"
    assert (clone.folder / "always.bat").read_bytes() == b"one\r\n"
