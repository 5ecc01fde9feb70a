from __future__ import annotations

import pytest

from unmoor.cli.arguments import Arguments, asked_for, parse, verbosity
from unmoor.errors import SettingsError


@pytest.mark.parametrize("own_tools", [True, False])
@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], Arguments()),
        (["--live", "1.4.0"], Arguments(live="1.4.0")),
        (["--live=1.4.0"], Arguments(live="1.4.0")),
        (
            ["--live", "1.4.0", "--base", "v1.3.0", "--approve", "9c41e07b"],
            Arguments(live="1.4.0", base="v1.3.0", approval="9c41e07b"),
        ),
        (["--approve=sha256:9c41e07b"], Arguments(approval="sha256:9c41e07b")),
        (["--send-again", "testpypi"], Arguments(send_again="testpypi")),
        (["--live=1.4.0", "--send-again=pypi"], Arguments(live="1.4.0", send_again="pypi")),
    ],
)
def test_unmoors_own_words(words: list[str], meant: Arguments, *, own_tools: bool) -> None:
    assert parse(words, own_tools=own_tools) == meant


@pytest.mark.parametrize("own_tools", [True, False])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--live"], "--live needs a value"),
        (["--live="], "--live needs a value"),
        (["--live", "--base", "v1"], "--live needs a value"),
        (["--live", "--", "x"], "--live needs a value"),
        (["--live", "1", "--live", "1"], "--live is given twice"),
        (["--base=1", "--base", "2"], "--base is given twice"),
        (["--approve", "9c41e07"], "'9c41e07' is no digest of archives"),
        (["--approve=nonsense"], "at least 8 of the hexadecimal digits"),
        (["--lvie", "1.4.0"], "did you mean '--live'?"),
        (["--lvie=1.4.0"], "did you mean '--live'?"),
        (["-live", "1.4.0"], "did you mean '--live'?"),
        (["--liv", "1.4.0"], "did you mean '--live'?"),
        (["--Live", "1.4.0"], "did you mean '--live'?"),
        (["--aprove", "9c41"], "did you mean '--approve'?"),
        (["--send-again"], "--send-again needs a value"),
        (["--send-again", "release"], "'release' is no stage that uploads → one of testpypi, pypi"),
        (["--sendagain", "pypi"], "did you mean '--send-again'?"),
    ],
)
def test_a_slip_is_never_taken_for_a_rehearsal(words: list[str], said: str, *, own_tools: bool) -> None:
    with pytest.raises(SettingsError, match="command line: ") as caught:
        parse(words, own_tools=own_tools)
    assert said in str(caught.value)


def test_all_slips_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        parse(["--lvie", "1", "--base"], own_tools=False)
    assert [each.message for each in caught.value.problems] == ["unknown option '--lvie'", "--base needs a value"]


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        (["-k", "one"], ("-k", "one")),
        (["--live", "1.0", "-k", "one"], ("-k", "one")),
        (["--basetemp=x", "--lf", "--levels"], ("--basetemp=x", "--lf", "--levels")),
        (["--", "--lvie", "--live"], ("--lvie", "--live")),
        (["-x", "--", "--live"], ("-x", "--", "--live")),
    ],
)
def test_other_words_are_for_the_projects_tools(words: list[str], rest: tuple[str, ...]) -> None:
    assert parse(words, own_tools=True).rest == rest


@pytest.mark.parametrize("words", [["1.4.0"], ["live"], ["--", "x"], ["-k", "x"], ["--unheard-of"]])
def test_where_no_tool_takes_them_other_words_are_refused(words: list[str]) -> None:
    with pytest.raises(SettingsError, match="unknown argument"):
        parse(words, own_tools=False)


@pytest.mark.parametrize(
    ("argv", "named", "asked"),
    [
        ("", "", ""),
        ("-l", "", ""),
        ("-s release", "", "release"),
        ("-s lint tests", "", "lint tests"),
        ("-s lint -s tests", "", "lint tests"),
        ("-e lint", "", "lint"),
        ("--session lint", "", "lint"),
        ("--sessions lint tests", "", "lint tests"),
        ("--sessions=lint", "", "lint"),
        ("--session=lint tests", "", "lint tests"),
        ("-slint", "", "lint"),
        ("-rs lint", "", "lint"),
        ("-p 3.12 -s tests", "", "tests"),
        ("-s tests -p 3.12 3.13", "", "tests"),
        ("-s tests -j 4", "", "tests"),
        ("-f noxfile.py -s tests -- -s lint --session build", "", "tests"),
        ("-s release -- --live 1.0", "", "release"),
        ("", "lint, tests", "lint tests"),
        ("-s release", "lint", "release"),
        ("-t fast", "", ""),
        ("-- -s lint", "", ""),
    ],
)
def test_which_sessions_were_named(argv: str, named: str, asked: str) -> None:
    assert asked_for(argv.split(), named) == frozenset(asked.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [([], 0), (["-q"], -1), (["--quiet"], -1), (["-v"], 1), (["--verbose", "-q"], -1), (["--live", "1.0", "-v"], 1)],
)
def test_how_much_is_shown_is_said_by_the_last_word_for_it(words: list[str], said: int) -> None:
    assert verbosity(words) == said
    # It is ours where no tool of the project's own may be meant, and is none of its words then.
    assert parse(words, own_tools=False).rest == ()


def test_where_a_tool_may_be_meant_they_are_the_tools_words() -> None:
    assert parse(["-q", "-k", "one"], own_tools=True).rest == ("-q", "-k", "one")
