"""The build backend, by what ``[build-system]`` says or leaves out."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.project.detect.build_backend import backend, backend_problems, normalized, requires

KNOWN = [
    ("hatchling.build", "hatchling"),
    ("setuptools.build_meta", "setuptools"),
    ("setuptools.build_meta:__legacy__", "setuptools"),
    ("flit_core.buildapi", "flit-core"),
    ("flit_scm:buildapi", "flit-core"),
    ("poetry.core.masonry.api", "poetry-core"),
    ("poetry_dynamic_versioning.backend", "poetry-core"),
    ("pdm.backend", "pdm-backend"),
    ("uv_build", "uv-build"),
    ("maturin", "maturin"),
    ("scikit_build_core.build", "scikit-build-core"),
    ("mesonpy", "meson-python"),
    ("pbr.build", "setuptools"),
    ("whey", "whey"),
]


@pytest.mark.parametrize(("module", "name"), KNOWN)
def test_a_backend_is_called_what_people_call_it(tmp_path: Path, module: str, name: str) -> None:
    tree = write(tmp_path, {"pyproject.toml": f'[build-system]\nrequires = ["x>=1"]\nbuild-backend = "{module}"\n'})
    found = backend(tree)
    assert (found.name, found.build_backend, found.requires) == (name, module, ("x>=1",))
    assert f"'{module}'" in found.reason
    assert ("not known here" in found.reason) == (name == "whey")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"setup.py": ""}, "setup.py is setuptools'"),
        ({"setup.cfg": "", "setup.py": ""}, "setup.py is setuptools'"),
        ({"pyproject.toml": "[project]\nname = 'x'\n"}, "without [build-system] setuptools is used"),
        ({"pyproject.toml": "[build-system]\nrequires = ['setuptools']\n"}, "names no build-backend"),
    ],
)
def test_setuptools_is_what_is_left(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    found = backend(write(tmp_path, files))
    assert (found.name, found.requires) == ("setuptools", ("setuptools",))
    assert reason in found.reason


def test_a_backend_in_the_tree_is_called_so(tmp_path: Path) -> None:
    text = """
        [build-system]
        requires = ["setuptools >= 61", "Setuptools_SCM"]
        build-backend = "custom"
        backend-path = ["_build"]
        """
    found = backend(write(tmp_path, {"pyproject.toml": text}))
    assert found.name == "in-tree"
    assert found.reason == "build-backend 'custom' lies in the project (backend-path _build), over setuptools"
    assert requires(found, "hatch-vcs", "setuptools-scm") == "setuptools-scm"
    assert requires(found, "hatch-vcs") == ""


@pytest.mark.parametrize(
    ("requirement", "name"),
    [("Foo_Bar[x]>=1", "foo-bar"), ("a.b--c ; python_version > '3'", "a-b-c"), ("-e .", ""), ("", ""), ("x @ y", "x")],
)
def test_names_are_normalized(requirement: str, name: str) -> None:
    assert normalized(requirement) == name


def test_a_build_system_that_no_build_survives_is_a_problem(tmp_path: Path) -> None:
    (missing,) = backend_problems(write(tmp_path, {"pyproject.toml": "[build-system]\nbuild-backend = 'x'\n"}))
    assert missing.place == "pyproject.toml: build-system.requires"
    (other,) = backend_problems(write(tmp_path / "b", {"pyproject.toml": "build-system = 'x'\n"}))
    assert "not a table" in other.message
    assert list(backend_problems(write(tmp_path / "c", {"pyproject.toml": "[build-system]\nrequires = []\n"}))) == []
