"""Programs that claim success, or fail in odd ways, in the words of the real ones."""

from __future__ import annotations

import subprocess

import pytest

from support.tool_environments import empty_environment, says, script
from unmoor.errors import Broken, ToolFailed, ToolMissing
from unmoor.model import ToolRun
from unmoor.tools import mkdocs, mypy, precommit, pyright, ruff, sphinx, zensical
from unmoor.tools.tool_environment import surroundings


@pytest.fixture
def tools(tmp_path, environ):
    made = empty_environment(tmp_path / "room", environ)
    subprocess.run(["git", "init", "--quiet", made.folder], check=True)
    made.folder.joinpath("a.py").write_text("")
    return made


@pytest.fixture
def log(tmp_path):
    return tmp_path / "tool.log"


def _messages(findings):
    return [finding.message for finding in findings]


# ── surroundings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_is_taken_from_the_room_and_not_from_the_path(tools, tmp_path):
    script(tmp_path / "bin/ruff", "exit 0")
    tools.env["PATH"] = f"{tmp_path / 'bin'}:{tools.env['PATH']}"
    with pytest.raises(ToolMissing, match="'ruff' is not in the environment made from a test"):
        tools.program("ruff")


def test_what_would_narrow_a_tool_or_is_secret_is_not_passed_on(environ):
    narrowing = {"PYTEST_ADDOPTS": "-k one", "SKIP": "mypy", "RUFF_CONFIG": "x", "FORCE_COLOR": "1", "A_TOKEN": "x"}
    passed = surroundings({**environ, **narrowing, "THEIRS": "kept"})
    assert not set(narrowing) & set(passed)
    assert passed["THEIRS"] == "kept"


# ── ruff ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ruff_that_was_shown_no_file_examined_nothing(tools, log):
    says(tools, "ruff", "[]")
    found = ruff.examine(tools, (ToolRun(arguments=("check", ".")),), log)
    assert (found.examined, found.problems) == (0, ())


# A file is there to look at; what comes of looking is what the program says next.
_ONE_FILE = 'case "$*" in *--show-files*) echo "$PWD/a.py"; exit 0;; esac'


@pytest.mark.parametrize(("out", "status"), [("ruff failed\n  Cause: bad rule", 2), ("not json", 1)])
def test_ruff_that_cannot_look_is_an_error(tools, log, out, status):
    says(tools, "ruff", out, status, _ONE_FILE)
    with pytest.raises(ToolFailed, match="ruff"):
        ruff.examine(tools, (ToolRun(arguments=("check", ".")),), log)


def test_ruff_that_fails_without_naming_anything_fails(tools, log):
    says(tools, "ruff", "[]", 1, _ONE_FILE)
    assert _messages(ruff.examine(tools, (ToolRun(arguments=("check", ".")),), log).problems) == [
        "ruff failed without naming a violation"
    ]


# ── mypy ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_success_in_no_files_examined_nothing(tools, log):
    says(tools, "mypy", "Success: no issues found in 0 source files")
    assert mypy.examine(tools, (ToolRun(),), log).examined == 0


@pytest.mark.parametrize(("out", "status"), [("", 0), ("mypy: can't read file 'src'", 2)])
def test_mypy_that_does_not_say_what_it_checked_is_an_error(tools, log, out, status):
    says(tools, "mypy", out, status)
    with pytest.raises(ToolFailed, match="mypy"):
        mypy.examine(tools, (ToolRun(arguments=("src",)),), log)


def test_errors_that_prevent_checking_are_told(tools, log):
    says(
        tools,
        "mypy",
        "a.py:3: error: Invalid syntax  [syntax]\nFound 1 error in 1 file (errors prevented further checking)",
        2,
    )
    found = mypy.examine(tools, (ToolRun(),), log)
    assert found.problems[0].place == "a.py:3"
    assert found.problems[0].message == "Invalid syntax  [syntax]"


# ── pyright ──────────────────────────────────────────────────────────────────────────────────────────────────

_PYRIGHT = """{"version": "1.1.9", "generalDiagnostics": [%s], "summary": {"filesAnalyzed": %d}}"""
_DIAGNOSTIC = (
    '{"file": "a.py", "severity": "error", "message": "Bad.\\nmore", "rule": "reportX", '
    '"range": {"start": {"line": 4}}}'
)


def test_pyright_is_judged_by_its_report(tools, log):
    says(tools, "pyright", "a notice of its installer\n" + _PYRIGHT % (_DIAGNOSTIC, 3), 1)
    found = pyright.examine(tools, (ToolRun(),), log)
    assert (found.examined, found.tools) == (3, {"pyright": "1.1.9"})
    assert (found.problems[0].place, found.problems[0].message) == ("a.py:5", "Bad  [reportX]")


