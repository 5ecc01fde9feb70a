"""The help of the command: every task in it, every option of every task with a default and an example that works."""

from __future__ import annotations

import shlex

import pytest
from invoke.parser.parser import Parser

from unmoor.cli.task_help import EXAMPLES, PURPOSES, of_all, of_task, options
from unmoor.report.folding import cells
from unmoor.tasks import namespace

TASKS = {str(name): namespace[name] for name in namespace.task_names}
CONTEXTS = {str(each.name): each for each in namespace.to_contexts(ignore_unknown_help=True)}


def arguments(name: str) -> list[object]:
    return list(CONTEXTS[name].args.values())


def test_every_task_has_a_purpose() -> None:
    assert sorted(name for names in PURPOSES.values() for name in names) == sorted(TASKS)
    assert set(EXAMPLES) == set(TASKS)


@pytest.mark.parametrize("width", [80, 120])
def test_the_first_screen_says_what_it_is_and_what_to_type(width: int) -> None:
    lines = of_all(TASKS, width)
    assert lines[0].startswith("unmoor takes a Python package from a commit to a release")
    first = lines.index("First:")
    assert lines[first + 1].startswith("  unmoor rehearse ")
    assert [name for name in TASKS if not any(line.startswith(f"  {name} ") for line in lines)] == []
    assert max(map(cells, lines)) <= width
    assert "sudo" not in "".join(lines)


def test_a_task_of_no_purpose_stands_among_the_others() -> None:
    lines = of_all({**TASKS, "pythons": TASKS["plan"]}, 80)
    assert lines[lines.index("Others:") + 1].startswith("  pythons ")


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_option_has_its_meaning_a_default_and_an_example(name: str) -> None:
    text = "\n".join(of_task(name, "What it does.", arguments(name), 80))
    assert text.startswith(f"unmoor {name}")
    for flag, means, default, positional in options(arguments(name)):
        assert means, flag
        assert f"\n  {flag}\n" in text
        assert positional or f"by default: {default}\n" in text
    assert text.count("      example: unmoor ") == len(arguments(name))


@pytest.mark.parametrize(("name", "option"), [(name, option) for name in EXAMPLES for option in EXAMPLES[name]])
def test_an_example_is_taken_and_uses_its_option(name: str, option: str) -> None:
    program, *words = shlex.split(EXAMPLES[name][option])
    assert program == "unmoor"
    parsed = Parser(contexts=namespace.to_contexts(ignore_unknown_help=True)).parse_argv(words)
    assert [each.name for each in parsed] == [name]
    assert not option or parsed[0].args[option].got_value


def test_letters_are_those_that_are_meant() -> None:
    found = {flag.split(",")[0] for name in TASKS for flag, *_ in options(arguments(name)) if flag[:2] != "--"}
    assert {each for each in found if each.startswith("-")} == {"-j", "-s", "-q", "-v"}
