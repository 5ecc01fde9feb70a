"""A folder that is no package says so, names the packages below it, and how to go there."""

from __future__ import annotations

import pytest

from support.trees import write
from unmoor.project.packages_below import no_package, packages_below, where_to_go
from unmoor.project.toml_file import read_toml

MINIMAL = '[project]\nname = "a"\nversion = "1"\n'


def test_packages_are_found_wherever_they_are_usually_kept(tmp_path):
    write(
        tmp_path,
        {
            "integrations/b/pyproject.toml": MINIMAL,
            "integrations/a/setup.py": "",
            "deep/er/and/deeper/pyproject.toml": MINIMAL,
            "poetry/pyproject.toml": "[tool.poetry]\nname = 'a'\n",
            "broken/pyproject.toml": "= no toml",
        },
    )
    assert packages_below(tmp_path) == ("broken", "deep/er/and/deeper", "integrations/a", "integrations/b", "poetry")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/a/pyproject.toml", MINIMAL),
        (".hidden/a/pyproject.toml", MINIMAL),
        ("_template/pyproject.toml", MINIMAL),
        ("node_modules/a/setup.py", ""),
        ("examples/a/pyproject.toml", MINIMAL),
        ("tools/pyproject.toml", "[tool.ruff]\n"),
        ("app/pyproject.toml", MINIMAL + "[tool.uv]\npackage = false\n"),
        ("a/b/c/d/e/pyproject.toml", MINIMAL),
    ],
)
def test_what_is_nobodys_release_is_passed_over(tmp_path, path, text):
    write(tmp_path, {path: text})
    assert packages_below(tmp_path) == ()
    assert where_to_go(tmp_path) == ""


def test_a_package_inside_another_is_that_ones_matter(tmp_path):
    write(tmp_path, {"a/pyproject.toml": MINIMAL, "a/plugin/pyproject.toml": MINIMAL})
    assert packages_below(tmp_path) == ("a",)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "go to the folder of a package; its package is 'p0'; for example: cd p0 && unmoor rehearse"),
        (2, "go to the folder of a package; its 2 packages are 'p0', 'p1'; for example: cd p0 && unmoor rehearse"),
        (7, "go to the folder of a package; its 7 packages begin with 'p0', 'p1', 'p2', 'p3', 'p4'; for example: "),
    ],
)
def test_the_first_ones_are_named_and_counted(tmp_path, count, expected):
    write(tmp_path, {f"p{number}/pyproject.toml": MINIMAL for number in range(count)})
    assert where_to_go(tmp_path).startswith(expected)


WORKSPACE = "[tool.uv.workspace]\nmembers = ['p/*']\n"
SYSTEM = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (MINIMAL, ""),
        (MINIMAL + "[tool.uv]\npackage = true\n", ""),
        (MINIMAL + "[tool.uv]\npackage = false\n", "[tool.uv] package = false"),
        (MINIMAL + SYSTEM + "[tool.uv]\npackage = false\n", "[tool.uv] package = false"),
        (MINIMAL + WORKSPACE, "[tool.uv.workspace] without [build-system]"),
        (MINIMAL + SYSTEM + WORKSPACE, ""),
        (MINIMAL + "[tool.uv]\npackage = true\n" + WORKSPACE, ""),
        ("[tool.poetry]\npackage-mode = false\n", "[tool.poetry] package-mode = false"),
        (MINIMAL + "[tool.pdm]\ndistribution = false\n", "[tool.pdm] distribution = false"),
    ],
)
def test_a_project_may_say_that_it_is_no_package(tmp_path, text, why):
    write(tmp_path, {"pyproject.toml": text})
    assert no_package(read_toml(tmp_path / "pyproject.toml").table) == why
