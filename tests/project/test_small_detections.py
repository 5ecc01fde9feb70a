"""Pythons, notes and the project's own nox sessions."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.errors import SettingsError
from unmoor.model import NotesStyle
from unmoor.project.detect.notes_style import notes_style
from unmoor.project.detect.noxfile import Noxfile, by_stage, called_stages, read_noxfile
from unmoor.project.detect.pythons import supported

ALL = tuple(f"3.{minor}" for minor in range(9, 15))


def classifiers(*versions: str) -> list[str]:
    return [f"Programming Language :: Python :: {version}" for version in versions]


PYTHONS = [
    ({"requires-python": ">=3.10"}, ALL[1:], "requires-python = '>=3.10'"),
    ({"requires-python": ">=3.10,<3.13"}, ALL[1:4], "requires-python"),
    ({"requires-python": "~=3.11"}, ALL[2:], "requires-python"),
    ({"requires-python": ">=3.10.2"}, ALL[1:], "requires-python"),
    ({"requires-python": ">=3.9,!=3.11.*"}, (ALL[0], ALL[1], *ALL[3:]), "requires-python"),
    ({"requires-python": "nonsense"}, ALL, "requires-python"),
    (
        {"classifiers": classifiers("3", "3 :: Only", "3.11", "3.9", "3.10")},
        ("3.9", "3.10", "3.11"),
        "from the classifiers",
    ),
    (
        {"classifiers": classifiers("3.8", "3.10", "3.15"), "requires-python": ">=3.10"},
        ("3.10", "3.15"),
        "within requires-python '>=3.10'",
    ),
    ({"classifiers": classifiers("3.8"), "requires-python": ">=3.13"}, ALL[4:], "requires-python = '>=3.13'"),
    ({}, ALL, "neither classifiers nor requires-python"),
]


@pytest.mark.parametrize(("metadata", "expected", "reason"), PYTHONS)
def test_pythons_are_those_the_project_supports(
    metadata: dict[str, object], expected: tuple[str, ...], reason: str
) -> None:
    found, said = supported(metadata, ())
    assert found == expected
    assert reason in said


def test_the_settings_of_pythons_win() -> None:
    assert supported({"requires-python": ">=3.13"}, ("3.9",)) == (("3.9",), "set in [tool.unmoor.tests]")


# ── notes ────────────────────────────────────────────────────────────────────────────────────────────────────

TOWNCRIER = "[tool.towncrier]\n"
NOTES = [
    ({"pyproject.toml": TOWNCRIER}, "towncrier", "newsfragments", "NEWS.rst"),
    ({"pyproject.toml": TOWNCRIER + "package = 'a.b'\n"}, "towncrier", "a/b/newsfragments", "NEWS.rst"),
    (
        {"pyproject.toml": TOWNCRIER + "package='a'\npackage_dir='src'\nfilename='CHANGES.md'\n"},
        "towncrier",
        "src/a/newsfragments",
        "CHANGES.md",
    ),
    ({"pyproject.toml": TOWNCRIER + "directory = 'changelog/'\n"}, "towncrier", "changelog", "NEWS.rst"),
    (
        {"pyproject.toml": TOWNCRIER, "towncrier.toml": TOWNCRIER + "directory = 'news'\n"},
        "towncrier",
        "news",
        "NEWS.rst",
    ),
    ({"CHANGES.rst": "", "README.md": ""}, "none", "", "CHANGES.rst"),
    ({"changelog.md": ""}, "none", "", "changelog.md"),
    ({"NEWS": ""}, "none", "", "NEWS"),
    ({"HISTORY.md": "", "CHANGELOG.rst": ""}, "none", "", "CHANGELOG.rst"),
    ({"docs/changelog.md": ""}, "none", "", "docs/changelog.md"),
    ({"README.md": ""}, "none", "", ""),
]


@pytest.mark.parametrize(("files", "style", "folder", "changelog"), NOTES)
def test_how_notes_are_kept(tmp_path: Path, files: dict[str, str], style: str, folder: str, changelog: str) -> None:
    found = notes_style(write(tmp_path, files, ends="\r\n"), "", "")
    assert (found.style, found.folder, found.changelog) == (style, folder, changelog)
    assert found.reason


def test_the_settings_of_notes_win(tmp_path: Path) -> None:
    tree = write(tmp_path, {"pyproject.toml": TOWNCRIER, "CHANGES.md": ""})
    assert notes_style(tree, "none", "") == NotesStyle(
        style="none", changelog="CHANGES.md", reason="set in [tool.unmoor]"
    )
    assert notes_style(tree, "", "log.md").changelog == "log.md"
    assert notes_style(tree, "in-commits", "").style == "in-commits"
    bare = notes_style(write(tmp_path / "b", {"README.md": ""}), "towncrier", "")
    assert (bare.style, bare.folder, bare.changelog) == ("towncrier", "newsfragments", "NEWS.rst")
    assert "not configured" in bare.reason


# ── nox ──────────────────────────────────────────────────────────────────────────────────────────────────────

NOXFILE = """
    import nox
    from nox import session

    raise SystemExit("must not be run")


    @nox.session(python=["3.10", "3.11"], reuse_venv=True)
    @nox.parametrize("django", ["4", "5"])
    def tests(session, django): ...


    @session
    def lint(session): ...


    @nox.session(name="pre-commit", python="3.12")
    def hooks(session): ...


    @nox.session("3.13", tags=["x"])
    def docs(session): ...


    @nox.session(python=PYTHONS)
    def integration_slow(session): ...


    @nox.session
    def publish(session): ...


    @unmoor.sessions.gate("tests")
    @nox.session(name="bench")
    def benchmark(session): ...


    @gate(STAGE)
    @nox.session
    def mypy(session): ...


    @other.session
    def typing(session): ...


    def helper(session): ...
    """


def test_own_sessions_are_read_without_running_them(tmp_path: Path) -> None:
    found = read_noxfile(write(tmp_path, {"noxfile.py": NOXFILE}))
    assert found.sessions == {
        "tests": ("3.10", "3.11"),
        "lint": (),
        "pre-commit": ("3.12",),
        "docs": ("3.13",),
        "integration_slow": (),
        "publish": (),
        "bench": (),
        "mypy": (),
    }
    assert found.stages == {"bench": "tests"}
    assert found.exists
    assert not found.adopted
    assert by_stage(found, None) == {
        "tests": ("tests", "bench"),
        "lint": ("lint", "pre-commit", "mypy"),
        "docs-strict": ("docs",),
    }


def test_the_settings_name_sessions_that_running_would_show(tmp_path: Path) -> None:
    found = read_noxfile(write(tmp_path, {"noxfile.py": NOXFILE}))
    assert by_stage(found, ("mypy", "check", "tests", "bench")) == {
        "lint": ("mypy",),
        "check": ("check",),
        "tests": ("tests", "bench"),
    }


def test_a_well_known_name_joins_check_too(tmp_path: Path) -> None:
    found = read_noxfile(write(tmp_path, {"noxfile.py": "import nox\n\n@nox.session\ndef check(session): ...\n"}))
    assert by_stage(found, None) == {"check": ("check",)}


def test_an_empty_list_joins_none_but_what_is_decorated(tmp_path: Path) -> None:
    found = read_noxfile(write(tmp_path, {"noxfile.py": NOXFILE}))
    assert by_stage(found, ()) == {"tests": ("bench",)}


@pytest.mark.parametrize(
    ("register", "called"),
    [
        ("register()", {"lint": "lint", "build": "unmoor-build", "release": "unmoor-release"}),
        ('register(names={"release": "ship"})', {"lint": "lint", "build": "unmoor-build", "release": "ship"}),
        ('register(leave_out=["release"])', {"lint": "lint", "build": "unmoor-build", "release": None}),
        ("register(names=NAMES)", {"lint": "lint", "build": "unmoor-build", "release": "unmoor-release"}),
    ],
)
def test_what_the_stages_are_called_is_read_as_nox_will_have_it(
    tmp_path: Path, register: str, called: dict[str, str | None]
) -> None:
    own = "".join(f"@nox.session\ndef {name}(session): ...\n" for name in ("lint", "build", "release"))
    text = f"import nox\nimport unmoor.sessions\n{own}unmoor.sessions.{register}\n"
    found = read_noxfile(write(tmp_path, {"noxfile.py": text}))
    stages = called_stages(found, by_stage(found, None))
    assert {name: stages.get(name) for name in called} == called


def test_a_name_in_the_settings_that_says_nothing_is_refused(tmp_path: Path) -> None:
    found = read_noxfile(write(tmp_path, {"noxfile.py": NOXFILE}))
    with pytest.raises(SettingsError) as caught:
        by_stage(found, ("tests", "publish", "smoke"))
    assert [problem.message for problem in caught.value.problems] == [
        "the name 'publish' does not say which stage it proves",
        "the name 'smoke' does not say which stage it proves",
    ]


def test_where_unmoor_is_adopted_a_name_may_be_explained_by_what_only_running_shows(tmp_path: Path) -> None:
    found = read_noxfile(write(tmp_path, {"noxfile.py": "import unmoor.sessions\n"}))
    assert by_stage(found, ("tests", "smoke")) == {"tests": ("tests",)}


@pytest.mark.parametrize(
    ("text", "adopted"),
    [
        ("import unmoor.sessions\nunmoor.sessions.register()\n", True),
        ("from unmoor import sessions\n", True),
        ("from unmoor.sessions import gate, register\n", True),
        ("import unmoored.sessions\n", False),
        ("import nox\n# import unmoor.sessions\n", False),
        ("def f(:\n", False),
    ],
)
def test_adoption_is_seen(tmp_path: Path, text: str, adopted: bool) -> None:  # noqa: FBT001 - a column of the table
    found = read_noxfile(write(tmp_path, {"noxfile.py": text}))
    assert (found.adopted, found.exists, dict(found.sessions)) == (adopted, True, {})


def test_without_a_noxfile_there_are_no_sessions(tmp_path: Path) -> None:
    assert read_noxfile(write(tmp_path, {"README.md": ""})) == Noxfile(sessions={})
