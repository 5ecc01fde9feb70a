"""A table of wrong settings: each is named by its key, with what was expected and what to do."""

import tomllib

import pytest

from unmoor.chain import CHAIN
from unmoor.errors import SettingsError
from unmoor.gates import REGISTRY
from unmoor.model import Finding
from unmoor.project.settings.decode import decode
from unmoor.project.settings.setting_docs import GATES

COMMAND = '[[tool.unmoor.commands]]\nname = "a-check"\nrun = ["true"]\n'
WAIVER = '[[tool.unmoor.waivers]]\ngate = "tag-is-free"\nreason = "r"\nby = "b"\n'


def problems_of(text: str) -> tuple[Finding, ...]:
    if not text.startswith("["):
        text = f"[tool.unmoor]\n{text}"
    table = tomllib.loads(text)["tool"]["unmoor"]
    with pytest.raises(SettingsError) as caught:
        decode(table, file="pyproject.toml", text=text)
    return caught.value.problems


# What is written, the key and line that are named, a part of what is said, a part of the hint.
WRONG = [
    # names
    ('branchs = ["main"]', "2: branchs", "unknown key 'branchs'", "did you mean 'branches'?"),
    ("disabel = []", "2: disabel", "unknown key", "did you mean 'disable'?"),
    ("leave-out = []", "2: leave-out", "'leave-out' is now called 'disable'", "write disable"),
    ("Installer = 'uv'", "2: Installer", "unknown key", "did you mean 'installer'?"),
    ("coverage = 80", "2: coverage", "unknown key", "did you mean 'tests.coverage'?"),
    ("upload-url = ''", "2: upload-url", "unknown key", "see the reference"),
    ("zzz = 1", "2: zzz", "unknown key", "see the reference"),
    ("[tool.unmoor.tests]\ncovrage = 1", "2: tests.covrage", "unknown key", "did you mean 'coverage'?"),
    ("[tool.unmoor.tests]\nengine = 'x'", "2: tests.engine", "unknown key", "did you mean 'docs.engine'?"),
    ("[tool.unmoor.indexes.pipy]", "1: indexes.pipy", "unknown index 'pipy'", "testpypi, pypi"),
    (COMMAND + "shell = true", "4: commands[0].shell", "unknown key", "known are name, run, stage, asserts, seconds"),
    # types
    ("branches = 'main'", "2: branches", "got 'main' (a text), expected a list of texts", "write ['main']"),
    ("branches = [1]", "2: branches[0]", "got 1 (a whole number), expected a text", ""),
    ("branches = {}", "2: branches", "got a table, expected a list of texts", ""),
    ("sign-tags = 1", "2: sign-tags", "got 1 (a whole number), expected true or false", ""),
    ("sign-tags = 'no'", "2: sign-tags", "got 'no' (a text), expected true or false", ""),
    ("tag = true", "2: tag", "got true (true or false), expected text", ""),
    ("tag = 2026-01-01", "2: tag", "got 2026-01-01 (a date or time), expected text", ""),
    ("installer = 3", "2: installer", "got 3 (a whole number), expected 'uv' or 'pip'", ""),
    (
        "lint = 'ruff'",
        "2: lint",
        "expected a list of 'ruff', 'black', 'isort', 'flake8' or 'pre-commit'",
        "write ['ruff']",
    ),
    ("tests = []", "2: tests", "got a list, expected a table", ""),
    ("waivers = {}", "2: waivers", "got a table, expected a list of tables", "write [[tool.unmoor.waivers]]"),
    ("waivers = [1]", "2: waivers[0]", "got 1 (a whole number), expected a table", ""),
    ("indexes = 1", "2: indexes", "expected a table", ""),
    ("[tool.unmoor.tests]\ncoverage = true", "2: tests.coverage", "got true", ""),
    ("[tool.unmoor.tests]\ncommand = 'pytest -q'", "2: tests.command", "got 'pytest -q' (a text)", ""),
    ("[tool.unmoor.tests]\npythons = [3.10]", "2: tests.pythons[0]", "got 3.1 (a number)", 'for example "3.10"'),
    ("[tool.unmoor.sizes]\nwheel-limit = true", "2: sizes.wheel-limit", "expected a whole number", ""),
    ("[tool.unmoor.sizes]\nwheel-limit = 1.5", "2: sizes.wheel-limit", "got 1.5 (a number)", ""),
    # choices
    ("installer = 'conda'", "2: installer", "got 'conda', expected 'uv' or 'pip'", "known are uv, pip"),
    ("approval = 'digests'", "2: approval", "expected 'version', 'digest' or 'environment'", "did you mean 'digest'?"),
    ("zero-major = 'mayor'", "2: zero-major", "expected 'minor' or 'major'", "did you mean 'major'?"),
    ("bump-commit = 'owned'", "2: bump-commit", "expected 'together' or 'own'", "did you mean 'own'?"),
    ("notes = 'town-crier'", "2: notes", "expected 'towncrier'", "did you mean 'towncrier'?"),
    ("lint = ['ruf']", "2: lint[0]", "got 'ruf'", "did you mean 'ruff'?"),
    ("types = ['pyrite']", "2: types[0]", "expected 'mypy' or 'pyright'", "did you mean 'pyright'?"),
    ("disable = ['tag-is-fre']", "2: disable[0]", "expected the name of a built-in gate", "'tag-is-free'?"),
    ("[tool.unmoor.docs]\nengine = 'sfinx'", "2: docs.engine", "got 'sfinx'", "did you mean 'sphinx'?"),
    ("[tool.unmoor.tests]\nagainst = 'whl'", "2: tests.against", "expected 'tree' or 'wheel'", "did you mean 'wheel'?"),
    (COMMAND + "stage = 'chek'", "4: commands[0].stage", "got 'chek'", "did you mean 'check'?"),
    # values
    ("tag = 'v1'", "2: tag", "expected a form with '{version}' in it", "'v{version}'"),
    ("tag = 'v{version}-{date}'", "2: tag", "at most '{name}' beside it", ""),
    ("tag = '{version}{version}'", "2: tag", "'{version}' once", ""),
    ("tag = '-{version}'", "2: tag", "git takes as a tag name", "leave out blanks"),
    ("tag = 'v {version}'", "2: tag", "git takes as a tag name", ""),
    ("branches = ['']", "2: branches[0]", "the name or pattern of a branch", "'main'"),
    ("branches = ['-f']", "2: branches[0]", "the name or pattern of a branch", ""),
    ("remote = '--mirror'", "2: remote", "the name of a git remote", "origin"),
    ("remote = 'https://example.invalid/x'", "2: remote", "not its address", ""),
    ("imports = ['my-package']", "2: imports[0]", "a name that can be imported", ""),
    ("changelog = '../NEWS.md'", "2: changelog", "a path inside the project", "without '..'"),
    ("required-files = ['/etc/hosts']", "2: required-files[0]", "a path inside the project", ""),
    ("critical-paths = ['C:/x']", "2: critical-paths[0]", "a path inside the project", ""),
    ("executables = ['bin\\\\tool']".replace("\\\\", "\\"), "2: executables[0]", "a path with '/'", "write 'bin/tool'"),
    ("pass-env = ['*']", "2: pass-env[0]", "the name of a variable", "'MYLIB_*'"),
    ("pass-env = ['A*B']", "2: pass-env[0]", "the name of a variable", ""),
    ("pass-env = ['UNMOOR_PYPI_TOKEN']", "2: pass-env[0]", "no credential of uploads", "remove it"),
    ("archive-allow = ['']", "2: archive-allow[0]", "a path inside the project", ""),
    ("[tool.unmoor.tests]\ncoverage = 101", "2: tests.coverage", "got 101, expected a percentage from 0 to 100", ""),
    ("[tool.unmoor.tests]\ncoverage = -1", "2: tests.coverage", "from 0 to 100", ""),
    ("[tool.unmoor.tests]\ncoverage = nan", "2: tests.coverage", "from 0 to 100", ""),
    ("[tool.unmoor.tests]\nseconds = 0", "2: tests.seconds", "a number of seconds above 0", ""),
    ("[tool.unmoor.docs]\nseconds = inf", "2: docs.seconds", "a number of seconds above 0", ""),
    ("[tool.unmoor.tests]\npythons = ['3']", "2: tests.pythons[0]", "a Python version", "'3.12'"),
    ("[tool.unmoor.tests]\ngroups = ['--all']", "2: tests.groups[0]", "the name of a group or extra", ""),
    ("[tool.unmoor.sizes]\nsdist-notice = -1", "2: sizes.sdist-notice", "a size in bytes, 0 or more", ""),
    (
        "[tool.unmoor.sizes]\nwheel-notice = 9\nwheel-limit = 8",
        "3: sizes.wheel-limit",
        "below 'sizes.wheel-notice' (9)",
        "raise the limit",
    ),
    ("[tool.unmoor.indexes.pypi]\nupload-url = 'ftp://x.invalid/'", "2: indexes.pypi.upload-url", "http://", ""),
    ("[tool.unmoor.indexes.pypi]\nupload-url = 'http://x.invalid/'", "2: indexes.pypi.upload-url", "https://", ""),
    ("[tool.unmoor.indexes.pypi]\nsimple-url = 'http://[::2]/'", "2: indexes.pypi.simple-url", "https://", ""),
    ("[tool.unmoor.indexes.pypi]\nvisible-seconds = 0", "2: indexes.pypi.visible-seconds", "seconds above 0", ""),
    ("[tool.unmoor.indexes.pypi]\nsimple-url = 'https://'", "2: indexes.pypi.simple-url", "http://", ""),
    ("[tool.unmoor.indexes.pypi]\nsimple-url = 'http://a:b/'", "2: indexes.pypi.simple-url", "http://", ""),
    # tables in lists
    (
        "[[tool.unmoor.waivers]]\ngate = 'tag-is-free'\nby = 'b'",
        "1: waivers[0].reason",
        "'reason' is missing",
        "add it",
    ),
    ("[[tool.unmoor.waivers]]\ngate = 'tag-is-free'\nreason = 'r'", "1: waivers[0].by", "'by' is missing", "add it"),
    (WAIVER.replace("'r'", "' '").replace('"r"', '" "'), "3: waivers[0].reason", "a text that is not empty", ""),
    (WAIVER + "until = 'soon'", "5: waivers[0].until", "got 'soon', expected a day as YYYY-MM-DD", "for good"),
    (WAIVER + "until = '2026-02-30'", "5: waivers[0].until", "a day as YYYY-MM-DD", ""),
    (WAIVER + "until = '20260228'", "5: waivers[0].until", "a day as YYYY-MM-DD", ""),
    (WAIVER + "until = 2026-02-28T10:00:00", "5: waivers[0].until", "a date or time", ""),
    (WAIVER.replace("tag-is-free", "tag-is-fine"), "2: waivers[0].gate", "the name of a gate", "'tag-is-free'?"),
    (
        f"[tool.unmoor]\ndisable = ['tag-is-free']\n{WAIVER}",
        "4: waivers[0].gate",
        "disabled and waived at once",
        "one of the",
    ),
    (COMMAND.replace("a-check", "tests-pass"), "2: commands[0].name", "name of a built-in gate", "another name"),
    (COMMAND.replace("a-check", "../x"), "2: commands[0].name", "lower case letters", "schema-is-current"),
    (COMMAND + COMMAND, "5: commands[1].name", "'a-check' names two commands", "its own name"),
    (COMMAND.replace('["true"]', "[]"), "3: commands[0].run", "the command is empty", "for example"),
    (COMMAND + "seconds = -5", "4: commands[0].seconds", "above 0", ""),
    ("[[tool.unmoor.secrets]]\npath = 'tests/*'", "1: secrets[0].reason", "'reason' is missing", ""),
    ("[[tool.unmoor.secrets]]\npath = '../*'\nreason = 'r'", "2: secrets[0].path", "a path inside the project", ""),
    (
        "[[tool.unmoor.version-files]]\npath = 'x.txt'\nsearch = 'version'",
        "3: version-files[0].search",
        "a text with '{version}' in it",
        "version: {version}",
    ),
    ("gates = ['lint', 'lint']", "2: gates", "'lint' is named twice", "once"),
]


