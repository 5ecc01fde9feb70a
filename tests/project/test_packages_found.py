"""What the package is imported as, and where it lies."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.project.detect.packages import Package, find

# files, backend, name, what is found
FOUND = {
    "src layout": ({"src/thing/__init__.py": ""}, "hatchling", "thing", [("thing", "src/thing")]),
    "flat layout": ({"thing/__init__.py": "", "tests/__init__.py": ""}, "hatchling", "thing", [("thing", "thing")]),
    "flat, beside others": (
        {"thing/__init__.py": "", "other/__init__.py": ""},
        "flit-core",
        "Thing",
        [("thing", "thing")],
    ),
    "flat, of another name": (
        {"other/__init__.py": "", "docs/conf.py": ""},
        "hatchling",
        "thing",
        [("other", "other")],
    ),
    "dashes and dots": ({"src/my_thing/__init__.py": ""}, "uv-build", "My.Thing", [("my_thing", "src/my_thing")]),
    "unicode": ({"src/größe/__init__.py": ""}, "hatchling", "groesse", [("größe", "src/größe")]),
    "one module": ({"thing.py": "", "setup.py": "", "noxfile.py": ""}, "setuptools", "thing", [("thing", "thing.py")]),
    "one module in src": ({"src/thing.py": ""}, "hatchling", "thing", [("thing", "src/thing.py")]),
    "namespace": ({"src/name/space/__init__.py": ""}, "hatchling", "name-space", [("name.space", "src/name/space")]),
    "implicit package": (
        {"src/thing/core.py": "", "src/thing/sub/__init__.py": ""},
        "poetry-core",
        "thing",
        [("thing", "src/thing")],
    ),
    "setuptools takes all of src": (
        {"src/thing/__init__.py": "", "src/extra/__init__.py": ""},
        "setuptools",
        "thing",
        [("thing", "src/thing"), ("extra", "src/extra")],
    ),
    "two of other names": ({"one/__init__.py": "", "two/__init__.py": ""}, "hatchling", "thing", []),
    "nothing": ({"README.md": ""}, "hatchling", "thing", []),
    "flit's module": (
        {"pyproject.toml": "[tool.flit.module]\nname = 'ding'\n", "ding.py": "", "thing/__init__.py": ""},
        "flit-core",
        "thing",
        [("ding", "ding.py")],
    ),
    "hatch's packages": (
        {
            "pyproject.toml": "[tool.hatch.build.targets.wheel]\npackages = ['src/a', 'src/b']\n",
            "src/a/__init__.py": "",
            "src/b/__init__.py": "",
        },
        "hatchling",
        "thing",
        [("a", "src/a"), ("b", "src/b")],
    ),
    "hatch's only-include without its sources": (
        {
            "pyproject.toml": "[tool.hatch.build.targets.wheel]\nonly-include = ['src']\nsources = ['src']\n",
            "src/a/__init__.py": "",
            "src/b.py": "",
        },
        "hatchling",
        "thing",
        [("a", "src/a"), ("b", "src/b.py")],
    ),
    "hatch's only-include within its sources": (
        {
            "pyproject.toml": "[tool.hatch.build.targets.wheel]\nonly-include = ['lib/n/a', 'lib/m.py']\n"
            "sources = {lib = ''}\n",
            "lib/n/a/__init__.py": "",
            "lib/m.py": "",
        },
        "hatchling",
        "thing",
        [("n.a", "lib/n/a"), ("m", "lib/m.py")],
    ),
    "hatch's packages elsewhere": (
        {
            "pyproject.toml": "[tool.hatch.build.targets.wheel]\npackages = ['python/a']\n",
            "python/a/__init__.py": "",
        },
        "hatchling",
        "thing",
        [("a", "python/a")],
    ),
    "poetry's packages from a folder": (
        {
            "pyproject.toml": "[tool.poetry]\npackages = [{include = 'a', from = 'lib'}]\n",
            "lib/a/__init__.py": "",
        },
        "poetry-core",
        "thing",
        [("a", "lib/a")],
    ),
    "all that poetry has in a folder": (
        {
            "pyproject.toml": "[tool.poetry]\npackages = [{include = '*', from = 'lib'}]\n",
            "lib/a/__init__.py": "",
            "lib/tools/__init__.py": "",
        },
        "poetry-core",
        "thing",
        [("a", "lib/a"), ("tools", "lib/tools")],
    ),
    "a package called as others' folders are": (
        {"src/build/__init__.py": "", "tests/__init__.py": ""},
        "flit-core",
        "build",
        [("build", "src/build")],
    ),
    "a flat package called as others' folders are": (
        {"tools/__init__.py": "", "tests/__init__.py": "", "docs/conf.py": ""},
        "hatchling",
        "Tools",
        [("tools", "tools")],
    ),
    "setuptools takes of src what it is not told to leave": (
        {
            "pyproject.toml": "[tool.setuptools.packages.find]\nwhere = ['src']\nexclude = ['tests*']\n",
            "src/thing/__init__.py": "",
            "src/tests/__init__.py": "",
            "src/site/__init__.py": "",
        },
        "setuptools",
        "thing",
        [("thing", "src/thing"), ("site", "src/site")],
    ),
    "setuptools' packages": (
        {
            "pyproject.toml": "[tool.setuptools]\npackages = ['a', 'a.b']\npackage-dir = {'' = 'lib'}\n",
            "lib/a/__init__.py": "",
        },
        "setuptools",
        "thing",
        [("a", "lib/a")],
    ),
    "setuptools' modules": (
        {"pyproject.toml": "[tool.setuptools]\npy-modules = ['a', 'b']\n", "a.py": "", "b.py": ""},
        "setuptools",
        "thing",
        [("a", "a.py"), ("b", "b.py")],
    ),
    "setuptools' where": (
        {"pyproject.toml": "[tool.setuptools.packages.find]\nwhere = ['python']\n", "python/thing/__init__.py": ""},
        "setuptools",
        "thing",
        [("thing", "python/thing")],
    ),
    "setup.cfg's modules": (
        {"setup.cfg": "[options]\npy_modules =\n    a\n", "a.py": "", "setup.py": ""},
        "setuptools",
        "thing",
        [("a", "a.py")],
    ),
    "setup.py's packages": (
        {"setup.py": "setup(packages=['a'], package_dir={'': 'lib'})\n", "lib/a/__init__.py": ""},
        "setuptools",
        "thing",
        [("a", "lib/a")],
    ),
    "poetry's packages": (
        {
            "pyproject.toml": "[tool.poetry]\npackages = [{include = 'a', from = 'src'}, {include = 'n/b/**/*.py'}]\n",
            "src/a/__init__.py": "",
            "n/b/__init__.py": "",
        },
        "poetry-core",
        "thing",
        [("a", "src/a"), ("n.b", "n/b")],
    ),
    "uv's module": (
        {
            "pyproject.toml": "[tool.uv.build-backend]\nmodule-name = 'Ding'\nmodule-root = ''\n",
            "Ding/__init__.py": "",
        },
        "uv-build",
        "thing",
        [("Ding", "Ding")],
    ),
    "maturin's module": (
        {"pyproject.toml": "[tool.maturin]\nmodule-name = 'ding._core'\n"},
        "maturin",
        "thing",
        [("ding", "")],
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_packages_are_found(tmp_path: Path, case: str) -> None:
    files, backend, name, expected = FOUND[case]
    packages, reason = find(write(tmp_path, files), backend, name, ())
    assert packages == tuple(Package(*each) for each in expected)
    assert reason
    if not expected:
        assert "set 'imports'" in reason


def test_the_settings_win(tmp_path: Path) -> None:
    tree = write(tmp_path, {"src/thing/__init__.py": "", "src/other/part.py": ""})
    packages, reason = find(tree, "hatchling", "thing", ["other.part", "gone"])
    assert packages == (Package("other.part", "src/other/part.py"), Package("gone", ""))
    assert reason == "set in [tool.unmoor]"
