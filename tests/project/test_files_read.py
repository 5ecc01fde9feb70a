"""TOML, INI and text as they come: marks, line ends, wrong encodings, and errors that say where."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.errors import SettingsError
from unmoor.project.line_numbers import line_of
from unmoor.project.project_files import parse_ini
from unmoor.project.toml_file import dig, dig_table, dig_texts, read_text, read_toml

BROKEN = [
    (b"a = 1\nb = = 2\n", "x.toml:2:5", "is not valid TOML"),
    (b"a = 1\r\nb = 2\r\n[c\r\n", "x.toml:3:3", "is not valid TOML"),
    (b"a = [1,\n", "x.toml:2:1", "is not valid TOML"),
    (b"a = 1\na = 2\n", "x.toml:2:6", "cannot overwrite a value"),
    (b"\xef\xbb\xbfa = 1\n", "x.toml:1:1", "starts with a byte order mark"),
    (b"a = 1\nb = '\xe9'\n", "x.toml:2:6", "is not UTF-8"),
    ("a = 1\n".encode("utf-16"), "x.toml:1:1", "is not UTF-8"),
]


@pytest.mark.parametrize(("content", "where", "what"), BROKEN)
def test_broken_toml_is_one_error_with_its_place(tmp_path: Path, content: bytes, where: str, what: str) -> None:
    write(tmp_path, {"x.toml": content})
    with pytest.raises(SettingsError) as caught:
        read_toml(tmp_path / "x.toml")
    (problem,) = caught.value.problems
    assert problem.place == where
    assert what in problem.message
    assert problem.hint


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_toml(tmp_path)


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    write(
        tmp_path, {"x.toml": b'a = "\xc3\xbc"\r\n\r\n[b]\r\nc = """x\r\ny"""\r\n', "x.txt": b"\xef\xbb\xbfa\r\nb\xff"}
    )
    found = read_toml(tmp_path / "x.toml")
    assert found.table == {"a": "ü", "b": {"c": "x\ny"}}
    assert line_of(found.text, "b.c") == 4
    assert read_text(tmp_path / "x.txt") == "a\nb\ufffd"
    assert read_text(tmp_path / "gone") is None


def test_digging_never_trips() -> None:
    table = {"a": {"b": ["x", 1, "y"], "c": "z"}, "d": 1}
    assert dig(table, "a", "c") == "z"
    assert dig(table, "d", "e", "f") is None
    assert dig_table(table, "d") == {}
    assert dig_texts(table, "a", "b") == ("x", "y")
    assert dig_texts(table, "a", "c") == ("z",)
    assert dig_texts(table, "d") == ()


LINES = """\
top = 1
[tool.x]
a = 1
"b c" = 2
d.e = 3
[ tool . "y" ]   # why
f = { g = 1 }
[[tool.x.list]]
n = 1
[[tool.x.list]]
n = 2
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("top", 1),
        ("tool.x", 2),
        ("tool.x.a", 3),
        ("tool.x.b c", 4),
        ("tool.x.d.e", 5),
        ("tool.y.f", 7),
        ("tool.y.f.g", 7),
        ("tool.x.list[0].n", 9),
        ("tool.x.list[1].n", 11),
        ("tool.x.list[1].missing", 10),
        ("tool.x.list", 8),
        ("tool.x.a[3]", 3),
        ("tool.x.missing", 2),
        ("nothing.at.all", 0),
    ],
)
def test_the_line_of_a_key(key: str, line: int) -> None:
    assert line_of(LINES, key) == line


def test_ini_files_are_read_or_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a.cfg": "[x]\ny = %(z)s\nlone\n[x]\nw = 1\n", "b.cfg": "no section\n"})
    assert parse_ini(tmp_path / "a.cfg") == {"x": {"y": "%(z)s", "lone": "", "w": "1"}}
    assert parse_ini(tmp_path / "gone.cfg") == {}
    with pytest.raises(SettingsError) as caught:
        parse_ini(tmp_path / "b.cfg")
    assert "b.cfg: cannot be read" in str(caught.value)