@pytest.mark.parametrize(("text", "place", "what", "hint"), WRONG, ids=[f"{row[1]} {row[0][:40]}" for row in WRONG])
def test_a_wrong_setting_is_named_with_its_place_and_what_to_do(text: str, place: str, what: str, hint: str) -> None:
    (problem,) = problems_of(text)
    line, _, key = place.partition(": ")
    assert problem.place == f"pyproject.toml:{line}: tool.unmoor.{key}"
    assert what in problem.message
    assert hint in problem.hint


def test_every_problem_is_found_in_one_go() -> None:
    text = """\
[tool.unmoor]
tag = "v"
branchs = []
[tool.unmoor.tests]
coverage = 200
[[tool.unmoor.commands]]
name = "tests-pass"
run = "true"
[[tool.unmoor.waivers]]
gate = "nothing"
"""
    named = [problem.place.rpartition("tool.unmoor.")[2] for problem in problems_of(text)]
    assert sorted(named) == [
        "branchs",
        "commands[0].name",
        "commands[0].run",
        "tag",
        "tests.coverage",
        "waivers[0].by",
        "waivers[0].gate",
        "waivers[0].reason",
    ]


def test_problems_come_in_the_order_of_their_lines() -> None:
    text = "[tool.unmoor]\nzzz = 1\ngates = ['a', 'a']\ntag = ''\nyyy = 2\n"
    lines = [problem.place.split(":")[1] for problem in problems_of(text)]
    assert lines == ["2", "3", "4", "5"]


@pytest.mark.parametrize(
    "place",
    [
        "user:{}@example.invalid/",
        "{}@example.invalid/simple/",
        "user:{}/more@example.invalid/",
        "example.invalid/?token={}",
        "example.invalid/#{}",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(place: str) -> None:
    secret = "hunter-" + "x" * 12
    text = f"[tool.unmoor.indexes.pypi]\nupload-url = 'https://{place.format(secret)}'"
    (problem,) = problems_of(text)
    assert secret not in str(problem)
    assert problem.place.endswith("tool.unmoor.indexes.pypi.upload-url")


def test_a_long_value_is_cut_short() -> None:
    (problem,) = problems_of(f"installer = '{'x' * 500}'")
    assert len(problem.message) < 120


def test_a_table_that_is_none_is_a_problem() -> None:
    with pytest.raises(SettingsError) as caught:
        decode(["uv"], file="pyproject.toml")
    assert str(caught.value) == "pyproject.toml: tool.unmoor: got a list, expected a table"


def test_the_gates_that_settings_may_name_are_the_gates_there_are() -> None:
    assert set(GATES) == set(REGISTRY)
    assert len(GATES) == len(set(GATES))
    assert {gate for stage in CHAIN for gate in stage.gates} == set(GATES)
