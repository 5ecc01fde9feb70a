"""version-sources-agree, version-moves-forward, version-is-free, tag-is-free."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.fakes import FakeObserver
from support.gating import make_context, replace_in
from support.records import record
from support.simple_index import nobody
from unmoor import gates
from unmoor.model import Distribution, Edit, Outcome, VersionSource
from unmoor.pipeline.gate_runner import run_gate
from unmoor.state.evidence_store import EvidenceStore
from unmoor.targets import IndexFile

WHEEL, SDIST = "tiny_thing-1.2.0-py3-none-any.whl", "tiny_thing-1.2.0.tar.gz"
OURS = {WHEEL: "a" * 64, SDIST: "b" * 64}


def look(name, tiny, **options):
    return gates.load(name).check(make_context(tiny, **options))


def words(findings):
    return " | ".join(str(each) for each in findings)


# ── version-sources-agree ────────────────────────────────────────────────────────────────────────────────────


def test_every_place_is_listed_with_its_line(tiny):
    replace_in(tiny, "pyproject.toml", 'version = "1.2.0"', 'version = "1.3.0"')
    found = look("version-sources-agree", tiny, live=True)
    assert {each.place for each in found.problems} == {"pyproject.toml:7", "src/tiny_thing/__init__.py:1"}


def test_another_spelling_is_the_same_version(tiny):
    replace_in(tiny, "pyproject.toml", 'version = "1.2.0"', 'version = "v1.2"')
    found = look("version-sources-agree", tiny, live=True)
    assert found.problems == ()
    assert "'v1.2' is published as '1.2'" in words(found.notices)


def test_where_the_plan_bumps_the_places_need_only_agree_with_each_other(tiny):
    assert look("version-sources-agree", tiny, version="1.3.0").problems == ()
    assert len(look("version-sources-agree", tiny, version="1.3.0", live=True).problems) == 2


def test_the_places_are_read_now(tiny):
    context = make_context(tiny, live=True)
    tiny.write("src/tiny_thing/__init__.py", '__version__ = "1.2.1"\n')
    assert "states '1.2.1'" in words(gates.load("version-sources-agree").check(context).problems)


def test_a_place_that_is_gone_is_a_problem(tiny):
    context = make_context(tiny, live=True)
    (tiny.folder / "src/tiny_thing/__init__.py").unlink()
    assert "states no version" in words(gates.load("version-sources-agree").check(context).problems)


def test_a_computed_version_is_a_problem(tiny):
    context = make_context(tiny, live=True)
    computed = VersionSource(kind="computed", path="setup.py", reason="setup.py computes the version")
    context = replace(context, component=replace(context.component, sources=(computed,)))
    (problem,) = gates.load("version-sources-agree").check(context).problems
    assert problem.place == "setup.py"
    assert "state it literally" in problem.hint


def test_changelog_and_bump_my_version_are_notices(tiny):
    replace_in(tiny, "CHANGELOG.md", "## 1.2.0", "## 1.1.0")
    with (tiny.folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[tool.bumpversion]\ncurrent_version = "1.1.0"\n')
    found = look("version-sources-agree", tiny, live=True)
    assert found.problems == ()
    assert "CHANGELOG.md:3: the newest entry is '1.1.0'" in words(found.notices)
    assert "bump-my-version remembers '1.1.0'" in words(found.notices)


@pytest.mark.parametrize(
    ("trailers", "problem", "notice"),
    [
        ("Release: tiny-thing==1.2.0\nBase: v1.1.0", "", ""),
        ("Release: tiny-thing==1.2.1\nBase: v1.1.0", "says that it releases '1.2.1', not '1.2.0'", ""),
        ("Release: tiny-thing==1.2.0\nBase: v1.0.0", "follows v1.0.0, and it follows v1.1.0", ""),
        ("Release: tiny-thing==1.2.0\nBase: v1.1.0\nPlan: 0", "", "is not what was planned any more"),
        ("Release: another==9.9\nBase: none", "", ""),
    ],
)
def test_what_the_release_commit_claims_is_compared(tiny, trailers, problem, notice):
    tiny.git("commit", "--quiet", "--allow-empty", "-m", f"Release 1.2.0\n\n{trailers}")
    found = look("version-sources-agree", tiny, live=True, base_tag="v1.1.0")
    assert (bool(found.problems), problem in words(found.problems)) == (bool(problem), True)
    assert notice in words(found.notices)


@pytest.mark.parametrize(
    ("stated", "edited", "problem"),
    [
        ("1.2.0", False, ""),
        (
            "1.1.0",
            False,
            "uv.lock: states '1.1.0' of tiny-thing, so `uv sync --locked` refuses it → unmoor bump --to 1.2.0",
        ),
        ("1.1.0", True, ""),
    ],
)
def test_a_lock_that_lags_behind_is_named_unless_the_plan_lets_it_follow(tiny, stated, edited, problem):
    tiny.write("uv.lock", f'[[package]]\nname = "tiny-thing"\nversion = "{stated}"\nsource = {{ editable = "." }}\n')
    tiny.commit("Locked")
    edits = (Edit(path="uv.lock", what="version"),) if edited else ()
    found = look("version-sources-agree", tiny, edits=edits, base_tag="v1.1.0")
    assert problem in words(found.problems)
    assert bool(found.problems) is bool(problem)


# ── version-moves-forward ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("released", "base", "version", "problem"),
    [
        (["1.1.0"], "1.1.0", "1.2.0", ""),
        (["1.1.0"], "1.1.0", "1.1.0.post1", ""),
        (["1.1.0", "2.0.0"], "1.1.0", "1.1.1", ""),
        (["1.1.0", "1.1.2", "2.0.0"], "1.1.0", "1.1.1", "is less than '1.1.2'"),
        (["1.1.0", "2.0.0"], "", "1.1.1", "is less than '2.0.0'"),
        (["1.1.0", "2.0.0b1"], "", "1.1.1", ""),
        (["1.1.0", "2.0.0"], "1.1.0", "1.2.0", ""),
        (["1.1.0", "3.0.0"], "1.1.0", "2.0.0", "is on another line"),
        (["1.1.0"], "1.1.0", "1.0.9", "is less than its base"),
        (["1.1.0"], "1.1.0", "1!0.1.0", ""),
        (["0.5.0"], "0.5.0", "5.1.0", "skips major versions"),
        (["1.1.0"], "1.1.0", "1.5.0", "skips minor versions"),
        (["1.1.0", "1.4.0"], "1.1.0", "1.5.0", ""),
        (["2024.1"], "2024.1", "2026.3", ""),
        (["1.1.0"], "1.1.0", "1.2.0.dev1", "a development version"),
        (["1.1.0"], "1.1.0", "1.2.0+local", "a local version"),
        (["1.1.0"], "1.1.0", "not-a-version", "is no version"),
    ],
)
def test_versions_against_what_was_released(tiny, remote, index, released, base, version, problem):
    for repository in (tiny, remote):
        repository.git("tag", "--delete", "v1.1.0")
    index.projects.clear()
    for each in released:
        tiny.git("tag", f"v{each}")
    base_tag = f"v{base}" if base else ""
    found = look("version-moves-forward", tiny, live=True, index=index.url, version=version, base_tag=base_tag)
    assert problem in words(found.problems)
    assert bool(found.problems) == bool(problem), found


@pytest.mark.parametrize(
    ("version", "released", "base"),
    [
        ("1.0.0", (), ""),
        ("1.1.0rc1", ("1.0.0",), "1.0.0"),
        ("1.1.0", ("1.0.0", "1.1.0rc1"), "1.1.0rc1"),
        ("1.0.1", ("1.0.0", "1.1.0rc1", "1.1.0"), "1.0.0"),
    ],
)
@pytest.mark.parametrize("form", ["v{}", "{}"], ids=["the form", "tags of an older form"])
def test_a_release_its_candidate_and_a_patch_of_the_line_before_go_forward(
    tiny, remote, index, version, released, base, form
):
    for repository in (tiny, remote):
        repository.git("tag", "--delete", "v1.1.0")
    index.projects.clear()
    for each in released:
        tiny.git("tag", form.format(each))
        index.add("tiny-thing", f"tiny_thing-{each}.tar.gz")
    tiny.git("push", "--quiet", "--tags", "origin")
    base_tag = form.format(base) if base else ""
    ours = {"live": True, "index": index.url, "version": version, "base_tag": base_tag}
    for gate in ("version-moves-forward", "version-is-free", "tag-is-free", "history-is-complete"):
        assert look(gate, tiny, **ours).problems == (), gate


@pytest.mark.parametrize("version", ["5.1.0", "1.2.0.dev1"])
def test_doubts_do_not_stop_a_rehearsal(tiny, index, version):
    found = look("version-moves-forward", tiny, index=index.url, version=version, base_tag="v1.1.0")
    assert found.problems == ()


def test_the_index_counts_as_well_as_the_tags(tiny, index):
    index.add("tiny-thing", "tiny_thing-1.3.0.tar.gz", yanked="broken")
    assert "'1.3.0'" in words(look("version-moves-forward", tiny, index=index.url).problems)


# ── version-is-free ──────────────────────────────────────────────────────────────────────────────────────────


def seal(tiny):
    files = [Distribution(filename=name, kind="", size=1, sha256=digest) for name, digest in OURS.items()]
    built = record("build", component="tiny-thing", files=tuple(files))
    EvidenceStore(tiny.folder.parent / "state" / "evidence", "tiny-thing").write(built)


@pytest.mark.parametrize("live", [False, True])
def test_a_version_that_is_there_is_taken_and_the_next_free_one_named(tiny, index, live):
    index.add("tiny-thing", SDIST, upload_time="2019-12-31T23:59:59Z")
    index.add("tiny-thing", "tiny_thing-1.2.1.tar.gz")
    (problem,) = look("version-is-free", tiny, live=live, index=index.url).problems
    assert "the index holds 1 file of it" in problem.message
    assert "1.2.2" in problem.hint


@pytest.mark.parametrize("more", [{}, {"upload_time": "2020-01-01T00:00:01Z"}])
def test_files_that_may_be_our_own_are_left_to_the_build_where_all_that_was_kept_is_lost(tiny, index, more):
    index.add("tiny-thing", SDIST, **more)
    found = look("version-is-free", tiny, live=True, index=index.url)
    assert found.problems == ()
    assert "nothing here says whose" in found.notices[0].message
    assert look("version-is-free", tiny, live=False, index=index.url).problems
    seal(tiny)
    assert look("version-is-free", tiny, live=True, index=index.url).problems


def test_spelling_and_yanking_do_not_free_a_version(tiny, index):
    index.add("tiny-thing", "tiny_thing-1.2.tar.gz", yanked=True)
    (problem,) = look("version-is-free", tiny, index=index.url).problems
    assert "(as '1.2')" in problem.message
    assert "yanked" in problem.message


def test_an_index_that_does_not_know_the_project_leaves_everything_free(tiny, index):
    index.projects.clear()
    found = look("version-is-free", tiny, live=True, index=index.url)
    assert (found.problems, found.examined) == ((), 1)


def test_our_own_files_are_ours(tiny, index):
    seal(tiny)
    index.add("tiny-thing", WHEEL, OURS[WHEEL], upload_time=datetime.now(UTC).isoformat())
    found = look("version-is-free", tiny, live=True, index=index.url)
    assert found.problems == ()
    assert "1 of 2 files" in found.notices[0].message


def test_other_bytes_under_our_name_are_not(tiny, index):
    seal(tiny)
    index.add("tiny-thing", WHEEL, "c" * 64)
    (problem,) = look("version-is-free", tiny, live=True, index=index.url).problems
    assert "not the sealed ones" in problem.message


def test_the_list_beside_the_archives_says_nothing_of_which_are_ours(tiny, index):
    dist = tiny.folder.parent / "state" / "dist"
    dist.mkdir(parents=True)
    (dist / "SHA256SUMS").write_text(f"{OURS[WHEEL]}  {WHEEL}\n", encoding="utf-8")
    index.add("tiny-thing", WHEEL, OURS[WHEEL])
    (problem,) = look("version-is-free", tiny, index=index.url).problems
    assert "is taken" in problem.message


def test_an_index_without_digests_proves_nothing(tiny, index):
    seal(tiny)
    index.add("tiny-thing", WHEEL, "")
    assert look("version-is-free", tiny, live=True, index=index.url).problems


@pytest.mark.parametrize(("days", "blocked"), [(13, False), (15, True)])
def test_a_partial_release_can_be_finished_for_fourteen_days(tiny, index, days, blocked):
    seal(tiny)
    uploaded = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    index.add("tiny-thing", WHEEL, OURS[WHEEL], upload_time=uploaded)
    problems = look("version-is-free", tiny, live=True, index=index.url).problems
    assert bool(problems) is blocked
    assert not blocked or SDIST in problems[0].message


@pytest.mark.parametrize("wrong", [timedelta(days=-365), timedelta(days=20), timedelta()])
@pytest.mark.parametrize(("days", "blocked"), [(1, False), (15, True)])
def test_the_days_are_those_of_the_index_however_wrong_our_clock_is(tiny, wrong, days, blocked):
    seal(tiny)
    now = datetime.now(UTC) + wrong
    uploaded = now - timedelta(days=days)
    there = IndexFile(filename=WHEEL, url="", sha256=OURS[WHEEL], version="1.2.0", upload_time=uploaded, asked_at=now)
    found = gates.load("version-is-free").check(
        replace(make_context(tiny, live=True), observer=FakeObserver(files=(there,)))
    )
    assert bool(found.problems) is blocked
    until = f"{uploaded + timedelta(days=14):%Y-%m-%d %H:%M} UTC"
    assert (until in found.notices[0].hint) is not blocked


def test_a_yank_of_our_own_files_stops_the_release(tiny, index):
    seal(tiny)
    index.add("tiny-thing", WHEEL, OURS[WHEEL], yanked="a mistake")
    assert "was yanked" in words(look("version-is-free", tiny, live=True, index=index.url).problems)


@pytest.mark.parametrize(("live", "outcome"), [(False, Outcome.SKIPPED), (True, Outcome.FAILED)])
def test_an_index_that_does_not_answer_is_no_pass(tiny, live, outcome):
    record, _ = run_gate("version-is-free", make_context(tiny, live=live, index=nobody()))
    assert record.outcome is outcome
    assert "was not asked" in record.reason + words(record.problems)


# ── tag-is-free ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_moving_tag_is_not_the_version_that_it_names(tiny):
    """jupyter_releaser: v2 is the second form of its action, and moves along with releases of 1.x."""
    tiny.git("tag", "v1.1.1", "HEAD~1")
    tiny.git("tag", "v2", "HEAD~1")
    assert look("tag-is-free", tiny, live=True, version="2.0.0", tag="v2.0.0").problems == ()


def test_a_tag_on_the_planned_commit_is_the_releases(tiny):
    tiny.git("tag", "--annotate", "-m", "first the tag", "v1.2.0")
    tiny.git("push", "--quiet", "origin", "v1.2.0")
    assert look("tag-is-free", tiny, live=True).problems == ()


def test_a_tag_that_only_the_remote_has_elsewhere_is_found(tiny):
    tiny.git("tag", "v1.2.0", "HEAD~1")
    tiny.git("push", "--quiet", "origin", "v1.2.0")
    tiny.git("tag", "--delete", "v1.2.0")
    (problem,) = look("tag-is-free", tiny, live=True).problems
    assert "on the remote 'origin'" in problem.message
    assert "never moved" in problem.hint


def test_another_spelling_of_the_version_counts(tiny):
    tiny.git("tag", "v1.2", "HEAD~1")
    assert "the tag 'v1.2'" in words(look("tag-is-free", tiny, live=True).problems)


def test_nothing_is_changed_by_looking(tiny):
    tiny.git("tag", "v1.2.0", "HEAD~1")
    before = tiny.git("for-each-ref")
    look("tag-is-free", tiny, live=True)
    assert tiny.git("for-each-ref") == before


@pytest.mark.parametrize("tag", ["-d", "v1..2", "v1.2.0.lock", "a b", "--force"])
def test_a_tag_that_git_would_not_take_is_refused(tiny, tag):
    problems = look("tag-is-free", tiny, live=True, tag=tag).problems
    # git allows a leading dash in a full reference name; its own `git tag` does not, and nor do we.
    assert "is no name" in words(problems)


@pytest.mark.parametrize("live", [False, True])
def test_a_silent_remote_stops_only_a_live_release(tiny, live):
    tiny.git("remote", "set-url", "origin", str(tiny.folder.parent / "gone"))
    found = look("tag-is-free", tiny, live=live)
    assert ("did not answer" in words(found.problems)) is live
    assert ("did not answer" in words(found.notices)) is not live
