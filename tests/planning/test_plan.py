from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from unmoor.errors import Blocked, UnmoorError
from unmoor.model import Backend, Bump, Change, Component, Finding, Mode, NotesStyle, Repository, VersionSource
from unmoor.model.settings import Settings
from unmoor.planning.notes import Notes
from unmoor.planning.plan import Observed, make
from unmoor.planning.versions import tags

HEAD, OLD = "c" * 40, "a" * 40
VCS = VersionSource(kind="vcs", path="pyproject.toml")


def static(value, path="pyproject.toml", key="project.version"):
    return VersionSource(kind="static", path=path, key=key, value=value)


def component(*sources, form="{version}", zero_major="minor"):
    nowhere = Path("nowhere")
    return Component(
        repository=Repository(root=nowhere, remote="origin"),
        name="thing",
        folder=nowhere,
        sources=sources,
        tag_form=form,
        settings=Settings(zero_major=zero_major),
        backend=Backend(name="hatchling"),
    )


def change(bump, name="7.feature.md"):
    return Change(component="thing", bump=bump, category="x", summary="x", origin=f"news/{name}:1")


def observed(*, behind=(), beside=(), here=(), apart=(), taken=None, remote=None, changes=(), **others):
    """What is so; tags ``apart`` are behind the commit as well, each on a commit of its own."""
    known = dict.fromkeys((*behind, *beside), OLD) | dict.fromkeys(here, HEAD)
    known |= {tag: f"{number:040}" for number, tag in enumerate(apart)}
    return Observed(
        commit=HEAD,
        tree="t",
        branch="main",
        tags=known,
        reachable=(*behind, *here, *apart),
        epoch=1,
        today="2026-01-02",
        taken=taken,
        remote_refs=remote,
        notes=Notes(changes=tuple(changes), changelog="CHANGELOG.md"),
        followers=(),
        **others,
    )


def rehearse(made, found):
    (release,) = make([(made, found)], mode=Mode.REHEARSAL).releases
    return release


