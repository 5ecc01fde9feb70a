from __future__ import annotations

import io

import pytest

from unmoor.cli.encodings import must_know_file_names, take_every_character
from unmoor.errors import UnmoorError


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_every_character_can_be_said(encoding: str) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    take_every_character((stream,))
    stream.write("a → \u202e b \udcfc …")
    stream.flush()
    said = written.getvalue().decode(encoding)
    assert said.startswith("a ")
    assert "\\udcfc" in said
    assert encoding == "utf-8" or "\\u2192" in said


def test_a_stream_that_loses_nothing_stays_as_it_is() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="xmlcharrefreplace")
    take_every_character((stream, io.StringIO()))
    assert stream.errors == "xmlcharrefreplace"


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1", "cp1252"])
def test_names_of_files_are_utf_8_or_nothing_is_begun(encoding: str) -> None:
    with pytest.raises(UnmoorError, match=encoding) as caught:
        must_know_file_names(encoding)
    assert "PYTHONUTF8=1" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8"])
def test_utf_8_is_right_however_it_is_called(encoding: str) -> None:
    must_know_file_names(encoding)
