"""How a project runs a linter or a type checker: the words that are kept, the files, the way that comes first."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.model import FileSelection
from unmoor.project.detect.commands import Origin, ProjectCommand, project_commands
from unmoor.project.detect.pre_commit import hook_configuration
from unmoor.project.detect.tool_options import is_check, looking
from unmoor.project.detect.tool_runs import Use, hook_uses, written_uses


@pytest.mark.parametrize(
    ("program", "words", "kept"),
    [
        ("ruff check", "check --fix --exit-non-zero-on-fix --show-fixes --select E src", "check --select E src"),
        ("ruff check", "check --output-format github --output-file=x .", "check ."),
        ("ruff format", "format typer tests --check", "format typer tests"),
        ("black", "--check --diff --line-length 79 twine/", "--line-length 79 twine/"),
        ("isort", "--check-only --diff -p scriv tests", "-p scriv tests"),
        ("flake8", "--count --format=pylint --max-line-length 100 src", "--max-line-length 100 src"),
        ("mypy", "--html-report mypy --txt-report=mypy --platform win32 -p rich", "--platform win32 -p rich"),
        ("mypy", "--install-types --non-interactive", "--install-types --non-interactive"),
        ("pyright", "--ignoreexternal --verifytypes click --outputjson", "--ignoreexternal --verifytypes click"),
    ],
)
def test_words_that_only_report_or_mend_are_taken_off(program: str, words: str, kept: str) -> None:
    assert looking(program, words.split()) == tuple(kept.split())


@pytest.mark.parametrize(
    ("program", "words", "checks"),
    [
        ("ruff check", "check src", True),
        ("ruff check", "check --fix src", False),
        ("ruff check", "check --fix --exit-non-zero-on-fix", True),
        ("ruff format", "format", False),
        ("ruff format", "format --diff", True),
        ("black", ".", False),
        ("isort", "-c .", True),
        ("flake8", ".", True),
        ("mypy", "src", True),
    ],
)
def test_a_command_that_only_looks_is_told_from_one_that_mends(program: str, words: str, *, checks: bool) -> None:
    assert is_check(program, words.split()) is checks


def _written(folder: Path, tox: str, program: str) -> tuple[Use, ...]:
    tree = write(folder, {"tox.ini": tox})
    return written_uses(tree, project_commands(tree), program)


def test_the_environment_that_only_looks_comes_first_whole(tmp_path: Path) -> None:
    tox = """
        [testenv:fmt]
        commands = black src

        [testenv:style]
        deps = black<25
        commands =
            black --check src
            black --check --line-length 79 docs
        """
    style, fmt = _written(tmp_path, tox, "black")
    assert [run.arguments for run in style.runs] == [("src",), ("--line-length", "79", "docs")]
    assert style.requirements is not None
    assert style.requirements.arguments == ("black<25",)
    assert style.shown == "tox 'style' (tox.ini): black --check src"
    assert (fmt.checks, [run.arguments for run in fmt.runs]) == (False, [("src",)])


@pytest.mark.parametrize("command", ["mypy --version", "flake8 --exit-zero src", "mypy $SOURCES", "mypy {somewhere}"])
def test_a_command_that_stops_nobody_or_is_not_understood_is_none(tmp_path: Path, command: str) -> None:
    assert _written(tmp_path, f"[testenv]\ncommands = {command}\n", command.split(maxsplit=1)[0]) == ()


def test_patterns_are_filled_in_where_a_shell_would(tmp_path: Path) -> None:
    tree = write(tmp_path, {"b.py": "", "a.py": "", "src/c.py": ""})
    words = ("mypy", "*.py", "src", "none*")
    made = ProjectCommand(words=words, origin=Origin.MAKE, name="types", place="Makefile:3")
    plain = ProjectCommand(words=words, origin=Origin.TOX, name="types", place="tox.ini")
    (by_shell,) = written_uses(tree, [made], "mypy")
    (by_tox,) = written_uses(tree, [plain], "mypy")
    assert by_shell.runs[0].arguments == ("a.py", "b.py", "src", "none*")
    assert by_tox.runs[0].arguments == ("*.py", "src", "none*")


@pytest.mark.parametrize(
    ("version", "pythons"),
    [
        ("'3.8'", ("3.8",)),
        ("${{ env.LOWEST }}", ("3.9",)),
        ("3.12.4", ("3.12",)),
        ("['3.13', '3.14']", ("3.13", "3.14")),
        ("${{ matrix.python-version }}", ()),
        ("3.x", ()),
    ],
)
def test_a_job_runs_on_the_python_that_it_sets_up(tmp_path: Path, version: str, pythons: tuple[str, ...]) -> None:
    text = f"""
        env:
          LOWEST: "3.9"
        jobs:
          lint:
            runs-on: ubuntu-latest
            steps:
            - uses: actions/setup-python@v6
              with:
                python-version: {version}
            - run: mypy .
        """
    tree = write(tmp_path, {".github/workflows/ci.yml": text})
    (use,) = written_uses(tree, project_commands(tree), "mypy")
    assert use.pythons == pythons


def _hooks(folder: Path, hooks: str, tox: str = "", top: str = "") -> dict[str, Use | None]:
    config = f"{top}\nrepos:\n- repo: https://example.invalid/x\n  rev: v1.5\n  hooks:\n{hooks}"
    tree = write(folder, {".pre-commit-config.yaml": config, "tox.ini": tox})
    programs = ("ruff check", "ruff format", "black", "isort", "flake8", "mypy", "pyright")
    return {each: hook_uses(hook_configuration(tree), project_commands(tree), each) for each in programs}


def test_a_hook_has_what_its_repository_states_as_far_as_nothing_else_is_stated(tmp_path: Path) -> None:
    text = """\
  - id: ruff-format
  - {id: black-jupyter, files: ^src/}
  - {id: isort, args: [--profile, black]}
  - {id: flake8, types: [file], types_or: [python, cython], additional_dependencies: [flake8-bugbear]}
  - {id: mypy, exclude: ^tests/}
