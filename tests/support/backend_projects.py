"""One tiny real project for each way to build: no line in it about unmoor."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

NAME = "unmoor-sample-of-a-backend"
MODULE = "unmoor_sample_of_a_backend"
# One Python alone, for every further one is installed into as well.
_PYTHON = f">=3.{sys.version_info.minor},<3.{sys.version_info.minor + 1}"

_COMMON = {
    "README.md": "# A sample\n",
    "LICENSE": "MIT License\n",
    ".gitignore": "__pycache__/\n*.egg-info/\nbuild/\ndist/\n",
}
_PLAIN = '"""A sample."""\n\n\ndef main() -> None:\n    """Say so."""\n    print("sample")\n'
_STATED = '"""A sample."""\n\n__version__ = "0.4.0"\n\n\ndef main() -> None:\n    """Say so."""\n    print("sample")\n'


def _system(requires: str, backend: str, more: str = "") -> str:
    return f'[build-system]\nrequires = [{requires}]\nbuild-backend = "{backend}"\n{more}\n'


def _project(version: str = 'version = "0.4.0"') -> str:
    return (
        f'[project]\nname = "{NAME}"\n{version}\ndescription = "A sample"\nreadme = "README.md"\n'
        f'requires-python = "{_PYTHON}"\nlicense = "MIT"\nlicense-files = ["LICENSE"]\n'
        f'authors = [{{ name = "The sample\'s authors" }}]\n\n[project.scripts]\nsample = "{MODULE}:main"\n\n'
    )


@dataclass(frozen=True)
class Way:
    """How a project is built: its files, the version it starts from, and the one that has to come out.

    ``tags`` are made on the first commit; a second one comes after it. ``stated`` is where the new version has to
    stand in the clone that was built, nothing where only a tag states it.
    """

    files: Mapping[str, str]
    version: str = "0.4.0"
    tags: tuple[str, ...] = ()
    stated: str = ""

    @property
    def files_of_all(self) -> dict[str, str]:
        """Every file of the project."""
        return {**_COMMON, f"src/{MODULE}/__init__.py": _PLAIN, **self.files}


_DYNAMIC = 'dynamic = ["version"]'
_BACKEND = '''"""A backend of the project's own: a few lines around another one."""

from flit_core.buildapi import *  # noqa: F403
'''
_SETUP = f"""from setuptools import find_packages, setup

setup(
    name="{NAME}",
    version="0.4.0",
    description="A sample",
    long_description=open("README.md").read(),
    long_description_content_type="text/markdown",
    author="The sample's authors",
    license="MIT",
    python_requires="{_PYTHON}",
    package_dir={{"": "src"}},
    packages=find_packages("src"),
    entry_points={{"console_scripts": ["sample={MODULE}:main"]}},
)
"""

WAYS: Mapping[str, Way] = {
    "hatchling": Way({"pyproject.toml": _system('"hatchling"', "hatchling.build") + _project()}),
    "hatchling, version in a file": Way(
        {
            "pyproject.toml": _system('"hatchling"', "hatchling.build")
            + _project(_DYNAMIC)
            + f'[tool.hatch.version]\npath = "src/{MODULE}/__init__.py"\n',
            f"src/{MODULE}/__init__.py": _STATED,
        },
        tags=("0.4.0",),
        version="0.4.1",
        stated=f"src/{MODULE}/__init__.py",
    ),
    "setuptools": Way(
        {"pyproject.toml": _system('"setuptools>=77"', "setuptools.build_meta") + _project()},
        tags=("v0.4.0",),
        version="0.4.1",
        stated="pyproject.toml",
    ),
    "setuptools, version as attribute": Way(
        {
            "pyproject.toml": _system('"setuptools>=77"', "setuptools.build_meta")
            + _project(_DYNAMIC)
            + f'[tool.setuptools.dynamic]\nversion = {{ attr = "{MODULE}.__version__" }}\n',
            f"src/{MODULE}/__init__.py": _STATED,
        },
        tags=("v0.4.0",),
        version="0.4.1",
        stated=f"src/{MODULE}/__init__.py",
    ),
    "setuptools-scm": Way(
        {
            "pyproject.toml": _system('"setuptools>=77", "setuptools-scm>=8"', "setuptools.build_meta")
            + _project(_DYNAMIC)
            + "[tool.setuptools_scm]\n",
        },
        tags=("v0.4.0",),
        version="0.4.1",
    ),
    "hatch-vcs": Way(
        {
            "pyproject.toml": _system('"hatchling", "hatch-vcs"', "hatchling.build")
            + _project(_DYNAMIC)
            + '[tool.hatch.version]\nsource = "vcs"\n\n[tool.hatch.build.hooks.vcs]\n'
            + f'version-file = "src/{MODULE}/_version.py"\n',
            ".gitignore": _COMMON[".gitignore"] + f"src/{MODULE}/_version.py\n",
        },
        tags=("0.4.0",),
        version="0.4.1",
    ),
    "flit-core": Way(
        {
            "pyproject.toml": _system('"flit_core>=3.11"', "flit_core.buildapi") + _project(_DYNAMIC),
            f"src/{MODULE}/__init__.py": _STATED,
        },
        tags=("v0.4.0",),
        version="0.4.1",
        stated=f"src/{MODULE}/__init__.py",
    ),
    "poetry-core": Way(
        {
            "pyproject.toml": _system('"poetry-core"', "poetry.core.masonry.api")
            + f'[tool.poetry]\nname = "{NAME}"\nversion = "0.4.0"\ndescription = "A sample"\nreadme = "README.md"\n'
            + 'license = "MIT"\nauthors = ["The authors of the sample"]\n'
            + f'packages = [{{ include = "{MODULE}", from = "src" }}]\n\n'
            + f'[tool.poetry.dependencies]\npython = "{_PYTHON}"\n\n[tool.poetry.scripts]\nsample = "{MODULE}:main"\n',
        },
        tags=("0.4.0",),
        version="0.4.1",
        stated="pyproject.toml",
    ),
    "pdm-backend": Way({"pyproject.toml": _system('"pdm-backend"', "pdm.backend") + _project()}),
    "uv_build": Way(
        {"pyproject.toml": _system('"uv_build"', "uv_build") + _project()},
        tags=("0.4.0",),
        version="0.4.1",
        stated="pyproject.toml",
    ),
    "in-tree backend": Way(
        {
            "pyproject.toml": _system('"flit_core>=3.11"', "own_backend", 'backend-path = ["building"]\n')
            + _project()
            + '[tool.flit.sdist]\ninclude = ["building/*.py"]\n',
            "building/own_backend.py": _BACKEND,
        },
    ),
    "setup.py alone": Way({"setup.py": _SETUP}, tags=("v0.4.0",), version="0.4.1", stated="setup.py"),
    "setup.cfg": Way(
        {
            "setup.py": "from setuptools import setup\n\nsetup()\n",
            "setup.cfg": f"[metadata]\nname = {NAME}\nversion = 0.4.0\ndescription = A sample\n"
            "long_description = file: README.md\nlong_description_content_type = text/markdown\n"
            f"author = The sample's authors\nlicense = MIT\n\n[options]\npython_requires = {_PYTHON}\n"
            "package_dir =\n    = src\npackages = find:\n\n[options.packages.find]\nwhere = src\n\n"
            f"[options.entry_points]\nconsole_scripts =\n    sample = {MODULE}:main\n",
        },
        tags=("v0.4.0",),
        version="0.4.1",
        stated="setup.cfg",
    ),
}
