"""Colours, width and the line that is drawn over: decided in one place, by environment and form of a line."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping

import pytest

from unmoor.report import terminal
from unmoor.report.terminal import Terminal, opened, relayed

_CODES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    ("environ", "is_terminal", "colour", "redraws"),
    [
        ({}, True, True, True),
        ({}, False, False, False),
        ({"NO_COLOR": "1"}, True, False, True),
        ({"NO_COLOR": ""}, True, True, True),
        ({"FORCE_COLOR": "1"}, False, True, False),
        ({"FORCE_COLOR": "0"}, False, False, False),
        ({"FORCE_COLOR": ""}, False, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False, True),
        ({"TERM": "dumb"}, True, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True, False),
        ({"CI": "true"}, True, True, False),
    ],
)
def test_who_gets_colours_and_a_line_that_is_drawn_over(
    environ: Mapping[str, str], *, is_terminal: bool, colour: bool, redraws: bool
) -> None:
    made = opened(environ, is_terminal=is_terminal)
    assert (made.colour, made.redraws) == (colour, redraws)


@pytest.mark.parametrize(
    ("columns", "said", "width"),
    [(0, "", 80), (120, "", 120), (120, "60", 60), (0, "132", 132), (0, "many", 80), (0, "0", 80), (5, "", 20)],
)
def test_the_width_is_what_is_said_else_the_terminals_else_80(columns: int, said: str, width: int) -> None:
    assert opened({"COLUMNS": said} if said else {}, is_terminal=bool(columns), columns=columns).width == width


def test_a_worker_shows_as_its_parent_would() -> None:
    parent = Terminal({}, width=97, colour=True, redraws=True)
    worker = relayed({}, parent.relay())
    assert (worker.width, worker.colour, worker.redraws, worker.board) == (97, True, False, True)
    assert relayed({}, "nonsense").width == 80


def printed(text: str, **words: object) -> str:
    out = io.StringIO()
    Terminal({}, out=out, **{"colour": True, **words}).say(text)  # type: ignore[arg-type]
    return out.getvalue()


GREEN, RED, YELLOW, DIM, CYAN = "\x1b[32m", "\x1b[1;31m", "\x1b[33m", "\x1b[2m", "\x1b[36m"
BOLD_YELLOW, BOLD_GREEN = "\x1b[1;33m", "\x1b[1;32m"


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        ("ok      tag-is-free                 1 tag", GREEN, "ok"),
        ("FAILED  tag-is-free", RED, "FAILED"),
        ("ERROR   tests-pass", RED, "ERROR"),
        ("waived  tests-pass                  waived by A", YELLOW, "waived"),
        ("skipped types-are-sound             not rehearsed: none", DIM, "skipped"),
        ("not finished tests-pass", YELLOW, "not finished"),
        ("lint         cached  61 files ruff (same tree)   -", DIM, "cached"),
        ("check        ran     14 gates                 1.0s", GREEN, "ran"),
        ("testpypi     already there  2 files   1.0s", DIM, "already there"),
        ("check        FAILED  tag-is-free              1.0s", RED, "FAILED"),
        ("pypi         STOPPED pypi", RED, "STOPPED"),
        ("tests        void         the tree changed", YELLOW, "void"),
        ("tests        proven       3 tests", GREEN, "proven"),
        ("thing 1.0   REHEARSED   commit abc   0m01s", BOLD_GREEN, "REHEARSED"),
        ("thing 1.0   RELEASED   commit abc   0m01s", BOLD_GREEN, "RELEASED"),
        ("thing 1.0   REHEARSED, with findings   commit abc   0m01s", BOLD_YELLOW, "REHEARSED, with findings"),
        ("thing 1.0   STOPPED at check, lint   commit abc   0m01s", RED, "STOPPED at check, lint"),
        (
            "thing 1.0   FAILED: other archives   commit abc   0m01s",
            RED,
            "FAILED: other archives",
        ),
        ("thing 1.0   INCOMPLETE at pypi   commit abc   0m01s", BOLD_YELLOW, "INCOMPLETE at pypi"),
        ("thing 1.0   rehearsal, in part   commit abc   0m01s", BOLD_YELLOW, "rehearsal, in part"),
        ("        notice: a.py:1: odd", YELLOW, "notice: a.py:1: odd"),
        ("          → do it", CYAN, "→ do it"),
        ("unmoor: command line: no → say it", CYAN, "→ say it"),
        ("unmoor: tests did not pass after 2.0s", RED, "unmoor: tests did not pass after 2.0s"),
        ("Live would stop at:", BOLD_YELLOW, "Live would stop at:"),
        ("Waived: tag-is-free, waived by A", BOLD_YELLOW, "Waived: tag-is-free, waived by A"),
        ("Next: nox -s release", "\x1b[1m", "Next:"),
    ],
)
def test_words_of_state_have_their_colour(line: str, code: str, word: str) -> None:
    text = printed(line)
    assert f"{code}{word}\x1b[0m" in text
    assert _CODES.sub("", text) == f"{line}\n"
    assert printed(line, colour=False) == f"{line}\n"


@pytest.mark.parametrize("line", ["a plain line", "okay then", "the tests FAILED", "checkers  ran  far", "[bold]x"])
def test_what_is_no_word_of_state_has_none(line: str) -> None:
    assert printed(line) == f"{line}\n"


def test_the_further_lines_of_a_notice_and_a_hint_look_as_they_do() -> None:
    text = printed("        notice: one\n          two\n          → do\n            this\nok      a  b")
    assert f"{YELLOW}two\x1b[0m" in text
    assert f"{CYAN}this\x1b[0m" in text


def test_what_a_terminal_obeys_is_never_printed() -> None:
    assert printed("a\x1b[31mb\x07", colour=False) == "a\\x1b[31mb\\x07\n"
    assert "\x1b[31mb" not in printed("ok      \x1b[31mb")


def test_a_worker_hands_its_line_to_who_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_RELAYED", 0.0)
    out = io.StringIO()
    shown = Terminal({}, width=30, board=True, out=out)
    said: list[str] = []

    def now() -> str:
        said.append("")
        return "Python 3.12: 312 of 1412 tests, 41s"

    with shown.drawing(now):
        while len(said) < 2:
            time.sleep(0)
    # Cut at the width, and erased by whatever comes next; nothing is said twice.
    assert out.getvalue() == "Python 3.12: 312 of 1412 test\r\x1b[2K"


def test_where_nothing_can_be_drawn_nothing_is_asked() -> None:
    out = io.StringIO()
    with Terminal({}, out=out).drawing(lambda: pytest.fail("nobody sees it")):
        pass
    assert out.getvalue() == ""


def test_a_line_on_a_terminal_is_gone_in_the_end() -> None:
    out = io.StringIO()
    shown = Terminal({}, width=40, redraws=True, out=out)
    with shown.drawing(lambda: "tests 4s  Python 3.12"):
        shown.say("ok      a")
    text = out.getvalue()
    assert "tests 4s  Python 3.12" in text
    assert "ok      a\n" in text
    assert "\x1b[2K" in text.rpartition("tests 4s")[2]
