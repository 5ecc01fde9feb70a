"""The configuration of pre-commit and prek, read as those read it, and never a reason to stop."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.project.detect.pre_commit import Hook, hook_configuration

WHOLE = """
    # repo: not-this
    default_language_version:
        python: python3.11
    default_stages: [pre-commit]
    files: ^src/
    exclude: |
        (?x)^(
          vendored/.*
        )$
    repos:
    - repo: 'https://example.invalid/a'
      rev: 0123abc  # frozen: v1.2.3
      hooks:
      - id: one
        name: "the one"
        args: [--level, 3, "--strict"]
        files: '\\.py$'
        exclude: ^src/old
        types: [python]
        types_or: [python, pyi]
        exclude_types: [jupyter]
        additional_dependencies: ["click>=8", types-toml]
        pass_filenames: false
      - id: two  # why
        stages: [manual]
        language_version: "3.10"
    -   repo: https://example.invalid/b
        rev: "v2.0"
        hooks:
        -   id: three
            files: '([unclosed'
    - repo: https://example.invalid/c
      rev: 4567def  # v3.1
      hooks: [{id: four, stages: [commit, push]}]
    - repo: local
      hooks:
      - {id: five, entry: uv run mypy src, language: system}
    """


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_everything_that_decides_what_a_hook_is_given_is_read(tmp_path: Path, ends: str) -> None:
    found = hook_configuration(write(tmp_path, {".pre-commit-config.yaml": WHOLE}, ends=ends))
    assert (found.name, found.files, found.problem) == (".pre-commit-config.yaml", "^src/", "")
    assert "vendored/.*" in found.exclude
    one, two, three, four, five = found.hooks
    assert one == Hook(
        id="one",
        repository="https://example.invalid/a",
        version="1.2.3",
        args=("--level", "3", "--strict"),
        files=r"\.py$",
        exclude="^src/old",
        types=("python",),
        types_or=("python", "pyi"),
        exclude_types=("jupyter",),
        additional=("click>=8", "types-toml"),
        pass_filenames=False,
        python="3.11",
    )
    assert (two.version, two.manual, two.python, two.args, two.types) == ("1.2.3", True, "3.10", None, None)
    # A pattern that is none chooses nothing here; pre-commit itself says so.
    assert (three.version, three.files, three.manual) == ("2.0", "", False)
    assert (four.version, four.manual) == ("3.1", False)
    assert (five.repository, five.entry, five.language, five.version) == ("local", "uv run mypy src", "system", "")


def test_prek_says_the_same_in_toml_and_knows_globs(tmp_path: Path) -> None:
    text = """
        exclude = { glob = ["docs/**", "*.{md,rst}"] }

        [[repos]]
        repo = "https://example.invalid/ruff-pre-commit"
        rev = "0123abc" # frozen: v0.16.0
        hooks = [{ id = "ruff-check", args = ["--fix"] }, { id = "other", files = { glob = "src/**/*.py" } }]
        """
    found = hook_configuration(write(tmp_path, {"prek.toml": text}))
    assert [(hook.id, hook.version, hook.args) for hook in found.hooks] == [
        ("ruff-check", "0.16.0", ("--fix",)),
        ("other", "0.16.0", None),
    ]
    assert found.exclude == r"^docs/.*$|^[^/]*\.(?:md|rst)$"
    assert found.hooks[1].files == r"^src/(?:.*/)?[^/]*\.py$"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".pre-commit-config.yaml", "repos: [\n"),
        (".pre-commit-config.yaml", "x: {y: z\n"),
        (".pre-commit-config.yaml", "a: b: c\n"),
        (".pre-commit-config.yaml", "- just\n- a list\n"),
        (".pre-commit-config.yaml", ""),
        (".pre-commit-config.yaml", "x: !!python/object:os.system {}\n"),
        ("prek.toml", "repos = [\n"),
    ],
)
def test_a_broken_configuration_is_told_and_stops_nothing(tmp_path: Path, name: str, text: str) -> None:
    found = hook_configuration(write(tmp_path, {name: text}))
    assert found.hooks == ()
    assert found.problem.startswith(f"{name} cannot be read: ")


@pytest.mark.parametrize("repos", ["5", "[5]", "[{hooks: 5}]", "[{repo: x, rev: 1, hooks: [5, {id: }]}]", "null"])
def test_entries_of_a_wrong_kind_are_passed_over(tmp_path: Path, repos: str) -> None:
    assert hook_configuration(write(tmp_path, {".pre-commit-config.yaml": f"repos: {repos}\n"})).hooks == ()


def test_a_project_without_hooks_has_none(tmp_path: Path) -> None:
    found = hook_configuration(write(tmp_path, {"README.md": ""}))
    assert (found.name, found.hooks, found.problem) == ("", (), "")
