"""What is detected in real projects, each reduced to the few lines that one rule is there for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.trees import write
from unmoor.model import Tool
from unmoor.model.settings import DocsSettings
from unmoor.model.settings import TestSettings as SettingsOfTests
from unmoor.project.detect.build_backend import backend
from unmoor.project.detect.commands import project_commands
from unmoor.project.detect.docs_engine import docs_engine
from unmoor.project.detect.lint_tools import lint_tools
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.notes_style import notes_style
from unmoor.project.detect.noxfile import read_noxfile
from unmoor.project.detect.packages import find
from unmoor.project.detect.pre_commit import hook_configuration
from unmoor.project.detect.requirement_lists import requirement_lists
from unmoor.project.detect.tag_form import tag_form
from unmoor.project.detect.test_suite import test_suite as suite_of
from unmoor.project.detect.type_checkers import type_checkers
from unmoor.project.project_files import ProjectFiles

Fact = Callable[[ProjectFiles], object]


def built_by(tree: ProjectFiles) -> str:
    return backend(tree).name


def imported(tree: ProjectFiles) -> list[tuple[str, str]]:
    found, _ = find(tree, backend(tree).name, str(metadata(tree).get("name", "")), ())
    return [(each.name, each.path) for each in found]


def documented(tree: ProjectFiles) -> tuple[str, str, tuple[str, ...]] | None:
    found, _ = docs_engine(tree, requirement_lists(tree, metadata(tree)), DocsSettings())
    return (found.name, found.source, found.requirements.arguments) if found else None


def suite(tree: ProjectFiles) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    found = suite_of(tree, requirement_lists(tree, metadata(tree)), SettingsOfTests())
    return (found.source, found.requirements.arguments, found.requirements.extras) if found else None


def linted(tree: ProjectFiles) -> list[tuple[str, str, tuple[str, ...]]]:
    found: tuple[Tool, ...] = lint_tools(
        tree, requirement_lists(tree, metadata(tree)), hook_configuration(tree), project_commands(tree), None
    )[0]
    return [(each.name, each.source, each.requirements.arguments) for each in found]


def typed(tree: ProjectFiles) -> list[str]:
    return [each.name for each in checkers(tree)]


def checkers(tree: ProjectFiles) -> tuple[Tool, ...]:
    lists, hooks, commands = requirement_lists(tree, metadata(tree)), hook_configuration(tree), project_commands(tree)
    return type_checkers(tree, lists, (), None, hooks, commands, (), None)[0]


def typed_with(tree: ProjectFiles) -> list[tuple[object, ...]]:
    """Return the runs of the checkers, with what is installed for them and the Pythons they are tried on."""
    return [
        (each.name, [run.arguments for run in each.runs], each.requirements.arguments, each.pythons)
        for each in checkers(tree)
    ]


def lint_runs(tree: ProjectFiles) -> list[tuple[object, ...]]:
    """Return the words of every run of a linter, and by which patterns its files are chosen."""
    lists, hooks, commands = requirement_lists(tree, metadata(tree)), hook_configuration(tree), project_commands(tree)
    return [
        (tool.name, *run.arguments, *((run.selection.files, run.selection.exclude) if run.selection else ()))
        for tool in lint_tools(tree, lists, hooks, commands, None)[0]
        for run in tool.runs
    ]


def not_linted(tree: ProjectFiles) -> list[str]:
    lists, hooks, commands = requirement_lists(tree, metadata(tree)), hook_configuration(tree), project_commands(tree)
    return list(lint_tools(tree, lists, hooks, commands, None)[1])


def noted(tree: ProjectFiles) -> tuple[str, str, str]:
    found = notes_style(tree, "", "")
    return found.style, found.folder, found.changelog


def unread(tree: ProjectFiles) -> str:
    return notes_style(tree, "", "").unread


def sessions(tree: ProjectFiles) -> list[str]:
    return sorted(read_noxfile(tree).sessions)


def pythons(tree: ProjectFiles) -> object:
    return metadata(tree).get("requires-python")


def toml(*lines: str) -> Mapping[str, str]:
    return {"pyproject.toml": "\n".join(lines)}


def system(module: str, *lines: str) -> Mapping[str, str]:
    return toml(*lines, "[build-system]", "requires = []", f"build-backend = '{module}'")


CORPUS: list[tuple[str, Fact, Mapping[str, str], object]] = [
    # ── the backend
    ("structlog", built_by, system("hatchling.build"), "hatchling"),
    ("pluggy", built_by, system("setuptools.build_meta"), "setuptools"),
    ("click", built_by, system("flit_core.buildapi"), "flit-core"),
    ("ipyoptimade 0.2", built_by, system("flit.buildapi"), "flit-core"),
    ("exceptiongroup", built_by, system("flit_scm:buildapi"), "flit-core"),
    ("rich", built_by, system("poetry.core.masonry.api"), "poetry-core"),
    ("together 1.1", built_by, system("poetry.masonry.api"), "poetry-core"),
    ("bmt", built_by, system("poetry_dynamic_versioning.backend"), "poetry-core"),
    ("typer", built_by, system("pdm.backend"), "pdm-backend"),
    ("flufl.lock 7", built_by, system("pdm.pep517.api"), "pdm-backend"),
    ("django-stubs", built_by, system("uv_build"), "uv-build"),
    ("cryptography", built_by, system("maturin"), "maturin"),
    ("pyzmq", built_by, system("scikit_build_core.build"), "scikit-build-core"),
    ("scipy", built_by, system("mesonpy"), "meson-python"),
    ("stevedore", built_by, system("pbr.build"), "setuptools"),
    (
        "yarl",
        built_by,
        toml(
            "[build-system]",
            "requires = ['setuptools >= 67.0']",
            "backend-path = ['packaging']",
            "build-backend = 'pep517_backend.hooks'",
        ),
        "in-tree",
    ),
    # ── what is imported
    (
        "pluggy",
        imported,
        {
            **system(
                "setuptools.build_meta",
                "[project]",
                "name = 'pluggy'",
                "[tool.setuptools]",
                "packages = ['pluggy']",
                "package-dir = {'' = 'src'}",
            ),
            "src/pluggy/__init__.py": "",
        },
        [("pluggy", "src/pluggy")],
    ),
    (
        "click",
        imported,
        {
            **system("flit_core.buildapi", "[project]", "name = 'click'", "[tool.flit.module]", "name = 'click'"),
            "src/click/__init__.py": "",
            "examples/x.py": "",
        },
        [("click", "src/click")],
    ),
    (
        "cryptography",
        imported,
        {
            **system(
                "maturin",
                "[project]",
                "name = 'cryptography'",
                "[tool.maturin]",
                "python-source = 'src'",
                "module-name = 'cryptography.hazmat.bindings._rust'",
            ),
            "src/cryptography/__init__.py": "",
        },
        [("cryptography", "src/cryptography")],
    ),
    (
        "django-stubs",
        imported,
        {
            **system(
                "uv_build",
                "[project]",
                "name = 'django-stubs'",
                "[tool.uv.build-backend]",
                "module-name = ['django-stubs', 'mypy_django_plugin']",
                "module-root = ''",
            ),
            "django-stubs/__init__.pyi": "",
            "mypy_django_plugin/__init__.py": "",
        },
        [("django-stubs", "django-stubs"), ("mypy_django_plugin", "mypy_django_plugin")],
    ),
    (
        "structlog",
        imported,
        {
            **system("hatchling.build", "[project]", "name = 'structlog'"),
            "src/structlog/__init__.py": "",
            "tests/__init__.py": "",
            "show_off.py": "",
        },
        [("structlog", "src/structlog")],
    ),
    # ── the documentation
    (
        "click",
        documented,
        {
            **toml("[dependency-groups]", "docs = ['myst-parser', 'sphinx']", "docs-auto = ['sphinx-autobuild']"),
            "docs/conf.py": "",
        },
        ("sphinx", "docs", ("--group", "docs")),
    ),
    (
        "pluggy",
        documented,
        {"docs/conf.py": "", "docs/requirements.txt": "Sphinx\ntowncrier\n"},
        ("sphinx", "docs", ("-r", "docs/requirements.txt")),
    ),
    ("flit", documented, {"doc/conf.py": ""}, ("sphinx", "doc", ("sphinx",))),
    ("trio", documented, {"docs/source/conf.py": ""}, ("sphinx", "docs/source", ("sphinx",))),
    ("scipy", documented, {"doc/source/conf.py": ""}, ("sphinx", "doc/source", ("sphinx",))),
    ("pytest", documented, {"doc/en/conf.py": ""}, ("sphinx", "doc/en", ("sphinx",))),
    ("commitizen", documented, {"mkdocs.yml": ""}, ("mkdocs", "mkdocs.yml", ("mkdocs",))),
    ("TagStudio", documented, {"properdocs.yml": ""}, ("properdocs", "properdocs.yml", ("properdocs",))),
    ("Scrapling", documented, {"zensical.toml": ""}, ("zensical", "zensical.toml", ("zensical",))),
    # ── the tests
    (
        "structlog",
        suite,
        {
            **toml(
                "[dependency-groups]",
                "tests = ['pytest-asyncio>=0.17', 'pytest>=6.0']",
                "typing = ['mypy>=1.4']",
                "dev = [{include-group = 'tests'}, {include-group = 'typing'}]",
                "[tool.pytest.ini_options]",
                "testpaths = 'tests'",
            ),
            "tests/test_it.py": "",
        },
        ("tests", ("--group", "tests"), ()),
    ),
    (
        "click",
        suite,
        {
            **toml(
                "[dependency-groups]",
                "tests = ['pytest']",
                "tests-random = ['pytest', 'pytest-randomly']",
                "typing = ['mypy', 'pytest']",
            ),
            "tests/test_it.py": "",
        },
        ("tests", ("--group", "tests"), ()),
    ),
    (
        "pluggy",
        suite,
        {**toml("[dependency-groups]", "dev = ['tox']", "testing = ['pytest', 'coverage']"), "testing/test_it.py": ""},
        ("testing", ("--group", "testing"), ()),
    ),
    (
        "cryptography",
        suite,
        {
            **toml(
                "[project]",
                "name = 'cryptography'",
                "[project.optional-dependencies]",
                "test = ['pytest >=7.4.0']",
                "test-randomorder = ['pytest-randomly']",
            ),
            "tests/test_it.py": "",
        },
        ("tests", (), ("test",)),
    ),
    (
        "poetry 0.12",
        suite,
        {
            **toml("[tool.poetry]", "name = 'poetry'", "[tool.poetry.dev-dependencies]", "pytest = '^3.4'"),
            "tests/test_it.py": "",
        },
        ("tests", ("pytest>=3.4,<4.0",), ()),
    ),
    # ── lint and types
    (
        "structlog",
        linted,
        {
            **toml("[tool.ruff]"),
            ".pre-commit-config.yaml": """
        repos:
          - repo: https://github.com/astral-sh/ruff-pre-commit
            rev: v0.15.16
            hooks:
              - id: ruff-check
              - id: ruff-format
        """,
        },
        [("ruff", "check format", ("ruff==0.15.16",)), ("pre-commit", ".pre-commit-config.yaml", ("pre-commit",))],
    ),
    (
        "click",
        linted,
        {
            **toml("[tool.ruff]", "[dependency-groups]", "pre-commit = ['pre-commit']"),
            ".pre-commit-config.yaml": """
        repos:
          - repo: https://github.com/astral-sh/ruff-pre-commit
            rev: c60c980e561ed3e73101667fe8365c609d19a438  # frozen: v0.15.9
            hooks:
              - id: ruff-check
              - id: ruff-format
        """,
        },
        [("ruff", "check format", ("ruff==0.15.9",)), ("pre-commit", ".pre-commit-config.yaml", ("pre-commit",))],
    ),
    (
        "click",
        typed,
        toml(
            "[dependency-groups]",
            "typing = ['mypy', 'pyright']",
            "[tool.mypy]",
            "strict = true",
            "[tool.pyright]",
            "typeCheckingMode = 'basic'",
        ),
        ["mypy", "pyright"],
    ),
    (
        "django-stubs",
        typed,
        toml("[dependency-groups]", "pyright = ['pyright==1.1.409']", "[tool.pyright]", "typeCheckingMode = 'strict'"),
        ["pyright"],
    ),
    (
        "requests",
        lint_runs,
        {
            ".pre-commit-config.yaml": """
        exclude: 'docs/|ext/'
        repos:
          - repo: https://github.com/astral-sh/ruff-pre-commit
            rev: v0.16.0
            hooks:
              - id: ruff-check
                args: [--fix]
              - id: ruff-format
                exclude: tests/test_lowlevel.py
        """
        },
        [
            ("ruff", "check", "--force-exclude", (), ("docs/|ext/",)),
            ("ruff", "format", "--force-exclude", (), ("docs/|ext/", "tests/test_lowlevel.py")),
        ],
    ),
    (
        "typer",
        lint_runs,
        {
            ".pre-commit-config.yaml": """
        repos:
          - repo: local
            hooks:
              - id: local-ruff-check
                entry: uv run ruff check --force-exclude --fix --exit-non-zero-on-fix
                language: unsupported
                types: [python]
        """
        },
        [("ruff", "check", "--force-exclude", (), ())],
    ),
    (
        "twine",
        lint_runs,
        {
            "tox.ini": """
            [testenv:format]
            deps = black
            commands = black twine/ tests/

            [testenv:lint]
            deps = black
            commands =
                black --check --diff twine/ tests/
                flake8 twine/ tests/
            """
        },
        [("black", "twine/", "tests/"), ("flake8", "twine/", "tests/")],
    ),
    # It once used ruff or black, and kept the table; what it lists beside ruff's own formatter is a leftover.
    ("invoke", not_linted, toml("[tool.ruff]", "line-length = 80"), ["ruff"]),
    (
        "bump-my-version",
        not_linted,
        {
            **toml("[tool.black]", "[dependency-groups]", "docs = ['black']"),
            ".pre-commit-config.yaml": """
        repos:
          - repo: https://github.com/astral-sh/ruff-pre-commit
            rev: v0.15.8
            hooks:
              - id: ruff-format
        """,
        },
        ["black"],
    ),
    (
        "scriv",
        not_linted,
        {"tox.ini": "[testenv:quality]\ncommands =\n    pylint src/scriv\n    pydocstyle src\n    isort -c src\n"},
        ["pylint", "pydocstyle"],
    ),
    (
        "invoke",
        lint_runs,
        {**toml("[dependency-groups]", "dev = ['flake8']"), ".flake8": "[flake8]\n"},
        [],
    ),
    (
        "black",
        typed_with,
        {
            **toml("[tool.mypy]", "strict = true", "python_version = '3.10'"),
            ".pre-commit-config.yaml": """
        repos:
          - repo: https://github.com/pre-commit/mirrors-mypy
            rev: v2.3.0
            hooks:
              - id: mypy
                args: []
                additional_dependencies: ["click>=8", types-pyyaml]
        """,
        },
        [("mypy", [()], ("mypy==2.3.0", "click>=8", "types-pyyaml"), ("3.10",))],
    ),
    (
        "yarl",
        typed_with,
        {
            ".pre-commit-config.yaml": """
        repos:
          - repo: https://github.com/pre-commit/mirrors-mypy.git
            rev: v2.1.0
            hooks:
              - id: mypy
                args: [--python-version=3.11, --txt-report=.tox/.tmp/.mypy]
                pass_filenames: false
        """
        },
        [("mypy", [("--python-version=3.11",)], ("mypy==2.1.0",), ("3.11",))],
    ),
    (
        "trio",
        typed_with,
        {
            "tox.ini": """
            [testenv:typing]
            deps = -r test-requirements.txt
            commands =
                mypy --platform linux
                mypy --platform win32
                pyright src/trio/_tests/type_tests
            """,
            ".python-version": "3.9.18\n",
            "test-requirements.txt": "mypy\npyright\n",
        },
        [
            (
                "mypy",
                [("--platform", "linux"), ("--platform", "win32")],
                ("-r", "test-requirements.txt"),
                ("3.9",),
            ),
            (
                "pyright",
                [("src/trio/_tests/type_tests",)],
                ("-r", "test-requirements.txt"),
                ("3.9",),
            ),
        ],
    ),
    (
        "jupyter_releaser",
        typed_with,
        {
            "tox.ini": "[testenv:typing]\ncommands = pre-commit run --all-files --hook-stage manual mypy\n",
            ".pre-commit-config.yaml": """
        repos:
          - repo: https://github.com/pre-commit/mirrors-mypy
            rev: v1.12.0
            hooks:
              - id: mypy
                stages: [manual]
                args: ["--install-types", "--non-interactive"]
                additional_dependencies: [toml]
        """,
        },
        [("mypy", [("--install-types", "--non-interactive")], ("mypy==1.12.0", "toml"), ())],
    ),
    # ── notes, sessions, Pythons
    (
        "pluggy",
        noted,
        toml(
            "[tool.towncrier]",
            "package = 'pluggy'",
            "package_dir = 'src/pluggy'",
            "filename = 'CHANGELOG.rst'",
            "directory = 'changelog/'",
        ),
        ("towncrier", "changelog", "CHANGELOG.rst"),
    ),
    ("click", noted, {"CHANGES.md": "", "README.md": ""}, ("none", "", "CHANGES.md")),
    ("scriv", unread, toml("[tool.scriv]", "format = 'rst'"), "scriv ([tool.scriv] in pyproject.toml)"),
    ("coverage", unread, {"setup.cfg": "[tool:scriv]\nformat = rst\n"}, "scriv ([tool:scriv] in setup.cfg)"),
    ("nova", unread, {"releasenotes/notes/.placeholder": ""}, "reno (releasenotes/notes)"),
    ("dbt-core", unread, {".changie.yaml": ""}, "changie (.changie.yaml)"),
    ("cpython", unread, {"Misc/NEWS.d/next/Library/1.rst": ""}, "blurb (Misc/NEWS.d/next)"),
    ("click", unread, {"CHANGES.md": ""}, ""),
    ("pluggy", unread, toml("[tool.towncrier]", "directory = 'changelog.d'"), ""),
    (
        "nox-poetry",
        sessions,
        {"noxfile.py": "import nox_poetry\n@nox_poetry.session\ndef tests(session): ...\n"},
        ["tests"],
    ),
    (
        "poetry 0.12",
        pythons,
        toml("[tool.poetry]", "name = 'poetry'", "[tool.poetry.dependencies]", "python = '~2.7 || ^3.4'"),
        ">=2.7,<4.0",
    ),
]


@pytest.mark.parametrize(
    ("fact", "files", "found"), [row[1:] for row in CORPUS], ids=[f"{row[0]}-{row[1].__name__}" for row in CORPUS]
)
def test_a_real_project_is_read_right(fact: Fact, files: Mapping[str, str], found: object, tmp_path: Path) -> None:
    assert fact(write(tmp_path, files)) == found


TAGS = [
    ("structlog", "structlog", ("25.5.0", "26.1.0"), "{version}"),
    ("pyzmq", "pyzmq", ("v25.1.2", "v26.0.0a6"), "v{version}"),
    ("mutagen", "mutagen", ("release-1.45.1", "release-1.46.0"), "release-{version}"),
    ("azure-cli", "azure-cli", ("azure-cli-2.76.0", "azure-cli-2.77.0"), "{name}-{version}"),
    ("azure-sdk-for-python", "azure-core", ("azure-core_1.30.0", "azure-cosmos_4.5.1"), "{name}_{version}"),
    ("setuptools-scm", "setuptools-scm", ("v9.2.2", "setuptools-scm-v10.0.0"), "{name}-v{version}"),
    ("giskard", "giskard-core", ("giskard-core/v1.0.1b6", "giskard-core/v1.0.1b7"), "{name}/v{version}"),
    ("langchain", "langchain-core", ("langchain-core==1.2.22", "langchain-core==1.5.0"), "{name}=={version}"),
]


@pytest.mark.parametrize(("name", "tags", "form"), [row[1:] for row in TAGS], ids=[row[0] for row in TAGS])
def test_tags_of_real_projects(name: str, tags: tuple[str, ...], form: str) -> None:
    assert tag_form(tags, name)[0] == form