def test_no_errors_in_no_files_examined_nothing(tools, log):
    says(tools, "pyright", _PYRIGHT % ("", 0))
    assert pyright.examine(tools, (ToolRun(),), log).examined == 0


def test_pyright_that_fails_without_an_error_fails(tools, log):
    says(tools, "pyright", _PYRIGHT % ("", 3), 3)
    assert _messages(pyright.examine(tools, (ToolRun(),), log).problems) == [
        "pyright ended with exit status 3 and named no error"
    ]


@pytest.mark.parametrize("out", ["", "No source files found.", "{}"])
def test_pyright_without_a_report_is_an_error(tools, log, out):
    says(tools, "pyright", out)
    with pytest.raises(ToolFailed, match="left no report"):
        pyright.examine(tools, (ToolRun(),), log)


# ── pre-commit ───────────────────────────────────────────────────────────────────────────────────────────────


def _hooks(tools, log, out, status):
    says(tools, "pre-commit", out, status)
    return precommit.examine(tools, tools.folder, log)


def test_hooks_without_files_examined_nothing(tools, log):
    found = _hooks(tools, log, "ruff check.........................(no files to check)Skipped", 0)
    assert (found.examined, found.problems) == (0, ())
    assert _messages(found.notices) == ["1 of 1 hooks had no files to look at: ruff check"]


@pytest.mark.parametrize(
    ("out", "status", "cause"),
    [
        (
            "An error has occurred: Invalid: \n==> File a.yaml\n=====> Missing required key: rev\nCheck the log",
            1,
            "File a.yaml: Missing required key: rev",
        ),
        ("An unexpected error has occurred: OSError: x\nCheck the log at the log", 3, ""),
    ],
)
def test_a_configuration_that_cannot_be_read_is_told_by_its_cause(tools, log, out, status, cause):
    try:
        (problem,) = _hooks(tools, log, out, status).problems
    except ToolFailed as error:
        (problem,) = error.problems
    assert cause in problem.message


def test_prek_runs_its_own_configuration(tools, log):
    says(tools, "prek", "ruff check...........Passed\n", 0)
    found = precommit.examine(tools, tools.folder, log, program="prek")
    assert (found.examined, found.unit, list(found.tools)) == (1, "hooks prek", ["prek"])


def test_a_hook_that_mends_files_fails(tools, log):
    out = "trim whitespace......Failed\n- hook id: trim\n- files were modified by this hook\n\nFixing a.py\n"
    found = _hooks(
        tools, log, out + "ruff check...........Passed\ntypes..........Failed\n- hook id: t\n\nbad line\n", 1
    )
    assert _messages(found.problems) == [
        "the hook 'trim whitespace' failed: it would change files",
        "the hook 'types' failed: bad line",
    ]
    assert found.examined == 3


def test_a_failure_that_no_hook_accounts_for_is_a_failure(tools, log):
    found = _hooks(tools, log, "ruff check.......Passed\nsomething odd", 1)
    assert _messages(found.problems) == ["pre-commit failed: something odd"]


def test_hook_repositories_that_do_not_answer_are_no_pass(tools, log):
    out = "[INFO] Initializing environment for https://forge.invalid/hooks.\nfatal: Could not resolve host"
    found = _hooks(tools, log, out, 3)
    assert (found.examined, found.unanswered) == (0, "hook repositories did not answer: https://forge.invalid/hooks")


def test_a_broken_configuration_is_an_error(tools, log):
    with pytest.raises(ToolFailed, match="InvalidConfigError"):
        _hooks(tools, log, "An error has occurred: InvalidConfigError:", 1 + 2)


# ── sphinx ───────────────────────────────────────────────────────────────────────────────────────────────────

_WROTE = 'for last; do :; done; mkdir -p "$last"; touch "$last/index.html" "$last/genindex.html"'
_WARN = 'while [ "$1" != -w ]; do shift; done; printf \'%s\\n\' "$WARNINGS" > "$2"'


def _sphinx(tools, log, *, warnings="", out="build succeeded.", status=0, before=_WROTE, live=False):
    tools.env["WARNINGS"] = warnings
    says(tools, "sphinx-build", out, status, f"{before}\n{_WARN if warnings else ''}")
    return sphinx.examine(tools, tools.folder / "docs", live=live, log=log, seconds=30)


def test_made_up_pages_do_not_count(tools, log):
    assert _sphinx(tools, log).examined == 1


def test_a_build_that_wrote_no_page_examined_nothing(tools, log):
    assert _sphinx(tools, log, before="").examined == 0


def test_a_build_that_does_not_say_that_it_succeeded_has_not(tools, log):
    assert _sphinx(tools, log, out="hello").problems


