"""CONTRIBUTING.md is true: each recipe, followed to the letter in a copy of the package, takes no more than it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import unmoor
from support.pages import ROOT
from support.repositories import Repository
from unmoor.chain import CHAIN

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
_PART = re.compile(r"^### (?P<title>.+)\n(?P<text>(?:(?!^##).*\n)*)", re.MULTILINE)
_WRITTEN = re.compile(
    r"^(?P<how>New|In) `src/(?P<path>[^`]+)`:\n\n```(?:python|diff)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
PARTS = {match["title"]: match["text"] for match in _PART.finditer(PAGE.partition("## How to add\n")[2])}

# Each family: its one file, the one file that has to hear of it, and how many lines that takes.
FAMILIES = {
    "A gate": ("unmoor/gates/source/no_conflict_marks.py", {"unmoor/chain.py": 1}),
    "A command": ("unmoor/commands/pythons.py", {"unmoor/tasks.py": 10}),
    "A tool adapter": ("unmoor/tools/compileall.py", {}),
    "A note source": ("unmoor/planning/notes/lines.py", {"unmoor/model/project.py": 1}),
}


@dataclass(frozen=True)
class House:
    """A copy of the package that a recipe can be followed in."""

    top: Path
    environ: Mapping[str, str]

    def files(self) -> dict[str, list[str]]:
        return {
            path.relative_to(self.top).as_posix(): path.read_text(encoding="utf-8").splitlines()
            for path in self.top.rglob("*.py")
        }

    def follow(self, family: str) -> None:
        """Do what the page says, nothing else: write the new files, put the added lines where the diff shows them."""
        for step in _WRITTEN.finditer(PARTS[family]):
            path = self.top / step["path"]
            if step["how"] == "New":
                assert path.parent.is_dir(), f"the room of {path.name} is there"
                with path.open("x", encoding="utf-8") as new:
                    new.write(step["text"])
            else:
                path.write_text(_changed(path.read_text(encoding="utf-8"), step["text"]), encoding="utf-8")

    def python(self, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        found = os.pathsep.join(map(str, [self.top, ROOT / "tests", ROOT / "docs" / "_ext"]))
        return subprocess.run(
            [sys.executable, "-B", *words],
            cwd=cwd,
            env={**self.environ, "PYTHONPATH": found, "NO_COLOR": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def answers(self, program: str, *, cwd: Path) -> Any:
        """Run a program over the copy and return what it printed, as JSON."""
        own = "import json, unmoor\nfrom pathlib import Path\n"
        done = self.python("-c", f"{own}{program}\nprint(json.dumps([unmoor.__file__, answer]))", cwd=cwd)
        assert done.returncode == 0, done.stderr
        where, answer = json.loads(done.stdout.splitlines()[-1])
        assert Path(where) == self.top / "unmoor" / "__init__.py"
        return answer


def _changed(text: str, diff: str) -> str:
    """Return a text with a diff of the page applied; its lines that stay must stand there once, together."""
    lines = diff.splitlines()
    assert {line[0] for line in lines} <= {" ", "+"}, "what is there stays as it is"
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] == " ")
    assert text.count(before) == 1, f"the page shows where exactly: {before!r}"
    return text.replace(before, "".join(f"{line[1:]}\n" for line in lines))


@pytest.fixture
def house(tmp_path: Path, environ: Mapping[str, str]) -> House:
    top = tmp_path / "copy" / "src"
    # With what is compiled of it, so that it need not be compiled again.
    shutil.copytree(Path(unmoor.__file__).parent, top / "unmoor")
    return House(top, environ)


@pytest.fixture
def project(repository: Repository) -> Repository:
    repository.write("pyproject.toml", '[project]\nname = "thing"\nversion = "1.2.0"\nrequires-python = ">=3.11"\n')
    repository.write("thing.py", '"""A thing."""\n')
    repository.commit("A thing")
    return repository


# ── the recipes ──────────────────────────────────────────────────────────────────────────────────────────────


def test_every_recipe_is_tried() -> None:
    assert list(PARTS) == list(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_newcomer_takes_one_file_and_its_line(house: House, family: str) -> None:
    before = house.files()
    house.follow(family)
    after = house.files()
    new, heard = FAMILIES[family]
    assert set(after) - set(before) == {new}
    assert {path: len(after[path]) - len(before[path]) for path in before if after[path] != before[path]} == heard


_RULES = """
import ast
from support import imports

