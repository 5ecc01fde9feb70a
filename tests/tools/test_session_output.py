"""What tools print in sessions, in their own words: what is counted, and which line is the cause."""

from __future__ import annotations

import pytest

from unmoor.tools.session_output import count, failure, in_words, unit

COUNTED = {
    "pytest": ("===== 410 passed, 2 skipped, 1 xfailed in 12.34s =====", {"tests": 410}),
    "pytest -q": ("410 passed, 3 warnings in 72.10s (0:01:12)", {"tests": 410}),
    "pytest in colour": (
        "\x1b[32m=== \x1b[1m2 passed\x1b[0m in 0.01s ===",
        {"tests": 2},
    ),
    "pytest with subtests": ("== 2 passed, 4 subtests passed in 0.01s ==", {"tests": 2}),
    "pytest twice": ("1 passed in 0.1s\n3 passed, 1 skipped in 0.2s", {"tests": 4}),
    "all skipped": ("4 skipped in 0.1s", {"tests": 0}),
    "unittest": ("Ran 12 tests in 0.003s\n\nOK (skipped=2)", {"tests": 10}),
    "mypy": ("Success: no issues found in 17 source files", {"files": 17}),
    "mypy that remarks": ("Found 3 errors in 2 files (checked 17 source files)", {"files": 17}),
    "black and ruff": ("61 files would be left unchanged.\n60 files already formatted", {"files": 61}),
    "sphinx": ("building [html]: targets for 44 source files that are out of date", {"pages": 44}),
    "pre-commit": ("ruff.......Passed\nmypy....(no files to check)Skipped\nblack.......Passed", {"hooks": 2}),
    "nothing": ("All checks passed!", {}),
}


@pytest.mark.parametrize("tool", COUNTED)
def test_what_a_tool_says_it_looked_at_is_counted(tool: str) -> None:
    text, counts = COUNTED[tool]
    assert count(text) == counts


def test_counts_are_shown_in_words() -> None:
    assert in_words({"tests": 412, "pages": 1, "files": 0}) == "412 tests, 1 page"
    assert unit(3, ["tests"], {"tests": 412}) == "sessions (tests), 412 tests"
    assert unit(1, ["lint", "mypy"], {}) == "session (lint, mypy)"


CAUSES = {
    "pytest": (
        (
            "tests/test_a.py:3: AssertionError\n"
            "FAILED tests/test_a.py::test_one - assert 1 == 2\nFAILED tests/test_a.py::test_two[a - b]\n== 2 failed =="
        ),
        ["tests/test_a.py::test_one: assert 1 == 2", "tests/test_a.py::test_two[a - b]"],
    ),
    "pytest that cannot collect": (
        "ERROR tests/test_a.py - ModuleNotFoundError: No module named 'x'\n=== 1 error in 0.1s ===",
        ["tests/test_a.py: ModuleNotFoundError: No module named 'x'"],
    ),
    "unittest": ("FAIL: test_one (a.T.test_one)\nTraceback\nFAILED (failures=1)", ["test_one (a.T.test_one)"]),
    "mypy": (
        'src/a.py:3: error: Name "x" is not defined  [name-defined]\nFound 1 error in 1 file (checked 3 source files)',
        ['Name "x" is not defined [name-defined]'],
    ),
    "flake8": ("./src/a.py:1:80: E501 line too long", ["E501 line too long"]),
    "ruff": (
        "F401 [*] `os` is unused\n --> src/a.py:1:8\n  |\nFound 1 error.",
        ["F401 [*] `os` is unused"],
    ),
    "black": ("would reformat src/a.py\nOh no!\n1 file would be reformatted.", ["would reformat"]),
    "pre-commit": ("ruff.....Passed\nmypy.....Failed\n- hook id: mypy", ["the hook 'mypy' failed"]),
    "sphinx": (
        "docs/a.rst:3: WARNING: Title underline too short.\nbuild finished with problems, 1 warning.",
        ["Title underline too short"],
    ),
    "mkdocs": (
        "WARNING -  'a.md' links to 'b.md'\nAborted with 1 warnings in strict mode!",
        ["'a.md' links to 'b.md'"],
    ),
    "a script": ("begun\nKeyError: 'name'\nmake: *** [lint] Error 1", ["KeyError: 'name'"]),
    "no word of an error": ("something\nthat is all", ["that is all"]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("tool", CAUSES)
def test_the_cause_is_what_the_tool_says_and_not_the_runners_closing_line(tool: str) -> None:
    text, causes = CAUSES[tool]
    found = failure(text)
    assert ([each.message for each in found.causes], found.unreached) == (causes, "")


def test_a_remark_has_its_place() -> None:
    assert failure("src/a.py:3:1: error: no").causes[0].place == "src/a.py:3"
    assert failure("E1 x\n --> src/a.py:7:8").causes[0].place == "src/a.py:7"


def test_each_is_told_once() -> None:
    assert len(failure("FAILED tests/a.py::test_one - no\n" * 3).causes) == 1
    assert len(failure("src/a.py:3: error: no\n" * 3).causes) == 1


GAI = "socket.gaierror: [Errno -3] Temporary failure in name resolution"


@pytest.mark.parametrize(
    ("text", "unreached"),
    [
        (
            "fatal: unable to access 'https://git.example/hooks/': Could not resolve host: git.example",
            "https://git.example/hooks",
        ),
        (f"FAILED tests/a.py::test_a - {GAI}\nFAILED tests/a.py::test_b - {GAI}", GAI),
        (
            (
                "WARNING: failed to reach any of the inventories:\nintersphinx inventory "
                "'https://docs.example/objects.inv' not fetchable\ndocs/a.rst:1: WARNING: undefined label: a [ref.ref]"
            ),
            "https://docs.example/objects.inv",
        ),
        ("error: Failed to fetch: `https://index.example/simple/x/`\n  Caused by: dns error", "  Caused by: dns error"),
    ],
    ids=["hooks", "tests", "inventories", "an install"],
)
def test_a_network_that_does_not_answer_is_told_apart(text: str, unreached: str) -> None:
    assert failure(text).unreached == unreached.strip()


@pytest.mark.parametrize(
    "text",
    [
        f"FAILED tests/a.py::test_a - {GAI}\nFAILED tests/a.py::test_b - assert 1 == 2",
        "FAILED tests/a.py::test_a - ConnectionRefusedError: ('127.0.0.1', 80): Connection refused",
        "E   Could not resolve host\nFAILED tests/a.py::test_a - assert 1 == 2",
        "intersphinx inventory 'https://docs.example/objects.inv' not fetchable\na.rst:3: WARNING: Title too short",
    ],
    ids=["one of two", "a test's own server", "only printed", "a warning beside"],
)
def test_what_failed_for_another_reason_has_failed(text: str) -> None:
    assert failure(text).unreached == ""
