"""What a project has locked, as constraints: from each kind of lock, only what comes from an index."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.trees import write
from unmoor.errors import SettingsError
from unmoor.project.detect.locks import Lock, find, read

UV = """
    version = 1
    requires-python = ">=3.11"
    [[package]]
    name = "plain"
    version = "1.0"
    source = { registry = "https://index.test/simple" }
    [[package]]
    name = "forked"
    version = "1.0"
    source = { registry = "https://index.test/simple" }
    resolution-markers = ["python_full_version < '3.12'"]
    [[package]]
    name = "forked"
    version = "2.0"
    source = { registry = "https://index.test/simple" }
    resolution-markers = ["python_full_version >= '3.12'", "sys_platform == 'win32'"]
    [[package]]
    name = "from-git"
    version = "1.0"
    source = { git = "https://git.test/x" }
    [[package]]
    name = "thing"
    version = "0.1"
    source = { editable = "." }
    [[package]]
    name = "dynamic"
    source = { virtual = "." }
    """
POETRY = """
    [[package]]
    name = "plain"
    version = "1.0"
    python-versions = ">=3.8"
    [[package]]
    name = "forked"
    version = "1.0"
    python-versions = ">=3.8,<3.12"
    [[package]]
    name = "forked"
    version = "2.0"
    python-versions = ">=3.12"
    markers = "python_version >= '3.12'"
    [[package]]
    name = "own-index"
    version = "3"
    [package.source]
    type = "legacy"
    [[package]]
    name = "from-git"
    version = "1.0"
    [package.source]
    type = "git"
    [metadata]
    python-versions = ">=3.8"
    """
PDM = """
    [[metadata.targets]]
    requires_python = ">=3.10"
    [[package]]
    name = "plain"
    version = "1.0"
    requires_python = ">=3.10"
    [[package]]
    name = "forked"
    version = "1.0"
    marker = "python_version < '3.12'"
    [[package]]
    name = "forked"
    version = "2.0"
    [[package]]
    name = "local"
    version = "1.0"
    path = "./x"
    """
PYLOCK = """
    lock-version = "1.0"
    requires-python = ">=3.9"
    [[packages]]
    name = "plain"
    version = "1.0"
    [[packages]]
    name = "local"
    version = "1.0"
    [packages.directory]
    path = "."
    """
FORKED = ('forked==1.0 ; python_full_version < "3.12"',)


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("name", "text", "pythons", "lines"),
    [
        (
            "uv.lock",
            UV,
            ">=3.11",
            ("plain==1.0", *FORKED, 'forked==2.0 ; python_full_version >= "3.12" or sys_platform == "win32"'),
        ),
        (
            "poetry.lock",
            POETRY,
            ">=3.8",
            (
                "plain==1.0",
                'forked==1.0 ; python_full_version < "3.12" and python_full_version >= "3.8"',
                'forked==2.0 ; python_version >= "3.12"',
                "own-index==3",
            ),
        ),
        ("pdm.lock", PDM, ">=3.10", ("plain==1.0",)),
        ("pylock.toml", PYLOCK, ">=3.9", ("plain==1.0",)),
        ("uv.lock", "version = 1\npackage = 3\n", "", ()),
        ("poetry.lock", "[[package]]\nname = 1\nversion = 2\n", "", ()),
    ],
)
def test_a_lock_says_what_is_locked(
    name: str, text: str, pythons: str, lines: tuple[str, ...], ends: str, tmp_path: Path
) -> None:
    write(tmp_path, {name: text}, ends=ends)
    found = read(tmp_path / name)
    assert (found.name, found.requires_python) == (name, pythons)
    assert sorted(found.constraints) == sorted(lines)


def test_a_lock_is_for_the_pythons_it_names() -> None:
    lock = Lock(name="x", requires_python=">=3.11")
    assert lock.is_for("3.12.1")
    assert not lock.is_for("3.10.4")
    assert Lock(name="x", requires_python="^3.8").is_for("3.7")
    assert Lock(name="x").is_for("3.7")


def test_a_lock_that_is_broken_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"uv.lock": "[["})
    with pytest.raises(SettingsError, match="not valid TOML"):
        read(tmp_path / "uv.lock")


def test_the_nearest_lock_counts_unless_the_settings_say_another(tmp_path: Path) -> None:
    top, package = tmp_path / "top", tmp_path / "top/packages/one"
    write(top, {"uv.lock": "", "packages/one/pyproject.toml": "", "packages/one/other.lock": ""})
    (tmp_path / "poetry.lock").write_text("")
    assert find(package, top, "") == top / "uv.lock"
    assert find(package, top, "none") is None
    assert find(package, top, "other.lock") == package / "other.lock"
    assert find(package, package, "") is None
    with pytest.raises(SettingsError, match=r"there is no gone\.lock"):
        find(package, top, "gone.lock")
