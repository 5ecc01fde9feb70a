"""black, isort, flake8, ruff, mypy and pyright as the project runs them: in the words of the real ones."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest

from support.tool_environments import empty_environment, says, script
from unmoor.errors import ToolFailed
from unmoor.model import FileSelection, ToolRun
from unmoor.tools import black, flake8, isort, mypy, pyright, ruff

_PYTHON = FileSelection(types=("python",))
_HERE = (ToolRun(arguments=("src",)),)


@pytest.fixture
def tools(tmp_path, environ):
    made = empty_environment(tmp_path / "room", environ)
    made.folder.joinpath("a.py").write_text("")
    made.folder.joinpath("docs").mkdir()
    made.folder.joinpath("docs/page.md").write_text("")
    subprocess.run(["git", "init", "--quiet", made.folder], check=True)
    return made


@pytest.fixture
def log(tmp_path):
    return tmp_path / "tool.log"


def _on_errors(tools, name, err, status=0):
    script(tools.environment.scripts / name, f"cat >&2 <<'THE_END'\n{err}\nTHE_END\nexit {status}")


def _noting(tools, name, answer=""):
    """Let a program write down what it is called with, one call a line, and where."""
    notes = tools.scratch / f"{name}.calls"
    script(tools.environment.scripts / name, f'echo "$PWD: $*" >> {shlex.quote(str(notes))}\n{answer}')
    return notes


def _said(findings):
    return [(finding.place, finding.message) for finding in findings.problems]


# ── black ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_black_counts_what_it_would_leave_alone_and_what_not(tools, log):
    err = (
        "would reformat a.py\nwould reformat b.ipynb:cell_2\nerror: cannot format c.py: Cannot parse: 1:4: x y\n\n"
        "Oh no! 💥 💔 💥\n2 files would be reformatted, 7 files would be left unchanged, 1 file would fail to reformat."
    )
    _on_errors(tools, "black", err, 123)
    found = black.examine(tools, _HERE, log)
    assert (found.examined, found.unit) == (10, "files black")
    assert _said(found) == [
        ("c.py", "Cannot parse: 1:4: x y"),
        ("a.py", "is not formatted"),
        ("b.ipynb", "is not formatted"),
    ]


@pytest.mark.parametrize(
    "err", ["No Python files are present to be formatted. Nothing to do 😴", "No Path provided. Nothing to do 😴", ""]
)
def test_black_without_files_examined_nothing(tools, log, err):
    _on_errors(tools, "black", err)
    assert black.examine(tools, _HERE, log).examined == 0


def test_black_that_cannot_look_is_an_error(tools, log):
    _on_errors(tools, "black", "Usage: black [OPTIONS] SRC ...\nError: Invalid value for '--config': bad key.", 2)
    with pytest.raises(ToolFailed, match="black could not look: Invalid value for '--config': bad key"):
        black.examine(tools, _HERE, log)


def test_black_that_fails_without_a_file_fails(tools, log):
    _on_errors(tools, "black", "3 files would be left unchanged.", 1)
    assert len(black.examine(tools, _HERE, log).problems) == 1


# ── isort ────────────────────────────────────────────────────────────────────────────────────────────────────

_LISTS = 'case "$*" in *--show-files*) echo a.py; echo b.py; exit 0;; esac'


def test_isort_is_counted_by_its_list_of_files(tools, log):
    says(tools, "isort", "", 0, _LISTS)
    found = isort.examine(tools, _HERE, log)
    assert (found.examined, found.problems) == (2, ())
    says(tools, "isort", f"ERROR: {tools.folder}/a.py Imports are incorrectly sorted and/or formatted.", 1, _LISTS)
    assert _said(isort.examine(tools, _HERE, log)) == [("a.py", "its imports are not sorted")]


def test_isort_that_lists_nothing_examined_nothing_and_one_that_fails_fails(tools, log):
    says(tools, "isort", "")
    assert isort.examine(tools, _HERE, log).examined == 0
    says(tools, "isort", "odd", 1, _LISTS)
    assert len(isort.examine(tools, _HERE, log).problems) == 1
    says(tools, "isort", "isort: error: unrecognized arguments", 2)
    with pytest.raises(ToolFailed, match="unrecognized arguments"):
        isort.examine(tools, _HERE, log)


# ── flake8 ───────────────────────────────────────────────────────────────────────────────────────────────────

_BENCHMARK = "0.05       seconds elapsed\n12         total logical lines processed\n3          total files processed"


def test_flake8_is_counted_by_its_benchmark(tools, log):
    says(tools, "flake8", f"src/a.py:3:80: E501 line too long (81 > 79 characters)\n{_BENCHMARK}", 1)
    found = flake8.examine(tools, _HERE, log)
    assert (found.examined, found.unit) == (3, "files flake8")
    assert _said(found) == [("src/a.py:3", "E501: line too long (81 > 79 characters)")]
    says(tools, "flake8", _BENCHMARK.replace("3   ", "0   "))
    assert flake8.examine(tools, _HERE, log).examined == 0


@pytest.mark.parametrize(
    ("out", "status", "cause"),
    [
        (
            "There was a critical error during execution of Flake8:\nValueError: Error code '#' is odd.",
            1,
            "ValueError: Error code '#' is odd",
        ),
        (_BENCHMARK, 1, "total files processed"),
        ("", 0, ""),
    ],
)
def test_flake8_that_fails_without_a_remark_or_counts_nothing_is_an_error(tools, log, out, status, cause):
    says(tools, "flake8", out, status)
    with pytest.raises(ToolFailed, match="flake8 could not look") as raised:
        flake8.examine(tools, _HERE, log)
    assert cause in str(raised.value)


# ── where, with which words ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("adapter", "calls"),
    [
        (black, ["--check --no-color -l 79 a.py"]),
        (isort, ["--show-files -l 79 a.py", "--check-only -l 79 a.py"]),
        (flake8, ["-l 79 a.py --benchmark --format %(path)s:%(row)d:%(col)d: %(code)s %(text)s"]),
    ],
)
def test_a_tool_gets_the_words_and_the_files_of_its_run_and_nothing_that_mends(tools, log, adapter, calls):
    name = adapter.__name__.rpartition(".")[2]
    notes = _noting(tools, name, f"echo '{_BENCHMARK}'")
    adapter.examine(tools, (ToolRun(arguments=("-l", "79"), selection=_PYTHON),), log)
    assert notes.read_text().splitlines() == [f"{tools.folder}: {call}" for call in calls]


@pytest.mark.parametrize("adapter", [black, isort, flake8])
def test_a_run_in_another_folder_with_a_variable(tools, log, adapter):
    name = adapter.__name__.rpartition(".")[2]
    notes = _noting(tools, name, f"echo '{_BENCHMARK}'; echo $HOW >> {tools.scratch}/how")
    adapter.examine(tools, (ToolRun(arguments=(".",), folder="docs", environ=(("HOW", "so"),)),), log)
    assert notes.read_text().startswith(f"{tools.folder}/docs: ")
    assert tools.scratch.joinpath("how").read_text().split()[0] == "so"


def test_ruff_formats_python_and_no_markdown_where_nothing_is_said(tools, log):
    lists = 'case "$*" in *--show-files*) echo "$PWD/a.py";; *) echo "[]";; esac'
    notes = _noting(tools, "ruff", lists)
    found = ruff.examine(tools, (), log, jobs=("check", "format"))
    assert found.examined == 1
    assert [line.partition(": ")[2] for line in notes.read_text().splitlines()] == [
        "check . --show-files --no-cache",
        "check . --no-fix --no-fix-only --no-cache --output-format json",
        "check --force-exclude a.py --show-files --no-cache",
        "format --force-exclude a.py --check --no-cache",
    ]


def test_ruff_runs_what_is_written_with_its_own_options(tools, log):
    notes = _noting(tools, "ruff", 'case "$*" in *--show-files*) echo "$PWD/a.py";; esac')
    runs = (ToolRun(arguments=("format", "--preview", "--config", "x.toml", "src", "docs")),)
    ruff.examine(tools, runs, log)
    assert [line.partition(": ")[2] for line in notes.read_text().splitlines()] == [
        "check --config x.toml src docs --show-files --no-cache",
        "format --preview --config x.toml src docs --check --no-cache",
    ]


def test_what_mends_it_is_said_with_the_paths_of_the_run(tools, log):
    report = json.dumps(
        [{"code": "F401", "message": "x", "filename": "a.py", "location": {"row": 1}, "fix": {"applicability": "safe"}}]
    )
    says(tools, "ruff", report, 1, 'case "$*" in *--show-files*) echo "$PWD/a.py"; exit;; esac')
    found = ruff.examine(tools, (ToolRun(arguments=("check", "src", "tests")),), log)
    assert found.problems[-1].hint == "run `ruff check --fix src tests`"


# ── type checkers ────────────────────────────────────────────────────────────────────────────────────────────


def test_several_runs_of_mypy_are_one_answer(tools, log):
    out = "a.py:1: error: bad  [misc]\nFound 1 error in 1 file (checked 7 source files)"
    notes = _noting(tools, "mypy", f"echo '{out}'; exit 1")
    runs = tuple(ToolRun(arguments=("--platform", each)) for each in ("linux", "win32"))
    found = mypy.examine(tools, runs, log)
    assert (found.examined, _said(found)) == (7, [("a.py:1", "bad  [misc]")])
    assert [line.rpartition("--platform ")[2] for line in notes.read_text().splitlines()] == ["linux", "win32"]


def test_a_module_that_is_not_there_comes_first_with_what_brings_it(tools, log):
    out = (
        "a.py:9: error: Returning Any  [no-any-return]\n"
        'a.py:1: error: Library stubs not installed for "requests"  [import-untyped]\n'
        'a.py:1: note: Hint: "python3 -m pip install types-requests"\n'
        'a.py:2: error: Cannot find implementation or library stub for module named "lxml.etree"  [import-not-found]\n'
        "Found 3 errors in 1 file (checked 1 source file)"
    )
    says(tools, "mypy", out, 1)
    first, second, third = mypy.examine(tools, (ToolRun(),), log).problems
    assert "install types-requests beside mypy" in first.hint
    assert "types-requirements in [tool.unmoor]" in first.hint
    assert "install what brings 'lxml' beside mypy" in second.hint
    assert third.message.startswith("Returning Any")


def test_what_stops_mypy_is_told_and_not_its_last_line(tools, log):
    says(tools, "mypy", "error: Cannot find config\n== Return code: 2 ==", 2)
    with pytest.raises(ToolFailed, match="mypy could not look: Cannot find config"):
        mypy.examine(tools, (ToolRun(),), log)


def test_published_types_are_counted_by_symbols(tools, log):
    counts = {"withKnownType": 5, "withAmbiguousType": 0, "withUnknownType": 1}
    bad = {
        "severity": "error",
        "message": "Type is unknown",
        "file": str(tools.folder / "a.py"),
        "range": {"start": {"line": 2}},
    }
    report = {
        "version": "1.1.9",
        "generalDiagnostics": [],
        "summary": {"filesAnalyzed": 0},
        "typeCompleteness": {
            "exportedSymbolCounts": counts,
            "symbols": [
                {"name": "x.f", "isExported": True, "isTypeKnown": False, "diagnostics": [bad]},
                {"name": "x._g", "isExported": False, "isTypeKnown": False, "diagnostics": [bad]},
            ],
        },
    }
    says(tools, "pyright", json.dumps(report), 1)
    found = pyright.examine(tools, (ToolRun(arguments=("--verifytypes", "x")),), log)
    assert (found.examined, found.unit) == (6, "symbols pyright")
    assert _said(found) == [("a.py:3", "x.f: Type is unknown")]
    # It may let ambiguous ones pass: its exit status is what counts.
    says(tools, "pyright", json.dumps(report), 0)
    assert pyright.examine(tools, (ToolRun(arguments=("--verifytypes", "x")),), log).problems == ()


def test_pyright_that_cannot_fetch_node_is_not_asked(tools, log):
    says(tools, "pyright", "npm error code ENOTFOUND\nnpm error network request failed", 1)
    found = pyright.examine(tools, (ToolRun(),), log)
    assert (found.examined, found.unanswered) == (0, "pyright could not fetch node, or itself")
