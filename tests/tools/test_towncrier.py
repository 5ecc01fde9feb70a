from __future__ import annotations

import pytest

from support.releasable import CHANGELOG, TOWNCRIER
from unmoor.errors import Blocked, SettingsError, UnmoorError
from unmoor.runtime.changeset import apply
from unmoor.tools import changelog_sections, towncrier
from unmoor.tools.towncrier_settings import load

DAY = "2026-01-02"


@pytest.fixture
def project(repository):
    repository.write("pyproject.toml", '[project]\nname = "thing"\n' + TOWNCRIER)
    repository.write("CHANGELOG.md", CHANGELOG)
    repository.write("news/7.feature.md", "New *door*.\n\nIt opens,\nand more.\n")
    repository.write("news/+x.bugfix.md", "Orphan fix.\n")
    repository.write("news/9.misc.md", "")
    repository.write("news/README.md", "How to.\n")
    repository.commit("Notes")
    return repository


def collect(folder, version, date, **more):
    collected = towncrier.stage(folder, version, date, **more)
    apply(folder, collected.changes)
    return collected


def changelog(project):
    return (project.folder / "CHANGELOG.md").read_bytes().decode()


def status(project):
    return project.git("status", "--porcelain").splitlines()


def test_a_build_takes_up_every_fragment_and_stages_nothing(project):
    project.write("README.md", "staged by the user\n")
    project.git("add", "README.md")
    objects = project.git("count-objects", "-v")
    done = collect(project.folder, "1.2.0", DAY, planned=("news/7.feature.md", "news/9.misc.md", "news/+x.bugfix.md"))
    assert done.did == "built"
    assert changelog(project).count("## 1.2.0") == 1
    assert changelog(project).replace(done.section.rstrip("\n") + "\n\n\n", "", 1) == CHANGELOG
    assert status(project) == [
        " M CHANGELOG.md",
        "M  README.md",
        " D news/+x.bugfix.md",
        " D news/7.feature.md",
        " D news/9.misc.md",
    ]
    assert project.git("count-objects", "-v") == objects


def test_building_twice_adds_nothing_on_any_day(project):
    collect(project.folder, "1.2.0", DAY)
    once = changelog(project)
    assert collect(project.folder, "1.2.0", "2026-07-08").did == "already there"
    assert changelog(project) == once


def test_a_build_that_was_killed_before_the_fragments_went_is_finished(project):
    fragments = {path: path.read_bytes() for path in (project.folder / "news").iterdir()}
    collect(project.folder, "1.2.0", DAY)
    once = changelog(project)
    for path, content in fragments.items():
        path.write_bytes(content)
    (project.folder / "news/7.feature.md").unlink()
    planned = ("news/7.feature.md", "news/9.misc.md", "news/+x.bugfix.md")
    done = collect(project.folder, "1.2.0", "2026-01-03", planned=planned)
    assert (done.did, done.fragments) == ("finished", ("news/9.misc.md", "news/+x.bugfix.md"))
    assert changelog(project) == once
    assert {path.name for path in (project.folder / "news").iterdir()} == {"README.md"}


@pytest.mark.parametrize("name", ["news/12.feature.md", "news/13.misc.md"])
def test_a_fragment_that_came_after_the_section_is_not_lost(project, name):
    collect(project.folder, "1.2.0", DAY)
    late = project.write(name, "Late.\n")
    with pytest.raises(Blocked, match="is not in the section") as caught:
        collect(project.folder, "1.2.0", DAY)
    assert caught.value.problems[0].place == name
    assert late.exists()


def test_without_fragments_nothing_is_written(project):
    for path in (project.folder / "news").glob("*.*.md"):
        path.unlink()
    assert collect(project.folder, "1.2.0", DAY).did == "nothing to collect"
    assert changelog(project) == CHANGELOG
    assert towncrier.draft(project.folder, "1.2.0", DAY) == ""


def test_the_fragments_must_be_the_planned_ones_and_of_a_type(project):
    project.write("news/10.featur.md", "Mistyped.\n")
    with pytest.raises(Blocked, match=r"news/10\.featur\.md: is of no type"):
        collect(project.folder, "1.2.0", DAY)
    (project.folder / "news/10.featur.md").unlink()
    with pytest.raises(Blocked, match="not in both"):
        collect(project.folder, "1.2.0", DAY, planned=("news/7.feature.md",))
    with pytest.raises(Blocked, match=r"news/99\.feature\.md: is not in both"):
        collect(
            project.folder, "1.2.0", DAY, planned=(*load(project.folder).files(project.folder)[0], "news/99.feature.md")
        )
    assert changelog(project) == CHANGELOG


