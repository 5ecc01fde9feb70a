from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from unmoor.cli.encodings import must_know_file_names, outlive_readers, take_every_character
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


PROGRAM = """
import os, sys
from unmoor.cli.encodings import outlive_readers
outlive_readers()
{before}
for number in range(20000):
    print(number)
    sys.stderr.write("x")
sys.stdout.flush()
os.write(int(sys.argv[1]), b"went on")
sys.exit(4)
"""


@pytest.mark.skipif(os.name == "nt", reason="pipes are of POSIX")
@pytest.mark.parametrize("before", ["", "import logging; logging.basicConfig()"])
def test_a_reader_that_goes_away_ends_nothing_and_changes_no_exit_code(before: str) -> None:
    read, write = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(before=before), str(write)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(write,),
    ) as child:
        os.close(write)
        assert child.stdout is not None
        assert child.stdout.readline() == b"0\n"
        child.stdout.close()
        assert child.stderr is not None
        said = child.stderr.read()
    assert os.read(read, 100) == b"went on"
    os.close(read)
    assert (child.returncode, said.strip(b"x")) == (4, b"")


def test_the_streams_of_another_program_are_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    outlive_readers()
    assert (sys.stdout, sys.stderr) == before
    assert capsys.readouterr().out == ""
