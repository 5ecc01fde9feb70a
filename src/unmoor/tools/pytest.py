"""pytest: the suite on one Python, judged by the record it leaves and not by its exit status.

How it lies: a run in which every test is skipped ends well, and so does one that a test or a plugin stops early
(``pytest.exit(returncode=0)``); of two runs the second takes the record of the first; ``-q`` and plugins change what is
printed; the package under test may be imported from somewhere else than thought. So the JUnit record is counted, and a
plugin notes in the very process what was collected, where the package came from, on which Python and among which
distributions. Exit statuses: https://docs.pytest.org/en/stable/reference/exit-codes.html
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model.counting import counted
from unmoor.project.detect.commands.command import SCRATCH, SITE_PACKAGES
from unmoor.runtime.process import Completed, tail
from unmoor.tools import junit, pytest_probe, unittest_probe
from unmoor.tools.cause import cause
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["Run", "progress", "run"]

_OK, _FAILED, _NO_TESTS = 0, 1, 5
_PROBE = "unmoor_pytest_probe"
_UNITTEST = "unmoor_unittest_probe"
_OWN = "own"
_ON_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
_NAMES = frozenset({"pytest", "py.test"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the suite: its record, its exit status and last words, and where each package was imported from.

    ``python`` is the interpreter in full, ``distributions`` what was installed beside it, as ``name==version``; both
    are empty where no pytest came to its end. ``starts`` is how many runs there were, ``collected`` and ``ran`` are
    counts of tests.
    """

    report: junit.Report
    status: int
    tail: str
    origins: Mapping[str, str]
    log: str
    python: str = ""
    distributions: tuple[str, ...] = ()
    starts: int = 1
    collected: int = 0
    ran: int = 0

    @property
    def made_of(self) -> dict[str, str]:
        """What the run was made of, by name: the Python, the distributions, and one digest (sha256) of those."""
        if not self.python:
            return {}
        environment = hashlib.sha256("\n".join(self.distributions).encode()).hexdigest()
        return {"python": self.python, "distributions": " ".join(self.distributions), "environment": environment}

    def version(self, name: str) -> str:
        """Return the version of a distribution that was installed where the tests ran, or an empty string."""
        plain = name.replace("_", "-").lower()
        versions = (each.partition("==") for each in self.distributions)
        return next((version for found, _, version in versions if found.replace("_", "-").lower() == plain), "")


def run(
    tools: ToolEnvironment,
    command: Sequence[str],
    *,
    posargs: Sequence[str],
    packages: Sequence[str],
    coverage: Path | None,
    log: Path,
    seconds: float,
    folder: str = "",
    environ: Mapping[str, str] | None = None,
    terminal: bool = False,
) -> Run:
    """Run the suite in ``tools`` and return what it left; ``coverage`` is the data file to measure into, if any.

    ``command`` is the project's own way to start its tests, empty for plain pytest; ``folder`` where that starts,
    relative to the component, ``environ`` what is set for it, ``terminal`` that it needs a terminal. Raises
    ``ToolFailed`` where pytest was stopped, misused or broke (statuses 2, 3 and 4), ``ToolTimeout`` after ``seconds``.
    """
    record, origins = tools.scratch / "junit.xml", tools.scratch / "origins"
    origins.mkdir(exist_ok=True)
    for probe, name in ((pytest_probe, _PROBE), (unittest_probe, _UNITTEST)):
        shutil.copyfile(str(probe.__file__), tools.site_packages / f"{name}.py")
    options = [
        "-p",
        _PROBE,
        f"--junitxml={record}",
        "-o",
        "junit_family=xunit1",
        "-o",
        f"cache_dir={tools.scratch / 'cache'}",
    ]
    own = {name: _placed(tools, value) for name, value in (environ or {}).items()}
    extra = {"UNMOOR_PROBE": str(origins), "UNMOOR_PROBE_NAMES": " ".join(packages), "UNMOOR_RECORD": str(record)}
    # What a suite measures by itself is left beside its other output, and not in the tree.
    extra["COVERAGE_FILE"] = str(coverage or tools.scratch / "coverage")
    argv = _command(tools, [_placed(tools, word) for word in command], coverage=coverage is not None)
    if _is_pytest(argv):
        argv += [*options, *posargs]
    else:
        # Whatever starts pytest in the end finds the options there; what does not leave a record does not pass.
        extra["PYTEST_ADDOPTS"] = " ".join((*(f"'{option}'" for option in options), own.pop("PYTEST_ADDOPTS", "")))
        argv += posargs
    if terminal and os.name != "nt":
        # Nobody sits there, so nothing is to be coloured.
        argv = [
            str(tools.environment.python),
            "-c",
            _ON_A_TERMINAL,
            *argv,
            *(["--color=no"] if _is_pytest(argv) else []),
        ]
    (tools.scratch / _OWN).mkdir(exist_ok=True)
    cwd = tools.folder / folder if folder else None
    done = tools.run(*argv, log=log, seconds=seconds, extra={**own, **extra}, cwd=cwd, limit="tests.seconds")
    python, distributions = _made_of(origins)
    starts, collected, ran = _done(origins)
    return Run(
        report=_record(done, record),
        status=done.status,
        tail=tail(done.text),
        origins=_origins(origins),
        log=done.log,
        python=python,
        distributions=distributions,
        starts=starts,
        collected=collected,
        ran=ran,
    )


