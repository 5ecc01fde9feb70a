"""Where the version is stated, for every backend: first the place that decides, then the places that must agree."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.model import VersionSource
from unmoor.model.settings import VersionFile
from unmoor.project.detect.build_backend import backend
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.packages import find
from unmoor.project.detect.version_sources import sources

DYNAMIC = '[project]\nname = "thing"\ndynamic = ["version"]\n'


def system(module: str, *needs: str) -> str:
    return f"[build-system]\nrequires = {list(needs)}\nbuild-backend = '{module}'\n"


def found_in(folder: Path, files: dict[str, str], *extra: VersionFile, ends: str = "\n") -> tuple[VersionSource, ...]:
    tree = write(folder, files, ends=ends)
    build, stated = backend(tree), metadata(tree)
    packages, _ = find(tree, build.name, str(stated.get("name")), ())
    return sources(tree, build, packages, stated, extra)


INIT = '"""Ünï."""\n\n__version__ = "1.2.3"  # wörd\n'
FLIT = system("flit_core.buildapi", "flit_core")
HATCH = system("hatchling.build", "hatchling")
SETUP = system("setuptools.build_meta", "setuptools")
PDM = system("pdm.backend", "pdm-backend")
MATURIN = system("maturin", "maturin")
SCIKIT = system("scikit_build_core.build", "scikit-build-core")
POETRY = system("poetry.core.masonry.api", "poetry-core")

# files, and of the place that decides: kind, path, key, value.
DECIDES = {
    "project.version": (
        {"pyproject.toml": '[project]\nname = "thing"\nversion = "1.2.3"\n' + HATCH},
        ("static", "pyproject.toml", "project.version", "1.2.3"),
    ),
    "poetry's own": (
        {"pyproject.toml": '[tool.poetry]\nname = "thing"\nversion = "1.2.3"\n' + POETRY},
        ("static", "pyproject.toml", "tool.poetry.version", "1.2.3"),
    ),
    "poetry, declared dynamic": (
        {"pyproject.toml": DYNAMIC + '[tool.poetry]\nversion = "1.2.3"\n' + POETRY},
        ("static", "pyproject.toml", "tool.poetry.version", "1.2.3"),
    ),
    "poetry-dynamic-versioning": (
        {
            "pyproject.toml": '[tool.poetry]\nname = "thing"\nversion = "0.0.0"\n'
            "[tool.poetry-dynamic-versioning]\nenable = true\n"
            + system("poetry_dynamic_versioning.backend", "poetry-core", "poetry-dynamic-versioning")
        },
        ("vcs", "pyproject.toml", "poetry-dynamic-versioning", ""),
    ),
    "flit package": (
        {"pyproject.toml": DYNAMIC + FLIT, "thing/__init__.py": INIT},
        ("attribute", "thing/__init__.py", "__version__", "1.2.3"),
    ),
    "flit package in src": (
        {"pyproject.toml": DYNAMIC + FLIT, "src/thing/__init__.py": INIT},
        ("attribute", "src/thing/__init__.py", "__version__", "1.2.3"),
    ),
    "flit single module of another name": (
        {"pyproject.toml": DYNAMIC + '[tool.flit.module]\nname = "ding"\n' + FLIT, "ding.py": INIT},
        ("attribute", "ding.py", "__version__", "1.2.3"),
    ),
    "flit version file": (
        {"pyproject.toml": DYNAMIC + FLIT, "thing/__init__.py": "", "thing/_version.py": INIT},
        ("attribute", "thing/_version.py", "__version__", "1.2.3"),
    ),
    "flit computed": (
        {"pyproject.toml": DYNAMIC + FLIT, "thing/__init__.py": '__version__ = ".".join("12")\n'},
        ("computed", "thing/__init__.py", "__version__", ""),
    ),
    "hatch path": (
        {
            "pyproject.toml": DYNAMIC + '[tool.hatch.version]\npath = "thing/__about__.py"\n' + HATCH,
            "thing/__init__.py": "",
            "thing/__about__.py": "__version__: str = 'v1.2.3'\n",
        },
        ("attribute", "thing/__about__.py", "__version__", "1.2.3"),
    ),
    "hatch path, VERSION": (
        {
            "pyproject.toml": DYNAMIC + '[tool.hatch.version]\npath = "thing/v.py"\n' + HATCH,
            "thing/__init__.py": "",
            "thing/v.py": 'VERSION = "1.2.3"\n',
        },
        ("attribute", "thing/v.py", "VERSION", "1.2.3"),
    ),
    "hatch pattern": (
        {
            "pyproject.toml": DYNAMIC
            + "[tool.hatch.version]\npath = 'README.md'\npattern = 'Release (?P<version>\\S+)'\n"
            + HATCH,
            "README.md": "# Thing\n\nRelease 1.2.3 of it\n",
            "thing/__init__.py": "",
        },
        ("file", "README.md", "", "1.2.3"),
    ),
    "hatch path without a literal": (
        {
            "pyproject.toml": DYNAMIC + '[tool.hatch.version]\npath = "thing/__init__.py"\n' + HATCH,
            "thing/__init__.py": "__version__ = read()\n",
        },
        ("computed", "thing/__init__.py", "", ""),
    ),
    "hatch-vcs": (
        {"pyproject.toml": DYNAMIC + '[tool.hatch.version]\nsource = "vcs"\n' + HATCH},
        ("vcs", "pyproject.toml", "hatch-vcs", ""),
    ),
    "hatch plug-in over tags": (
        {
            "pyproject.toml": DYNAMIC
            + '[tool.hatch.version]\nsource = "uv-dynamic-versioning"\n'
            + system("hatchling.build", "hatchling", "uv-dynamic-versioning")
        },
        ("vcs", "pyproject.toml", "uv-dynamic-versioning", ""),
    ),
    "hatch code": (
        {"pyproject.toml": DYNAMIC + '[tool.hatch.version]\nsource = "code"\npath = "v.py"\n' + HATCH},
        ("computed", "v.py", "", ""),
    ),
    "setuptools attr": (
        {
            "pyproject.toml": DYNAMIC + '[tool.setuptools.dynamic]\nversion = {attr = "thing.meta.VERSION"}\n' + SETUP,
            "src/thing/__init__.py": "",
            "src/thing/meta.py": 'VERSION = "1.2.3"\n',
        },
        ("attribute", "src/thing/meta.py", "VERSION", "1.2.3"),
    ),
    "setuptools attr that is computed": (
        {
            "pyproject.toml": DYNAMIC + '[tool.setuptools.dynamic]\nversion = {attr = "thing.VERSION"}\n' + SETUP,
            "thing/__init__.py": "VERSION = (1, 2, 3)\n",
        },
        ("computed", "thing/__init__.py", "VERSION", ""),
    ),
    "setuptools file": (
        {
            "pyproject.toml": DYNAMIC + '[tool.setuptools.dynamic]\nversion = {file = ["VERSION"]}\n' + SETUP,
            "VERSION": "1.2.3\n",
        },
        ("file", "VERSION", "", "1.2.3"),
    ),
    "setuptools-scm table": (
        {"pyproject.toml": DYNAMIC + "[tool.setuptools_scm]\n" + SETUP},
        ("vcs", "pyproject.toml", "setuptools-scm", ""),
    ),
    "setuptools-scm required": (
        {"pyproject.toml": DYNAMIC + system("setuptools.build_meta", "setuptools", "setuptools_scm[toml]>=8")},
        ("vcs", "pyproject.toml", "setuptools-scm", ""),
    ),
    "setuptools in the tree": (
        {
            "pyproject.toml": DYNAMIC
            + "[tool.setuptools_scm]\n"
            + system("custom", "setuptools")
            + "backend-path = ['.']\n"
        },
        ("vcs", "pyproject.toml", "setuptools-scm", ""),
    ),
    "setup.cfg": (
        {
            "setup.cfg": "[metadata]\nname = thing\nversion = 1.2.3\n",
            "setup.py": "from setuptools import setup\nsetup()\n",
        },
        ("static", "setup.cfg", "metadata.version", "1.2.3"),
    ),
    "setup.cfg attr": (
        {
            "setup.cfg": "[metadata]\nname = thing\nversion = attr: thing.__version__\n"
            "[options]\npackage_dir =\n  = lib\n",
            "lib/thing/__init__.py": INIT,
            "setup.py": "",
        },
        ("attribute", "lib/thing/__init__.py", "__version__", "1.2.3"),
    ),
    "setup.py": (
        {"setup.py": "import setuptools\n\nsetuptools.setup(\n    name='thing',\n    version='1.2.3',\n)\n"},
        ("file", "setup.py", "", "1.2.3"),
    ),
    "setup.py computed": (
        {"setup.py": "from setuptools import setup\nsetup(name='thing', version=open('V').read())\n"},
        ("computed", "setup.py", "", ""),
    ),
    "setup.py with scm": (
        {"setup.py": "from setuptools import setup\nsetup(name='thing', use_scm_version=True)\n"},
        ("vcs", "setup.py", "setuptools-scm", ""),
    ),
    "pdm file": (
        {
            "pyproject.toml": DYNAMIC + '[tool.pdm.version]\nsource = "file"\npath = "thing/__init__.py"\n' + PDM,
            "thing/__init__.py": INIT,
        },
        ("attribute", "thing/__init__.py", "__version__", "1.2.3"),
    ),
    "pdm scm": (
        {"pyproject.toml": DYNAMIC + '[tool.pdm.version]\nsource = "scm"\n' + PDM},
        ("vcs", "pyproject.toml", "pdm-backend", ""),
    ),
    "pdm call": (
        {"pyproject.toml": DYNAMIC + '[tool.pdm.version]\nsource = "call"\ngetter = "a:b"\n' + PDM},
        ("computed", "pyproject.toml", "", ""),
    ),
    "maturin": (
        {"pyproject.toml": DYNAMIC + MATURIN, "Cargo.toml": '[package]\nname = "thing"\nversion = "1.2.3"\n'},
        ("static", "Cargo.toml", "package.version", "1.2.3"),
    ),
    "maturin workspace": (
        {"pyproject.toml": DYNAMIC + MATURIN, "Cargo.toml": "[package]\nversion.workspace = true\n"},
        ("computed", "Cargo.toml", "", ""),
    ),
    "scikit-build-core regex": (
        {
            "pyproject.toml": DYNAMIC
            + '[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.regex"\n'
            + 'input = "thing/v.py"\n'
            + SCIKIT,
            "thing/v.py": '__version__ = "1.2.3"\n',
            "thing/__init__.py": "",
        },
        ("attribute", "thing/v.py", "__version__", "1.2.3"),
    ),
    "scikit-build-core scm": (
        {
            "pyproject.toml": DYNAMIC
            + '[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.setuptools_scm"\n'
            + SCIKIT
        },
        ("vcs", "pyproject.toml", "setuptools-scm", ""),
    ),
    "a backend nobody knows": (
        {"pyproject.toml": DYNAMIC + system("whey", "whey")},
        ("computed", "pyproject.toml", "", ""),
    ),
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("case", DECIDES)
def test_the_place_that_decides(tmp_path: Path, case: str, ends: str) -> None:
    files, expected = DECIDES[case]
    first = found_in(tmp_path, files, ends=ends)[0]
    assert (first.kind, first.path, first.key, first.value) == expected
    assert first.reason
    if first.kind == "computed":
        assert "state it literally, derive it from tags, or bump it by hand" in first.reason


@pytest.mark.parametrize("case", [name for name, (_, place) in DECIDES.items() if place[0] == "file"])
def test_a_place_in_a_text_is_named_by_the_text_around_it(tmp_path: Path, case: str) -> None:
    first = found_in(tmp_path, DECIDES[case][0])[0]
    assert first.search.count("{version}") == 1
    assert first.search.replace("{version}", "1.2.3") in (tmp_path / first.path).read_text("utf-8")


STATIC = '[project]\nname = "thing"\nversion = "1.2.3"\n' + HATCH


def test_all_other_places_that_state_the_version_are_found(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": STATIC
        + '[tool.bumpversion]\ncurrent_version = "1.2.3"\n'
        + '[tool.commitizen]\nversion = "1.2.3"\n'
        + '[tool.poetry]\nversion = "1.2.3"\n',
        "src/thing/__init__.py": INIT,
        "src/thing/__about__.py": '__version__ = "1.2.2"\n',
        "src/thing/version.py": "__version__ = compute()\n",
        "setup.cfg": "[metadata]\nversion = 1.2.3\n[bumpversion]\ncurrent_version = 1.2.3\n",
        "setup.py": "from setuptools import setup\nsetup(version='1.2.3')\n",
        ".bumpversion.cfg": "[bumpversion]\ncurrent_version = 1.2.3\n",
        "docs/conf.py": 'release = "1.2.1"\n',
    }
    extra = VersionFile(path="docs/conf.py", search='release = "{version}"')
    found = {(each.kind, each.path, each.key or each.search, each.value) for each in found_in(tmp_path, files, extra)}
    assert found == {
        ("static", "pyproject.toml", "project.version", "1.2.3"),
        ("static", "pyproject.toml", "tool.bumpversion.current_version", "1.2.3"),
        ("static", "pyproject.toml", "tool.commitizen.version", "1.2.3"),
        ("static", "pyproject.toml", "tool.poetry.version", "1.2.3"),
        ("attribute", "src/thing/__init__.py", "__version__", "1.2.3"),
        ("attribute", "src/thing/__about__.py", "__version__", "1.2.2"),
        ("static", "setup.cfg", "metadata.version", "1.2.3"),
        ("static", "setup.cfg", "bumpversion.current_version", "1.2.3"),
        ("file", "setup.py", "setup(version='{version}')", "1.2.3"),
        ("static", ".bumpversion.cfg", "bumpversion.current_version", "1.2.3"),
        ("file", "docs/conf.py", 'release = "{version}"', "1.2.1"),
    }


# Real projects whose version only code knows, each reduced to what says it all the same.
READS = "import os\nfrom setuptools import setup\nsetup(name='thing', version=read('{}'))\n"
BY_CODE = {
    # google-auth: setup.py executes a file of the package
    "the one literal": (
        {"setup.py": READS.format("thing/version.py"), "thing/__init__.py": "", "thing/version.py": INIT},
        ("attribute", "thing/version.py", "__version__", "1.2.3"),
    ),
    "literals that agree": (
        {"setup.py": READS.format("x"), "thing/__init__.py": INIT, "thing/version.py": '__version__ = "1.2.3.0"\n'},
        ("attribute", "thing/__init__.py", "__version__", "1.2.3"),
    ),
    "literals that do not": (
        {"setup.py": READS.format("x"), "thing/__init__.py": INIT, "thing/version.py": '__version__ = "1.2.4"\n'},
        ("computed", "setup.py", "", ""),
    ),
    "a file with nothing else": (
        {"setup.py": READS.format("VERSION"), "thing/__init__.py": "", "VERSION": "1.2.3\n"},
        ("file", "VERSION", "", "1.2.3"),
    ),
    "a file that nobody reads": (
        {"setup.py": READS.format("other"), "thing/__init__.py": "", "VERSION": "1.2.3\n"},
        ("computed", "setup.py", "", ""),
    ),
    # setuptools-scm itself: a helper beside pyproject.toml
    "a helper that asks git": (
        {
            "pyproject.toml": DYNAMIC + '[tool.setuptools.dynamic]\nversion = {attr = "_helper.version"}\n' + SETUP,
            "_helper.py": "from setuptools_scm import get_version\nversion = get_version()\n",
            "src/thing/__init__.py": "",
        },
        ("vcs", "_helper.py", "version", ""),
    ),
    "setup.py that asks git": (
        {"setup.py": "import subprocess\nsetup(name='thing', version=run(['git', 'describe', '--tags']))\n"},
        ("vcs", "setup.py", "", ""),
    ),
    "a placeholder is no literal": (
        {"setup.py": READS.format("x"), "thing/__init__.py": '__version__ = "0.0.0"\n'},
        ("computed", "setup.py", "", ""),
    ),
    # build: what bump-my-version remembers decides nothing
    "a memory alone": (
        {
            "pyproject.toml": DYNAMIC + system("whey", "whey") + '[tool.bumpversion]\ncurrent_version = "1.0.0"\n',
            "thing/__init__.py": "",
        },
        ("computed", "pyproject.toml", "", ""),
    ),
}


@pytest.mark.parametrize("case", BY_CODE)
def test_what_code_computes_is_told_by_what_it_reads(tmp_path: Path, case: str) -> None:
    files, expected = BY_CODE[case]
    found = found_in(tmp_path, files)
    assert (found[0].kind, found[0].path, found[0].key, found[0].value) == expected
    assert [each.kind for each in found].count("computed") == (expected[0] == "computed")


def test_a_file_of_the_settings_decides_where_code_computes_the_version(tmp_path: Path) -> None:
    files = {
        "setup.py": READS.format("x"),
        "thing/__init__.py": INIT,
        "thing/version.py": '__version__ = "1.2.4"\n',
        "docs/conf.py": 'release = "1.2.3"\n',
    }
    first, *others = found_in(tmp_path, files, VersionFile(path="docs/conf.py", search='release = "{version}"'))
    assert (first.path, first.value) == ("docs/conf.py", "1.2.3")
    assert first.reason == "set in [tool.unmoor] (setup.py)"
    assert [each.value for each in others] == ["1.2.3", "1.2.4"]


def test_no_place_is_named_twice(tmp_path: Path) -> None:
    found = found_in(tmp_path, {"pyproject.toml": DYNAMIC + FLIT, "thing/__init__.py": INIT})
    assert [(each.path, each.key) for each in found] == [("thing/__init__.py", "__version__")]


@pytest.mark.parametrize(
    "text",
    ['__version__ = "0.0.0"\n', '__version__ = "0+unknown"\n', '__version__ = "dev"\n', '__version__ = f"{1}"\n'],
)
def test_a_placeholder_states_nothing_where_tags_decide(tmp_path: Path, text: str) -> None:
    files = {"pyproject.toml": DYNAMIC + "[tool.setuptools_scm]\n" + SETUP, "src/thing/__init__.py": text}
    assert [each.kind for each in found_in(tmp_path, files)] == ["vcs"]


@pytest.mark.parametrize(
    "table",
    [
        '[tool.setuptools_scm]\nversion_file = "src/thing/_version.py"\n',
        '[tool.setuptools_scm]\nwrite_to = "src/thing/_version.py"\n',
        '[tool.hatch.version]\nsource="vcs"\n[tool.hatch.build.hooks.vcs]\nversion-file = "src/thing/_version.py"\n',
    ],
)
def test_what_the_build_writes_states_nothing(tmp_path: Path, table: str) -> None:
    module = "hatchling.build" if "hatch" in table else "setuptools.build_meta"
    files = {
        "pyproject.toml": DYNAMIC + table + system(module, "x"),
        "src/thing/__init__.py": "",
        "src/thing/_version.py": '__version__ = "9.9.9"\n',
    }
    assert [each.kind for each in found_in(tmp_path, files)] == ["vcs"]


def test_nothing_of_the_project_is_run(tmp_path: Path) -> None:
    bomb = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n"
    files = {
        "pyproject.toml": DYNAMIC + FLIT,
        "thing/__init__.py": bomb + INIT.replace('"""Ünï."""', ""),
        "setup.py": bomb + "from setuptools import setup\nsetup(version=str(1))\n",
    }
    assert found_in(tmp_path, files)[0].value == "1.2.3"
    assert list(tmp_path.rglob("ran")) == []


def test_a_module_that_is_no_python_states_nothing(tmp_path: Path) -> None:
    files = {"pyproject.toml": DYNAMIC + FLIT, "thing/__init__.py": "__version__ = '1' if\n"}
    assert [each.kind for each in found_in(tmp_path, files)] == ["computed"]