@pytest.mark.parametrize(
    ("sources", "known", "version", "rule"),
    [
        # The tree states it.
        ([static("8.5.0")], {"behind": ["8.4.2"]}, "8.5.0", "the tree states it, and it is free"),
        ([static("8.5")], {"here": ["8.5.0"], "taken": ("8.4.0",)}, "8.5", "and its tag 8.5.0 is on this commit"),
        # The commit is a release already: what is rehearsed is the one after it.
        (
            [static("8.5")],
            {"here": ["8.5.0"], "taken": ("8.5.0",)},
            "8.5.1",
            "8.5.0 is released already, the index has it and its tag 8.5.0 is on this commit: next free patch",
        ),
        ([VCS], {"here": ["8.5.0"], "taken": ("8.5.0",)}, "8.5.1", "8.5.0 is released already"),
        (
            [static("8.5.0")],
            {"here": ["8.5.0"], "taken": ("8.5.0",), "changes": [change(Bump.MINOR)]},
            "8.6.0",
            "8.5.0 is released already",
        ),
        ([static("2.0rc1")], {"behind": ["1.0"]}, "2.0rc1", "the tree states it"),
        ([static("1.0")], {}, "1.0", "the tree states it"),
        ([static("1.1")], {"behind": ["1.0"], "changes": [change(Bump.MAJOR)]}, "1.1", "the tree states it"),
        # It is taken, or not to be published; notes say what comes next.
        (
            [static("8.5.0")],
            {"behind": ["8.5.0"], "changes": [change(Bump.MINOR), change(Bump.PATCH)]},
            "8.6.0",
            "1 note asks for a minor bump after 8.5.0: 7.feature.md",
        ),
        ([static("0.5.0")], {"behind": ["0.5.0"], "changes": [change(Bump.MAJOR)]}, "0.6.0", "before 1.0"),
        ([static("8.6.0.dev0")], {"behind": ["8.5.0"], "changes": [change(Bump.PATCH)]}, "8.6.0", "and 8.6.0 is free"),
        (
            [static("8.5.0")],
            {"taken": ("8.5.0", "8.6.0"), "changes": [change(Bump.MINOR)]},
            "8.6.1",
            "8.6.0 is on the index",
        ),
        ([static("1.0.dev0")], {"changes": [change(Bump.MINOR)]}, "1.0", "and 1.0 is free"),
        # A later line elsewhere does not pull an older one along.
        (
            [static("8.4.2")],
            {"behind": ["8.4.2"], "beside": ["9.0.0"], "changes": [change(Bump.PATCH)]},
            "8.4.3",
            "after 8.4.2",
        ),
        ([static("8.4.2")], {"taken": ("8.4.2", "9.0.0"), "changes": [change(Bump.PATCH)]}, "8.4.3", "after 8.4.2"),
        # No notes.
        (
            [static("8.5.0.dev")],
            {"behind": ["8.4.2"], "beside": ["8.5.0"]},
            "8.5.1",
            "8.5.0 is tagged as 8.5.0: next free patch",
        ),
        ([static("8.5.0.dev0")], {"behind": ["8.4.2"]}, "8.5.0", "and 8.5.0 is free"),
        (
            [static("0.28.1")],
            {"behind": ["0.28.1", "1.0.0.beta0"]},
            "0.28.2",
            "0.28.1 is tagged as 0.28.1: next free patch",
        ),
        ([static("1.0")], {"taken": ("1.0", "1.0.1")}, "1.0.2", "1.0 is on the index: next free patch"),
        ([static("1.0+local")], {}, "1.0", "1.0 is free"),
        ([static("1.0")], {"remote": {"refs/tags/1.0": OLD}}, "1.0.1", "tagged as 1.0"),
        ([static("1.0")], {"here": ["1.0"], "uncommitted": ("x",)}, "1.0.1", "tagged as 1.0"),
        ([static("")], {}, "0.1.0", "starts at 0.1.0"),
        # Tags alone say it.
        ([VCS], {"here": ["1.2.0"], "behind": ["1.1.0"]}, "1.2.0", "the tag 1.2.0 is on this commit"),
        ([VCS], {"behind": ["1.1.0", "20240131"]}, "1.1.1", "the newest behind it is 1.1.0"),
        ([VCS], {"behind": ["1.1.0"], "changes": [change(Bump.MINOR)]}, "1.2.0", "after 1.1.0"),
        ([VCS], {"behind": ["1.2.0", "1.3.0rc1"], "changes": [change(Bump.PATCH)]}, "1.3.0", "1.3.0rc1 is ahead"),
        ([VCS], {}, "0.1.0", "no release and no version yet"),
    ],
)
def test_a_rehearsal_chooses_its_version_and_says_why(sources, known, version, rule):
    release = rehearse(component(*sources), observed(**known))
    assert release.version == version
    assert rule in release.rule
    assert release.tag == version


# Real projects, each reduced to what decides. Development versions: flask, opentelemetry's instrumentations, pytest
# (whose tags alone say it), jupyter_releaser with the moving tag of its action, google-auth.
@pytest.mark.parametrize(
    ("sources", "known", "version", "rule"),
    [
        ([static("3.2.0.dev0")], {"behind": ["3.1.3"]}, "3.2.0", "the tree states 3.2.0.dev0, and 3.2.0 is free"),
        ([static("0.66b0.dev")], {"behind": ["0.65b0"]}, "0.66b0", "and 0.66b0 is free"),
        (
            [static("0.66b0.dev")],
            {"behind": ["0.65b0"], "taken": ("0.65b0", "0.66b0", "0.66b1")},
            "0.66b2",
            "the next one of its kind",
        ),
        (
            [VCS],
            {"behind": ["9.1.0", "9.2.0.dev0"], "changes": [change(Bump.MAJOR, "1.breaking.md")]},
            "9.2.0",
            "the newest tag behind this commit is 9.2.0.dev0, and 9.2.0 is free",
        ),
        (
            [static("1.12.0.dev0")],
            {"behind": ["v1.11.0", "v1.11.1", "v2"], "taken": ("1.11.0", "1.11.1")},
            "1.12.0",
            "1.12.0 is free",
        ),
        ([static("2.48.0")], {"behind": ["2.48.0", "2.49.0.dev0"], "taken": ("2.48.0",)}, "2.49.0", "2.49.0 is free"),
        # A target that is out, or was passed, binds nobody.
        ([static("1.2.dev0")], {"behind": ["1.1", "1.3"]}, "1.3.1", "1.2 is behind"),
        # haystack's qdrant: the index knows more than the tags; nothing starts anew there.
        ([VCS], {"taken": ("13.0.0", "13.1.0")}, "13.1.1", "the newest release is 13.1.0, by the index"),
        ([VCS], {"behind": ["10.5.0"], "taken": ("10.5.0", "13.1.0")}, "13.1.1", "the newest release is 13.1.0"),
        # A clone that lags behind, as its own tags show. Another line that is tagged elsewhere is another line.
        (
            [static("14.3.3")],
            {"behind": ["14.3.3"], "taken": ("14.3.3", "15.0.0")},
            "15.0.1",
            "newest release is 15.0.0",
        ),
        (
            [static("14.3.3")],
            {"behind": ["14.3.3"], "beside": ["15.0.0"], "taken": ("14.3.3", "15.0.0")},
            "14.3.4",
            "14.3.3 is on the index and tagged as 14.3.3",
        ),
        # trio: five minor releases in a row, and a mark that says no more than "after".
        (
            [static("0.34.0+dev")],
            {"behind": ["v0.30.0", "v0.31.0", "v0.32.0", "v0.33.0", "v0.34.0"]},
            "0.35.0",
            "the last 5 releases were no patches",
        ),
        (
            [static("0.34.0")],
            {"behind": ["v0.30.0", "v0.31.0", "v0.32.0", "v0.33.0", "v0.33.1", "v0.34.0"]},
            "0.34.1",
            "next free patch",
        ),
    ],
)
def test_the_version_is_the_one_that_the_maintainers_would_choose(sources, known, version, rule):
    release = rehearse(component(*sources), observed(**known))
    assert release.version == version
    assert rule in release.rule