def test_a_build_that_dies_is_an_error(tools, log):
    with pytest.raises(ToolFailed, match="Could not import extension"):
        _sphinx(tools, log, out="Extension error: Could not import extension x", status=2)


_PROBLEMS = "build finished with problems, 1 warning (with warnings treated as errors)."
_UNREACHED = (
    "WARNING: failed to reach any of the inventories with the following issues:\nintersphinx inventory not fetchable"
)


def test_warnings_are_problems_with_a_place(tools, log):
    warning = f"{tools.folder}/docs/a.rst:3: WARNING: Title underline too short.\n\nTitle"
    found = _sphinx(tools, log, warnings=warning, out=_PROBLEMS, status=1)
    assert [(each.place, each.message) for each in found.problems] == [("docs/a.rst:3", "Title underline too short")]


def test_a_warning_in_a_docstring_names_the_file_and_the_docstring(tools, log):
    warning = f"{tools.folder}/src/a.py:docstring of a.f:2: WARNING: Unexpected indentation."
    (problem,) = _sphinx(tools, log, warnings=warning, out=_PROBLEMS, status=1).problems
    assert (problem.place, problem.message) == ("src/a.py:2", "Unexpected indentation (docstring of a.f)")


def test_inventories_that_do_not_answer_block_only_live(tools, log):
    reference = f"{tools.folder}/docs/a.rst:3: WARNING: undefined label: 'python:thing'"
    warnings = f"{_UNREACHED}\n{reference}"
    rehearsed = _sphinx(tools, log, warnings=warnings, out=_PROBLEMS, status=1)
    assert rehearsed.problems == ()
    assert any("inventory of another project" in message for message in _messages(rehearsed.notices))
    assert any("undefined label" in message for message in _messages(rehearsed.notices))
    live = _sphinx(tools, log, warnings=warnings, out=_PROBLEMS, status=1, live=True)
    assert len(live.problems) == 2


def test_an_unresolved_reference_is_a_problem_where_every_inventory_answers(tools, log):
    reference = f"{tools.folder}/docs/a.rst:3: WARNING: undefined label: 'thing'"
    assert _sphinx(tools, log, warnings=reference, out=_PROBLEMS, status=1).problems


_GONE = _UNREACHED.replace("inventory not", "inventory 'https://docs.example/objects.inv' not")


def test_sphinx_that_breaks_behind_warnings_of_the_network_is_not_called_built(tools, log):
    broke = "Extension error:\nCould not import extension x (exception: No module named 'x')\nPlease also report this"
    with pytest.raises(Broken, match=r"sphinx could not build: Could not import extension x \(exception: No module"):
        _sphinx(tools, log, out=f"{_GONE}\n{broke}", status=2, warnings=_GONE)


def test_sphinx_that_trips_over_what_an_inventory_lacks_is_not_rehearsed(tools, log):
    broke = f"{_GONE}\n\nExtension error:\nHandler f for event 'x' threw an exception (exception: 'py:method')"
    found = _sphinx(tools, log, out=broke, status=2, warnings=_GONE)
    assert "did not answer: Handler f for event 'x' threw an exception" in found.unanswered
    with pytest.raises(Broken, match="Handler f"):
        _sphinx(tools, log, out=broke, status=2, live=True)


def test_sphinx_without_strictness_is_not_told_of_it_and_tells_its_warnings(tools, log):
    tools.env["WARNINGS"] = f"{tools.folder}/docs/a.rst:3: WARNING: Title underline too short."
    says(tools, "sphinx-build", "build succeeded, 1 warning.", 0, f'echo "$@"\n{_WROTE}\n{_WARN}')
    found = sphinx.examine(
        tools, tools.folder / "docs", live=True, log=log, seconds=30, strict=False, builder="dirhtml", options=("-n",)
    )
    assert found.problems == ()
    assert "1 warning let pass" in found.notices[0].message
    said = log.read_text().splitlines()[1].split()
    assert ("-W" in said, said[said.index("-b") + 1], "-n" in said) == (False, "dirhtml", True)


def test_sphinxs_own_pages_are_no_pages_of_the_documentation(tools, log):
    made = 'mkdir -p "$last/genindex" "$last/start"; touch "$last/genindex/index.html" "$last/start/index.html"'
    assert _sphinx(tools, log, before=f"{_WROTE}\n{made}").examined == 2


# ── mkdocs, zensical ─────────────────────────────────────────────────────────────────────────────────────────

_SITE = 'while [ "$1" != --site-dir ]; do shift; done; mkdir -p "$2"; touch "$2/index.html" "$2/404.html"'