"""
    found = _hooks(tmp_path, text, top="exclude: ^vendored/")
    runs = {name: use.runs[0] for name, use in found.items() if use}
    assert {name: run.arguments for name, run in runs.items()} == {
        "ruff format": ("format", "--force-exclude"),
        "black": (),
        "isort": ("--profile", "black"),
        "flake8": (),
        "mypy": ("--ignore-missing-imports", "--scripts-are-modules"),
    }
    ruff = FileSelection(exclude=("^vendored/",), types=("file",), types_or=("python", "pyi", "jupyter"))
    assert runs["ruff format"].selection == ruff
    assert runs["black"].selection == FileSelection(
        files=("^src/",), exclude=("^vendored/",), types=("file",), types_or=("python", "pyi", "jupyter")
    )
    assert runs["flake8"].selection is not None
    assert (runs["flake8"].selection.types, runs["flake8"].selection.types_or) == (("file",), ("python", "cython"))
    assert runs["mypy"].selection is not None
    assert runs["mypy"].selection.exclude == ("^vendored/", "^tests/")
    flake8 = found["flake8"]
    assert flake8 is not None
    assert flake8.requirements is not None
    assert (flake8.version, flake8.requirements.arguments) == ("1.5", ("flake8-bugbear",))


def test_hooks_of_one_program_are_runs_of_one_use(tmp_path: Path) -> None:
    text = "  - {id: ruff-check, files: ^a/}\n  - {id: ruff, exclude: ^a/, args: [--select, E]}\n"
    use = _hooks(tmp_path, text)["ruff check"]
    assert use is not None
    assert [run.arguments for run in use.runs] == [
        ("check", "--force-exclude"),
        ("check", "--force-exclude", "--select", "E"),
    ]


@pytest.mark.parametrize(
    ("tox", "counts"),
    [
        ("", False),
        ("[testenv]\ncommands = pre-commit run --all-files\n", False),
        ("[testenv]\ncommands = pre-commit run --all-files --hook-stage manual mypy\n", True),
        ("[testenv]\ncommands = pre-commit run --all-files --hook-stage=manual\n", True),
        ("[testenv]\ncommands = pre-commit run --all-files --hook-stage manual pyright\n", False),
    ],
)
def test_a_hook_that_runs_by_hand_counts_where_a_command_asks_for_it(tmp_path: Path, tox: str, *, counts: bool) -> None:
    assert (_hooks(tmp_path, "  - {id: mypy, stages: [manual]}\n", tox)["mypy"] is not None) is counts


def test_a_local_hook_is_a_command_with_a_choice_of_files(tmp_path: Path) -> None:
    config = """
        repos:
        - repo: local
          hooks:
          - {id: a, entry: uv run mypy typer, language: system, pass_filenames: false}
          - {id: b, entry: ruff format, language: python, additional_dependencies: [ruff==0.9], types: [python]}
          - {id: black, entry: make black, language: system}
        """
    tree = write(tmp_path, {".pre-commit-config.yaml": config})
    hooks = hook_configuration(tree)
    mypy, ruff = hook_uses(hooks, (), "mypy"), hook_uses(hooks, (), "ruff format")
    assert mypy is not None
    assert (mypy.runs[0].arguments, mypy.runs[0].selection, mypy.requirements) == (("typer",), None, None)
    assert ruff is not None
    assert ruff.runs[0].selection == FileSelection(types=("python",))
    assert ruff.requirements is not None
    assert ruff.requirements.arguments == ("ruff==0.9",)
    assert hook_uses(hooks, (), "black") is None
