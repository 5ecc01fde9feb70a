"""Small projects that can be released, one for each way to state a version."""

from __future__ import annotations

from collections.abc import Mapping

from support.repositories import Repository

TOWNCRIER = """
[tool.towncrier]
directory = "news"
filename = "CHANGELOG.md"
start_string = "<!-- towncrier release notes start -->\\n"
title_format = "## {version} ({project_date})"
underlines = ["", "", ""]
issue_format = "#{issue}"
"""

CHANGELOG = "# Changelog\n\n<!-- towncrier release notes start -->\n\n## 1.1.0 (2025-05-05)\n\n- Older.\n"

_TABLE = '[project]\nname = "thing"\ndescription = "A thing"\nrequires-python = ">=3.11"\n'
_PIN = 'dependencies = ["other==1.2.0"]\n'


def _system(requires: str, backend: str) -> str:
    return f'[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{backend}"\n\n'


# The files of each project, and the place that decides its version, as path and text around it.
BACKENDS: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "hatchling": (
        {
            "pyproject.toml": _system("hatchling", "hatchling.build")
            + _TABLE
            + 'version = "1.2.0"  # not 1.2.0 of other\n'
            + _PIN
            + '\n[tool.other]\nversion = "1.2.0"\n',
            "src/thing/__init__.py": '"""A thing, 1.2.0."""\n',
        },
        "pyproject.toml",
        'version = "{}"  # not 1.2.0 of other',
    ),
    "setuptools": (
        {
            "pyproject.toml": _system("setuptools", "setuptools.build_meta")
            + _TABLE
            + _PIN
            + 'dynamic = ["version"]\n\n[tool.setuptools.dynamic]\nversion = { attr = "thing.__version__" }\n',
            "src/thing/__init__.py": "# was 1.2.0\n__version__: str = '1.2.0'\nOTHER = '1.2.0'\n",
        },
        "src/thing/__init__.py",
        "__version__: str = '{}'",
    ),
    "poetry-core": (
        {
            "pyproject.toml": _system("poetry-core", "poetry.core.masonry.api")
            + '[tool.poetry]\nname = "thing"\ndescription = ""\nauthors = []\nversion = "1.2.0"\n'
            + '\n[tool.poetry.dependencies]\nother = { version = "1.2.0" }\n',
            "thing/__init__.py": "",
        },
        "pyproject.toml",
        '\nversion = "{}"\n',
    ),
    "flit": (
        {
            "pyproject.toml": _system("flit_core", "flit_core.buildapi") + _TABLE + 'dynamic = ["version"]\n',
            "thing.py": '"""A thing."""\n\n__version__ = """1.2.0"""\n',
        },
        "thing.py",
        '__version__ = """{}"""',
    ),
}


def fill(repository: Repository, backend: str, *, newline: str = "\n", notes: bool = True) -> None:
    """Write a project into the repository and commit it; with ``notes`` it keeps towncrier fragments."""
    files = dict(BACKENDS[backend][0]) | {"README.md": "pip install thing==1.2.0\n"}
    if notes:
        files["pyproject.toml"] += TOWNCRIER
        files |= {"CHANGELOG.md": CHANGELOG, "news/7.feature.md": "New door.\n", "news/8.bugfix.md": "No draught.\n"}
    for path, text in files.items():
        repository.write(path, text.replace("\n", newline))
    repository.commit("A project")