DAYS = {"26.1.0": ("2026-01-17",), "26.3.0": ("2026-03-06",), "26.5.0": ("2026-05-16",), "25.12.0": ("2025-12-07",)}


@pytest.mark.parametrize(
    ("sources", "known", "version", "rule"),
    [
        ([VCS], {"behind": [*DAYS]}, "26.11.0", "versions go by the calendar (YY.MM): it is 2026-11-21"),
        # What the index alone knows of counts too, and a stated version goes before the calendar.
        ([static("26.5.0")], {"taken": (*DAYS,), "behind": ["26.5.0"]}, "26.11.0", "the last release is 26.5.0"),
        ([static("26.6.dev0")], {"behind": [*DAYS]}, "26.6", "and 26.6 is free"),
        ([VCS], {"here": ["26.5.0"], "taken": (*DAYS,)}, "26.11.0", "26.5.0 is released already"),
        # Days of versions that were never released are none.
        ([static("1.0")], {"behind": ["1.0"]}, "1.0.1", "next free patch"),
    ],
)
def test_calendar_versions_stay_calendar_versions(sources, known, version, rule):
    release = rehearse(component(*sources), observed(**known, days=DAYS, day="2026-11-21"))
    assert release.version == version
    assert rule in release.rule


def test_notes_that_ask_for_more_than_the_stated_version_are_noticed():
    found = observed(behind=["9.1.0"], changes=[change(Bump.MAJOR, "1.breaking.md")])
    plan = make([(component(static("9.2.0.dev0")), found)], mode=Mode.REHEARSAL)
    assert plan.releases[0].version == "9.2.0"
    (said,) = plan.notices
    assert said.startswith(
        "the notes would lead to 10.0.0, for 1 note asks for a major bump after 9.1.0: 1.breaking.md"
    )
    assert said.endswith("9.2.0 is stated, so it holds")


def test_notes_of_a_tool_that_is_not_read_are_told_once():
    made = replace(component(static("1.0")), notes=NotesStyle(style="none", unread="scriv (changelog.d)"))
    plan = make([(made, observed())], mode=Mode.REHEARSAL)
    assert plan.notices == (
        "the change notes are those of scriv (changelog.d), which unmoor does not read: they move no version",
    )


def test_a_pre_release_of_a_later_line_is_no_base():
    release = rehearse(component(static("0.28.1")), observed(behind=["0.28.1", "1.0.0.beta0"]))
    assert (release.version, release.base_tag) == ("0.28.2", "0.28.1")


