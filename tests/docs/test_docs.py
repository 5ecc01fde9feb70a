"""The documentation says what the code does: its blocks run, its commands, settings, gates and links exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping

import pytest
import troubleshooting_page

from support.pages import DOCS, ROOT, Block, pages, recordings
from support.repositories import Repository
from unmoor.chain import CHAIN
from unmoor.cli.arguments import asked_for, parse
from unmoor.errors import Exit, SettingsError
from unmoor.gates import REGISTRY
from unmoor.indexes.rules import RULES
from unmoor.project.settings.decode import decode
from unmoor.tasks import namespace

STAGES = [stage.name for stage in CHAIN]
BLOCKS = [block for page in pages() for block in page.blocks]
NOXFILES = [block for block in BLOCKS if block.kind == "python" and "unmoor.sessions.register()" in block.text]
TASKFILES = [block for block in BLOCKS if block.kind == "python" and "from unmoor.tasks import" in block.text]
SETTINGS = [block for block in BLOCKS if block.kind == "toml" and "tool.unmoor" in block.text]
_SHOWS_A_COMMAND = re.compile(r"^(?:- run: |\$ )?(?P<command>(?:unmoor|uvx unmoor|invoke|nox)(?: .*)?)$")
# What is quoted as a message begins with the name of a program now and then.
_MESSAGES = {row["says"] for row in troubleshooting_page.messages()}
_VERBS = "is|are|has|hold|holds|agree|agrees|matches|moves|serves|install|installs"
_ASSERTION = re.compile(rf"[a-z]+(?:-[a-z]+)*-(?:{_VERBS})(?:-[a-z]+)*")


def _different(blocks: list[Block]) -> list[Block]:
    """Return the blocks without those that say what another one says: each is run once."""
    return [*{block.text.strip(): block for block in reversed(blocks)}.values()]


def _written() -> Iterator[str]:
    """Yield every text in README, documentation and recordings that may be a command."""
    for page in pages():
        yield from (code for code in page.inline_code if code not in _MESSAGES)
        for block in page.blocks:
            if block.kind in {"console", "yaml"}:
                yield from block.lines
    for path in recordings():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield re.sub(r"^ *[\d.]* +(?=\$ )", "", line)


def _commands(text: str) -> Iterator[str]:
    """Yield the commands of unmoor, invoke and nox in a line as it is shown."""
    for part in re.split(r" (?:&&|\|\||>>|>|\|) ", text.strip().split("  #")[0].strip()):
        if shown := _SHOWS_A_COMMAND.fullmatch(part):
            words = shlex.split(shown["command"].removeprefix("uvx "))
            if len(words) > 1:
                yield shlex.join(words)


COMMANDS = sorted({command for text in _written() for command in _commands(text)})


def _id(block: Block) -> str:
    return f"{block.page}: {block.lines[0]}"


def test_pages_are_found_and_show_something():
    assert len(pages()) > 15
    assert len(NOXFILES) >= 4
    assert len(TASKFILES) >= 3
    assert len(SETTINGS) >= 6
    assert len(COMMANDS) > 15
    assert len(recordings()) >= 8


# ── blocks that are programs ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("block", _different(NOXFILES), ids=_id)
def test_a_noxfile_shown_has_eight_stages(block, repository, environ):
    repository.write("noxfile.py", block.text)
    listed = _run(repository, environ, "nox", "--list")
    assert [name for name in STAGES if re.search(rf"^[*-] {name} ->", listed, re.MULTILINE)] == STAGES
    defaults = re.findall(r"^\* (\S+)", listed, re.MULTILINE)
    assert [name for name in STAGES if name in defaults] == ["check", "lint", "tests", "docs-strict"]


@pytest.mark.parametrize("block", _different(TASKFILES), ids=_id)
def test_a_tasks_file_shown_has_every_task(block, repository, environ):
    repository.write("tasks.py", block.text)
    listed = _run(repository, environ, "invoke", "--list")
    assert [
        name for name in namespace.task_names if not re.search(rf"^\s+(\S+\.)?{name}\s", listed, re.MULTILINE)
    ] == []


@pytest.mark.parametrize("page", ["README.md", "docs/how-to/adopt.md", "docs/tutorial.md"])
def test_adoption_is_two_lines_and_two(page):
    assert min(len(block.lines) for block in NOXFILES if block.page == page) == 2
    assert min(len(block.lines) for block in TASKFILES if block.page == page) == 2


@pytest.mark.parametrize("block", SETTINGS, ids=_id)
def test_settings_shown_are_right(block):
    table = tomllib.loads(block.text)["tool"]["unmoor"]
    decode(table, file=block.page, text=block.text)


def test_settings_that_are_wrong_are_seen():
    with pytest.raises(SettingsError):
        decode({"gate": ["tests"]}, file="a page")


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", [each for each in COMMANDS if not each.startswith("nox ")])
def test_a_task_named_exists_with_its_options(command):
    if "NAME" in command or command.split()[1].startswith("-"):
        return _is_option_of_the_program(command)
    name, *words = shlex.split(command)[1:]
    task = namespace.tasks[name.removeprefix("release.")]
    known = {flag for argument in task.get_arguments() for each in argument.names for flag in _flags(each)}
    assert {word.split("=")[0] for word in words if word.startswith("-")} <= known
    return None


def _flags(name: str) -> set[str]:
    return {f"--{name.replace('_', '-')}" if len(name) > 1 else f"-{name}"}


def _is_option_of_the_program(command: str) -> None:
    assert command.split()[1] in {"NAME", "--list", "--help", "--version"}, command


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("nox ")])
def test_a_session_named_exists_with_its_words(command):
    words = shlex.split(command)[1:]
    after = words[words.index("--") + 1 :] if "--" in words else []
    asked = asked_for(words, "")
    # Where a project has a session of a stage's name, the stage is called so.
    assert asked <= {*STAGES, "NAME", *(f"unmoor-{stage}" for stage in STAGES)}
    assert asked or words in (["-l"], ["--list"])
    local = asked <= {"check", "lint", "tests", "docs-strict"}
    parse(after, own_tools=local)


# Commands in the pages that are not unmoor's, nox's or invoke's, by how they begin, and what holds each of them.
ELSEWHERE = {
    "git ": "git's own, in the steps of the tutorial that its recording takes, or to be given by a person who decides",
    "export UNMOOR_": "the variables are looked for in the source",
    "uv init ": "a step of the tutorial's recording",
    "uv add ": "a step of the tutorial's recording",
    "cd ": "a step of the tutorial's recording",
    "python -m venv ": "Python's own",
    ". venv/": "Python's own",
    "pip install ": "CI installs it so; the name is not taken yet",
    "python -m pytest ": "what CI runs",
    "ruff ": "what CI runs",
    "mypy": "what CI runs",
}


def test_every_command_shown_is_checked_or_has_a_reason_not_to_be():
    lines = {line for page in pages() for block in page.blocks if block.kind == "console" for line in block.lines}
    others = {line.strip().removeprefix("$ ") for line in lines if not [*_commands(line)]}
    assert [line for line in sorted(others) if not line.startswith((*ELSEWHERE,))] == []
    assert [word for word in ELSEWHERE if not any(line.startswith(word) for line in others)] == []
    recorded = (DOCS / "recordings" / "recording.py").read_text(encoding="utf-8")
    assert "uv init " in recorded
    assert "uv add " in recorded


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_gates_named_exist():
    known = {*REGISTRY, *(rule.name for rule in RULES)}
    named = {code for page in pages() for code in page.inline_code if _ASSERTION.fullmatch(code)}
    assert len(named) > 30
    assert named <= known


def test_every_gate_stage_and_rule_has_its_place():
    shown = {page.name: page for page in pages()}
    assert {*REGISTRY, *STAGES} <= shown["docs/reference/stages-and-gates.md"].anchors
    assert {rule.name for rule in RULES} <= set(shown["docs/reference/upload-rules.md"].inline_code)


def test_environment_variables_named_are_read():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    named = {name for page in pages() for name in re.findall(r"UNMOOR_[A-Z_]+[A-Z]", page.text)}
    of_an_index = re.compile(r"UNMOOR_(?:TEST)?PYPI(?:_READ)?(?:_TOKEN|_URL|_USERNAME|_PASSWORD)?")
    assert len(named) > 5
    assert [name for name in sorted(named) if not of_an_index.fullmatch(name) and name not in source] == []


def test_exit_codes_are_the_codes():
    page = next(page for page in pages() if page.name == "docs/reference/exit-codes.md")
    rows = re.findall(r"^\| (\d) \| (\w+) \|", page.text, re.MULTILINE)
    assert rows == [(str(int(code)), code.name) for code in Exit]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_inside_lead_somewhere(page):
    anchors = {each.path: each.anchors for each in pages()}
    for link in page.links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        assert target.is_file(), link
        assert not anchor or anchor in anchors[target], link


def test_nothing_is_left_to_fill_in():
    left = [page.name for page in pages() if re.search(r"<!-- from code|TODO:|@@", page.text)]
    assert left == []


def test_a_mark_that_nothing_fills_fails():
    from from_code import filled

    with pytest.raises(KeyError):
        filled("<!-- from code: the moon -->")


def _run(repository: Repository, environ: Mapping[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=repository.folder,
        env={**environ, "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_table_has_an_empty_column(page):
    for found in re.finditer(r"(?:^\|.*\|\n?)+", page.prose, re.MULTILINE):
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in found[0].splitlines()]
        head, _, *body = rows
        empty = [name or number for number, name in enumerate(head) if not any(row[number] for row in body)]
        assert empty == [], head
