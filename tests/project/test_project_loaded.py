"""Whole projects loaded: five shapes as they are found in the wild, and what makes a folder no project."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from support.repositories import Repository
from support.trees import write
from unmoor.errors import Exit, SettingsError, UnmoorError
from unmoor.model import Component
from unmoor.observe.repository import load, refs
from unmoor.project.detect import repository as chosen
from unmoor.project.load import find_component

Make = Callable[..., Repository]

FLIT_WITH_GROUPS = {
    "pyproject.toml": """
        [project]
        name = "tock"
        version = "8.5.0.dev"
        requires-python = ">=3.10"
        [dependency-groups]
        dev = ["ruff", "tox"]
        docs = ["sphinx", "sphinx-tabs"]
        docs-auto = ["sphinx-autobuild"]
        pre-commit = ["pre-commit", "pre-commit-uv"]
        tests = ["pytest"]
        tests-random = ["pytest", "pytest-randomly"]
        typing = ["mypy", "pyright", "pytest"]
        [build-system]
        requires = ["flit_core>=3.11,<4"]
        build-backend = "flit_core.buildapi"
        [tool.flit.module]
        name = "tock"
        [tool.pytest.ini_options]
        testpaths = ["tests"]
        [tool.mypy]
        files = ["src", "tests/typing"]
        strict = true
        [tool.pyright]
        include = ["src"]
        [tool.ruff]
        src = ["src"]
        [tool.tox.env.typing]
        commands = [["mypy"], ["pyright", "--ignoreexternal", "--verifytypes", "tock"]]
        """,
    "src/tock/__init__.py": "def __getattr__(name):\n    return '1'\n",
    "tests/test_tock.py": "",
    "docs/conf.py": "",
    "CHANGES.md": "",
    ".pre-commit-config.yaml": """
        repos:
          - repo: https://example.invalid/ruff-pre-commit
            rev: c60c98  # frozen: v0.15.9
            hooks:
              - id: ruff-check
              - id: ruff-format
        """,
}
HATCH_VCS = {
    "pyproject.toml": """
        [build-system]
        requires = ["hatchling", "hatch-vcs"]
        build-backend = "hatchling.build"
        [project]
        dynamic = ["readme", "version"]
        name = "struct-log"
        requires-python = ">=3.10"
        classifiers = [
            "Programming Language :: Python :: 3.10",
            "Programming Language :: Python :: 3.15",
        ]
        [dependency-groups]
        tests = ["pytest-asyncio", "pytest>=6.0"]
        typing = ["mypy>=1.4", "rich"]
        docs = ["myst-parser", "sphinx<9"]
        dev = [{include-group = "tests"}, {include-group = "typing"}]
        [tool.hatch.version]
        source = "vcs"
        [tool.pytest.ini_options]
        testpaths = "tests"
        [tool.mypy]
        strict = true
        """,
    "src/struct_log/__init__.py": "",
    "tests/test_a.py": "",
    "docs/conf.py": "",
    "CHANGELOG.md": "",
}
SCM_WITH_TOWNCRIER = {
    "pyproject.toml": """
        [build-system]
        requires = ["setuptools>=65.0", "setuptools-scm[toml]>=8.0"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "plugs"
        requires-python = ">=3.10"
        dynamic = ["version"]
        [dependency-groups]
        dev = ["pre-commit", "tox"]
        testing = ["pytest", "coverage"]
        [tool.setuptools]
        packages = ["plugs"]
        package-dir = {"" = "src"}
        [tool.setuptools_scm]
        [tool.towncrier]
        package = "plugs"
        package_dir = "src/plugs"
        filename = "CHANGELOG.rst"
        directory = "changelog/"
        [tool.mypy]
        check_untyped_defs = true
        """,
    "src/plugs/__init__.py": "",
    "testing/test_plugs.py": "",
    "tox.ini": "[pytest]\ntestpaths = testing\n",
    "docs/conf.py": "",
    "docs/requirements.txt": "# bounds\nsphinx>=6,<8\npygments\n",
    "changelog/_template.rst": "",
    ".pre-commit-config.yaml": """
        repos:
        -   repo: https://example.invalid/mirrors-mypy
            rev: v2.3.1
            hooks:
            -   id: mypy
                additional_dependencies: [pytest]
        """,
}
HATCH_ATTRIBUTE = {
    "pyproject.toml": """
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "hyper"
        requires-python = ">=3.9"
        dynamic = ["version"]
        [project.optional-dependencies]
        cli = ["click"]
        [tool.hatch.version]
        path = "hyper/__version__.py"
        [tool.ruff.lint]
        select = ["E"]
        [tool.mypy]
        strict = true
        [tool.pytest.ini_options]
        addopts = "-rxXs"
        """,
    "hyper/__init__.py": "from .__version__ import __version__\n",
    "hyper/__version__.py": '__title__ = "hyper"\n__version__ = "0.28.1"\n',
    "tests/__init__.py": "",
    "mkdocs.yml": "site_name: x\n",
    "scripts/check": "ruff format --diff\nmypy hyper tests\nruff check\n",
    "requirements.txt": "-e .[cli]\n\nmkdocs==1.6.1\nmypy==1.17.1\npytest==8.4.1\nruff==0.12.11\n",
    "CHANGELOG.md": "",
}
POETRY_GROUPS = {
    "pyproject.toml": """
        [project]
        name = "verse"
        version = "2.5.0.dev0"
        requires-python = ">=3.10,<4.0"
        dynamic = ["classifiers"]
        [tool.poetry]
        requires-poetry = ">=2.0"
        [tool.poetry.group.dev.dependencies]
        pre-commit = ">=2.10"
        [tool.poetry.group.test.dependencies]
        pytest = ">=9.0"
        pytest-xdist = { version = ">=3.1", extras = ["psutil"] }
        [tool.poetry.group.typing.dependencies]
        mypy = "^1.8"
        [tool.poetry.group.ci]
        optional = true
        [tool.poetry.group.ci.dependencies]
        pytest-annotate = "^0.1.7"
        [build-system]
        requires = ["poetry-core>=2.0"]
        build-backend = "poetry.core.masonry.api"
        [tool.mypy]
        files = "src, tests"
        strict = true
        [tool.pytest]
        testpaths = ["tests"]
        """,
    "src/verse/__version__.py": "from importlib import metadata\n__version__ = metadata.version('verse')\n",
    "src/verse/factory.py": "",
    "src/verse/console/__init__.py": "",
    "tests/test_a.py": "",
    "docs/index.md": "",
}

# shape, tags, and by key what is resolved
SHAPES: Mapping[str, tuple[Mapping[str, str], tuple[str, ...], Mapping[str, object]]] = {
    "flit with groups": (
        FLIT_WITH_GROUPS,
        ("8.3.0", "8.4.0"),
        {
            "version": "8.5.0.dev",
            "backend": "flit-core",
            "imports": "tock",
            "tag": "{version}",
            "notes": "none",
            "changelog": "CHANGES.md",
            "lint": ["ruff (check format)", "pre-commit (.pre-commit-config.yaml)"],
            "lint, with": ["ruff==0.15.9", "pre-commit"],
            "types": ["mypy", "pyright (--ignoreexternal --verifytypes tock)"],
            "types, with": ["--group typing -e .", "--group typing -e ."],
            "tests": "pytest (tests)",
            "tests, with": "--group tests -e .",
            "tests.pythons": "3.10, 3.11, 3.12, 3.13, 3.14",
            "docs": "sphinx (docs)",
            "docs, with": "--group docs -e .",
        },
    ),
    "hatch-vcs": (
        HATCH_VCS,
        ("v1.0",),
        {
            "version": "from tags",
            "backend": "hatchling",
            "imports": "struct_log",
            "tag": "v{version}",
            "lint": "none",
            "types": "mypy (src)",
            "types, with": "--group typing -e .",
            "tests, with": "--group tests -e .",
            "tests.pythons": "3.10, 3.15",
            "docs, with": "--group docs -e .",
        },
    ),
    "setuptools-scm with towncrier": (
        SCM_WITH_TOWNCRIER,
        (),
        {
            "version": "from tags",
            "backend": "setuptools",
            "imports": "plugs",
            "tag": "v{version}",
            "notes": "towncrier in changelog/",
            "changelog": "CHANGELOG.rst",
            "lint": "pre-commit (.pre-commit-config.yaml)",
            "types": "mypy (--ignore-missing-imports --scripts-are-modules)",
            "types, with": "mypy==2.3.1 pytest",
            "tests": "pytest (testing)",
            "tests, with": "--group testing -e .",
            "docs, with": "-r docs/requirements.txt -e .",
        },
    ),
    "hatch attribute": (
        HATCH_ATTRIBUTE,
        ("0.27.0", "1.0.0.beta0"),
        {
            "version": "0.28.1",
            "imports": "hyper",
            "tag": "{version}",
            "lint": "ruff (check format)",
            "lint, with": "ruff==0.12.11",
            "types": "mypy (hyper)",
            "types, with": "-r requirements.txt -e .[cli]",
            "tests, with": "-r requirements.txt -e .[cli]",
            "tests.pythons": "3.9, 3.10, 3.11, 3.12, 3.13, 3.14",
            "docs": "mkdocs (mkdocs.yml)",
            "docs, with": "-r requirements.txt -e .[cli]",
        },
    ),
    "poetry groups": (
        POETRY_GROUPS,
        ("2.4.1",),
        {
            "version": "2.5.0.dev0",
            "backend": "poetry-core",
            "imports": "verse",
            "lint": "none",
            "types": "mypy",
            "types, with": "mypy>=1.8,<2.0 pytest>=9.0 pytest-xdist[psutil]>=3.1 -e .",
            "tests, with": "pytest>=9.0 pytest-xdist[psutil]>=3.1 -e .",
            "docs": "none",
        },
    ),
}


def rows(component: Component) -> dict[str, object]:
    found: dict[str, list[str]] = {}
    for row in component.resolved:
        found.setdefault(row.key, []).append(row.value)
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


@pytest.fixture
def start(new_repository: Make) -> Callable[..., Repository]:
    """Make a repository from a table of files, with tags on its one commit."""

    def make(files: Mapping[str, str | bytes], *tags: str, name: str = "project", ends: str = "\n") -> Repository:
        made = new_repository(name)
        write(made.folder, files, ends=ends)
        made.commit("First")
        for tag in tags:
            made.git("tag", tag)
        return made

    return make


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_project_is_resolved_as_its_maintainers_would_say(start: Make, shape: str, ends: str) -> None:
    files, tags, expected = SHAPES[shape]
    made = start(files, *tags, ends=ends)
    component = load(made.folder, made.environ)
    found = rows(component)
    assert {key: found.get(key) for key in expected} == expected
    assert all(row.reason for row in component.resolved)
    assert (component.repository.root, component.folder, component.path) == (made.folder, made.folder, ".")


def test_loading_again_gives_the_same(start: Make) -> None:
    made = start(FLIT_WITH_GROUPS)
    assert load(made.folder, made.environ) == load(made.folder, made.environ)


MINIMAL = """\
[project]
name = "thing"
version = "1.0"
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"
"""


def test_settings_win_and_say_so(start: Make) -> None:
    text = (
        MINIMAL
        + '[tool.unmoor]\ntag = "rel-{version}"\nbranches = ["trunk"]\nremote = "mirror"\nimports = ["x"]\n'
        + 'notes = "none"\nchangelog = "log.md"\nlint = []\ntypes = []\ngates = ["docs", "check"]\ninstaller = "pip"\n'
        + '[tool.unmoor.tests]\ngroups = ["t"]\npythons = ["3.12"]\ncommand = ["make", "test"]\n'
        + '[tool.unmoor.docs]\nengine = "none"\n[tool.unmoor.sizes]\nwheel-limit = 5000000\n'
    )
    made = start({"pyproject.toml": text, "thing.py": "", "noxfile.py": "import nox\n"}, "v1.0")
    component = load(made.folder, made.environ)
    found = {row.key: (row.value, row.reason) for row in component.resolved}
    own = "set in [tool.unmoor]"
    assert found["tag"] == ("rel-{version}", own)
    assert found["branches"] == ("trunk", own)
    assert found["remote"] == ("mirror", own + ", but this clone has no remote of that name")
    assert found["imports"] == ("x", own)
    assert found["notes"] == ("none", own)
    assert found["changelog"] == ("log.md", own)
    assert found["lint"] == ("none", own)
    assert found["types"] == ("none", own)
    assert found["gates in docs-strict"] == ("docs", own)
    assert found["gates in check"] == ("check", own)
    assert found["installer"] == ("pip", own)
    assert found["approval"] == ("version", "default")
    assert found["tests, with"] == ("--group t -e .", "set in [tool.unmoor.tests]")
    assert found["tests.pythons"] == ("3.12", "set in [tool.unmoor.tests]")
    assert found["docs"] == ("none", "set in [tool.unmoor.docs]")
    assert found["sizes.wheel-limit"] == ("5000000", own)
    assert found["tests.command"] == ("make, test", own)
    assert "sizes.sdist-limit" not in found
    assert component.repository.own_sessions == {"docs-strict": ("docs",), "check": ("check",)}


def test_the_nearest_package_is_the_component(start: Make) -> None:
    other = MINIMAL.replace("thing", "other")
    made = start(
        {"pyproject.toml": MINIMAL, "packages/größe 1/pyproject.toml": other, "packages/größe 1/src/other/a.py": ""}
    )
    inner = made.folder / "packages/größe 1"
    component = load(inner / "src/other", made.environ)
    assert (component.name, component.path) == ("other", "packages/größe 1")
    assert (component.repository.root, component.folder) == (made.folder, inner)
    assert load(made.folder / "packages", made.environ).name == "thing"


def test_a_component_is_not_looked_for_above_the_repository(start: Make, tmp_path: Path) -> None:
    made = start({"README.md": "", "docs/a.md": ""})
    write(tmp_path, {"pyproject.toml": MINIMAL})
    with pytest.raises(UnmoorError, match=r"neither pyproject\.toml nor setup\.py") as caught:
        load(made.folder / "docs", made.environ)
    assert caught.value.problems[0].hint
    with pytest.raises(UnmoorError, match="neither"):
        find_component(made.folder, made.folder)


def test_a_folder_outside_any_repository_is_no_project(tmp_path: Path, environ: Mapping[str, str]) -> None:
    write(tmp_path, {"pyproject.toml": MINIMAL})
    with pytest.raises(UnmoorError, match="not in a git repository"):
        load(tmp_path, environ)


@pytest.mark.parametrize(
    ("top", "says"),
    [
        ({}, "there is no Python package here"),
        ({"pyproject.toml": MINIMAL + "[tool.uv]\npackage = false\n"}, "is no package: [tool.uv] package = false"),
    ],
)
def test_a_top_that_is_no_package_names_those_that_are_there(new_repository: Make, top: dict, says: str) -> None:
    """As haystack's and opentelemetry's do: nothing of version 0.0.0 is rehearsed for them."""
    made = new_repository()
    write(made.folder, top | {"pkgs/a/pyproject.toml": MINIMAL, "pkgs/b/pyproject.toml": MINIMAL})
    with pytest.raises(UnmoorError) as caught:
        load(made.folder, made.environ)
    (problem,) = caught.value.problems
    assert says in problem.message
    assert "its 2 packages are 'pkgs/a', 'pkgs/b'; for example: cd pkgs/a && unmoor rehearse" in problem.hint
    assert caught.value.code is Exit.CRASH
    assert load(made.folder / "pkgs/a", made.environ).path == "pkgs/a"


def test_a_repository_without_a_commit_can_be_loaded(new_repository: Make) -> None:
    made = new_repository()
    write(made.folder, {"pyproject.toml": MINIMAL})
    component = load(made.folder, made.environ)
    assert (component.repository.branches, component.repository.remote) == ((), "")


WRONG = {
    "no package at all": (
        {"pyproject.toml": "[tool.ruff]\n", "packages/a/pyproject.toml": MINIMAL},
        [("pyproject.toml", "describes no package", "'packages/a'")],
    ),
    "no name": (
        {"pyproject.toml": '[project]\nversion = "1"\n'},
        [("pyproject.toml:1: project.name", "the project has no name", "add name")],
    ),
    "a name that is none": (
        {"pyproject.toml": '[project]\nname = "größe"\nversion = "1"\n'},
        [("pyproject.toml:2: project.name", "'größe' is no name of a package", "letters")],
    ),
    "two versions": (
        {"pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndynamic = ["version"]\n'},
        [("pyproject.toml:3: project.version", "stated and declared dynamic at once", "remove one")],
    ),
    "no version": (
        {"pyproject.toml": '[project]\nname = "a"\n'},
        [("pyproject.toml:1: project.version", "there is no version", "dynamic")],
    ),
    "a version that is a number": (
        {"pyproject.toml": '[project]\nname = "a"\nversion = 1.0\n'},
        [("pyproject.toml:3: project.version", "got 1.0, expected a text", 'version = "1.0"')],
    ),
    "project is no table": (
        {"pyproject.toml": 'project = "a"\n'},
        [("pyproject.toml", "'project' is not a table", "[project]")],
    ),
    "setup.py computes the name": (
        {"setup.py": "from setuptools import setup\nsetup(name=open('n').read())\n"},
        [("setup.py: name", "the project has no name", "state the name literally")],
    ),
    "everything at once": (
        {"pyproject.toml": '[project]\n[build-system]\n[tool.unmoor]\nbranchs = []\ninstaller = "x"\n'},
        [
            ("pyproject.toml:4: tool.unmoor.branchs", "unknown key", "branches"),
            ("pyproject.toml:5: tool.unmoor.installer", "got 'x'", "uv"),
            ("pyproject.toml:1: project.name", "no name", ""),
            ("pyproject.toml:1: project.version", "no version", ""),
            ("pyproject.toml: build-system.requires", "missing", ""),
        ],
    ),
    "broken TOML": (
        {"pyproject.toml": "[project\nname = 1\n"},
        [("pyproject.toml:1:9", "is not valid TOML", "")],
    ),
    "broken setup.cfg beside wrong settings": (
        {"pyproject.toml": "[tool.unmoor]\ntag = 1\n", "setup.cfg": "nothing\n"},
        [("pyproject.toml:2: tool.unmoor.tag", "got 1", ""), ("setup.cfg", "cannot be read", "")],
    ),
    "settings that are no table": (
        {"pyproject.toml": MINIMAL + "[tool]\nunmoor = 1\n"},
        [("pyproject.toml:8: tool.unmoor", "got 1 (a whole number), expected a table", "")],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_everything_wrong_is_said_at_once(start: Make, case: str) -> None:
    files, expected = WRONG[case]
    made = start(files)
    with pytest.raises(SettingsError) as caught:
        load(made.folder, made.environ)
    found = caught.value.problems
    assert [problem.place for problem in found] == [where for where, _, _ in expected]
    for problem, (_, what, hint) in zip(found, expected, strict=True):
        assert what in problem.message
        assert hint in problem.hint


# ── what git says ────────────────────────────────────────────────────────────────────────────────────────────


def test_remote_and_branches_come_from_the_clone(start: Make, tmp_path: Path) -> None:
    origin = start({"pyproject.toml": MINIMAL}, name="origin")
    origin.git("branch", "-m", "trunk")
    clone = Repository(tmp_path / "clone", origin.environ)
    origin.git("clone", "--quiet", origin.folder, clone.folder)
    clone.git("switch", "--quiet", "-c", "topic/ü")
    component = load(clone.folder, clone.environ)
    assert (component.repository.remote, component.repository.branches) == ("origin", ("trunk",))
    reasons = {row.key: row.reason for row in component.resolved}
    assert reasons["branches"] == "the default branch of 'origin'"
    clone.git("remote", "set-head", "origin", "--delete")
    assert load(clone.folder, clone.environ).repository.branches == ("topic/ü",)
    clone.git("branch", "master")
    assert load(clone.folder, clone.environ).repository.branches == ("master",)


@pytest.mark.parametrize(
    ("remotes", "remote"), [((), ""), (("fork",), "fork"), (("fork", "upstream"), "upstream"), (("a", "b"), "")]
)
def test_the_remote_is_never_guessed(start: Make, remotes: tuple[str, ...], remote: str) -> None:
    made = start({"pyproject.toml": MINIMAL})
    for name in remotes:
        made.git("remote", "add", name, made.folder)
    found, reason = chosen.remote(refs(made.folder, made.environ), "")
    assert found == remote
    assert reason


def test_a_detached_head_has_no_current_branch(start: Make) -> None:
    made = start({"pyproject.toml": MINIMAL}, "v1.0")
    made.git("checkout", "--quiet", "--detach")
    found = refs(made.folder, made.environ)
    assert (found.current, found.heads, found.tags) == ("", ("main",), ("v1.0",))


# ── the digest ───────────────────────────────────────────────────────────────────────────────────────────────


def digest(made: Repository) -> str:
    return load(made.folder, made.environ).settings_digest


def test_the_digest_is_of_the_settings_and_not_of_the_place(start: Make) -> None:
    one, two = start(FLIT_WITH_GROUPS, name="one"), start(FLIT_WITH_GROUPS, "v9.9", name="two")
    two.git("branch", "-m", "other")
    two.git("remote", "add", "origin", one.folder)
    assert digest(one) == digest(two)
    assert len(digest(one)) == 64


def test_the_digest_does_not_know_the_version(start: Make) -> None:
    made = start(FLIT_WITH_GROUPS)
    before = digest(made)
    path = made.folder / "pyproject.toml"
    path.write_text(path.read_text().replace("8.5.0.dev", "8.5.0"))
    assert digest(made) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "tock"\n[tool.pytest', 'name = "tack"\n[tool.pytest'),
        ("strict = true", "strict = false\n[tool.unmoor]\nsign-tags = true"),
        ('tests = ["pytest"]', 'test = ["pytest"]'),
        (">=3.10", ">=3.11"),
    ],
)
def test_the_digest_changes_with_what_the_stages_go_by(start: Make, old: str, new: str) -> None:
    made = start(FLIT_WITH_GROUPS)
    before = digest(made)
    path = made.folder / "pyproject.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert digest(made) != before


def test_what_is_resolved_can_be_written_as_json(start: Make) -> None:
    made = start(FLIT_WITH_GROUPS)
    component = load(made.folder, made.environ)
    written = json.dumps([asdict(row) for row in component.resolved])
    assert str(made.folder) not in written
