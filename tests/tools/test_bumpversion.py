"""What bump-my-version is told: entries that a person could have written, each for one place of a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmoor.project.version_locator import Span
from unmoor.tools import bumpversion


def marked(text: str) -> tuple[str, list[Span]]:
    """Return the text without its marks, and the places between ``<`` and ``>``."""
    plain, spans = "", []
    for piece in text.split("<"):
        value, mark, rest = piece.partition(">")
        if mark:
            spans.append(Span(len(plain), len(plain) + len(value), value))
        plain += value + rest
    return plain, spans


def searched(text: str) -> list[str]:
    plain, spans = marked(text)
    return [entry["search"] for entry in bumpversion.entries("x", plain, spans, ("1.0", "2.0"))]


@pytest.mark.parametrize(
    ("text", "searches"),
    [
        ('[project]\nversion = "<1.0>"\n', ['version = "{current_version}"']),
        ("<1.0>", ["{current_version}"]),
        ("1.0.1\n<1.0>\n", ["1.0.1\n{current_version}\n"]),
        ('[a]\nv = "<1.0>"\n[b]\nv = "1.0"\n', ['[a]\nv = "{current_version}"\n[b]']),
        ("x = {'v': '<1.0>'}\n", ["x = {{'v': '{current_version}'}}"]),
        ("thing <1.0.0>\n", ["thing 1.0.0"]),
        ("a <1.0>, b <1.0>\n", ["a 1.0, b {current_version}", "a {current_version}, b 2.0"]),
    ],
)
def test_an_entry_names_its_place_by_the_line_and_by_neighbours_where_it_must(text, searches):
    assert searched(text) == searches


@given(st.lists(st.sampled_from(["1.0", "<1.0>", "<1.0.0>", "a", "{b}", r"\1", " ", "\n", "é"]), max_size=30))
def test_each_entry_finds_its_place_and_no_other(pieces):
    text, spans = marked("".join(pieces))
    for entry in bumpversion.entries("x", text, spans, ("1.0", "2.0")):
        search = entry["search"].format(current_version="1.0")
        put = entry["replace"].format(new_version="2.0").replace(r"\\", "\\")
        assert text.find(search) == text.rfind(search) >= 0
        text = text.replace(search, put)
    assert text == "".join("2.0" if each.startswith("<") else each for each in pieces)


def test_the_program_takes_the_text_of_an_entry_as_it_is():
    text = 'a = "<1.0>" # {b} {{c}} \\1 \\d.* $ ^ é\n\n<1.0.0>\n\n1.0.0\n(<1.0>)\n(1.0)\n'
    plain, spans = marked(text)
    entries = bumpversion.entries("x.txt", plain, spans, ("1.0", "2.0"))
    done = bumpversion.run({**bumpversion.WHOLE, "files": entries}, {"x.txt": plain}, ("1.0", "2.0"), {})
    assert done == {"x.txt": text.replace("<1.0>", "2.0").replace("<1.0.0>", "2.0")}


def test_no_entry_starts_no_program(monkeypatch):
    monkeypatch.setattr(bumpversion.process, "run", None)
    assert bumpversion.run({"files": []}, {}, ("1.0", "2.0"), {}) == {}


def test_a_key_path_in_files_would_be_ignored():
    """Why entries search for text; when this fails, bump-my-version has learnt it."""
    text = '[project]\nversion = "1.0"\nx = "1.0"\n'
    entry = {"filename": "a.toml", "key_path": "project.version"}
    done = bumpversion.run({**bumpversion.WHOLE, "files": [entry]}, {"a.toml": text}, ("1.0", "2.0"), {})
    assert done == {"a.toml": text.replace("1.0", "2.0")}
