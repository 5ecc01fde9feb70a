"""history-is-complete, worktree-is-clean, branch-is-allowed, not-behind-remote: the clone and its remote."""

from dataclasses import replace

import pytest

from support.fakes import FakeObserver
from support.gating import make_context
from support.repositories import Repository
from unmoor import gates
from unmoor.model import Outcome
from unmoor.pipeline.gate_runner import run_gate


def look(name, tiny, **options):
    return gates.load(name).check(make_context(tiny, **options))


def said(findings):
    return [str(each) for each in findings]


@pytest.fixture
def cloned(tiny, remote):
    """Clone the project's remote with options, as CI services do."""

    def clone(*options):
        made = Repository(tiny.folder.parent / "clone", tiny.environ)
        tiny.git("clone", "--quiet", *options, f"file://{remote.folder}", str(made.folder))
        return made

    return clone


@pytest.mark.parametrize("live", [False, True])
def test_a_shallow_clone_blocks_in_both_modes(cloned, live):
    found = look("history-is-complete", cloned("--depth", "1"), live=live)
    assert "shallow" in said(found.problems)[0]
    assert "--unshallow --tags" in said(found.problems)[0]


@pytest.mark.parametrize("live", [False, True])
def test_a_tagless_clone_blocks_in_both_modes(cloned, live):
    (problem,) = look("history-is-complete", cloned("--no-tags"), live=live).problems
    assert "none of the remote's 1 version tags" in problem.message


@pytest.mark.parametrize(
    ("tag", "stops"),
    # Between base and release it may be what the release follows; beyond the release it is another line's.
    [("v1.1.5", True), ("1.1.5", True), ("v1.2.0rc1", True), ("v1.0.9", False), ("v1.3.0", False), ("v1.2.0", None)],
)
def test_a_missing_tag_stops_only_where_it_may_be_the_base(tiny, tag, stops):
    tiny.git("tag", tag, "v1.1.0")
    tiny.git("push", "--quiet", "origin", tag)
    tiny.git("tag", "--delete", tag)
    live, rehearsed = (look("history-is-complete", tiny, live=live, base_tag="v1.1.0") for live in (True, False))
    assert (repr(tag) in " ".join(said(live.problems))) is bool(stops)
    assert rehearsed.problems == ()
    # The release's own tag, pushed by an earlier run or from another clone, is not worth a word.
    assert (repr(tag) in " ".join(said((*rehearsed.notices, *live.problems, *live.notices)))) is (stops is not None)


def test_the_first_release_run_again_without_its_own_tag_is_complete(tiny, remote):
    for repository in (tiny, remote):
        repository.git("tag", "--delete", "v1.1.0")
    tiny.git("push", "--quiet", "origin", "HEAD:refs/tags/v1.2.0")
    found = look("history-is-complete", tiny, live=True, base_tag="")
    assert (found.problems, found.notices) == ((), ())


def test_a_first_release_needs_no_tags(tiny, remote):
    for repository in (tiny, remote):
        repository.git("tag", "--delete", "v1.1.0")
    found = look("history-is-complete", tiny, live=True)
    assert (found.problems, found.notices) == ((), ())
    assert found.examined == 2


def test_uncommitted_files_are_listed_and_only_live_a_problem(tiny):
    for number in range(12):
        tiny.write(f"stray {number:02}.txt", "")
    tiny.write("README.md", "changed")
    rehearsed, live = (look("worktree-is-clean", tiny, live=live) for live in (False, True))
    assert rehearsed.problems == ()
    assert len(rehearsed.notices) == len(live.problems) == 11
    assert rehearsed.notices[0].place == "README.md"
    assert "13 files in all differ" in live.problems[-1].message


def test_a_plan_of_another_commit_is_refused(tiny):
    planned = tiny.git("rev-parse", "HEAD~1")
    (problem,) = look("worktree-is-clean", tiny, live=True, commit=planned).problems
    assert problem.message.startswith("HEAD is")