def test_a_section_that_stands_there_twice_is_not_written_a_third_time(project):
    twice = CHANGELOG + "\n## 1.2.0 (2025-01-01)\n\n- One.\n\n## 1.2.0 (2025-01-02)\n\n- Two.\n"
    project.write("CHANGELOG.md", twice)
    with pytest.raises(UnmoorError, match="did not write one section"):
        collect(project.folder, "1.2.0", DAY)
    assert changelog(project) == twice


def test_mixed_line_ends_a_mark_and_letters_survive(project):
    old = (
        "\ufeff# Changelog ✓\r\n\r\n<!-- towncrier release notes start -->\r\n\r\n## 1.1.0 (x)\r\n- Älter.\n- Lone.\r\n"
    )
    project.write("CHANGELOG.md", old.encode())
    project.write("news/7.feature.md", "Tür ✓.\n")
    collect(project.folder, "1.2.0", DAY)
    new = changelog(project)
    assert new.startswith("\ufeff# Changelog ✓\r\n")
    assert new.endswith("## 1.1.0 (x)\r\n- Älter.\n- Lone.\r\n")
    assert "- Tür ✓. (#7)\r\n" in new


def test_the_projects_modules_do_not_stand_in_for_the_programs(project):
    for name in ("jinja2", "click", "towncrier"):
        project.write(f"{name}/__init__.py", "raise SystemExit('run by mistake')\n")
    assert "New *door*." in towncrier.draft(project.folder, "1.2.0", DAY)
    assert towncrier.create(project.folder, "doc", "Said.", issue="3").name == "3.doc.md"


def test_the_changelog_of_one_version_may_have_a_file_of_its_own(project):
    table = (project.folder / "pyproject.toml").read_text().replace("CHANGELOG.md", "changes/{version}.md")
    project.write("pyproject.toml", table + "single_file = false\n")
    done = collect(project.folder, "1.2.0", DAY)
    assert done.changelog == "changes/1.2.0.md"
    assert (project.folder / "changes/1.2.0.md").read_text().startswith("## 1.2.0 (2026-01-02)")
    assert collect(project.folder, "1.2.0", DAY).did == "already there"


@pytest.mark.parametrize(
    ("kind", "text", "issue", "message"),
    [
        ("featur", "x", "", "did you mean 'feature'"),
        ("feature", " ", "", "empty"),
        ("feature", "a\0b", "", "NUL"),
        ("feature", "x", "../../up", "cannot be the issue"),
        ("feature", "x", "1.2", "cannot be the issue"),
        ("feature", "x", "-h", "cannot be the issue"),
    ],
)
def test_a_fragment_that_cannot_be_is_refused(project, kind, text, issue, message):
    with pytest.raises(SettingsError, match=message):
        towncrier.create(project.folder, kind, text, issue=issue)
    assert status(project) == []


def test_a_second_fragment_of_an_issue_gets_a_counter(project):
    made = towncrier.create(project.folder, "feature", "--yes, \u2713\r\nmore", issue="7")
    assert made.name == "7.feature.1.md"
    assert made.read_text(encoding="utf-8") == "--yes, ✓\nmore\n"


def test_what_towncrier_says_is_passed_on(project):
    project.write("pyproject.toml", TOWNCRIER + 'template = "missing.md"\n')
    with pytest.raises(UnmoorError, match=r"towncrier build failed: .*does not exist"):
        collect(project.folder, "1.2.0", DAY)
    project.write("pyproject.toml", TOWNCRIER.replace('"news"', '"../news"'))
    with pytest.raises(UnmoorError, match="leads out of the project"):
        collect(project.folder, "1.2.0", DAY)


def test_lost_lines_are_noticed():
    assert changelog_sections.kept("a\nb\n", "a\nnew\nb\n", where="x") == "a\nnew\nb\n"
    assert changelog_sections.kept("a\n\n\n\nb\n", "a\n\nnew\n\nb\n", where="x") == "a\n\nnew\n\nb\n"
    with pytest.raises(UnmoorError, match="drop or change 1 lines"):
        changelog_sections.kept("a\nb\nc\n", "a\nnew\nc\n", where="x")


def test_a_section_is_known_by_its_heading_whatever_its_day():
    drafted = "thing 2 (2026-01-02)\n====================\n\n- x\n"
    text = "top\n\nthing 2 (1 May)\n===\n- y\n\nthing 1.9 (z)\n===\n- 2\n"
    assert changelog_sections.section(text, drafted, "2", DAY) == "thing 2 (1 May)\n===\n- y\n\n"
    assert changelog_sections.section(text, drafted.replace("2 (", "3 ("), "3", DAY) == ""
    assert changelog_sections.section("- x\n", "- x\n", "2", DAY) == "- x\n"


# ── pre-releases that keep their notes ───────────────────────────────────────────────────────────────────────


def times(project, text):
    return changelog(project).count(text)


