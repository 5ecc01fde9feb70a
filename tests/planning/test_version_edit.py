from __future__ import annotations

import pytest

from unmoor.errors import SettingsError, UnmoorError
from unmoor.model import VersionSource
from unmoor.planning.versions import edit
from unmoor.runtime.changeset import apply
from unmoor.tools import bumpversion
from unmoor.tools.bumpversion_settings import followers, unfit

STATIC = VersionSource(kind="static", path="pyproject.toml", key="project.version")
ATTRIBUTE = VersionSource(kind="attribute", path="thing.py", key="__version__")
README = VersionSource(kind="file", path="README", search="thing=={version}")
MEMORY = VersionSource(kind="static", path="pyproject.toml", key="tool.bumpversion.current_version")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(b'[project]\r\nversion = "1.0"\r\nx = "1.0"\r\n')
    (tmp_path / "thing.py").write_bytes(b'\xef\xbb\xbf__version__ = "1.0"\n\rx = "1.0"\r\n')
    (tmp_path / "README").write_bytes(b"thing==1.0 or thing==1.0, not other==1.0")
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def bump(folder, *stated, **environ):
    return apply(folder, edit.stage(folder, *stated, **environ))


def test_every_source_changes_and_nothing_else(folder):
    changed = bump(folder, "1.0.0", "1!2.0rc1.post1", (STATIC, ATTRIBUTE, README))
    assert {path.name for path in changed} == {"pyproject.toml", "thing.py", "README"}
    assert contents(folder) == {
        "pyproject.toml": b'[project]\r\nversion = "1!2.0rc1.post1"\r\nx = "1.0"\r\n',
        "thing.py": b'\xef\xbb\xbf__version__ = "1!2.0rc1.post1"\n\rx = "1.0"\r\n',
        "README": b"thing==1!2.0rc1.post1 or thing==1!2.0rc1.post1, not other==1.0",
    }
    assert bump(folder, "1.0.0", "1!2.0rc1.post1", (STATIC, ATTRIBUTE, README)) == ()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("README", b"nothing here", "README: nothing in it reads"),
        ("README", None, "README: the file that states the version cannot be read"),
        ("thing.py", b'__version__ = "0.9"\n', "states '0.9', not '1.0'"),
        ("thing.py", b'__version__ = "1.0" # \xff\n', "thing.py:1: is not valid UTF-8"),
    ],
)
def test_one_source_that_cannot_change_leaves_all_as_they_were(folder, name, content, message):
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    before = contents(folder)
    with pytest.raises(UnmoorError, match=message):
        bump(folder, "1.0", "2.0", (STATIC, ATTRIBUTE, README))
    assert contents(folder) == before


def test_what_code_computes_is_refused_and_what_tags_say_needs_no_edit(folder):
    computed = VersionSource(kind="computed", path="setup.py", key="version()")
    with pytest.raises(SettingsError, match="computed by code") as caught:
        bump(folder, "1.0", "2.0", (computed,))
    assert "project.version" in caught.value.problems[0].hint
    assert bump(folder, "1.0", "2.0", (VersionSource(kind="vcs", path="pyproject.toml"),)) == ()


@pytest.fixture
def in_its_stead(monkeypatch):
    """Let another program stand in for bump-my-version: what that wrote, changed once more."""

    def install(change):
        real = bumpversion.run

        def run(*given):
            return {path: change(text) for path, text in real(*given).items()}

        monkeypatch.setattr(bumpversion, "run", run)

    return install


def test_what_the_program_wrote_is_what_is_written(folder, in_its_stead):
    in_its_stead(lambda text: text.replace("2.0", "2.0.0"))
    bump(folder, "1.0", "2.0", (STATIC, ATTRIBUTE, README))
    assert contents(folder) == {
        "pyproject.toml": b'[project]\r\nversion = "2.0.0"\r\nx = "1.0"\r\n',
        "thing.py": b'\xef\xbb\xbf__version__ = "2.0.0"\n\rx = "1.0"\r\n',
        "README": b"thing==2.0.0 or thing==2.0.0, not other==1.0",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text + "# extra\n", "changed something else"),
        (lambda text: text.replace('x = "1.0"', 'x = "2.0"'), "changed something else"),
        (lambda text: text.replace("\n", "\n\n"), "changed something else"),
        (lambda text: text.replace("2.0", "2.1"), r"states '2\.1' after the bump to '2\.0'"),
        (lambda text: text.replace("2.0", "1.0"), r"states '1\.0' after the bump to '2\.0'"),
        (lambda text: text.replace("version", "name"), "there is no text at"),
        (lambda _: "", "nothing in it reads"),
    ],
)
def test_a_result_that_is_not_as_asked_is_thrown_away(folder, in_its_stead, change, message):
    in_its_stead(change)
    before = contents(folder)
    with pytest.raises(UnmoorError, match=message) as caught:
        bump(folder, "1.0", "2.0", (README, STATIC))
    assert caught.value.problems[0].hint
    assert contents(folder) == before


def test_a_program_that_fails_changes_nothing_and_is_quoted(folder, monkeypatch):
    monkeypatch.setattr(bumpversion, "WHOLE", {"parse": "(", "serialize": ["{whole}"]})
    before = contents(folder)
    with pytest.raises(UnmoorError, match="bump-my-version could not change the version"):
        bump(folder, "1.0", "2.0", (STATIC,))
    assert contents(folder) == before