def test_a_moving_tag_is_no_base_but_a_short_release_is():
    moved = observed(behind=["v1.11.0", "v1.11.1", "v2"], taken=("1.11.0", "1.11.1"))
    assert rehearse(component(static("1.12.0.dev0"), form="v{version}"), moved).base_tag == "v1.11.1"
    short = observed(behind=["26.1.1", "26.2", "26.1.2"], taken=("26.1.1", "26.1.2", "26.2"))
    assert rehearse(component(static("26.3.dev0")), short).base_tag == "26.2"


def test_the_zero_policy_may_be_strict():
    found = observed(behind=["0.5.0"], changes=[change(Bump.MAJOR)])
    assert rehearse(component(static("0.5.0"), zero_major="major"), found).version == "1.0.0"


def test_what_code_computes_cannot_be_planned():
    source = VersionSource(kind="computed", path="setup.py", key="find_version()")
    with pytest.raises(UnmoorError, match=r"setup\.py: the version is computed by code"):
        rehearse(component(source), observed())


def test_the_plan_holds_the_facts_and_names_every_edit():
    memory = static("0.9", key="tool.bumpversion.current_version")
    made = component(
        static("1.0"), memory, static("1.0", "a.toml"), static("0.1", "stale.toml"), form="{name}-v{version}"
    )
    found = observed(
        behind=["thing-v1.0", "1.7"], changes=[change(Bump.MINOR, "1.feature.md"), change(Bump.PATCH, "2.doc.md")]
    )
    plan = make([(made, found)], mode=Mode.REHEARSAL, actor="me")
    assert (plan.commit, plan.tree, plan.branch, plan.date, plan.epoch, plan.actor) == (
        HEAD,
        "t",
        "main",
        "2026-01-02",
        1,
        "me",
    )
    release = plan.releases[0]
    assert (release.current, release.version, release.tag, release.base_tag) == (
        "1.0",
        "1.1",
        "thing-v1.1",
        "thing-v1.0",
    )
    assert [edit.path for edit in release.edits] == [
        "a.toml",
        "pyproject.toml",
        "CHANGELOG.md",
        "news/1.feature.md",
        "news/2.doc.md",
    ]
    assert make([(made, found)], mode=Mode.REHEARSAL, actor="me") == plan


def test_bad_notes_are_noticed():
    found = observed(notices=("not asked",))
    from dataclasses import replace

    found = replace(found, notes=Notes(problems=(Finding(message="is empty", place="news/1.x:1"),)))
    plan = make([(component(static("1.0")), found)], mode=Mode.REHEARSAL)
    assert plan.notices == ("not asked", "news/1.x:1: is empty")


@pytest.mark.parametrize(
    ("behind", "beside", "version", "base"),
    [
        (["1.9", "1.10", "v1.8"], [], "2.0", "1.10"),
        (["1.9", "2.0"], [], "2.0", "1.9"),
        (["1.9"], ["1.10"], "2.0", "1.9"),
        ([], ["1.10"], "2.0", ""),
        (["junk", "1.9-final-notes"], [], "2.0", ""),
    ],
)
def test_the_base_of_a_rehearsal_is_the_newest_release_behind_it(behind, beside, version, base):
    known = observed(
        behind=[tag for tag in behind if tag != version], beside=beside, here=[t for t in behind if t == version]
    )
    assert rehearse(component(static(version)), known).base_tag == base


# ── live ─────────────────────────────────────────────────────────────────────────────────────────────────────


def live(made, found, version, base=""):
    bases = {made.name: base}
    (release,) = make([(made, found)], mode=Mode.LIVE, named_version=version, bases=bases).releases
    return release


def test_notes_that_stay_where_they_are_move_the_version_and_edit_nothing():
    found = replace(
        observed(behind=("1.2.0",), changes=(change(Bump.MINOR),)), notes=Notes(changes=(change(Bump.MINOR),))
    )
    release = rehearse(component(static("1.2.0")), found)
    assert (release.version, len(release.changes)) == ("1.3.0", 1)
    assert [edit.path for edit in release.edits] == ["pyproject.toml"]


def test_a_live_release_edits_nothing_and_takes_the_trees_spelling():
    release = live(component(static("1.4")), observed(behind=["1.3"], changes=[change(Bump.MAJOR)]), "v1.4.0", "1.3.0")
    assert (release.version, release.base_tag, release.edits) == ("1.4", "1.3", ())
    assert "named, and the tree states it" in release.rule