def test_notes_of_pre_releases_stay_and_the_final_release_says_each_once(project):
    first = collect(project.folder, "1.2.0rc1", DAY, keep=True)
    assert (first.did, first.changes.removals) == ("built", ())
    assert (times(project, "## 1.2.0rc1"), times(project, "Orphan fix.")) == (1, 1)
    assert collect(project.folder, "1.2.0rc1", "2026-01-03", keep=True).did == "already there"
    project.write("news/12.feature.md", "Late window.\n")
    collect(project.folder, "1.2.0rc2", "2026-01-04", keep=True)
    assert (times(project, "rc1"), times(project, "rc2"), times(project, "Orphan fix.")) == (0, 1, 1)
    done = collect(project.folder, "1.2.0", "2026-01-05", keep=True)
    assert done.remarks == ()
    assert len(done.changes.removals) == 4
    assert [times(project, text) for text in ("rc", "## 1.2.0", "Orphan fix.", "Late window.")] == [0, 1, 1, 1]
    assert changelog(project).replace(done.section.rstrip("\n") + "\n\n\n", "", 1) == CHANGELOG
    assert {path.name for path in (project.folder / "news").iterdir()} == {"README.md"}


def test_a_note_that_comes_after_its_pre_release_is_said_by_the_same_command(project):
    collect(project.folder, "1.2.0rc1", DAY, keep=True)
    project.write("news/12.feature.md", "Late window.\n")
    assert collect(project.folder, "1.2.0rc1", DAY, keep=True).did == "built"
    assert [times(project, text) for text in ("## 1.2.0rc1", "Orphan fix.", "Late window.")] == [1, 1, 1]


def test_a_section_of_a_pre_release_that_a_person_wrote_in_stays(project):
    collect(project.folder, "1.2.0rc1", DAY, keep=True)
    project.write("CHANGELOG.md", changelog(project).replace("Orphan fix.", "Orphan fix, polished."))
    done = collect(project.folder, "1.2.0", DAY, keep=True)
    assert done.remarks == ("the section for 1.2.0rc1 says more than its notes, so it stays",)
    assert [times(project, text) for text in ("## 1.2.0rc1", "## 1.2.0 (", "polished")] == [1, 1, 1]


def test_older_sections_of_another_form_are_not_a_pre_releases(project):
    old = CHANGELOG.replace("## 1.1.0 (2025-05-05)", "## Version 1.1.0, in spring")
    project.write("CHANGELOG.md", old)
    collect(project.folder, "1.2.0rc1", DAY, keep=True)
    project.write("news/12.feature.md", "Late window.\n")
    assert collect(project.folder, "1.2.0rc1", DAY, keep=True).did == "built"
    done = collect(project.folder, "1.2.0", DAY, keep=True)
    assert changelog(project).replace(done.section.rstrip("\n") + "\n\n\n", "", 1) == old


def test_pre_releases_of_other_releases_are_none_of_its_business(project):
    other = CHANGELOG.replace("## 1.1.0", "## 1.1.0rc1 (2025-05-01)\n\n- Older.\n\n## 1.1.0")
    other = other.replace("## 1.1.0rc1", "## 1.2.0rc3 (2025-05-01)\n\n## 1.1.0rc1", 1)
    project.write("CHANGELOG.md", other)
    collect(project.folder, "1.2.0rc2", DAY, keep=True)
    assert [times(project, text) for text in ("1.1.0rc1", "1.2.0rc3", "1.2.0rc2")] == [1, 1, 1]


@pytest.mark.parametrize("version", ["1.2.0rc1", "1.2.0.dev1"])
def test_a_project_may_collect_for_a_pre_release_as_well(project, version):
    assert len(collect(project.folder, version, DAY).changes.removals) == 3


def test_a_heading_with_an_underline_goes_with_its_section(project):
    table = TOWNCRIER.replace('title_format = "## {version} ({project_date})"\n', "").replace(
        '["", "", ""]', '["=", "-", "~"]'
    )
    table = table.replace("CHANGELOG.md", "NEWS.rst").replace("<!-- towncrier release notes start -->", ".. start")
    project.write("pyproject.toml", '[project]\nname = "thing"\n' + table)
    news = project.write("NEWS.rst", "News\n====\n\n.. start\n\nthing 1.1.0 (1 May)\n===================\n\n- Old.\n")
    collect(project.folder, "1.2.0b1", DAY, keep=True)
    assert "thing 1.2.0b1 (2026-01-02)\n====" in news.read_text(encoding="utf-8")
    collect(project.folder, "1.2.0", DAY, keep=True)
    text = news.read_text(encoding="utf-8")
    assert [text.count(each) for each in ("b1", "thing 1.2.0 (2026-01-02)\n====", "Orphan fix.")] == [0, 1, 1]
    assert text.count("\n====") == 3