def test_ignored_files_do_not_count(tiny):
    tiny.write(".gitignore", "*.log\n")
    tiny.commit()
    tiny.write("run.log", "")
    assert look("worktree-is-clean", tiny, live=True).problems == ()


def test_a_detached_commit_of_a_release_branch_is_allowed(cloned):
    clone = cloned()
    clone.git("checkout", "--quiet", "--detach", "origin/main")
    clone.git("branch", "--delete", "--force", "main")
    assert look("branch-is-allowed", clone, live=True).problems == ()
    assert look("not-behind-remote", clone, live=True).problems == ()


def test_a_detached_commit_of_no_branch_is_not(tiny):
    tiny.git("checkout", "--quiet", "--detach")
    tiny.commit("Nowhere")
    rehearsed, live = (look("branch-is-allowed", tiny, live=live) for live in (False, True))
    assert rehearsed.problems == ()
    assert "a detached HEAD" in rehearsed.notices[0].message
    assert "a detached HEAD" in live.problems[0].message
    assert "no release branch of the remote" in look("not-behind-remote", tiny, live=True).problems[0].message


def test_a_branch_that_adds_nothing_is_as_good_as_main(tiny):
    tiny.git("switch", "--quiet", "--create", "same")
    assert look("branch-is-allowed", tiny, live=True).problems == ()


def test_patterns_name_branches(tiny):
    (tiny.folder / "pyproject.toml").write_text(
        (tiny.folder / "pyproject.toml").read_text(encoding="utf-8").replace('["main"]', '["main", "release/*"]'),
        encoding="utf-8",
    )
    tiny.git("switch", "--quiet", "--create", "release/1.x")
    tiny.commit("Line")
    assert look("branch-is-allowed", tiny, live=True).problems == ()


def test_ahead_of_the_remote_is_fine(tiny):
    tiny.commit("Ahead")
    found = look("not-behind-remote", tiny, live=True)
    assert (found.problems, found.notices) == ((), ())


def test_diverged_is_a_problem_live_and_a_notice_in_a_rehearsal(tiny):
    tiny.commit("Pushed")
    tiny.git("push", "--quiet")
    tiny.git("reset", "--quiet", "--hard", "HEAD~1")
    tiny.git("commit", "--quiet", "--allow-empty", "-m", "Other")
    rehearsed, live = (look("not-behind-remote", tiny, live=live) for live in (False, True))
    assert "has diverged from, and lacks commits of, origin/main" in live.problems[0].message
    assert rehearsed.problems == ()
    assert "has diverged" in rehearsed.notices[0].message


def test_commits_that_only_the_remote_has_are_noticed(tiny, cloned):
    other = cloned()
    other.commit("By another")
    other.git("push", "--quiet")
    assert "lacks commits of origin/main" in look("not-behind-remote", tiny, live=True).problems[0].message


def test_a_branch_that_was_never_pushed_is_shown(tiny):
    tiny.git("switch", "--quiet", "--create", "fresh")
    found = look("not-behind-remote", tiny, live=True)
    assert "not on the remote" in found.notices[0].message


@pytest.mark.parametrize(("live", "outcome"), [(False, Outcome.SKIPPED), (True, Outcome.FAILED)])
def test_a_remote_that_does_not_answer_is_no_pass(tiny, live, outcome):
    tiny.git("remote", "set-url", "origin", str(tiny.folder.parent / "gone"))
    assert run_gate("not-behind-remote", make_context(tiny, live=live))[0].outcome is outcome


def test_no_remote_blocks_a_live_release(tiny):
    tiny.git("remote", "remove", "origin")
    assert run_gate("not-behind-remote", make_context(tiny, live=True))[0].outcome is Outcome.FAILED


@pytest.mark.parametrize("name", ["commit-is-on-remote", "not-behind-remote"])
def test_a_remote_that_does_not_answer_is_no_missing_remote(name, tiny):
    context = replace(make_context(tiny, live=True), observer=FakeObserver(refs=None))
    found = gates.load(name).check(context)
    assert (found.examined, found.absent) == (0, "")
    assert "did not answer" in found.unanswered
