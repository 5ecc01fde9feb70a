"""The rules between rooms: imports run downwards only, and each door to the outside stands in one place."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

import pypi_simple
import pytest
import twine.utils

from support.imports import TOP, Module, modules
from unmoor.chain import CHAIN
from unmoor.model import Plan, Stage

# From the top down: six layers, and the few orders inside one. A module imports from below its own place and from its
# own room, never from a neighbour.
LAYERS: Mapping[str, tuple[str, ...]] = {
    "faces": ("__main__", "sessions tasks"),
    "what the faces share": ("cli", "commands", "pipeline report"),
    "what a stage does": ("gates stages",),
    "the domain": ("rehearsal", "context", "observe state", "evidence archives planning"),
    "adapters and facts": ("indexes", "tools", "project", "runtime"),
    "the words": ("request targets", "chain errors", "model"),
}
LEVELS: tuple[frozenset[str], ...] = tuple(frozenset(row.split()) for rows in LAYERS.values() for row in rows)
FACES = {"__main__", "cli.invocation", "sessions", "tasks"}
# What may be imported from where, and from nowhere else.
DOORS = {
    "nox": {"sessions", "cli.joined_session", "cli.registered_sessions"},
    "invoke": {"tasks", "__main__"},
    "subprocess": {"runtime.process"},
    "rich": {"report.terminal"},
    "requests": {"runtime.http", "indexes.simple"},
    "pypi_simple": {"indexes"},
    "urllib.request": set(),
    "http.client": set(),
    "http.server": {"rehearsal"},
    "socketserver": {"rehearsal"},
    "tempfile": {"runtime.scratch", "runtime.files", "runtime.lock", "rehearsal.uploads"},
}
NO_NAMES = re.compile(r"(^|_)(utils?|helpers?)($|_)|Manager|^Base|Base$")

ALL = modules()
SOURCES = [
    path
    for pattern in (
        "src/**/*.py",
        "tests/**/*.py",
        "docs/**/*.md",
        "docs/**/*.py",
        "docs/**/*.txt",
        "docs/**/*.toml",
        "docs/**/*.cast",
        "benchmarks/**/*.*",
        "examples/**/*.*",
        "newsfragments/*.md",
        "*.py",
        "*.toml",
        "*.md",
        ".*/**/*.yml",
    )
    for path in TOP.parent.parent.glob(pattern)
    if path.is_file() and ".venv" not in path.parts and path.suffix != ".pyc"
]


def room_of(name: str) -> str:
    """Return the room a module lives in; the words of ``project.types`` are everybody's."""
    return "project.types" if within(name, "project.types") else name.partition(".")[0]


def level(room: str) -> int:
    return next(number for number, rooms in enumerate(LEVELS) if room in rooms)


def within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def test_imports_run_downwards() -> None:
    wrong = []
    for module in ALL:
        own = room_of(module.name)
        for name in module.imports():
            room = room_of(name.removeprefix("unmoor."))
            if within(name, "unmoor") and room not in {own, "__version__"} and level(room) <= level(own):
                wrong.append(f"{module.name} imports {name}")
    assert wrong == []


def test_gates_do_not_import_each_other() -> None:
    gates = [module for module in ALL if within(module.name, "gates") and module.name != "gates"]
    assert len(gates) > 20
    assert [module.name for module in gates if any(within(name, "unmoor.gates") for name in module.imports())] == []


@pytest.mark.parametrize("library", DOORS)
def test_each_door_stands_in_one_place(library: str) -> None:
    users = [module.name for module in ALL if any(within(name, library) for name in module.imports())]
    assert [name for name in users if not any(within(name, place) for place in DOORS[library])] == []


# Programs of their own: two are copied into the environment of the project's test run, one alone has a credential.
GUESTS = ("tools.pytest_probe", "tools.unittest_probe", "tools.upload_once")


@pytest.mark.parametrize("attribute", ["environ", "getenv", "environb", "putenv"])
def test_only_the_faces_read_the_environment(attribute: str) -> None:
    allowed = (*FACES, *GUESTS)
    assert [module.name for module in ALL if module.reads(attribute) and module.name not in allowed] == []