def test_mkdocs_counts_pages_and_tells_of_lost_headings(tools, log):
    lost = "INFO    -  Doc file 'index.md' contains a link '#nope', but there is no such anchor on this page."
    says(tools, "mkdocs", lost, 0, _SITE)
    found = mkdocs.examine(tools, "mkdocs", "mkdocs.yml", log=log, seconds=30)
    assert (found.examined, found.problems) == (1, ())
    assert "1 link to headings that are not there" in found.notices[0].message


def test_mkdocs_is_never_told_to_be_quiet(tools, log):
    says(tools, "properdocs", "", 0, f'echo "$@"\n{_SITE}')
    mkdocs.examine(tools, "properdocs", "", log=log, seconds=30)
    said = log.read_text().splitlines()[1].split()
    assert "--strict" in said
    assert not {"-q", "--quiet"} & set(said)


def test_an_inventory_that_mkdocs_does_not_reach_blocks_only_live(tools, log):
    out = "WARNING -  mkdocstrings: Couldn't load inventory https://docs.example/objects.inv\n\nAborted with 1 warnings"
    says(tools, "mkdocs", out, 1)
    rehearsed = mkdocs.examine(tools, "mkdocs", "", live=False, log=log, seconds=30)
    assert (rehearsed.problems, bool(rehearsed.examined)) == ((), True)
    assert "1 inventory of another project did not answer" in rehearsed.notices[0].message
    assert mkdocs.examine(tools, "mkdocs", "", live=True, log=log, seconds=30).problems


def test_mkdocs_that_warns_fails_with_what_it_said(tools, log):
    out = "WARNING -  Doc file 'index.md' links to 'missing.md', which is not found.\n\nAborted with 1 warnings"
    says(tools, "mkdocs", out, 1)
    found = mkdocs.examine(tools, "mkdocs", "", log=log, seconds=30)
    assert found.examined
    assert "missing.md" in found.problems[0].message


def test_mkdocs_whose_configuration_is_wrong_could_not_build(tools, log):
    out = (
        "ERROR   -  Config value 'plugins': The \"llmstxt\" plugin is not installed\nAborted with 1 configuration error"
    )
    says(tools, "mkdocs", out, 1)
    with pytest.raises(Broken, match="mkdocs could not build: Config value 'plugins': The \"llmstxt\" plugin"):
        mkdocs.examine(tools, "mkdocs", "", log=log, seconds=30)


def test_mkdocs_without_strictness_tells_its_warnings(tools, log):
    says(tools, "mkdocs", "WARNING -  Doc file 'index.md' links to 'missing.md'", 0, f'echo "$@"\n{_SITE}')
    found = mkdocs.examine(tools, "mkdocs", "", log=log, seconds=30, strict=False, why="it does")
    assert (found.problems, found.examined) == ((), 1)
    assert found.notices[0].message == "1 warning let pass: it does"
    assert "--strict" not in log.read_text().splitlines()[1].split()


@pytest.mark.parametrize("engine", ["mkdocs", "properdocs"])
def test_mkdocs_that_ends_well_without_a_page_examined_nothing(tools, log, engine):
    says(tools, engine, "")
    found = mkdocs.examine(tools, engine, "", log=log, seconds=30)
    assert (found.examined, "it wrote no page" in found.hint) == (0, True)


def test_mkdocs_that_dies_is_an_error(tools, log):
    says(tools, "mkdocs", "Config file 'mkdocs.yml' does not exist", 1)
    with pytest.raises(ToolFailed, match="does not exist"):
        mkdocs.examine(tools, "mkdocs", "", log=log, seconds=30)


_ZENSICAL = """Warning: page does not exist
   ╭─[ index.md:3:5 ]
1 issue found
Traceback (most recent call last):
  File "main.py", line 81, in execute_build
RuntimeError: Aborted because --strict flag is set"""


def test_zensical_is_told_by_its_warnings_and_not_by_its_traceback(tools, log):
    says(tools, "zensical", _ZENSICAL, 1)
    found = zensical.examine(tools, "zensical.toml", tools.folder, log=log, seconds=30)
    assert [(each.message, each.place) for each in found.problems] == [("page does not exist", "index.md:3")]


def test_zensical_that_only_crashes_is_told_by_its_last_line(tools, log):
    says(tools, "zensical", "Traceback (most recent call last):\n  File x\nTOMLDecodeError: Unterminated string", 1)
    with pytest.raises(Broken, match="zensical could not build: TOMLDecodeError: Unterminated string"):
        zensical.examine(tools, "", tools.folder, log=log, seconds=30)


def test_zensical_that_writes_no_page_examined_nothing(tools, log):
    says(tools, "zensical", "No issues found")
    assert zensical.examine(tools, "", tools.folder, log=log, seconds=30).examined == 0
