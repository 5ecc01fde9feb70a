from __future__ import annotations

import os

import pytest

from support.releasable import TOWNCRIER
from unmoor.errors import Blocked, SettingsError
from unmoor.model import Bump
from unmoor.observe.repository import load
from unmoor.planning import notes
from unmoor.planning.notes import towncrier
from unmoor.tools.towncrier_settings import Kind
from unmoor.tools.towncrier_settings import load as load_towncrier


@pytest.fixture
def project(repository):
    def make(towncrier=TOWNCRIER, **files):
        table = '[project]\nname = "thing"\nversion = "1.0"\n[build-system]\nrequires = ["hatchling"]\n'
        repository.write("pyproject.toml", table + 'build-backend = "hatchling.build"\n' + towncrier)
        repository.write("src/thing/__init__.py", "")
        for name, content in files.items():
            repository.write(name, content)
        return load(repository.folder, repository.environ)

    return make


def test_fragments_become_changes(project):
    made = project(
        **{
            "news/12.feature.md": "New\n  door.\n\nMore about it.\n",
            "news/7.removal.2.md": "Gone.\n",
            "news/+orphan.bugfix.1.rst": "Fixed.\r\n",
            "news/007.misc": "",
            "news/fix-1.2.doc.md": "Said.\n",
            "news/README.rst": "",
            "news/.gitkeep": "",
            "news/_template.md": "",
            "news/check.py": "",
        }
    )
    found = notes.read(made)
    assert found.problems == ()
    assert found.changelog == "CHANGELOG.md"
    shown = [(c.origin, c.bump, c.category, c.summary, c.issues) for c in found.changes]
    assert shown == [
        ("news/007.misc:1", Bump.PATCH, "misc", "", ("7",)),
        ("news/7.removal.2.md:1", Bump.MINOR, "removal", "Gone.", ("7",)),
        ("news/12.feature.md:1", Bump.MINOR, "feature", "New door.", ("12",)),
        ("news/+orphan.bugfix.1.rst:1", Bump.PATCH, "bugfix", "Fixed.", ()),
        ("news/fix-1.2.doc.md:1", Bump.PATCH, "doc", "Said.", ("fix-1.2",)),
    ]
    assert notes.sound(made) == found


def test_bad_fragments_are_reported_at_once_and_good_ones_kept(project, tmp_path):
    made = project(
        **{
            "news/1.feature.md": "Good.\n",
            "news/2.featur.md": "Mistyped.\n",
            "news/3.feature.md": b"one\ntwo \xff\n",
            "news/4.bugfix.md": "\n \n",
            "news/5.bugfix.md": "one\n\ntwo\0\n",
            "news/6.bugfix.md": b"x" * (towncrier.LARGEST + 1),
            "news/08.doc.md": "One.\n",
            "news/8.doc.md": "Two.\n",
            "news/+.misc.md": "",
            "news/11.doc.md": b"\xef\xbb\xbfMarked.\n",
            "news/12.doc.md": b"Ends\r\nof Windows.\r\n",
        }
    )
    (tmp_path / "secret").write_text("outside")
    (made.folder / "news/9.feature.md").symlink_to(tmp_path / "secret")
    (made.folder / "news/10.feature.md").mkdir()
    found = notes.read(made)
    places = {problem.place: problem.message for problem in found.problems}
    assert places == {
        "news/2.featur.md:1": "the name has no type that towncrier knows",
        "news/3.feature.md:2": "is not valid UTF-8",
        "news/4.bugfix.md:1": "is empty",
        "news/5.bugfix.md:3": "holds a NUL",
        "news/6.bugfix.md:1": "is larger than 1000000 bytes",
        "news/8.doc.md:1": "stands for the same note as '08.doc.md'",
        "news/9.feature.md:1": "a link that leads out of the project",
        "news/10.feature.md:1": "is not a file",
        "news/+.misc.md:1": "is empty",
        "news/11.doc.md:1": "begins with a byte order mark",
    }
    assert all(problem.hint for problem in found.problems)
    assert [change.origin for change in found.changes] == [
        "news/1.feature.md:1",
        "news/08.doc.md:1",
        "news/12.doc.md:1",
    ]
    with pytest.raises(Blocked) as caught:
        notes.sound(made)
    assert len(caught.value.problems) == len(places)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("removal", Bump.MAJOR),
        ("Breaking", Bump.MAJOR),
        ("major", Bump.MAJOR),
        ("feature", Bump.MINOR),
        ("deprecation", Bump.MINOR),
        ("changed", Bump.MINOR),
        ("bugfix", Bump.PATCH),
        ("misc", Bump.PATCH),
        ("trivial", Bump.PATCH),
        ("vendor", Bump.PATCH),
    ],
)
def test_the_type_says_how_far_a_note_moves_the_version(kind, expected):
    assert towncrier.bump_of(kind, {}) is expected


