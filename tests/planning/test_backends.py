"""Bump and changelog over real tools, for each way a backend is told the version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.releasable import BACKENDS, fill
from unmoor.commands.bump import bump, bump_version
from unmoor.commands.changelog import collect_notes
from unmoor.commands.note import add_note
from unmoor.errors import Blocked, UnmoorError
from unmoor.model import Mode
from unmoor.observe.repository import load
from unmoor.planning import notes
from unmoor.planning.plan import Observed, make
from unmoor.planning.prepare_tree import prepare
from unmoor.planning.versions import sources

DAY = "2026-01-02"


def observed(repository, **others):
    git = repository.door
    commit = git.head()
    return Observed(
        commit=commit,
        tree=git.tree_of(commit),
        branch="main",
        tags=git.tags(),
        reachable=tuple(repository.git("tag", "--merged", "HEAD").split()),
        epoch=1,
        today=DAY,
        **others,
    )


def snapshot(repository):
    folder = repository.folder
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_plan_is_carried_out_once_and_exactly(repository, backend, newline):
    fill(repository, backend, newline=newline)
    before = snapshot(repository)
    repository.git("tag", "1.2.0")
    repository.write("x", "")
    repository.commit("Later")
    component = load(repository.folder, repository.environ)
    plan = make([(component, observed(repository))], mode=Mode.REHEARSAL)
    assert plan.releases[0].version == "1.3.0"
    assert plan.releases[0].rule == "1 note asks for a minor bump after 1.2.0: 7.feature.md"
    made = prepare(repository.folder, component, plan.releases[0], plan.date)

    after = snapshot(repository)
    path, place = BACKENDS[backend][1:]
    old, new = place.format("1.2.0").replace("\n", newline), place.format("1.3.0").replace("\n", newline)
    assert after[path] == before[path].replace(old.encode(), new.encode())
    assert {edit.path for edit in made} == {path, "CHANGELOG.md", "news/7.feature.md", "news/8.bugfix.md"}
    assert set(before) - set(after) == {"news/7.feature.md", "news/8.bugfix.md"}
    changelog = after["CHANGELOG.md"].decode()
    assert changelog.count(f"## 1.3.0 ({DAY}){newline}") == 1
    assert changelog.index("New door. (#7)") < changelog.index("No draught. (#8)") < changelog.index("## 1.1.0")
    assert changelog.count("\r") == (changelog.count("\n") if newline == "\r\n" else 0)
    read = {sources.read(repository.folder, source) for source in component.sources}
    assert read == {"1.3.0"}
    # Nothing is staged, and a second run changes nothing.
    assert repository.git("diff", "--cached", "--name-only") == ""
    assert prepare(repository.folder, component, plan.releases[0], plan.date) == ()
    assert snapshot(repository) == after


def test_a_version_from_tags_leaves_only_the_changelog_to_edit(repository):
    fill(repository, "hatchling")
    table = (repository.folder / "pyproject.toml").read_text()
    table = table.replace('version = "1.2.0"  # not 1.2.0 of other', 'dynamic = ["version"]')
    table = table.replace('"hatchling"', '"hatchling", "hatch-vcs"') + '\n[tool.hatch.version]\nsource = "vcs"\n'
    repository.write("pyproject.toml", table)
    repository.commit("From tags")
    repository.git("tag", "v2.0.0")
    repository.write("x", "")
    repository.commit("Later")
    component = load(repository.folder, repository.environ)
    plan = make([(component, observed(repository))], mode=Mode.REHEARSAL)
    assert (plan.releases[0].version, plan.releases[0].tag, plan.releases[0].base_tag) == ("2.1.0", "v2.1.0", "v2.0.0")
    assert [edit.path for edit in plan.releases[0].edits] == ["CHANGELOG.md", "news/7.feature.md", "news/8.bugfix.md"]
    assert len(prepare(repository.folder, component, plan.releases[0], plan.date)) == 3
    assert (repository.folder / "pyproject.toml").read_text() == table
    done = bump_version(component, part="patch", environ=repository.environ)
    assert done.changed == ()
    assert "released by the tag v2.0.1 alone" in done.lines[0]
    assert done.lines[1] == "Next: nox -s release -- --live 2.0.1"
    with pytest.raises(Blocked, match=r"less than 2\.0\.0"):
        bump_version(component, to="1.0", environ=repository.environ)


def test_a_version_from_tags_has_its_changelog_committed(repository):
    fill(repository, "hatchling")
    table = (repository.folder / "pyproject.toml").read_text()
    table = table.replace('version = "1.2.0"  # not 1.2.0 of other', 'dynamic = ["version"]')
    table = table.replace('"hatchling"', '"hatchling", "hatch-vcs"') + '\n[tool.hatch.version]\nsource = "vcs"\n'
    repository.write("pyproject.toml", table)
    repository.commit("From tags")
    repository.git("tag", "v2.0.0")
    lines = []
    for _ in range(2):
        lines.clear()
        words = {"part": "minor", "to": "", "commit": True}
        assert bump(repository.folder, repository.environ, **words, say=lines.append) == 0
        assert lines[0] == "the version comes from tags: 2.1.0 is released by the tag v2.1.0 alone"
        assert "Next: nox -s release -- --live 2.1.0" in lines
    assert lines[-1].startswith("nothing to commit")
    assert repository.git("log", "-1", "--format=%(trailers:key=Base,valueonly)").strip() == "v2.0.0"
    named = repository.git("show", "--format=", "--name-only", "HEAD").split()
    assert named == ["CHANGELOG.md", "news/7.feature.md", "news/8.bugfix.md"]
    assert repository.git("status", "--porcelain") == ""


def test_a_failure_in_the_second_half_leaves_every_file_as_it_was(repository):
    fill(repository, "setuptools")
    component = load(repository.folder, repository.environ)
    plan = make([(component, observed(repository, taken=("1.2.0",)))], mode=Mode.REHEARSAL)
    repository.write("news/9.featur.md", "Mistyped.\n")
    before = snapshot(repository)
    with pytest.raises(Blocked, match=r"news/9\.featur\.md:1: .*did you mean 'feature'"):
        prepare(repository.folder, component, plan.releases[0], plan.date)
    assert snapshot(repository) == before


def test_notes_that_are_only_read_stay_where_they_are(repository, monkeypatch):
    fill(repository, "hatchling")
    component = load(repository.folder, repository.environ)
    read = notes.read(component)
    monkeypatch.setattr(notes, "read", lambda _: replace(read, changelog=""))
    plan = make([(component, observed(repository, taken=("1.2.0",)))], mode=Mode.REHEARSAL)
    made = prepare(repository.folder, component, plan.releases[0], plan.date)
    assert [edit.path for edit in made] == ["pyproject.toml"]
    assert (repository.folder / "news/7.feature.md").exists()
    done = bump_version(component, part="minor", with_changelog=True, date=DAY, environ=repository.environ)
    assert "2 notes collected" not in done.lines


def test_edits_the_plan_does_not_name_are_refused(repository):
    fill(repository, "flit")
    component = load(repository.folder, repository.environ)
    plan = make([(component, observed(repository, taken=("1.2.0",)))], mode=Mode.REHEARSAL)
    before = snapshot(repository)
    narrowed = replace(plan.releases[0], edits=plan.releases[0].edits[1:])
    with pytest.raises(UnmoorError, match="the plan does not name"):
        prepare(repository.folder, component, narrowed, plan.date)
    assert snapshot(repository) == before


def test_a_person_bumps_with_the_changelog_in_one_go(repository):
    fill(repository, "hatchling")
    component = load(repository.folder, repository.environ)
    done = bump_version(component, to="v2.0-rc.1", with_changelog=True, date=DAY, environ=repository.environ)
    assert done.lines == (
        "'v2.0-rc.1' is 2.0rc1",
        "1.2.0 → 2.0rc1",
        "changed CHANGELOG.md",
        "changed pyproject.toml",
        "2 notes collected, kept for the final release",
    )
    component = load(repository.folder, repository.environ)
    before = snapshot(repository)
    assert bump_version(component, to="2.0.0rc1", environ=repository.environ).lines[-1] == "already 2.0.0rc1"
    with pytest.raises(Blocked, match=r"1\.9 is less than 2\.0rc1") as caught:
        bump_version(component, to="1.9", environ=repository.environ)
    assert caught.value.code == 2
    assert snapshot(repository) == before


@pytest.mark.parametrize("arguments", [{}, {"part": "minor", "to": "2.0"}])
def test_a_bump_needs_one_of_part_and_version(repository, arguments):
    fill(repository, "hatchling")
    component = load(repository.folder, repository.environ)
    with pytest.raises(UnmoorError, match="either the part"):
        bump_version(component, **arguments, environ=repository.environ)


def test_sources_that_disagree_are_listed(repository):
    fill(repository, "hatchling")
    repository.write("src/thing/__init__.py", '__version__ = "1.1.0"\n')
    component = load(repository.folder, repository.environ)
    with pytest.raises(Blocked) as caught:
        bump_version(component, part="minor", environ=repository.environ)
    assert {problem.message for problem in caught.value.problems} == {"states '1.2.0'", "states '1.1.0'"}


def test_a_bump_that_was_cut_short_is_finished(repository):
    fill(repository, "hatchling")
    repository.write("src/thing/__init__.py", '__version__ = "1.3.0"\n')
    component = load(repository.folder, repository.environ)
    done = bump_version(component, to="1.3.0", environ=repository.environ)
    assert done.lines == ("1.2.0 → 1.3.0", "changed pyproject.toml")


def test_a_file_in_the_middle_of_a_merge_is_not_edited(repository):
    fill(repository, "flit")
    text = (repository.folder / "thing.py").read_text()
    repository.git("checkout", "--quiet", "-b", "other")
    repository.write("thing.py", text + "A = 1\n")
    repository.commit("One")
    repository.git("checkout", "--quiet", "main")
    repository.write("thing.py", text + "A = 2\n")
    repository.commit("Two")
    with pytest.raises(AssertionError):
        repository.git("merge", "other")
    repository.write("thing.py", text + "A = 3\n")
    component = load(repository.folder, repository.environ)
    with pytest.raises(Blocked, match=r"thing\.py: has an unresolved merge conflict"):
        bump_version(component, part="patch", environ=repository.environ)


def test_a_note_is_added_drafted_and_collected(repository):
    fill(repository, "poetry-core")
    component = load(repository.folder, repository.environ)
    done = add_note(component, "--live is said aloud.", "feature", environ=repository.environ)
    assert done.changed[0].read_text() == "--live is said aloud.\n"
    assert done.lines[0].startswith("added news/+")
    drafted = collect_notes(component, "v1.3", DAY, draft=True, environ=repository.environ)
    assert "- --live is said aloud." in drafted.lines[0]
    before = snapshot(repository)
    assert "news/7.feature.md" in before
    done = collect_notes(component, "v1.3", DAY, environ=repository.environ)
    assert done.lines == ("CHANGELOG.md: section for 1.3 from 3 notes, now removed",)
    again = collect_notes(component, "1.3", "2026-02-03", environ=repository.environ)
    assert again.changed == ()
    assert "already; nothing to do" in again.lines[0]


def test_settings_of_bump_my_version_that_lag_behind_are_left_alone_and_said(repository):
    fill(repository, "hatchling")
    table = (repository.folder / "pyproject.toml").read_text()
    stale = '\n[tool.bumpversion]\ncurrent_version = "1.0.0"\n[[tool.bumpversion.files]]\nfilename = "gone.txt"\n'
    repository.write("pyproject.toml", table + stale)
    repository.commit("Another tool's settings")
    component = load(repository.folder, repository.environ)
    done = bump_version(component, part="minor", environ=repository.environ)
    assert "bump-my-version remembers '1.0.0', so its settings in pyproject.toml are not in use" in done.lines
    assert (repository.folder / "pyproject.toml").read_text().endswith(stale)
    assert load(repository.folder, repository.environ).sources[0].value == "1.3.0"