def test_every_place_that_disagrees_is_listed():
    memory = static("0.1", key="tool.bumpversion.current_version")
    made = component(static("1.3"), memory, static("1.2", "b.toml", "x"), static("1.4", "c.toml", "y"))
    with pytest.raises(Blocked) as caught:
        live(made, observed(), "1.4")
    assert [problem.place for problem in caught.value.problems] == ["pyproject.toml: project.version", "b.toml: x"]


@pytest.mark.parametrize(
    ("sources", "known", "version", "message"),
    [
        ([static("1.0")], {}, "", "names its version"),
        ([static("1.0")], {}, "one", "is no version"),
        ([static("1.0.dev1")], {}, "1.0.dev1", "is a development version"),
        ([static("1.0+x")], {}, "1.0+x", "is a local version"),
        ([VersionSource(kind="computed", path="setup.py")], {}, "1.0", "nothing in the tree states"),
        ([VCS], {"here": ["1.3"]}, "1.4", "this commit is tagged '1.3'"),
        ([VCS], {"behind": ["1.3"]}, "1.2", "less than the last release 1.3"),
    ],
)
def test_a_live_version_that_is_not_so_stops_the_run(sources, known, version, message):
    with pytest.raises(UnmoorError, match=message):
        live(component(*sources), observed(**known), version)


def test_a_version_from_tags_is_as_named():
    assert live(component(VCS), observed(behind=["v1.3"]), "1.4.0", "1.3").version == "1.4.0"
    assert "the tag 1.4 is on this commit" in live(component(VCS), observed(here=["1.4"]), "1.4").rule


@pytest.mark.parametrize(
    ("known", "base", "kind", "message"),
    [
        ({"beside": ["1.3"]}, "", UnmoorError, "--base 1.3"),
        ({"beside": ["1.2", "1.3", "1.9"]}, "", UnmoorError, "no release tag is among the ancestors.* --base 1.3"),
        ({"remote": {"refs/tags/1.1": OLD}}, "", UnmoorError, "--base 1.1"),
        ({"apart": ["v1.3", "1.3"]}, "", UnmoorError, "1.3 is tagged more than once.* --base 1.3"),
        ({"behind": ["1.3"], "remote": {}}, "", Blocked, "the base '1.3' is not on the remote"),
        ({"behind": ["1.3"]}, "1.2", Blocked, "no release tag for the base '1.2'"),
        ({"behind": ["1.3", "1.5"]}, "1.5", Blocked, "the base '1.5' is not before '1.4'"),
        ({"behind": ["1.3"], "remote": {}}, "1.3", Blocked, "not on the remote"),
        ({"apart": ["1.3", "v1.3"]}, "1.3.0", UnmoorError, "ambiguous: 1.3, v1.3"),
        ({"behind": ["1.3"]}, "--force", Blocked, "no release tag"),
    ],
)
def test_a_base_that_is_not_clear_or_not_right_is_told(known, base, kind, message):
    with pytest.raises(kind, match=message):
        live(component(static("1.4")), observed(**known), "1.4", base)


def test_a_base_on_the_remote_is_good_and_a_first_release_needs_none():
    found = observed(behind=["1.3"], remote={"refs/tags/1.3": OLD})
    assert live(component(static("1.4")), found, "1.4", "1.3.0").base_tag == "1.3"
    assert live(component(static("1.4")), observed(), "1.4").base_tag == ""
    assert live(component(static("1.4")), observed(here=["1.4"]), "1.4").base_tag == ""
    assert live(component(static("1.4")), observed(beside=["1.5"]), "1.4").base_tag == ""


@pytest.mark.parametrize(
    ("known", "form", "base"),
    [
        ({"behind": ["1.2", "1.3"], "beside": ["1.3.1"]}, "{version}", "1.3"),
        # Tags on the commit itself are no base, whatever they name.
        ({"behind": ["1.2"], "here": ["1.3", "1.4"]}, "{version}", "1.2"),
        # Two spellings of one release on one commit: the one in the component's form.
        ({"behind": ["1.3", "v1.3"]}, "v{version}", "v1.3"),
        ({"behind": ["1.3", "v1.3"]}, "{version}", "1.3"),
        # Tags from before the form was changed are releases too.
        ({"behind": ["1.3"]}, "v{version}", "1.3"),
        ({"behind": ["v1.1", "1.3", "v1.2"]}, "v{version}", "1.3"),
        # A release out of the history, even on a later day, is another line's.
        ({"behind": ["1.3"], "remote": {"refs/tags/1.3": OLD, "refs/tags/1.3.5": HEAD[:-1] + "d"}}, "{version}", "1.3"),
    ],
)
def test_live_and_rehearsed_the_base_follows_one_rule(known, form, base):
    made, found = component(static("1.4"), form=form), observed(**known)
    assert live(made, found, "1.4").base_tag == base
    assert rehearse(made, found).base_tag == base
    assert rehearse(made, found).base_candidates == ()