paths = {name: imports.TOP / f"{name.replace('.', '/')}.py" for name in %r}
imports.modules = lambda: tuple(imports.Module(name, path, ast.parse(path.read_text())) for name, path in paths.items())

import test_architecture as rules
from contracts import test_fakes as contracts

rules.test_imports_run_downwards()
rules.test_no_program_starts_past_the_door()
rules.test_modules_are_small()
rules.test_names_say_what_things_are()
rules.test_every_module_says_what_it_is()
for library in rules.DOORS:
    rules.test_each_door_stands_in_one_place(library)
for attribute in ("environ", "getenv"):
    rules.test_only_the_faces_read_the_environment(attribute)
contracts.test_every_gate_and_the_fake_one_have_the_same_shape()
answer = sorted(module.name for module in rules.ALL)
"""


def test_newcomers_keep_the_rules_of_the_house(house: House) -> None:
    """The tests that hold every module and every gate, over a copy in which all four have arrived."""
    for family in FAMILIES:
        house.follow(family)
    names = sorted(new.removeprefix("unmoor/").removesuffix(".py").replace("/", ".") for new, _ in FAMILIES.values())
    assert house.answers(_RULES % (names,), cwd=ROOT) == names
    files = [str(house.top / new) for new, _ in FAMILIES.values()]
    for job in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        done = house.python("-m", "ruff", *job, "--config", str(ROOT / "pyproject.toml"), *files, cwd=house.top)
        assert done.returncode == 0, done.stdout + done.stderr


_GATE = """
from chain_pages import gates_by_stage
from support.contexts import make_context
from unmoor import chain, gates
from unmoor.pipeline.gate_runner import run_gate
from unmoor.project.settings.setting_docs import CHOICES

name = "no-conflict-marks"

def judged():
    record, code = run_gate(name, make_context(Path.cwd()))
    return [record.outcome, record.examined, [problem.place for problem in record.problems], int(code)]

answer = {
    "registered": name in gates.REGISTRY,
    "stages": [stage.name for stage in chain.CHAIN if name in stage.gates],
    "shown": f"[`{name}`](#{name}): {gates.load(name).ASSERTS}" in gates_by_stage(),
    "setting": name in CHOICES["disable"],
    "sound": judged(),
}
Path("thing.py").write_text("<" * 7 + " HEAD")
answer["merged"] = judged()
"""


def test_a_gate_is_in_the_chain_passes_and_fails(house: House, project: Repository) -> None:
    house.follow("A gate")
    assert house.answers(_GATE, cwd=project.folder) == {
        "registered": True,
        "stages": ["check"],
        "shown": True,
        "setting": True,
        "sound": ["passed", 3, [], 0],
        "merged": ["failed", 3, ["thing.py"], 2],
    }


def test_a_command_is_listed_and_runs(house: House, project: Repository) -> None:
    unknown = house.python("-m", "unmoor", "pythons", cwd=project.folder)
    assert (unknown.returncode, "there is no task" in unknown.stderr) == (1, True), unknown.stderr
    house.follow("A command")
    listed = house.python("-m", "unmoor", "--list", cwd=project.folder)
    assert re.search(r"^ +pythons +Say which versions of Python the tests run on\.$", listed.stdout, re.MULTILINE)
    done = house.python("-m", "unmoor", "pythons", cwd=project.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3.11" in done.stdout.split()


_TOOL = """
from unmoor.errors import ToolFailed
from unmoor.runtime import process
from unmoor.tools import compileall

def said(*names):
    try:
        found = compileall.examine([Path(name) for name in names], dict(__import__("os").environ))
    except ToolFailed as error:
        return [error.status, str(error)]
    return [found.examined, found.unit]

answer = [said("thing.py", "other.py"), said("broken.py"), said("thing.py", "gone.py")]
"""


def test_a_tool_adapter_believes_what_it_sees(house: House, project: Repository) -> None:
    house.follow("A tool adapter")
    project.write("other.py", "x = 1\n")
    project.write("broken.py", "def\n")
    right, broken, lie = house.answers(_TOOL, cwd=project.folder)
    assert right == [2, "modules"]
    assert (broken[0], broken[1].split(" → ")[0]) == (1, "compileall compiled 0 of 1 modules")
    # Here the program itself says that all went well.
    assert (lie[0], lie[1].split(" → ")[0]) == (0, "compileall compiled 1 of 2 modules")
    assert not list(project.folder.rglob("*.pyc"))


_NOTES = """
from unmoor.model import Mode
from unmoor.observe.repository import load
from unmoor.planning import notes
from unmoor.planning.plan import Observed, make