OWN = """
[tool.bumpversion]
current_version = "1.0.0"
commit = true
tag = true
setup_hooks = ["touch hooked"]

[[tool.bumpversion.files]]
filename = "thing.py"

[[tool.bumpversion.files]]
filename = "docs.txt"
search = "release {current_version}"
replace = "release {new_version}"

[[tool.bumpversion.files]]
glob = "*.conf"

[[tool.bumpversion.files]]
filename = "short.txt"
serialize = ["{major}.{minor}"]
"""


def test_the_projects_own_files_follow_without_its_commits_and_hooks(folder):
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.0.0"\n' + OWN)
    (folder / "thing.py").write_text('__version__ = "1.0.0"\nKEPT = "1.0.0"\n')
    (folder / "docs.txt").write_text("release 1.0.0, was 1.0.0")
    (folder / "a.conf").write_text("v1.0.0")
    (folder / "short.txt").write_text("series 1.0")
    assert followers(folder, "1.0", "1.1.0") == ("a.conf", "docs.txt", "short.txt", "thing.py")
    bump(folder, "1.0.0", "1.1.0", (STATIC, ATTRIBUTE, MEMORY), environ={"BUMPVERSION_COMMIT": "true"})
    assert (folder / "pyproject.toml").read_text() == '[project]\nversion = "1.1.0"\n' + OWN.replace("1.0.0", "1.1.0")
    assert (folder / "thing.py").read_text() == '__version__ = "1.1.0"\nKEPT = "1.0.0"\n'
    assert (folder / "docs.txt").read_text() == "release 1.1.0, was 1.0.0"
    assert (folder / "a.conf").read_text() == "v1.1.0"
    assert (folder / "short.txt").read_text() == "series 1.1"
    assert not (folder / "hooked").exists()
    assert bump(folder, "1.0.0", "1.1.0", (STATIC, ATTRIBUTE, MEMORY)) == ()


def test_an_own_file_that_lacks_its_text_stops_everything(folder):
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.0.0"\n' + OWN)
    (folder / "thing.py").write_text('__version__ = "1.0.0"\n')
    (folder / "docs.txt").write_text("nothing")
    (folder / "short.txt").write_text("series 1.0")
    before = contents(folder)
    with pytest.raises(UnmoorError, match=r"release 1\.0\.0"):
        bump(folder, "1.0.0", "1.1.0", (STATIC, ATTRIBUTE))
    assert contents(folder) == before


@pytest.mark.parametrize("entry", ["[[tool.bumpversion.files]]\n", "[[tool.bumpversion.files]]\nfilename = '../x'\n"])
def test_an_own_entry_without_a_file_or_outside_is_refused(folder, entry):
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.0"\n[tool.bumpversion]\n' + entry)
    with pytest.raises(UnmoorError, match=r"names no file|leads out of the project"):
        bump(folder, "1.0", "2.0", (STATIC,))


def test_own_entries_of_which_none_finds_its_text_are_not_in_use(folder):
    """As build has them: patterns from before the quotes and the place were changed."""
    stale = (
        '[tool.bumpversion]\ncurrent_version = "1.0.0"\n'
        '[[tool.bumpversion.files]]\nfilename = "pyproject.toml"\nsearch = \'release = "{current_version}"\'\n'
        '[[tool.bumpversion.files]]\nfilename = "thing.py"\nsearch = "__version__ = \'{current_version}\'"\n'
    )
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.0.0"\n' + stale)
    (folder / "thing.py").write_text('__version__ = "1.0.0"\n')
    assert followers(folder, "1.0.0", "1.1.0") == ()
    assert unfit(folder, "1.0.0", "1.1.0") == "pyproject.toml"
    changed = bump(folder, "1.0.0", "1.1.0", (STATIC, ATTRIBUTE))
    assert {path.name for path in changed} == {"pyproject.toml", "thing.py"}
    assert unfit(folder, "2.0", "2.1") == ""


def test_own_entries_are_left_alone_where_the_settings_say_so(folder):
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.0.0"\n' + OWN)
    (folder / "thing.py").write_text('__version__ = "1.0.0"\n')
    changed = apply(folder, edit.stage(folder, "1.0.0", "1.1.0", (STATIC, ATTRIBUTE), own=False))
    assert {path.name for path in changed} == {"pyproject.toml", "thing.py"}


def test_own_entries_that_remember_another_version_are_not_in_use(folder):
    stale = OWN.replace("1.0.0", "0.9") + "[[tool.bumpversion.files]]\n"
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.0.0"\n' + stale)
    (folder / "thing.py").write_text('__version__ = "1.0.0"\n')
    (folder / "docs.txt").write_text("release 1.0.0, was 0.9")
    assert followers(folder, "1.0.0", "1.1.0") == ()
    changed = bump(folder, "1.0.0", "1.1.0", (STATIC, ATTRIBUTE))
    assert {path.name for path in changed} == {"pyproject.toml", "thing.py"}
    assert (folder / "pyproject.toml").read_text() == '[project]\nversion = "1.1.0"\n' + stale
