"""Which requirements a tool's environment is given, out of all the lists a project keeps."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.model import Requirements
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.requirement_lists import requirement_lists
from unmoor.project.detect.requirements import chosen, joined, naming, stated, wanted

USUAL = ("tests", "test", "testing", "test*", "dev")


def choice(folder: Path, files: dict[str, str], tool: str = "pytest") -> tuple[tuple[str, ...], tuple[str, ...], str]:
    tree = write(folder, files, ends="\r\n")
    found = chosen(naming(requirement_lists(tree, metadata(tree)), tool, usual=USUAL), tool)
    assert found.project
    return found.arguments, found.extras, found.reason


GROUPS = """
    [dependency-groups]
    dev = [{include-group = "tests"}, "ruff"]
    Tests = ["PyTest>=8", {include-group = "typing"}]
    typing = ["mypy"]
    tests-random = ["pytest", "pytest-randomly"]
    loop = [{include-group = "loop"}, "pytest"]
    """


def test_a_group_of_the_usual_name_is_preferred(tmp_path: Path) -> None:
    assert choice(tmp_path, {"pyproject.toml": GROUPS}) == (("--group", "Tests"), (), "dependency group 'Tests'")


def test_a_group_counts_what_it_includes(tmp_path: Path) -> None:
    text = GROUPS.replace("Tests", "zzz").replace('include-group = "tests"', 'include-group = "zzz"')
    assert choice(tmp_path, {"pyproject.toml": text.replace("tests-random", "extra")})[2] == "dependency group 'dev'"
    assert choice(tmp_path / "b", {"pyproject.toml": text})[2] == "dependency group 'tests-random'"


@pytest.mark.parametrize(
    "wrong", ['"-e ."', '{include-group = "gone"}', '{include-group = "tests"}', "{set-up = 1}", "3", '"oh no"']
)
def test_a_broken_group_is_chosen_so_that_the_installer_says_what_is_wrong_with_it(wrong: str, tmp_path: Path) -> None:
    text = f'[dependency-groups]\ntests = ["pytest", {wrong}]\n'
    assert choice(tmp_path, {"pyproject.toml": text})[0] == ("--group", "tests")


def test_a_group_that_is_there_twice_is_still_chosen(tmp_path: Path) -> None:
    text = '[dependency-groups]\ntests = ["pytest"]\nTests = ["pytest>=8"]\n'
    assert choice(tmp_path, {"pyproject.toml": text})[2] in {"dependency group 'tests'", "dependency group 'Tests'"}


def test_groups_come_before_extras_and_these_before_files(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": """
            [project]
            name = "thing"
            [project.optional-dependencies]
            test = ["pytest"]
            [dependency-groups]
            everything = ["pytest"]
            """,
        "requirements-test.txt": "pytest\n",
    }
    assert choice(tmp_path, files)[2] == "dependency group 'everything'"
    files["pyproject.toml"] = (
        files["pyproject.toml"].replace("everything", "nothing").replace('["pytest"]\n            """', "")
    )
    files["pyproject.toml"] = '[project]\nname = "thing"\n[project.optional-dependencies]\ntest = ["pytest"]\n'
    assert choice(tmp_path, files) == ((), ("test",), "extra 'test'")


def test_an_extra_counts_those_it_takes_in(tmp_path: Path) -> None:
    text = """
        [project]
        name = "My.Thing"
        [project.optional-dependencies]
        dev = ["my_thing[check,docs]"]
        check = ["my-thing[all]", "pytest"]
        all = ["My.Thing[dev]"]
        docs = ["sphinx"]
        """
    assert choice(tmp_path, {"pyproject.toml": text})[1] == ("dev",)
    assert choice(tmp_path, {"pyproject.toml": text}, "sphinx")[1] == ("dev",)


POETRY = """
    [tool.poetry]
    name = "thing"
    [tool.poetry.dependencies]
    python = "^3.10"
    [tool.poetry.group.dev.dependencies]
    pre-commit = "*"
    [tool.poetry.group.test.dependencies]
    PyTest = "^8.1"
    pytest-xdist = { version = "~3.1", extras = ["psutil"] }
    colour = { version = ">=1", python = "<3.12", platform = "win32" }
    """


def test_a_poetry_group_becomes_requirements(tmp_path: Path) -> None:
    assert choice(tmp_path, {"pyproject.toml": POETRY}) == (
        (
            "PyTest>=8.1,<9.0",
            "pytest-xdist[psutil]>=3.1,<3.2",
            'colour>=1 ; python_version < "3.12" and sys_platform == "win32"',
        ),
        (),
        "Poetry group 'test'",
    )