component = load(Path.cwd(), dict(__import__("os").environ))
read = notes.read(component)
observed = Observed(
    commit="c" * 40, tree="d" * 40, branch="main", tags={"1.2.0": "a" * 40}, reachable=("1.2.0",), epoch=1,
    today="2026-01-02", taken=("1.2.0",), remote_refs=None, followers=(),
)
(release,) = make([(component, observed)], mode=Mode.REHEARSAL).releases
answer = {
    "style": [component.notes.style, component.notes.reason],
    "read": [[int(each.bump), each.summary, each.origin] for each in read.changes],
    "wrong": [str(problem) for problem in read.problems],
    "planned": [release.version, [each.summary for each in release.changes], [edit.path for edit in release.edits]],
}
"""


def test_a_note_source_is_read_and_moves_the_plan(house: House, project: Repository) -> None:
    stated = (project.folder / "pyproject.toml").read_text(encoding="utf-8")
    project.write("pyproject.toml", f'{stated}[tool.unmoor]\nnotes = "lines"\n')
    project.write("NOTES", "minor: A door.\nlarge: A gate.\npatch: No draught.\n")
    project.commit("Notes")
    refused = house.python("-m", "unmoor", "settings", cwd=project.folder)
    assert refused.returncode == 1
    assert '"lines"' in refused.stderr or "'lines'" in refused.stderr
    house.follow("A note source")
    assert house.answers(_NOTES, cwd=project.folder) == {
        "style": ["lines", "set in [tool.unmoor]"],
        "read": [[2, "A door.", "NOTES:1"], [1, "No draught.", "NOTES:3"]],
        "wrong": ["NOTES:2: 'large' is no bump → major, minor, patch or none"],
        "planned": ["1.3.0", ["A door.", "No draught."], ["pyproject.toml"]],
    }


# ── the rest of the page ─────────────────────────────────────────────────────────────────────────────────────


def test_commands_shown_are_those_of_the_readme_and_of_ci() -> None:
    readme, ci = ((ROOT / name).read_text(encoding="utf-8").splitlines() for name in ("README.md", ".ci/run"))
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["unmoor"]["tests"]
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    shown = [line for block in blocks for line in block.splitlines()]
    assert len(shown) >= 5
    assert [line for line in shown if line not in {*readme, *ci} and shlex.split(line) != settings["command"]] == []


def test_the_map_names_every_room_and_what_it_does_not_import() -> None:
    from house import house as rooms_of_the_code
    from house import layers

    mapped: dict[str, list[str]] = {}
    never: dict[str, set[str]] = {}
    for line in PAGE.splitlines():
        if heading := re.match(r"\| \*\*(.+)\*\* \|", line):
            mapped[heading[1]] = []
        elif row := re.match(r"\| `(\w+)` \| \S.* \| (\S.*) \|$", line):
            mapped[list(mapped)[-1]].append(row[1])
            never[row[1]] = set(re.findall(r"`(\w+)`", row[2]))
    assert mapped == {name: [room for row in rows for room in row] for name, rows in layers().items()}
    rooms = {room.name: room.imports for room in rooms_of_the_code()}
    assert set(never) == set(rooms)
    assert set().union(*never.values()) <= set(rooms)
    assert {name: said & rooms[name] for name, said in never.items() if said & rooms[name]} == {}


def test_paths_named_exist() -> None:
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    new = {f"src/{path}" for path, _ in FAMILIES.values()}
    named = {code for code in re.findall(r"`([\w./+-]+)`", prose) if "/" in code or code.endswith((".py", ".md"))} - new
    named -= {"+name.feature.md"}
    assert len(named) > 10
    tops = (ROOT, ROOT / "src" / "unmoor")
    assert [path for path in sorted(named) if not any((top / path).exists() for top in tops)] == []


def test_words_named_are_in_the_code() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    for name in ("open_plan", "carry_out", "run_stage", "gate_runner", "Findings", "Record", "Skip", "Resolution"):
        assert f"`{name}`" in PAGE
        assert re.search(rf"\b{name}\b", source)
    assert len(CHAIN) == 8
    assert "eight sessions" in PAGE
