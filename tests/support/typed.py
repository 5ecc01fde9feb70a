"""Commands carried out as they were printed, in this process: nox's sessions over indexes in memory, the rest for real.

What a person would type is taken apart as a shell would, and handed to who answers to it: ``git`` is started,
``unmoor`` is the very program, and of ``nox`` there is what it does for us: the stages that are required, one after the
other, and the last words. Git, the plan, the pipeline, the evidence and the steps are the real ones; the backend, the
indexes and most gates are stand-ins.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from support.fakes import FakeGate, MemoryIndex
from support.repositories import Repository
from unmoor import gates
from unmoor.__main__ import main
from unmoor.chain import CHAIN
from unmoor.chain import stage as stage_called
from unmoor.cli.arguments import asked_for, parse
from unmoor.context import Context
from unmoor.errors import Exit, UnmoorError
from unmoor.indexes import simple
from unmoor.pipeline.run_releases import carry_out
from unmoor.rehearsal import select_targets
from unmoor.report import final_summary
from unmoor.report.screen import Screen
from unmoor.report.terminal import Terminal
from unmoor.request import Memory, Request
from unmoor.targets import Index, IndexFile
from unmoor.tools import build as builder

REAL = (
    *("worktree-is-clean", "evidence-is-complete", "release-is-approved", "archives-are-sealed"),
    *("index-serves-our-bytes", "tag-is-on-the-planned-commit"),
)
NEXT, THEN = "Next: ", "then: "


@dataclass
class Typed:
    """A project, its two indexes in memory, and a person who types what is printed."""

    repository: Repository
    indexes: dict[str, MemoryIndex] = field(
        default_factory=lambda: {name: MemoryIndex(name=name) for name in ("testpypi", "pypi")}
    )
    gates: dict[str, FakeGate] = field(default_factory=lambda: defaultdict(FakeGate))
    environ: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    def type(self, line: str) -> tuple[int, str]:
        """Carry one command out, as it stands; return its exit code, and all it said."""
        words = shlex.split(line)
        if words[0] == "nox":
            return self._nox(words[1:], ("nox", *words[1:]))
        if words[:2] == ["unmoor", "rehearse"]:
            return self._nox(["-s", "release"], ("unmoor", "rehearse"))
        if words[0] == "unmoor":
            return self._unmoor(words)
        done = subprocess.run(
            words, cwd=self.repository.folder, env=self._all, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def follow(self, text: str) -> tuple[int, str]:
        """Do everything that the line *Next* says; return how the last command ended."""
        ended = (0, text)
        for each in next_of(text).split(", then "):
            command = each.removeprefix("run again: ")
            if command.startswith("add `"):
                self.adopt()
            elif not command.startswith("fix what is listed above"):
                ended = self.type(command)
                if each != next_of(text).split(", then ")[-1]:
                    assert ended[0] == 0, ended[1]
        return ended

    def adopt(self) -> None:
        """Do what only a person can."""
        self.repository.write("noxfile.py", "import unmoor.sessions\nunmoor.sessions.register()\n")
        self.repository.commit("Adopt")

    @property
    def _all(self) -> dict[str, str]:
        return {**self.repository.environ, **self.environ}

    @property
    def uploads(self) -> list[str]:
        """Every upload so far, by index and name."""
        return [f"{index.name}: {each}" for index in self.indexes.values() for each in index.uploads]

    def _nox(self, argv: list[str], again: tuple[str, ...]) -> tuple[int, str]:
        self.runs += 1
        asked = asked_for(argv, "")
        words = argv[argv.index("--") + 1 :] if "--" in argv else []
        arguments = parse(words, own_tools=False)
        code, memory, out = Exit.PASS, Memory(), io.StringIO()
        run = f"run{self.runs}"
        for name in _with_required(asked):
            request = Request(
                start=self.repository.folder,
                environ=self._all,
                live=arguments.live,
                base=arguments.base,
                approval=arguments.approval,
                asked=name in asked,
                run=run,
                memory=memory,
            )
            try:
                code = carry_out(name, request).code
            except UnmoorError as error:
                print(error.message, file=out)
                code = Exit(error.code)
            if code:
                break
        adopted = (self.repository.folder / "noxfile.py").is_file()
        with contextlib.redirect_stdout(out):
            screen = Screen(Terminal(self._all))
            final_summary.speak(
                self.repository.folder, self._all, run, again=again, adopted=adopted, seconds=1.0, screen=screen
            )
        return code, out.getvalue()

    def _unmoor(self, words: list[str]) -> tuple[int, str]:
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            patch.chdir(self.repository.folder)
            for name, value in self._all.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", words)
            try:
                main()
            except SystemExit as end:
                return int(end.code or 0), out.getvalue()
        return 0, out.getvalue()


def next_of(text: str) -> str:
    """Return what is to be done next."""
    (first,) = [line for line in text.splitlines() if line.startswith(NEXT)]
    others = [line.removeprefix(THEN) for line in text.splitlines() if line.startswith(THEN)]
    return ", then ".join([first.removeprefix(NEXT), *others])


def _with_required(asked: frozenset[str]) -> list[str]:
    wanted = set(asked)
    for stage in reversed(CHAIN):
        if stage.name in wanted:
            wanted |= set(stage_called(stage.name).requires)
    return [stage.name for stage in CHAIN if stage.name in wanted]


@contextmanager
def typing(repository: Repository) -> Iterator[Typed]:
    """Have everything that is typed meet indexes in memory, a backend that packs two words, and gates that pass."""
    typed = Typed(repository)
    load = gates.load

    @contextmanager
    def open_index(context: Context, name: str) -> Iterator[Index]:
        held = typed.indexes[name] if context.live else MemoryIndex(name=name)
        identity = select_targets.identities(context.component, context.plan.mode)[name]
        yield replace(held.as_index(), identity=identity)

    def build(source: Path, out: Path, **_: object) -> builder.Built:
        out.mkdir(parents=True)
        tree = repository.git("-C", source, "rev-parse", "HEAD^{tree}")
        version = re.findall(r'^version = "(.*)"$', (source / "pyproject.toml").read_text(), re.MULTILINE)[0]
        wheel, sdist = out / f"thing-{version}-py3-none-any.whl", out / f"thing-{version}.tar.gz"
        for path in (wheel, sdist):
            path.write_text(f"{path.name} of {tree}")
        return builder.Built(wheel=wheel, sdist=sdist, dependencies=(), builder=())

    def files(_: str, __: str, **___: object) -> tuple[IndexFile, ...]:
        held = typed.indexes["pypi"].files("thing")
        return tuple(replace(each, version=each.filename.removesuffix(".tar.gz").split("-")[1]) for each in held)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gates, "load", lambda name: load(name) if name in REAL else typed.gates[name])
        patch.setattr(select_targets, "open_index", open_index)
        patch.setattr(builder, "build", build)
        patch.setattr(simple, "files", files)
        yield typed