@pytest.mark.parametrize("name", ["__main__", "report.terminal"])
def test_what_is_printed_is_what_people_may_be_shown(name: str) -> None:
    """Text from notes, file names and tools may hold what a terminal or a runner obeys."""
    module = next(each for each in ALL if each.name == name)
    printed = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"print", "self._write", "Stop", "ParseError"}
        and node.args
    ]
    assert printed
    # What is written in the program itself holds nothing of anybody else's.
    printed = [each for each in printed if not _is_constant(each.args[0])]
    assert [ast.unparse(each) for each in printed if "shown(" not in ast.unparse(each.args[0])] == []


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.strip("_").isupper())


def test_nobody_else_prints() -> None:
    doors = ("__main__", "report.terminal", *GUESTS)
    calls = [(module.name, node) for module in ALL for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    assert [name for name, node in calls if ast.unparse(node.func) == "print" and name not in doors] == []


def test_nothing_shows_an_environment_or_a_secret_by_its_repr() -> None:
    fields = [
        (f"{module.name}: {ast.unparse(node)}", ast.unparse(node.value) if node.value else "")
        for module in ALL
        for each in ast.walk(module.tree)
        if isinstance(each, ast.ClassDef) and any("dataclass" in ast.unparse(mark) for mark in each.decorator_list)
        for node in each.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in {"environ", "env", "secret", "memory"}
    ]
    assert len(fields) > 8
    assert [where for where, value in fields if "repr=False" not in value] == []


def test_no_program_starts_past_the_door() -> None:
    starters = ("system", "popen", "spawnv", "spawnl", "posix_spawn", "fork", "startfile")
    assert [module.name for module in ALL if any(module.reads(starter) for starter in starters)] == []


def test_no_program_is_started_with_whatever_our_environment_holds() -> None:
    door = next(module for module in ALL if module.name == "runtime.process")
    calls = [node for node in ast.walk(door.tree) if isinstance(node, ast.Call)]
    started = [node for node in calls if ast.unparse(node.func) in {"subprocess.Popen", "subprocess.run"}]
    # Windows' own taskkill needs to know where Windows is.
    others = [each for each in started if "taskkill" not in ast.unparse(each)]
    assert len(others) > 2
    assert [ast.unparse(each) for each in others if "env" not in {word.arg for word in each.keywords}] == []


def test_a_module_that_is_run_is_never_taken_from_the_working_directory() -> None:
    """``python -m`` looks there first, and there the project's own ``nox.py`` or ``build/`` lies."""
    commands = [
        (module.name, [each.value if isinstance(each, ast.Constant) else "" for each in node.elts[:3]])
        for module in ALL
        for node in ast.walk(module.tree)
        if isinstance(node, ast.List)
    ]
    assert ("runtime.process", ["", "-P", "-m"]) in commands
    assert [each for each in commands if each[1][1:2] == ["-m"]] == []


def test_modules_are_small() -> None:
    assert [module.name for module in ALL if len(module.path.read_text("utf-8").splitlines()) > 400] == []


STAGES = frozenset(stage.name for stage in CHAIN)
PIPELINE = ("pipeline", "cli.invocation", "state", "rehearsal.select_targets")


def texts(module: Module) -> set[str]:
    """Return the string constants of a module, less its docstrings."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    }


def test_no_module_of_the_pipeline_names_a_stage() -> None:
    """What differs between stages is said on ``Stage``."""
    named = {
        module.name: texts(module) & STAGES for module in ALL if any(within(module.name, room) for room in PIPELINE)
    }
    assert len(named) > 12
    assert {name: found for name, found in named.items() if found} == {}


def test_no_field_of_a_stage_serves_one_stage_alone() -> None:
    always = {"name", "summary", "binds", "effect", "scope", "step", "requires", "before", "after", "target"}
    flags = {each.name for each in dataclasses.fields(Stage)} - always
    assert flags == {"replaceable", "sessions"}
    for flag in flags:
        assert sum(bool(getattr(stage, flag)) for stage in CHAIN) > 1, flag


def test_a_plan_has_no_single_release() -> None:
    assert not hasattr(Plan, "release")
    assert [
        module.name
        for module in ALL
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "release" and ast.unparse(node.value).endswith("plan")
    ] == []


# What a process has, and not a run: programs that signal handlers must end, and who ends them after us; secrets that no
# output may hold; its temporary folder; the lock over uv's own finder, which races in threads, and that this machine
# has no network, found out once.
PROCESS_WIDE = {
    "runtime.process": {"_running", "_orphans", "_watchers"},
    "runtime.redact": {"_known"},
    "runtime.scratch": {"_held", "_alone"},
    "tools.uv": {"_alone", "_looking"},
}
MUTABLE = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp, ast.Call)


def test_nothing_is_remembered_at_module_level() -> None:
    """``request.Memory`` owns what a run remembers; a module has constants, which are spelled as such."""
    found = [
        (module.name, name)
        for module in ALL
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, MUTABLE)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for name in [ast.unparse(target)]
        if not name.strip("_").isupper() and name not in PROCESS_WIDE.get(module.name, set())
    ]
    known = {
        "__all__",
        "_HOMES",
        "_HOME_OF",
        "_Answer",
        "_Result",
        "_Function",
        "_Task",
        "_Say",
        "_Value",
        "_program",
        "namespace",
    }
    assert [each for each in found if each[1] not in known] == []


def test_names_say_what_things_are() -> None:
    named = [
        (module.name, node.name)
        for module in ALL
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]
    assert [each for each in named if NO_NAMES.search(each[1])] == []
    assert [module.name for module in ALL if any(NO_NAMES.search(part) for part in module.name.split("."))] == []


def test_every_module_says_what_it_is() -> None:
    assert [module.name for module in ALL if not ast.get_docstring(module.tree)] == []


def test_no_file_spells_a_registry_or_a_path_of_one_machine() -> None:
    urls = (twine.utils.DEFAULT_REPOSITORY, twine.utils.TEST_REPOSITORY, pypi_simple.PYPI_SIMPLE_ENDPOINT)
    hosts = [re.escape(str(urlsplit(url).hostname)) for url in urls]
    paths = [f"/{name}/" for name in ("root", "work", "home")]
    # As a host of its own, not as a part of a longer name; a path from the top, not a part of a longer path.
    forbidden = re.compile(rf"(?<![\w-])({'|'.join(hosts)})(?![\w-])|(?<![\w./~$}}>-])({'|'.join(paths)})\w")
    assert len(SOURCES) > 100
    found = []
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [f"{path.name}:{number}" for number, line in enumerate(lines, 1) if forbidden.search(line)]
    assert found == []


HEAVY = ("requests", "urllib3", "yaml", "jinja2", "rich", "msgspec", "tomlkit", "packaging", "pypi_simple", "twine")


@pytest.mark.parametrize(("host", "face"), [("nox", "sessions"), ("invoke", "tasks")])
def test_a_face_adds_nothing_slow_to_its_host(host: str, face: str) -> None:
    """What nox or invoke load themselves does not count against us."""
    program = (
        f"import json, sys, {host}; before = set(sys.modules); import unmoor.{face};"
        "print(json.dumps(sorted({name.partition('.')[0] for name in set(sys.modules) - before})))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    added = json.loads(done.stdout)
    assert "unmoor" in added
    assert [name for name in added if name in HEAVY] == []


def test_the_reader_sees_late_imports_and_the_environment() -> None:
    source = "import os\ndef f():\n    import requests.auth\n    from unmoor import gates\n    return os.environ\n"
    seen = Module("some", TOP / "some.py", ast.parse(source))
    assert set(seen.imports()) == {"os", "requests.auth", "unmoor.gates"}
    assert seen.reads("environ")
    assert not seen.reads("getenv")
