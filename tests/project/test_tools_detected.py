"""The linters, type checkers, test suite and documentation engine a project uses, and what each needs."""

import tomllib
from pathlib import Path

import pytest

from support.trees import write
from unmoor.model import Requirements, Tool
from unmoor.model.settings import DocsSettings
from unmoor.model.settings import TestSettings as SettingsOfTests
from unmoor.project.detect.commands import project_commands
from unmoor.project.detect.docs_engine import docs_engine
from unmoor.project.detect.lint_tools import lint_tools
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.packages import Package
from unmoor.project.detect.pre_commit import HookConfiguration, hook_configuration
from unmoor.project.detect.requirement_lists import RequirementList, requirement_lists
from unmoor.project.detect.test_suite import test_suite as suite_of
from unmoor.project.detect.type_checkers import type_checkers
from unmoor.project.project_files import ProjectFiles
from unmoor.project.settings.decode import decode


def read(folder: Path, files: dict[str, str]) -> tuple[ProjectFiles, tuple[RequirementList, ...]]:
    tree = write(folder, files)
    return tree, requirement_lists(tree, metadata(tree))


# ── ruff and pre-commit ──────────────────────────────────────────────────────────────────────────────────────

HOOKS = """
    repos:
      - repo: https://example.invalid/astral-sh/ruff-pre-commit
        rev: {rev}
        hooks:
          - id: ruff-check
            args: [--fix]
          - id: ruff-format
      - repo: local
        hooks:
          - {{id: inline}}
    """


def lint(folder: Path, files: dict[str, str], given: tuple[str, ...] | None = None) -> dict[str, Tool]:
    return linters(folder, files, given)[0]


def linters(
    folder: Path, files: dict[str, str], given: tuple[str, ...] | None = None
) -> tuple[dict[str, Tool], dict[str, str]]:
    tree, lists = read(folder, files)
    found, unused = lint_tools(tree, lists, hook_configuration(tree), project_commands(tree), given)
    return {tool.name: tool for tool in found}, dict(unused)


VERSIONS = [
    ({"tox.ini": "[testenv]\ncommands = ruff check\n"}, ("ruff",), "not pinned anywhere: the newest there is"),
    ({"tox.ini": "[testenv]\ndeps = ruff<0.9\ncommands = ruff check\n"}, ("ruff<0.9",), "tox.ini"),
    ({"requirements.txt": "ruff==0.12.11\n"}, ("ruff==0.12.11",), "pinned in requirements file 'requirements.txt'"),
    (
        {"requirements.txt": "ruff>=0.12\n"},
        ("ruff>=0.12",),
        "the newest that requirements file 'requirements.txt' allows",
    ),
    (
        {"requirements.txt": "ruff\n", "uv.lock": '[[package]]\nname = "ruff"\nversion = "0.15.1"\n'},
        ("ruff==0.15.1",),
        "uv.lock",
    ),
    ({".pre-commit-config.yaml": HOOKS.format(rev="v0.15.16")}, ("ruff==0.15.16",), "its pre-commit hook"),
    ({".pre-commit-config.yaml": HOOKS.format(rev='"v0.16.3"')}, ("ruff==0.16.3",), "its pre-commit hook"),
    (
        {".pre-commit-config.yaml": HOOKS.format(rev="c60c98  # frozen: v0.15.9")},
        ("ruff==0.15.9",),
        "its pre-commit hook",
    ),
    ({".pre-commit-config.yaml": HOOKS.format(rev="main")}, ("ruff",), "not pinned anywhere"),
    (
        {".pre-commit-config.yaml": HOOKS.format(rev="v0.15.16"), "requirements.txt": "ruff==0.1.2"},
        ("ruff==0.1.2",),
        "pinned",
    ),
    (
        {".pre-commit-config.yaml": HOOKS.format(rev="v0.15.16"), "requirements.txt": "ruff>=0.1"},
        ("ruff==0.15.16",),
        "hook",
    ),
]


