"""How projects build their documentation, read from what they run, from Read the Docs' file, and from their lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.trees import write
from unmoor.model import DocsBuild
from unmoor.model.settings import DocsSettings
from unmoor.project.detect.docs.named_parts import named_parts
from unmoor.project.detect.docs.sphinx_folder import sphinx_folder
from unmoor.project.detect.docs_engine import docs_engine
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.providers import choosing, gives, giving
from unmoor.project.detect.requirement_lists import requirement_lists
from unmoor.project.yaml_file import yaml_table

CONF = 'extensions = ["sphinx.ext.autodoc"]\n'


def detected(folder: Path, files: dict[str, str], given: DocsSettings | None = None) -> DocsBuild:
    tree = write(folder, files)
    found, _ = docs_engine(tree, requirement_lists(tree, metadata(tree)), given or DocsSettings())
    assert found is not None
    return found


# ── Read the Docs ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_read_the_docs_installs_and_points_to_wins_over_names(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[project]\nname='x'\n[project.optional-dependencies]\ndoc=['sphinx']\n",
        "manual/conf.py": CONF,
        "doc/requirements.txt": "sphinx_rtd_theme\n",
        ".readthedocs.yml": """
            version: 2
            build: {os: ubuntu-22.04, tools: {python: "3.11"}}
            sphinx: {configuration: manual/conf.py, builder: dirhtml, fail_on_warning: true}
            python:
              install:
                - requirements: doc/requirements.txt
                - method: pip
                  path: .
                  extra_requirements: [doc]
            """,
    }
    found = detected(tmp_path, files)
    assert (found.name, found.source, found.builder, found.strict) == ("sphinx", "manual", "dirhtml", True)
    assert found.requirements.arguments == ("-r", "doc/requirements.txt", "sphinx")
    assert found.requirements.extras == ("doc",)
    assert found.pythons == ("3.11",)
    assert found.reason == "Read the Docs 'build' (.readthedocs.yml)"


INSTALLS = [
    ("jobs: {install: ['pip install --upgrade pip', 'pip install .[d]', 'pip install --group docs']}", ("d",)),
    ("jobs: {install: ['uv sync --group docs --extra d']}", ("d",)),
    ("commands: ['asdf install uv latest', 'uv run --group docs sphinx-build docs $READTHEDOCS_OUTPUT/html']", ()),
]


@pytest.mark.parametrize(("build", "extras"), INSTALLS)
def test_jobs_and_commands_of_read_the_docs_are_read(tmp_path: Path, build: str, extras: tuple[str, ...]) -> None:
    files = {
        "pyproject.toml": "[project]\nname='x'\n[dependency-groups]\ndev=['nosuch']\ndocs=['sphinx']\n",
        "docs/conf.py": CONF,
        ".readthedocs.yaml": f"version: 2\nbuild:\n  tools: {{python: latest}}\n  {build}\nsphinx: {{}}\n",
    }
    found = detected(tmp_path, files)
    assert found.requirements.arguments[:2] == ("--group", "docs"), found
    # What uv adds unasked is for everything else.
    assert "dev" not in found.requirements.arguments
    assert (found.requirements.extras, found.pythons) == (extras, ())


def test_a_conda_environment_is_said_not_to_be_made(tmp_path: Path) -> None:
    files = {
        "docs/conf.py": CONF,
        ".readthedocs.yaml": "version: 2\nconda: {environment: docs/environment.yml}\nsphinx: {}\n",
    }
    assert "conda environment (docs/environment.yml)" in detected(tmp_path / "bare", files).unmade
    given = DocsSettings(requirements=("sphinx",))
    assert detected(tmp_path / "given", files, given).unmade == ""


def test_a_file_of_read_the_docs_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    found = detected(tmp_path, {"docs/conf.py": CONF, ".readthedocs.yaml": "version: [2\n"})
    assert (found.source, found.requirements.arguments) == ("docs", ("sphinx",))


# ── what the project runs itself ─────────────────────────────────────────────────────────────────────────────


def test_what_the_project_runs_itself_is_how_it_is_built(tmp_path: Path) -> None:
    files = {
        "manual/conf.py": CONF,
        "tox.ini": """
            [testenv:docs]
            deps = -r manual/requirements.txt
            changedir = manual
            commands = sphinx-build -anW -b dirhtml -D language=en -d {envtmpdir}/doctrees . _build/html
            """,
        "manual/requirements.txt": "sphinx<9\n",
        ".readthedocs.yaml": "version: 2\nsphinx: {configuration: docs/conf.py}\n",
        "docs/conf.py": CONF,
    }
    found = detected(tmp_path, files)
    assert (found.source, found.builder, found.working_folder) == ("manual", "dirhtml", "manual")
    assert found.options == ("-n", "-D", "language=en")
    assert found.requirements.arguments == ("-r", "manual/requirements.txt")
    assert found.strict


def test_a_build_of_no_pages_is_no_build(tmp_path: Path) -> None:
    tox = "[testenv:docs]\ncommands =\n    sphinx-build -W -b linkcheck docs out\n    mkdocs serve --strict\n"
    found = detected(tmp_path, {"docs/conf.py": CONF, "tox.ini": tox})
    assert (found.reason, found.strict_reason) == (
        "docs/conf.py",
        "no build is written down that would say otherwise",
    )


def test_scripts_that_run_before_the_build_run_here_too(tmp_path: Path) -> None:
    tox = "[testenv:docs]\ncommands =\n    python scripts/draft.py --now\n    sphinx-build -t draft docs out\n"
    found = detected(tmp_path, {"docs/conf.py": CONF, "scripts/draft.py": "", "tox.ini": tox})
    assert (found.steps, found.options) == ((("scripts/draft.py", "--now"),), ("-t", "draft"))


def test_a_tag_whose_preparation_is_not_run_is_left_out(tmp_path: Path) -> None:
    tox = "[testenv:docs]\ncommands =\n    make-the-draft\n    sphinx-build -t draft docs out\n"
    found = detected(tmp_path, {"docs/conf.py": CONF, "tox.ini": tox})
    assert (found.steps, found.options) == ((), ())


def test_an_environment_that_lacks_the_engine_is_not_taken(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[dependency-groups]\ndocs=['mkdocs']\n",
        "mkdocs.yml": "",
        "tox.ini": "[testenv:docs]\ndeps = scriv\ncommands = mkdocs build --strict\n",
    }
    found = detected(tmp_path, files)
    assert (found.requirements.arguments, found.strict) == (("--group", "docs"), True)


# ── strictness ───────────────────────────────────────────────────────────────────────────────────────────────

STRICT = [
    ({}, True, "no build is written down"),
    ({"tox.ini": "[testenv:docs]\ncommands = sphinx-build docs out\n"}, False, "builds without -W"),
    ({"tox.ini": "[testenv:docs]\ncommands = sphinx-build -M html docs out --fail-on-warning\n"}, True, "with -W"),
    ({".readthedocs.yaml": "sphinx: {configuration: docs/conf.py}\n"}, False, "builds without -W"),
    (
        {
            ".readthedocs.yaml": "sphinx: {configuration: docs/conf.py, fail_on_warning: true}\n",
            "tox.ini": "[testenv:docs]\ncommands = sphinx-build docs out\n",
        },
        True,
        "Read the Docs 'build' (.readthedocs.yaml) builds with -W",
    ),
    (
        {"docs/conf.py": CONF + "nitpicky = True\n", ".readthedocs.yaml": "sphinx: {configuration: docs/conf.py}\n"},
        True,
        "nitpicky = True in docs/conf.py",
    ),
    (
        {"docs/Makefile": "SPHINXOPTS = '-W'\n", ".readthedocs.yaml": "sphinx: {configuration: docs/conf.py}\n"},
        True,
        "SPHINXOPTS in docs/Makefile",
    ),
]


@pytest.mark.parametrize(("files", "strict", "reason"), STRICT)
def test_warnings_fail_as_the_project_has_it(
    tmp_path: Path,
    files: dict[str, str],
    strict: bool,  # noqa: FBT001 - a parameter of the table
    reason: str,
) -> None:
    found = detected(tmp_path, {"docs/conf.py": CONF} | files)
    assert (found.strict, reason in found.strict_reason) == (strict, True), found


@pytest.mark.parametrize("strict", [True, False])
def test_the_setting_decides_whether_warnings_fail(
    tmp_path: Path,
    strict: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    found = detected(tmp_path, {"mkdocs.yml": "strict: true\n"}, DocsSettings(strict=strict))
    assert (found.strict, found.strict_reason) == (strict, "set in [tool.unmoor.docs]")


# ── what the configuration names ─────────────────────────────────────────────────────────────────────────────


def test_mkdocs_configuration_with_zensical_in_the_lists_is_zensicals(tmp_path: Path) -> None:
    files = {"mkdocs.yml": "", "pyproject.toml": "[dependency-groups]\ndocs=['zensical', 'mkdocstrings']\n"}
    found = detected(tmp_path, files)
    assert (found.name, found.source, found.requirements.arguments) == ("zensical", "mkdocs.yml", ("--group", "docs"))


def test_a_plug_in_from_another_group_is_taken_too(tmp_path: Path) -> None:
    files = {
        "mkdocs.yml": "theme: {name: material}\nplugins: [search, llmstxt: {full: x}]\nmarkdown_extensions: [toc]\n",
        "pyproject.toml": "[dependency-groups]\nbase=['mkdocs-llmstxt']\ndocs=['mkdocs', 'mkdocs-material']\n",
    }
    assert detected(tmp_path, files).requirements.arguments == ("--group", "docs", "--group", "base")


def test_what_no_list_gives_is_said_where_nothing_builds_it(tmp_path: Path) -> None:
    found = detected(tmp_path, {"mkdocs.yml": "plugins: [mike]\nmarkdown_extensions: [pymdownx.extra, toc]\n"})
    assert found.unmade == "mkdocs.yml is there, but no list of requirements gives what it names: mike, pymdownx.extra"


def test_lists_that_give_the_extensions_serve_where_none_names_the_engine(tmp_path: Path) -> None:
    files = {
        "sites/docs/conf.py": "extensions = []\nfrom shared import *\nextensions.extend(['releases'])\n",
        "sites/shared.py": "extensions = ['alabaster']\nhtml_theme = 'alabaster'\n",
        "sites/www/conf.py": "from shared import *\n",
        "pyproject.toml": "[dependency-groups]\ndev=['alabaster==0.7.12', 'releases', 'pytest']\n",
    }
    found = detected(tmp_path, files)
    assert (found.source, found.requirements.arguments) == ("sites/docs", ("--group", "dev", "sphinx"))


def test_an_out_of_the_way_conf_py_counts_only_where_it_is_sphinxs(tmp_path: Path) -> None:
    files = {
        "src/pkg/conf.py": "DEBUG = True\n",
        "tests/roots/test-docs/conf.py": CONF,
        ".venv/docs/conf.py": CONF,
        "website/pages/conf.py": CONF,
        "sites/docs/conf.py": CONF,
    }
    assert sphinx_folder(write(tmp_path, files)) == "sites/docs"
    assert sphinx_folder(write(tmp_path / "other", {"src/pkg/conf.py": "DEBUG = True\n"})) == ""


NAMED = [
    ("sphinx", "docs/conf.py", "extensions = ['sphinx.ext.x', 'myst']\nextensions += ['a.b']\n", ("myst", "a.b")),
    ("sphinx", "docs/conf.py", "html_theme = 'furo'\nextensions = [x]\nextensions.append('c')\n", ("furo", "c")),
    ("sphinx", "docs/conf.py", "extensions = (\n", ()),
    ("mkdocs", "mkdocs.yml", "theme: material\nplugins:\n  mkdocstrings: {}\n", ("material", "mkdocstrings")),
    ("mkdocs", "mkdocs.yml", "plugins: [material/social, search]\nx: !ENV [A, 1]\n", ("material",)),
    (
        "mkdocs",
        "mkdocs.yml",
        "markdown_extensions:\n  - markdown.extensions.x\n  - toc\n  - y:\n      a: !!python/name:m.n\n",
        ("y",),
    ),
]


@pytest.mark.parametrize(("engine", "file", "text", "names"), NAMED)
def test_extensions_plug_ins_and_themes_are_read(
    tmp_path: Path, engine: str, file: str, text: str, names: tuple[str, ...]
) -> None:
    tree = write(tmp_path, {"keep": ""})
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)
    assert named_parts(tree, engine, "docs" if engine == "sphinx" else file) == names


@pytest.mark.parametrize(
    ("package", "module", "expected"),
    [
        ("mkdocs-material", "material.extensions.emoji", True),
        ("mkdocs-git-authors-plugin", "git-authors", True),
        ("sphinx-rtd-theme", "sphinx_rtd_theme", True),
        ("sphinxcontrib-towncrier", "sphinxcontrib.towncrier", True),
        ("sphinxcontrib-towncrier", "sphinxcontrib.spelling", False),
        ("pymdown-extensions", "pymdownx.superfences", True),
        ("pyyaml", "yaml", True),
        ("myst-parser", "myst_parser.ext", True),
        ("sphinx", "sphinx.ext.autodoc", False),
        ("mkdocs", "material", False),
    ],
)
def test_a_distribution_gives_the_module_that_its_name_follows(
    package: str,
    module: str,
    expected: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    assert gives(package, module) is expected


def test_the_line_of_settings_that_chooses_a_list_is_said(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[project]\nname='x'\n[project.optional-dependencies]\ntheme=['furo']\n"
        "[dependency-groups]\npages=['mike']\n",
        "docs/requirements.txt": "myst-parser\n",
    }
    tree = write(tmp_path, files)
    lists = requirement_lists(tree, metadata(tree))
    said = [choosing(giving(lists, name)[0], "tool.unmoor.docs") for name in ("furo", "mike", "myst_parser")]
    assert said == [
        'say extras = ["theme"] under [tool.unmoor.docs]',
        'say groups = ["pages"] under [tool.unmoor.docs]',
        'say requirements = ["-r docs/requirements.txt"] under [tool.unmoor.docs]',
    ]


def test_yaml_with_tags_of_programs_is_only_data() -> None:
    text = "a: !!python/name:os.system\nb: !!python/object/apply:os.system [exit 1]\n"
    text += "c: !ENV [X, y]\nd: !relative $config\n"
    assert yaml_table(text) == {"a": "os.system", "b": "os.system", "c": ["X", "y"], "d": "$config"}
    assert yaml_table("- a list\n") == yaml_table(": : :\n") == yaml_table("") == {}
