from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmoor.errors import UnmoorError
from unmoor.model import VersionSource
from unmoor.project.version_locator import locate
from unmoor.runtime.file_text import FileText

POETRY = VersionSource(kind="static", path="pyproject.toml", key="tool.poetry.version")
PROJECT = VersionSource(kind="static", path="pyproject.toml", key="project.version")
INI = VersionSource(kind="static", path="setup.cfg", key="metadata.version")
ATTRIBUTE = VersionSource(kind="attribute", path="a/__init__.py", key="__version__")


def files(search):
    return VersionSource(kind="file", path="README", search=search)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (PROJECT, '# version = "1.0"\n[a]\nversion = "1.0"\n[project]\nversion = "<1.0>" # "1.0"\nx = ["y==1.0"]\n'),
        (PROJECT, 'project = { name = "1.0", version = \'<1.0>\' }\n[tool.poetry]\nversion = "1.0"\n'),
        (PROJECT, 'project.x = "1.0"\nproject."version" = """<1.0>"""\n'),
        (PROJECT, "[project]\r\nversion = '<1.0>'\r\n[z]\r\nversion = '1.0'\r\n"),
        (POETRY, '[project]\nversion = "1.0"\n[tool.poetry]\nname = "n-1.0"\nversion = "<1.0>"\n'),
        (INI, "[bumpversion]\nversion = 1.0\n[metadata]\nname = x1.0\nversion = <1.0>\n[options]\nversion = 1.0\n"),
        (ATTRIBUTE, '"""__version__ = "1.0" """\n# ü\nx = "1.0"; __version__ = "<1.0>"  # 1.0\n'),
        (ATTRIBUTE, "__version__: Final[str] = (\n    '<1.0>'\n)\n"),
        (ATTRIBUTE, 'é = "ü"; __version__ = version = r"<1.0>"\n'),
        (ATTRIBUTE, '__version__ = "0.0"\n\x0c\n__version__ = "<1.0>"\ndef f():\n    __version__ = "1.0"\n'),
        (ATTRIBUTE, 'try:\n    import x\nexcept E:\n    pass\nelse:\n    __version__ = "<1.0>"\n'),
        (ATTRIBUTE, "print 'two'\n__version__ = '<1.0>'\n"),
        (
            POETRY,
            '[tool.a]\nversion = "1.0"\n[project]\nx = 1\n[tool.poetry]\nversion = """\n<1.0>"""\n[tool.b]\nx = 1\n',
        ),
        (
            INI,
            "[Metadata]\nversion=1.0\n[metadata]\n# version = 1.0\nversion = 1.0\nx =\n  version=1.0\nVersion:<1.0>\n",
        ),
        (INI, "[metadata]\nversion=<1.0> \r\n[x]\n"),
        (ATTRIBUTE, '__version__ = "v<1.0>"\n'),
        (files("thing {version}"), "thing v<1.0>\nthing <1.0>\n"),
        (files("thing=={version}"), "thing==<1.0>. other==1.0\nthing==<1.0>\n"),
        (files("{version}"), "\n<1!1.0rc1.post2.dev3+a.b>\n"),
    ],
)
def test_the_place_is_found_among_look_alikes(source, text):
    marked = text.split("<")
    plain = text.replace("<", "").replace(">", "")
    spans = locate(plain, source)
    assert len(spans) == len(marked) - 1
    rebuilt = plain
    for span in reversed(spans):
        rebuilt = f"{rebuilt[: span.start]}<{span.value}>{rebuilt[span.end :]}"
    assert rebuilt == text


@pytest.mark.parametrize(
    ("source", "text", "message"),
    [
        (PROJECT, "[project]\nname = 'x'\n", "no text at 'project.version'"),
        (PROJECT, "[project\n", "cannot be read"),
        (PROJECT, '[project]\nversion = "\\u0031.0"\n', "not written out in plain text"),
        (PROJECT, '[project]\nversion = "1" + "0"\n', "cannot be read"),
        (PROJECT, '[project]\nversion = """\\\n1.0"""\n', "not written out in plain text"),
        (PROJECT, "[project]\nversion = 1.0\n", "no text at 'project.version'"),
        (PROJECT, "project = 1\n", "no text at 'project.version'"),
        (INI, "version = 1\n", "cannot be read"),
        (INI, "[metadata]\nname = 1\n", "no text at 'metadata.version'"),
        (INI, "[metadata]\nversion =\n  1.0\n", "not written out in plain text"),
        (ATTRIBUTE, "__version__ = '1.0' if\n", "there is no __version__"),
        (ATTRIBUTE, "x = 1\n", "there is no __version__"),
        (ATTRIBUTE, "__version__ = get()\n", "not one plain string"),
        (ATTRIBUTE, '__version__ = "1." "0"\n', "not one plain string"),
        (files("thing=={version}"), "thing>=1.0\n", "nothing in it reads"),
        (files("thing=={version}"), "thing==1.0 thing==1.1\n", "different versions: 1.0, 1.1"),
        (files("thing"), "thing\n", "does not have {version} once"),
        (files("{version}"), "1.0\n1.1\n", "more than a version"),
    ],
)
def test_what_states_no_version_is_refused_with_its_file(source, text, message):
    with pytest.raises(UnmoorError, match=message) as caught:
        locate(text, source)
    assert caught.value.problems[0].place == source.path
    assert caught.value.problems[0].hint


@given(st.text(alphabet="ab\n\r ü\x0c\u2028", max_size=40), st.booleans())
def test_taking_a_text_apart_and_putting_it_back_loses_nothing(text, bom):
    content = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    found = FileText.of(content, where="x")
    assert found.restored(found.staged) == content
    assert len(found.plain) == len(found.staged)
    assert found.as_plain(found.staged) == found.plain


def test_a_text_that_is_not_utf8_is_refused_with_its_line():
    with pytest.raises(UnmoorError) as caught:
        FileText.of(b"one\ntwo \xff\n", where="x.py")
    assert caught.value.problems[0].place == "x.py:2"