@pytest.mark.parametrize(("files", "arguments", "reason"), VERSIONS)
def test_the_version_of_ruff_is_the_projects(
    tmp_path: Path, files: dict[str, str], arguments: tuple[str, ...], reason: str
) -> None:
    tool = lint(tmp_path, {"ruff.toml": "", **files})["ruff"]
    assert tool.requirements.arguments == arguments
    assert reason in tool.requirements.reason
    assert not tool.requirements.project


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {".ruff.toml": "", "uv.lock": '[[package]]\nname = "ruff"\nversion = "0.15.1"\n'},
            ".ruff.toml",
        ),
        ({"tox.ini": "[testenv:style]\ncommands = ruff check\n"}, "tox 'style' (tox.ini): ruff check"),
        ({"pyproject.toml": "[dependency-groups]\nlint = ['ruff']\n"}, "dependency group 'lint' names it"),
        (
            {".pre-commit-config.yaml": HOOKS.format(rev="v1.0")},
            ".pre-commit-config.yaml: hook 'ruff-check'; .pre-commit-config.yaml: hook 'ruff-format'",
        ),
    ],
)
def test_why_ruff_is_used(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    assert lint(tmp_path, files)["ruff"].reason == reason


@pytest.mark.parametrize(
    ("files", "uses"),
    [
        ({"requirements.txt": "ruff\n"}, "check format"),
        ({".pre-commit-config.yaml": HOOKS.format(rev="v1.0")}, "check format"),
        ({".pre-commit-config.yaml": HOOKS.format(rev="v1.0").replace("ruff-format", "other")}, "check"),
        ({".pre-commit-config.yaml": HOOKS.format(rev="v1.0").replace("ruff-check", "other")}, "format"),
        ({"tox.ini": "[testenv]\ncommands =\n ruff check src\n ruff format --diff\n"}, "check format"),
        ({"tox.ini": "[testenv]\ncommands = ruff check\n"}, "check"),
        ({"tox.ini": "[testenv]\ncommands = ruff format\n"}, "format"),
    ],
)
def test_which_of_ruffs_jobs_is_used(tmp_path: Path, files: dict[str, str], uses: str) -> None:
    assert lint(tmp_path, {"ruff.toml": "", **files})["ruff"].source == uses


def test_pre_commit_is_used_where_it_is_configured(tmp_path: Path) -> None:
    files = {".pre-commit-config.yaml": "repos: []\n", "pyproject.toml": "[dependency-groups]\ndev=['pre-commit>=2']\n"}
    (tool,) = lint(tmp_path, files).values()
    assert (tool.name, tool.source, tool.requirements.arguments) == (
        "pre-commit",
        ".pre-commit-config.yaml",
        ("pre-commit>=2",),
    )


def test_what_the_settings_say_of_linters_holds(tmp_path: Path) -> None:
    files = {"requirements.txt": "ruff\n", ".pre-commit-config.yaml": "repos: []\n"}
    assert list(lint(tmp_path, files)) == ["ruff", "pre-commit"]
    assert list(lint(tmp_path, files, ("pre-commit",))) == ["pre-commit"]
    assert list(lint(tmp_path, files, ())) == []
    forced = lint(tmp_path / "empty", {"README.md": ""}, ("ruff", "pre-commit"))
    assert [tool.reason for tool in forced.values()] == ["set in [tool.unmoor]"] * 2
    assert lint(tmp_path / "empty", {}) == {}


# ── types ────────────────────────────────────────────────────────────────────────────────────────────────────

TESTS = Requirements(arguments=("--group", "tests"), project=True, reason="tests")
MYPY_HOOK = """
    repos:
      - repo: https://example.invalid/pre-commit/mirrors-mypy
        rev: v1.12.0
        hooks:
          - id: mypy
            {more}
    """
NAMED = "[dependency-groups]\ntyping = ['mypy', 'pyright']\n"


def types(folder: Path, files: dict[str, str], given: tuple[str, ...] | None = None) -> tuple[dict[str, Tool], str]:
    tree, lists = read(folder, files)
    code, hooks, commands = [Package("thing", "src/thing")], hook_configuration(tree), project_commands(tree)
    tools, unused = type_checkers(tree, lists, code, TESTS, hooks, commands, (), given)
    return {tool.name: tool for tool in tools}, "; ".join(unused.values())


@pytest.mark.parametrize(
    ("files", "name", "reason"),
    [
        ({"pyproject.toml": NAMED + "[tool.mypy]\n"}, "mypy", "[tool.mypy] in pyproject.toml"),
        ({"requirements.txt": "mypy", "mypy.ini": "[mypy]\n"}, "mypy", "[mypy] in mypy.ini"),
        ({"requirements.txt": "mypy", "setup.cfg": "[mypy]\n"}, "mypy", "[mypy] in setup.cfg"),
        ({"tox.ini": "[testenv]\ncommands = mypy src\n"}, "mypy", "tox 'py' (tox.ini): mypy src"),
        ({"pyproject.toml": NAMED + "[tool.pyright]\n"}, "pyright", "[tool.pyright] in pyproject.toml"),
        (
            {"requirements.txt": "pyright", "pyrightconfig.json": '{"strict": ["src"],\n// c\n}'},
            "pyright",
            "pyrightconfig.json",
        ),
    ],
)
def test_a_checker_is_used_where_it_is_meant(tmp_path: Path, files: dict[str, str], name: str, reason: str) -> None:
    found, _ = types(tmp_path, files)
    assert list(found) == [name]
    assert found[name].reason == reason
    assert found[name].requirements.project


@pytest.mark.parametrize(
    ("files", "remark"),
    [
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n"}, "but no list, hook or command names it"),
        ({"pyproject.toml": NAMED.replace(", 'pyright'", "")}, "mypy is named in dependency group 'typing'"),
        ({"pyrightconfig.json": "{ no"}, "pyright is configured (pyrightconfig.json)"),
        (
            {"mypy.ini": "[mypy]\n", ".pre-commit-config.yaml": MYPY_HOOK.format(more="stages: [manual]")},
            "mypy is a hook of .pre-commit-config.yaml that only runs by hand",
        ),
        ({"tox.ini": "[testenv:types]\ncommands = ty check\n"}, "ty is run by tox 'types' (tox.ini) and not here"),
        ({"README.md": ""}, ""),
    ],
)
def test_a_checker_that_is_not_meant_is_not_used(tmp_path: Path, files: dict[str, str], remark: str) -> None:
    found, said = types(tmp_path, files)
    assert found == {}
    assert remark in said
    assert bool(said) == bool(remark)


def test_a_checker_without_targets_is_given_the_code(tmp_path: Path) -> None:
    found, _ = types(tmp_path, {"pyproject.toml": NAMED + "[tool.mypy]\nstrict = true\n"})
    assert found["mypy"].source == "src"
    found, _ = types(tmp_path, {"pyproject.toml": NAMED + "[tool.mypy]\nfiles = ['src']\n"})
    assert found["mypy"].source == ""


@pytest.mark.parametrize("files", ['"src, tests"', '["src", "tests/typing"]'])
def test_a_checker_that_looks_at_the_tests_needs_what_they_need(tmp_path: Path, files: str) -> None:
    text = f"[dependency-groups]\ntyping = ['mypy']\n[tool.mypy]\nfiles = {files}\n"
    found, _ = types(tmp_path, {"pyproject.toml": text})
    assert found["mypy"].requirements.arguments == ("--group", "typing", "--group", "tests")
    found, _ = types(tmp_path, {"pyproject.toml": text.replace("['mypy']", "['mypy', 'pytest']")})
    assert found["mypy"].requirements.arguments == ("--group", "typing")


def test_what_the_settings_say_of_types_holds(tmp_path: Path) -> None:
    assert types(tmp_path, {"pyproject.toml": NAMED + "[tool.mypy]\n"}, ()) == ({}, "")
    found, _ = types(tmp_path / "empty", {"README.md": ""}, ("pyright",))
    assert (found["pyright"].reason, found["pyright"].requirements.arguments) == ("set in [tool.unmoor]", ("pyright",))


def test_what_the_settings_add_is_installed_besides(tmp_path: Path) -> None:
    tree, lists = read(tmp_path, {"pyproject.toml": NAMED + "[tool.mypy]\n"})
    besides = ("types-toml>=1 ; python_version < '4'", "--group docs")
    (tool,), _ = type_checkers(tree, lists, [], None, HookConfiguration(), (), (), None, besides)
    needs = ("--group", "typing", "types-toml>=1 ; python_version < '4'", "--group", "docs")
    assert tool.requirements.arguments == needs
    assert "types-requirements in [tool.unmoor]" in tool.requirements.reason


@pytest.mark.parametrize(
    ("tox", "arguments"),
    [
        ("deps = mypy>=2\n", ("mypy>=2",)),
        ("dependency_groups = typing\n", ("--group", "typing")),
        # What the runner installs does not bring the checker: the list that names it does.
        ("deps = pytest\n", ("pytest", "--group", "typing")),
        ("", ("--group", "typing")),
    ],
)
def test_a_checker_has_what_its_runner_installs_completed_by_a_list(
    tmp_path: Path, tox: str, arguments: tuple[str, ...]
) -> None:
    files = {"pyproject.toml": NAMED, "tox.ini": f"[testenv:types]\n{tox}commands = mypy src\n"}
    assert types(tmp_path, files)[0]["mypy"].requirements.arguments == arguments


@pytest.mark.parametrize(
    ("default", "arguments"),
    [
        ("", ("--group", "dev")),
        ("[tool.uv]\ndefault-groups = ['typing']\n", ("--group", "typing")),
        ("[tool.uv]\ndefault-groups = 'all'\n", ("--group", "typing", "--group", "dev", "--group", "docs")),
        ("[tool.uv]\ndefault-groups = ['docs']\n", ("--group", "typing")),
    ],
)
def test_a_command_of_a_project_of_uv_has_the_groups_that_uv_installs(
    tmp_path: Path, default: str, arguments: tuple[str, ...]
) -> None:
    groups = "[dependency-groups]\ntyping = ['mypy']\ndev = ['mypy', 'rich']\ndocs = ['sphinx']\n"
    files = {"pyproject.toml": groups + default, "uv.lock": "", "scripts/lint.sh": "mypy src\n"}
    assert types(tmp_path, files)[0]["mypy"].requirements.arguments == arguments


@pytest.mark.parametrize(
    ("files", "pythons"),
    [
        ({}, ("3.12", "3.11")),
        ({".python-version": "3.11.4\n3.10\n"}, ("3.11", "3.10", "3.12")),
        ({".python-version": "pypy3.11\n", ".python-version-default": "cpython-3.12\n"}, ("3.12", "3.11")),
        ({"mypy.ini": "[mypy]\npython_version = 3.9\n"}, ("3.9", "3.12", "3.11")),
        ({"mypy.ini": "[mypy]\npython_version = \n"}, ("3.12", "3.11")),
        ({"mypy.ini": "[mypy\n"}, ("3.12", "3.11")),
    ],
)
def test_a_checker_runs_on_the_python_that_is_stated_else_on_a_recent_one(
    tmp_path: Path, files: dict[str, str], pythons: tuple[str, ...]
) -> None:
    tree, lists = read(tmp_path, {"requirements.txt": "mypy\n", "tox.ini": "[testenv]\ncommands = mypy\n", **files})
    commands = project_commands(tree)
    (tool,), _ = type_checkers(tree, lists, [], None, HookConfiguration(), commands, ("3.11", "3.12"), None)
    assert tool.pythons == pythons


def test_of_several_ways_over_the_tests_the_one_that_installs_what_they_import_comes_first(tmp_path: Path) -> None:
    whole = "[testenv:types]\ndeps =\n mypy\n pytest>=8\ncommands = mypy .\n"
    rotten = "[testenv:rotten]\ndeps = mypy\ncommands = mypy .\n"
    tool = types(tmp_path, {"tox.ini": rotten + whole})[0]["mypy"]
    assert tool.requirements.arguments == ("mypy", "pytest>=8")
    assert tool.ways[0].startswith("tox 'rotten'")


def test_of_several_ways_the_one_over_the_code_comes_first_and_the_others_are_told(tmp_path: Path) -> None:
    tox = "[testenv:samples]\ncommands = mypy tests/typing\n[testenv:types]\ncommands = mypy src\n"
    tool = types(tmp_path, {"tox.ini": tox + "[testenv:try]\ncommands = mypy -c pass\n"})[0]["mypy"]
    assert [run.arguments for run in tool.runs] == [("src",)]
    (way,) = tool.ways
    assert way.startswith("tox 'samples' (tox.ini): mypy tests/typing; to choose it: ")
    line = 'commands = [{ name = "own-mypy", stage = "lint", run = ["tox", "-e", "samples"] }]'
    assert way.endswith(line)
    settings = decode(tomllib.loads(line), file="pyproject.toml", text=line)
    assert settings.commands[0].run == ("tox", "-e", "samples")


# ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("files", "reason", "source"),
    [
        ({"tests/test_a.py": ""}, "the folder tests/", "tests"),
        ({"testing/test_a.py": "", "tox.ini": "[pytest]\n"}, "[pytest] in tox.ini", "testing"),
        ({"pytest.ini": ""}, "pytest.ini", ""),
        ({"setup.cfg": "[tool:pytest]\n"}, "[tool:pytest] in setup.cfg", ""),
        ({"pyproject.toml": "[tool.pytest]\nstrict = true\n"}, "[tool.pytest] in pyproject.toml", ""),
        (
            {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-q'\n"},
            "[tool.pytest.ini_options] in pyproject.toml",
            "",
        ),
    ],
)
def test_a_test_suite_is_found(tmp_path: Path, files: dict[str, str], reason: str, source: str) -> None:
    found = suite_of(*read(tmp_path, files), SettingsOfTests())
    assert found is not None
    assert (found.reason, found.source, found.requirements.arguments) == (reason, source, ("pytest",))


def test_without_tests_there_is_no_suite(tmp_path: Path) -> None:
    assert suite_of(*read(tmp_path, {"tox.ini": "[tox]\n"}), SettingsOfTests()) is None


def test_the_settings_of_tests_win(tmp_path: Path) -> None:
    given = SettingsOfTests(command=("make", "test"), groups=("ci",), extras=("all",))
    found = suite_of(*read(tmp_path, {"pyproject.toml": "[dependency-groups]\ntests=['pytest']\n"}), given)
    assert found is not None
    assert found.reason == "tests.command is set"
    assert (found.requirements.arguments, found.requirements.extras) == (("--group", "ci"), ("all",))


# ── documentation ────────────────────────────────────────────────────────────────────────────────────────────

ENGINES = [
    ({"docs/conf.py": ""}, "sphinx", "docs", "docs/conf.py", ("sphinx",)),
    ({"doc/source/conf.py": ""}, "sphinx", "doc/source", "doc/source/conf.py", ("sphinx",)),
    (
        {"docs/conf.py": "", "docs/requirements.txt": "Sphinx>=6,<8\n"},
        "sphinx",
        "docs",
        "docs/conf.py",
        ("-r", "docs/requirements.txt"),
    ),
    ({"mkdocs.yml": ""}, "mkdocs", "mkdocs.yml", "mkdocs.yml", ("mkdocs",)),
    (
        {"mkdocs.yml": "", "pyproject.toml": "[dependency-groups]\ndocs=['mkdocs-material']\n"},
        "mkdocs",
        "mkdocs.yml",
        "mkdocs.yml",
        ("--group", "docs"),
    ),
    ({"properdocs.yml": ""}, "properdocs", "properdocs.yml", "properdocs.yml", ("properdocs",)),
    ({"zensical.toml": "", "mkdocs.yml": ""}, "zensical", "zensical.toml", "zensical.toml", ("zensical",)),
    (
        {"zensical.toml": "", "mkdocs.yml": "", "requirements.txt": "mkdocs\n"},
        "mkdocs",
        "mkdocs.yml",
        "mkdocs.yml",
        ("-r", "requirements.txt"),
    ),
]


@pytest.mark.parametrize(("files", "name", "source", "reason", "arguments"), ENGINES)
def test_a_documentation_engine_is_found(
    tmp_path: Path, files: dict[str, str], name: str, source: str, reason: str, arguments: tuple[str, ...]
) -> None:
    found, said = docs_engine(*read(tmp_path, files), DocsSettings())
    assert found is not None
    assert (found.name, found.source, found.reason, said) == (name, source, reason, reason)
    assert found.requirements.arguments == arguments
    assert found.requirements.project


def test_a_folder_of_texts_is_no_documentation_engine(tmp_path: Path) -> None:
    found, reason = docs_engine(*read(tmp_path, {"docs/index.md": ""}), DocsSettings())
    assert found is None
    assert "neither Sphinx's conf.py" in reason


def test_the_settings_of_documentation_win(tmp_path: Path) -> None:
    files = {"docs/conf.py": "", "mkdocs.yml": ""}
    assert docs_engine(*read(tmp_path, files), DocsSettings(engine="none"))[0] is None
    given = DocsSettings(engine="mkdocs", source="site.yml", requirements=("mkdocs==1.6",))
    found, reason = docs_engine(*read(tmp_path, files), given)
    assert found is not None
    assert (found.name, found.source, reason) == ("mkdocs", "site.yml", "set in [tool.unmoor.docs]")
    assert found.requirements.arguments == ("mkdocs==1.6",)