def kinds(**titles):
    return {name: Kind(title=title, shown=True) for name, title in titles.items()}


@pytest.mark.parametrize(
    ("types", "kind", "expected"),
    [
        # towncrier's own default, as twine and urllib3 have it; pluggy writes it out
        (kinds(removal="Deprecations and Removals"), "removal", Bump.MINOR),
        # trio: what breaks has a type of its own
        (kinds(removal="Removals without deprecations", breaking="Breaking changes"), "removal", Bump.MINOR),
        (kinds(removal="Removals without deprecations", breaking="Breaking changes"), "breaking", Bump.MAJOR),
        # pdm
        (kinds(removal="Removals and Deprecations", **{"break": "Breaking Changes"}), "break", Bump.MAJOR),
        (kinds(removal="Removals", api="Backwards-incompatible changes"), "removal", Bump.MINOR),
        (kinds(removal="Removals", api="Backwards-incompatible changes"), "api", Bump.MAJOR),
        (kinds(removal="Removals", feature="Features"), "removal", Bump.MAJOR),
        # build: towncrier's own type under two headings; and the words of keepachangelog.com
        (kinds(removal="Removals", deprecation="Deprecations"), "removal", Bump.MINOR),
        (kinds(removed="Removed", deprecated="Deprecated"), "removed", Bump.MAJOR),
        # types of the project's own, by their headings: trio, pytest, pip
        (kinds(headline="Headline features"), "headline", Bump.MINOR),
        (kinds(bugfix="Bug fixes and improvements"), "bugfix", Bump.PATCH),
        (kinds(contrib="Contributor-facing changes"), "contrib", Bump.PATCH),
    ],
)
def test_the_headings_of_all_types_say_what_a_removal_is(types, kind, expected):
    assert towncrier.bump_of(kind, types) is expected


@pytest.mark.parametrize(
    ("table", "kinds", "folders"),
    [
        ("", "feature bugfix doc removal misc", ("thing/newsfragments",)),
        ('package = "other"\npackage_dir = "src"\n', "feature bugfix doc removal misc", ("src/other/newsfragments",)),
        (
            'directory = "d"\n[tool.towncrier.fragment]\nb = {}\na = { showcontent = false }\n',
            "a b",
            ("d",),
        ),
        (
            'directory = "d"\ntype = [{ name = "Big" }, { name = "X", directory = "y" }]\n',
            "big y",
            ("d",),
        ),
        (
            'directory = "d"\nsection = [{ path = "" }, { path = "web", name = "W" }]\n',
            "feature bugfix doc removal misc",
            ("d", "d/web"),
        ),
    ],
)
def test_the_settings_are_read_as_towncrier_does(tmp_path, table, kinds, folders):
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "thing"\n[tool.towncrier]\n{table}')
    found = load_towncrier(tmp_path)
    assert " ".join(found.kinds) == kinds
    assert found.folders == folders


def test_a_file_of_its_own_comes_before_pyproject(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.towncrier]\ndirectory = "a"\n')
    (tmp_path / "towncrier.toml").write_text('[tool.towncrier]\ndirectory = "b"\nignore = ["KEEP.*"]\n')
    found = load_towncrier(tmp_path)
    assert (found.file, found.folders) == ("towncrier.toml", ("b",))
    assert found.ignores("keep.feature.md")
    assert not found.ignores("1.feature.md")


@pytest.mark.parametrize("table", ['type = ["x"]\n', "fragment = { a = 1 }\n", "section = [{}]\n", "ignore = 3\n"])
def test_settings_of_the_wrong_shape_are_one_clear_error(tmp_path, table):
    (tmp_path / "pyproject.toml").write_text(f"[tool.towncrier]\n{table}")
    with pytest.raises(SettingsError, match="not as towncrier wants it"):
        load_towncrier(tmp_path)


def test_what_is_read_agrees_with_towncrier_itself(project):
    from towncrier._builder import find_fragments
    from towncrier._settings import load_config_from_options

    names = ["1.feature.md", "+a.bugfix", "x.y.doc.3.rst", "readme.md", "stray.txt", "5.misc.feature.md", "005.misc"]
    made = project(**{f"news/{name}": "x" for name in names})
    base, config = load_config_from_options(str(made.folder), None)
    _, theirs = find_fragments(base, config, strict=False)
    ours, strays = load_towncrier(made.folder).files(made.folder)
    assert {os.path.relpath(path, made.folder) for path, _ in theirs} == set(ours)
    assert strays == ("news/stray.txt",)


def test_a_project_without_notes_has_none(project):
    assert notes.read(project("")) == notes.Notes()


@pytest.mark.parametrize("style", notes.SOURCES)
def test_every_source_gives_notes(project, style):
    from dataclasses import replace

    made = project(**{"news/1.feature.md": "x\n"})
    found = notes.read(replace(made, notes=replace(made.notes, style=style)))
    assert all(change.component == "thing" and change.origin for change in found.changes)