def test_a_rehearsal_names_the_candidates_where_the_rule_leaves_the_base_open():
    made, found = component(static("1.4")), observed(apart=["v1.3", "1.3"])
    plan = make([(made, found)], mode=Mode.REHEARSAL)
    assert (plan.releases[0].base_tag, plan.releases[0].base_candidates) == ("1.3", ("1.3", "v1.3"))
    assert "1.3 is tagged more than once, on different commits: 1.3, v1.3" in plan.notices[0]
    named = live(made, found, "1.4", "1.3")
    assert named.base_tag == "1.3"


def test_a_named_base_that_is_not_the_rules_is_remarked_on():
    made, found = component(static("1.4")), observed(behind=["1.2", "1.3"])
    plan = make([(made, found)], mode=Mode.LIVE, named_version="1.4", bases={"thing": "1.2"})
    assert plan.releases[0].base_tag == "1.2"
    assert plan.notices == ("the base 1.2 was named; by the rule it would be 1.3",)


def test_a_version_that_is_moved_on_a_released_commit_follows_that_release():
    made = component(static("1.3"))
    found = observed(behind=["1.2"], here=["1.3"], taken=("1.3",), uncommitted=("x",), changes=[change(Bump.MINOR)])
    release = rehearse(made, found)
    assert (release.version, release.base_tag) == ("1.4", "1.3")


# 1.0.0, then a release candidate, then the release, then a patch from a branch that begins at 1.0.0.
_ONE, _RC, _TWO = "1" * 40, "2" * 40, "3" * 40
_FOUR_RELEASES = [
    ("1.0.0", {}, ()),
    ("1.1.0rc1", {"1.0.0": _ONE}, ("1.0.0",)),
    ("1.1.0", {"1.0.0": _ONE, "1.1.0rc1": _RC}, ("1.0.0", "1.1.0rc1")),
    ("1.0.1", {"1.0.0": _ONE, "1.1.0rc1": _RC, "1.1.0": _TWO}, ("1.0.0",)),
]


@pytest.mark.parametrize("pushed_already", [False, True])
@pytest.mark.parametrize(
    ("version", "known", "behind", "base"),
    [(*each, base) for each, base in zip(_FOUR_RELEASES, ("", "1.0.0", "1.1.0rc1", "1.0.0"), strict=True)],
)
def test_four_releases_and_the_base_of_each(version, known, behind, base, pushed_already):
    remote = {f"refs/tags/{tag}": commit for tag, commit in known.items()}
    if pushed_already:
        # Run again the day after, from a clone that has not fetched its own tag.
        remote[f"refs/tags/{version}"] = HEAD
    found = replace(observed(taken=tuple(known), remote=remote), tags=known, reachable=behind)
    assert live(component(static(version)), found, version).base_tag == base
    rehearsed = rehearse(component(static(version)), found)
    assert (rehearsed.version, rehearsed.base_tag) == (version, base)


# ── tags ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "form",
    [
        "",
        "release",
        "-{version}",
        "a b{version}",
        "{version}.lock",
        "a..{version}",
        "x/{version}/",
        "{version}~",
        ".{version}",
    ],
)
def test_a_tag_form_that_git_would_not_accept_is_refused(form):
    with pytest.raises(UnmoorError, match=r"tool\.unmoor\.tag"):
        tags.name(form, "1.0")


@pytest.mark.parametrize("form", ["{version}", "v{version}", "pkg/v{version}", "thing-{version}", "rel@{version}"])
def test_a_tag_leads_back_to_its_version(form, repository):
    made = tags.name(form, "1!1.0rc1")
    repository.git("tag", made)
    assert list(tags.versions(form, repository.git("tag").split())) == [made]
    assert str(tags.version_of(form, made)) == "1!1.0rc1"