def progress(tools: ToolEnvironment) -> str:
    """Return how far the run in ``tools`` has come, in words; an empty string before it knows."""
    noted = []
    for each in (tools.scratch / "origins").glob("*.progress"):
        # It may be half written, or gone again.
        with suppress(OSError, ValueError):
            ran, collected = map(int, each.read_text(encoding="utf-8").split())
            noted.append((ran, collected))
    there = max((collected for _, collected in noted), default=0)
    return f"{max(ran for ran, _ in noted)} of {counted(there, 'tests')}" if there else ""


def _command(tools: ToolEnvironment, command: Sequence[str], *, coverage: bool) -> list[str]:
    """Return the command with its program taken from the environment; under coverage where that is to be measured."""
    words = list(command) or ["pytest"]
    module = _module(words)
    if "unittest" in (words[0], module):
        # The same runner, which also writes down what it ran.
        rest = ["-m", _UNITTEST, *words[_behind(words) :]]
        return [str(tools.program("coverage")), "run", *rest] if coverage else [str(tools.environment.python), *rest]
    if coverage and module in _NAMES:
        return [str(tools.program("coverage")), "run", *words[words.index("-m") :]]
    if coverage and words[0] in _NAMES:
        return [str(tools.program("coverage")), "run", "-m", "pytest", *words[1:]]
    if words[0] in _NAMES:
        return [str(tools.program(words[0])), *words[1:]]
    return [str(tools.environment.python), *words[1:]] if words[0] == "python" else words


def _is_pytest(argv: Sequence[str]) -> bool:
    return Path(argv[0]).stem in _NAMES or _module(argv) in _NAMES


def _module(words: Sequence[str]) -> str:
    """Return the module that a command line starts by ``python … -m``, an empty text for any other."""
    starts = "-m" in words[:-1] and Path(words[0]).stem.startswith(("python", "coverage"))
    return words[words.index("-m") + 1] if starts else ""


def _behind(words: Sequence[str]) -> int:
    """Return where the arguments begin, behind the program or the module."""
    return words.index("-m") + 2 if _module(words) else 1


def _placed(tools: ToolEnvironment, text: str) -> str:
    """Put in the folders that only the run knows."""
    return text.replace(SCRATCH, str(tools.scratch / _OWN)).replace(SITE_PACKAGES, str(tools.site_packages))


def _record(done: Completed, record: Path) -> junit.Report:
    if done.status in {_OK, _FAILED, _NO_TESTS} or record.is_file():
        return junit.read(record)
    what = f"the tests could not run: {cause(done.text)}"
    raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint="run them by hand to see why")


def _origins(folder: Path) -> dict[str, str]:
    """Return where each package came from; a process that imported it from elsewhere than the others comes last."""
    found: dict[str, str] = {}
    for each in sorted(path for path in folder.iterdir() if not path.suffix):
        for line in each.read_text(encoding="utf-8").splitlines():
            name, _, origin = line.partition("\t")
            if origin:
                found[name] = origin
    return found


def _made_of(folder: Path) -> tuple[str, tuple[str, ...]]:
    """Return the Python of the run and its distributions, of all its processes together."""
    pythons: set[str] = set()
    distributions: set[str] = set()
    for each in folder.glob("*.environment"):
        first, *others = each.read_text(encoding="utf-8").splitlines()
        pythons.add(first)
        distributions.update(others)
    return ", ".join(sorted(pythons)), tuple(sorted(distributions, key=str.lower))


def _done(folder: Path) -> tuple[int, int, int]:
    """Return how many runs there were, and how many tests they collected and ran; workers collect what others run."""
    noted = [each.read_text(encoding="utf-8").split() for each in folder.glob("*.run")]
    starts = sum(kind == "whole" for kind, _, _ in noted)
    return starts, max((int(n) for _, n, _ in noted), default=0), max((int(n) for _, _, n in noted), default=0)