@pytest.mark.parametrize(
    ("text", "arguments", "extras", "reason"),
    [
        ("[tool.poetry.dev-dependencies]\npytest = '8.*'\n", ("pytest==8.*",), (), "Poetry group 'dev'"),
        ("[tool.pdm.dev-dependencies]\ntest = ['pytest', '-e ./x']\n", ("pytest", "-e", "./x"), (), "PDM group 'test'"),
        ("[tool.uv]\ndev-dependencies = ['pytest>=8']\n", ("pytest>=8",), (), "uv list 'dev-dependencies'"),
        (
            "[tool.hatch.envs.test]\ndependencies = ['pytest', 'x @ {root:uri}/x']\nfeatures = ['fast']\n",
            ("pytest",),
            ("fast",),
            "Hatch environment 'test'",
        ),
    ],
)
def test_other_managers_lists(
    tmp_path: Path, text: str, arguments: tuple[str, ...], extras: tuple[str, ...], reason: str
) -> None:
    assert choice(tmp_path, {"pyproject.toml": text}) == (arguments, extras, reason)


REQUIREMENTS = """
    # Everything we need
    -e .[http2, cli]

    chardet==5.2.0  # optional
    coverage[toml]==7.10.6 \\
        --hash=sha256:00
    PyTest==8.4.1
    """


def test_a_requirements_file_that_installs_the_project(tmp_path: Path) -> None:
    found = choice(tmp_path, {"requirements.txt": REQUIREMENTS})
    assert found == (("-r", "requirements.txt"), ("http2", "cli"), "requirements file 'requirements.txt'")


@pytest.mark.parametrize("line", [".[a]", "-e.[a]", "-e .[a]", "--editable .[a]", "--editable=.[a]", "-e ./[a]"])
def test_the_ways_to_name_the_project_itself(tmp_path: Path, line: str) -> None:
    assert choice(tmp_path, {"requirements.txt": f"pytest\n{line}\n"})[1] == ("a",)


@pytest.mark.parametrize(
    "names",
    [
        ("requirements.txt", "requirements-dev.txt"),
        ("requirements-dev.txt", "requirements-test.txt"),
        ("dev-requirements.txt", "test-requirements.txt"),
        ("requirements/base.txt", "requirements/tests.txt"),
        ("docs/requirements.txt", "tests/requirements.txt"),
    ],
)
def test_of_several_files_the_one_for_tests_is_taken(tmp_path: Path, names: tuple[str, str]) -> None:
    files = dict.fromkeys(names, "pytest\n")
    assert choice(tmp_path, files)[0] == ("-r", names[1])


def test_a_requirements_file_counts_those_it_takes_in(tmp_path: Path) -> None:
    files = {
        "requirements-test.txt": "-r requirements/inner.txt\n",
        "requirements/inner.txt": "--requirement=../requirements-test.txt\n-r more.txt\n-c limits.txt\n",
        "requirements/more.txt": "pytest\n",
        "requirements/limits.txt": "ruff==0.1\n",
    }
    assert choice(tmp_path, files)[0] == ("-r", "requirements-test.txt")
    assert choice(tmp_path, files, "ruff")[0] == ("-r", "requirements/limits.txt")


def test_without_any_list_the_tool_comes_alone(tmp_path: Path) -> None:
    arguments, extras, reason = choice(tmp_path, {"pyproject.toml": "[dependency-groups]\nbroken = 'x'\n"})
    assert (arguments, extras) == (("pytest",), ())
    assert "no list of requirements names pytest" in reason


def test_a_pin_is_preferred_to_a_range(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[dependency-groups]\ndev = ['ruff>=0.9']\nlint = ['ruff==0.9.*']\n",
        "requirements.txt": "ruff==0.12.11 ; python_version > '3'\n",
    }
    tree = write(tmp_path, files)
    lists = requirement_lists(tree, {})
    requirement, found = wanted(lists, "ruff")
    assert requirement == "ruff==0.12.11 ; python_version > '3'"
    assert str(found) == "requirements file 'requirements.txt'"
    assert wanted(lists[:2], "ruff")[0] == "ruff>=0.9"
    assert wanted(lists, "black") == ("", None)


def test_what_the_settings_state_is_turned_into_words() -> None:
    found = stated(["a", "b"], ["x"], ["-r dir/r.txt", "y ; python_version < '4'"], "[tool.unmoor.tests]")
    assert found == Requirements(
        arguments=("--group", "a", "--group", "b", "-r", "dir/r.txt", "y ; python_version < '4'"),
        project=True,
        extras=("x",),
        reason="set in [tool.unmoor.tests]",
    )
    assert stated((), (), (), "") is None


def test_two_needs_are_joined() -> None:
    one = Requirements(arguments=("a",), project=True, extras=("x",), reason="one")
    two = Requirements(arguments=("b",), extras=("x", "y"), reason="two")
    assert joined(one, two) == Requirements(arguments=("a", "b"), project=True, extras=("x", "y"), reason="one and two")
