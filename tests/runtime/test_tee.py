"""What a program writes is shown as it comes, and kept."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from unmoor.runtime.tee import shown_and_kept


@contextmanager
def stdout(stream: TextIO, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        yield


def test_what_is_written_is_shown_and_kept_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "out").open("w") as stream, stdout(stream, monkeypatch), shown_and_kept() as way:
        assert way is not None
        sink, kept = way
        assert not os.isatty(sink)
        os.write(sink, b"one\r\n")
        os.write(sink, "zwei ä\n".encode())
    assert kept.text == "one\nzwei ä\n"
    assert (tmp_path / "out").read_bytes() == "one\r\nzwei ä\n".encode()


def test_who_keeps_the_other_end_open_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "out").open("w") as stream, stdout(stream, monkeypatch):
        with shown_and_kept() as way:
            assert way is not None
            left = os.dup(way[0])
            os.write(left, b"begun\n")
        assert way[1].text == "begun\n"
        os.close(left)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_where_there_is_a_terminal_the_program_has_one_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl
    import struct
    import termios

    screen, ours = os.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 101, 0, 0))
    with os.fdopen(ours, "w") as stream, stdout(stream, monkeypatch):
        with shown_and_kept() as way:
            assert way is not None
            sink, kept = way
            assert os.isatty(sink)
            assert os.get_terminal_size(sink) == (101, 33)
            os.write(sink, b"in colour\n")
        assert kept.text == "in colour\n"
        # One carriage return, of the real terminal.
        assert os.read(screen, 100) == b"in colour\r\n"
    os.close(screen)


def test_where_our_output_is_no_file_nothing_is_put_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    with stdout(io.StringIO(), monkeypatch), shown_and_kept() as way:
        assert way is None
