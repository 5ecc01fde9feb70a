"""What the tools of a session said: what they counted, and why one failed; their output is all that can be had of it.

Of a runner's log only the command that failed is looked at, and never the runner's own closing line. Forms: pytest's
short summary, unittest's ``TextTestRunner``, pre-commit's hooks, remarks as ``file:line: error: text`` (mypy, flake8,
Sphinx) and as ruff and black print them, MkDocs' log. Where none is met, the last line that speaks of an error counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from unmoor.model import Finding
from unmoor.model.counting import counted
from unmoor.tools import unreachable

__all__ = ["ADDED", "KINDS", "Failure", "Said", "count", "failure", "in_words", "unit"]

# What is counted; of several runs some kinds add up, the others are the same things each time.
ADDED = frozenset({"tests", "hooks"})
KINDS = ("tests", "hooks", "pages", "files")

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b\x07]*(?:\x07|\x1b\\)")
_WORDS = r"\d+ [a-z]+(?: [a-z]+)?"
_PYTEST = re.compile(rf"^(?:=+ )?(?P<words>{_WORDS}(?:, {_WORDS})*) in [\d.]+ ?s\b", re.MULTILINE)
_PASSED = re.compile(r"(\d+) passed")
_UNITTEST = re.compile(r"^Ran (\d+) tests? in [\d.]+s$(?:\s+\w+ \((?:.*\b)?skipped=(\d+))?", re.MULTILINE)
_FILES = (
    re.compile(r"^Success: no issues found in (\d+) source files?", re.MULTILINE),
    re.compile(r"^Found .*\(checked (\d+) source files?\)", re.MULTILINE),
    re.compile(r"(\d+) files? (?:already formatted|would be left unchanged|left unchanged)"),
)
_PAGES = re.compile(r"targets for (\d+) source files")
_HOOK = re.compile(r"^(?P<name>.+?)\.{3,}(?:\([^)]*\))?(?P<result>Passed|Failed|Skipped)$", re.MULTILINE)

_FAILED = re.compile(
    r"^(?:FAILED|ERROR) (?P<test>\S+?\.\w+(?:::[^\[\s]+(?:\[.*?\](?= - |$))?)?)(?: - (?P<why>.+))?$", re.MULTILINE
)
_UNIT_FAILED = re.compile(r"^(?:FAIL|ERROR): (?P<test>\w+ \([\w.]+\).*)$", re.MULTILINE)
_LOCATED = re.compile(
    r"^(?P<path>[\w./\\ -]+\.\w+)(?:[^:\n]*docstring of [^:]+)?:(?P<line>\d+)(?::\d+)?:? "
    r"(?:(?P<level>fatal error|error|warning|WARNING|ERROR|CRITICAL|SEVERE): |(?=[A-Z]+\d+ ))(?P<message>.+)$",
    re.MULTILINE,
)
_SPHINX = re.compile(r"^(?:WARNING|ERROR|CRITICAL): (?P<message>.+(?:\n(?:intersphinx|  ).+)*)$", re.MULTILINE)
_MKDOCS = re.compile(r"^(?:WARNING|ERROR|CRITICAL)\s+-\s+(?P<message>.+)$", re.MULTILINE)
_RUFF = re.compile(r"^(?P<message>[A-Z]+\d+ .+)\n\s*--> (?P<path>[^:\n]+):(?P<line>\d+)", re.MULTILINE)
_WOULD = re.compile(r"^(?P<message>[Ww]ould reformat):? (?P<path>\S+)$", re.MULTILINE)
_SAYS_ERROR = re.compile(
    r"error|ERROR|\w*Error\b|\w*Exception\b|FAILED|WARNING|\bassert\b|fatal|cannot|[Nn]o such|not found"
)
# Lines that end a run, and say that there was something and not what.
_CLOSING = re.compile(
    r"^(?:nox > |make(?:\[\d+\])?: \*\*\*|ERROR: InvocationError|Found \d+ (?:error|warning)|\d+ errors?\b|=+ .* =+$"
    r"|Aborted with \d+|build finished with problems|error: command '|subprocess\.CalledProcessError|Check the log at)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the tools of a session have counted, and why one failed where one has."""

    counts: Mapping[str, int] = field(default_factory=dict)
    failure: Failure | None = None

    @property
    def unreached(self) -> str:
        """What could not be reached, where that is why it failed."""
        return self.failure.unreached if self.failure is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a command failed: what it said, the gravest first, and what it could not reach where that was the reason."""

    causes: tuple[Finding, ...] = ()
    unreached: str = ""


def count(text: str) -> dict[str, int]:
    """Return how many tests passed, hooks ran, and pages and files were looked at, as the tools of a session say.

    A kind that no tool spoke of is left out. Tests of several runs add up; files that several tools look at do not.
    """
    said = _ANSI.sub("", text)
    summaries = [each["words"] for each in _PYTEST.finditer(said)]
    ran = [int(each[1]) - int(each[2] or 0) for each in _UNITTEST.finditer(said)]
    found: dict[str, int] = {}
    if summaries or ran:
        found["tests"] = sum(int(each) for line in summaries for each in _PASSED.findall(line)) + sum(ran)
    if hooks := [each for each in _HOOK.finditer(said) if each["result"] != "Skipped"]:
        found["hooks"] = len(hooks)
    if pages := [int(each) for each in _PAGES.findall(said)]:
        found["pages"] = max(pages)
    if files := [int(each) for form in _FILES for each in form.findall(said)]:
        found["files"] = max(files)
    return found


def in_words(counts: Mapping[str, int]) -> str:
    """Return counts as they are shown: ``412 tests, 1 page``; nothing is said of what there is none of."""
    return ", ".join(counted(number, kind) for kind, number in counts.items() if number)


def unit(sessions: int, names: Sequence[str], counts: Mapping[str, int]) -> str:
    """Return what stands behind the number of sessions that ran: their names, and what their tools have counted."""
    words = f"session{'s' * (sessions != 1)} ({', '.join(names)})"
    return ", ".join(filter(None, [words, in_words(counts)]))


def failure(text: str) -> Failure:
    """Return why a command failed that said ``text``."""
    said = _ANSI.sub("", text).replace("\r\n", "\n")
    if tests := [*_tests(said)]:
        unreached = next((sign for _, sign in tests), "") if all(sign for _, sign in tests) else ""
        return Failure(causes=tuple(each for each, _ in tests), unreached=unreached)
    remarks = [*_hooks(said), *_remarks(said)]
    blocking, told = unreachable.weighed(remarks, live=False)
    if remarks and not blocking:
        return Failure(causes=tuple(remarks), unreached=unreachable.address(said) or told[0].message)
    if remarks:
        return Failure(causes=tuple(blocking))
    if sign := unreachable.sign(said):
        return Failure(causes=(Finding(message=sign),), unreached=unreachable.address(said) or sign)
    last = _last(said)
    return Failure(causes=(Finding(message=last),) if last else ())


def _tests(said: str) -> Iterator[tuple[Finding, str]]:
    """Yield the tests that failed, each with the sign of a network that did not answer, where that is its reason."""
    seen = set[str]()
    for each in (*_FAILED.finditer(said), *_UNIT_FAILED.finditer(said)):
        why = each.groupdict().get("why") or ""
        if each["test"] not in seen:
            seen.add(each["test"])
            yield Finding(message=f"{each['test']}: {why}" if why else each["test"]), unreachable.sign(why)


def _hooks(said: str) -> Iterator[Finding]:
    for each in _HOOK.finditer(said):
        if each["result"] == "Failed":
            yield Finding(message=f"the hook {each['name']!r} failed")


def _remarks(said: str) -> Iterator[Finding]:
    """Yield what linters and documentation tools remarked, each once."""
    seen = set[Finding]()
    for form in (_LOCATED, _RUFF, _WOULD, _SPHINX, _MKDOCS):
        for each in form.finditer(said):
            parts = each.groupdict()
            place = f"{parts.get('path') or ''}{':' + parts['line'] if parts.get('line') else ''}"
            found = Finding(message=" ".join(each["message"].split()).rstrip("."), place=place)
            if found not in seen:
                seen.add(found)
                yield found


def _last(said: str) -> str:
    """Return the last line that speaks of an error, else the last line at all; a runner's closing line is neither."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not _CLOSING.match(line.strip())]
    telling = [line for line in lines if _SAYS_ERROR.search(line)]
    return (telling or lines or [""])[-1]
