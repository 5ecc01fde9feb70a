"""Why a program failed, in one line of its own output: the line that a person would have looked for.

Programs say it in the middle: below it stand tracebacks, advice, and the words of whatever ran them (nox, tox, make,
pip), each of which knows only that the one below it failed. So the last line is seldom the cause. The rules stand in
the order in which they are believed; each was made for output that is kept as it was in the test's table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

__all__ = ["cause", "lacking_module"]

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_WIDE = 400
# Of output without end and of lines without end, as much as a person would have read; patterns cost time.
_LINES, _LONG = 4000, 800
_FEW = 3
# What only says that something else failed, asks for a report, or tells where to read on.
_RUNNERS = re.compile(
    r"^nox > |^tox\b|^\.pkg|^\s*\S+: (?:commands|exit|FAIL|OK)\b|^make(?:\[\d+\])?: \*\*\*"
    r"|^error: Recipe |CalledProcessError|CommandFailed\b|returned non-zero exit status"
    r"|^(?:ERROR|error):? .*exited with|subprocess-exited-with-error|^ERROR (?:Backend|Command) |^\* |^hint:|^TIP "
    r"|^Please also report|^To report this error|^The full traceback|sphinx-err-|^=+$|^-+$|^Aborted with"
    r"|^note: This (?:is an issue|error originates)|^\s*╰─> (?:See above|No available output)|^\s*\[end of output\]"
    r"|^hint: |^\[exit status|\.{3,}(?:\([^)]*\))?(?:Passed|Skipped)$"
    r"|^SystemExit\b|^During handling|^The above exception",
)
_RESOLVER = re.compile(r"^\s*+(?:(?:cause:|╰─▶|\u00d7)\s*)?(?P<said>Because .+)$")
_MORE = re.compile(r"^\s*And (?:because )?.+$")
_HEADER = re.compile(
    r"^(?:Extension|Configuration|Theme|Application|Encoding|Recursion|Config|Sphinx) error[:!](?P<said>.*)$"
)
_RAISED = re.compile(
    r"^\s*(?:E\s+|│ *)?(?P<said>(?:[A-Za-z_]\w*\.)*"
    r"(?P<name>[A-Z]\w*(?:Error|Exception|Exit|NotFound|Failure|Interrupt|Invalid\w*))(?:: .*)?)$"
)
_USAGE = re.compile(r"^(?P<said>[\w./-]+: error: .+)$")
_SHOWS_USAGE = re.compile(r"(?:error: )?usage:", re.IGNORECASE)
_FATAL = re.compile(r"^\s*(?:fatal|FATAL): (?P<said>.+)$")
_ERROR = re.compile(
    r"^(?P<place>\S+:\d+(?::\d+)?: )?(?:\[\w+\] |\d[\d: ,.-]*+)?\s*"
    r"(?:E {3}|ERROR|Error|(?:fatal )?error|CRITICAL|✖|\u00d7)(?:\[[\w-]+\])?(?:\s*-\s+|[:!]\s*|\s+)(?P<said>\S.*)$"
)
# pytest's summary, of tests and of files that could not be collected.
_TEST = re.compile(r"^(?P<said>(?:FAILED|ERROR) \S+\.\w+(?:::.+?)?(?: - .*)?)$")
_MARKED = re.compile(r"^=+> (?P<said>.+)$")
_CAUSE = re.compile(r"^\s*(?:Cause|Caused by): (?P<said>.+)$")
_TRACEBACK = re.compile(r"^(?P<indent>\s*)(?:E\s+)?Traceback \(most recent call last\)")
_WARNED = re.compile(r"^(?P<said>.*\b(?:WARNING|Warning)\b.*)$")
_MODULE = re.compile(
    r"No module named '(?P<module>[\w.]+)'|The \"(?P<plugin>[\w./-]+)\" plugin is not installed"
    r"|Unrecognised theme name: '(?P<theme>[\w-]+)'|no theme named '(?P<sphinx>[\w-]+)' found"
    r"|Could not import extension (?P<extension>[\w.]+) \((?!exception: cannot import)"
)


def cause(text: str) -> str:
    """Return the line of ``text`` that says why the program failed; its last words where none does."""
    lines = [line[:_LONG].rstrip() for line in text.splitlines()[-_LINES:]]
    lines = [_ANSI.sub("", line).removeprefix("< ") for line in lines if line.strip()]
    for rule in _RULES:
        if found := rule(lines):
            return _short(found)
    said = [line.strip() for line in lines if not _RUNNERS.search(line)] or lines
    return _short(" / ".join(said[-_FEW:] if len(said) <= _FEW else said[-1:])) or "it said nothing"


def lacking_module(text: str) -> str:
    """Return the module, plug-in or theme that ``text`` says is not installed; empty where it says nothing such."""
    match = _MODULE.search(_ANSI.sub("", text))
    return next(filter(None, match.groups()), "") if match else ""


def _resolver(lines: Sequence[str]) -> str:
    """uv: what no set of versions satisfies; the sentence goes on in the lines below."""
    for number, line in enumerate(lines):
        if match := _RESOLVER.match(line):
            said = [match["said"]]
            for below in lines[number + 1 :]:
                if not _MORE.match(below):
                    break
                said.append(below.strip())
            return " ".join(said)
    return ""


def _usage(lines: Sequence[str]) -> str:
    """argparse: below the usage stands what is wrong with the words given."""
    if not any(_SHOWS_USAGE.match(line) for line in lines):
        return ""
    return _last(lines, _USAGE) or _last(lines, _ERROR)


def _header(lines: Sequence[str]) -> str:
    """Sphinx: the kind of the error alone in a line, and what it is below; a traceback there ends in it."""
    for number, line in enumerate(lines):
        if match := _HEADER.match(line):
            below = [each for each in lines[number + 1 :] if not _RUNNERS.search(each)]
            raised = _last(below, _RAISED)
            return raised or match["said"].strip() or (below[0].strip() if below else "")
    return ""


def _marked(lines: Sequence[str]) -> str:
    """pre-commit: of what its configuration lacks, each line is marked deeper than the one that it is about."""
    return ": ".join(each.rstrip(": ") for each in [*_matches(lines, _MARKED)][-2:])


def _mkdocs(lines: Sequence[str]) -> str:
    """MkDocs: a module that its configuration names stands above the place in the file."""
    line = next((line.strip() for line in lines if lacking_module(line)), "")
    return _said(match) if (match := _ERROR.match(line)) else line


def _raised(lines: Sequence[str]) -> str:
    """Python: the exception below a traceback; of several the last, unless that only says that a program failed."""
    found = ""
    indent: int | None = None
    for line in lines:
        if match := _TRACEBACK.match(line):
            indent = len(match["indent"])
            continue
        below = indent is not None and len(line) - len(line.lstrip()) <= indent
        indent = None if below else indent
        raised = _RAISED.match(line)
        if (below or raised) and not _RUNNERS.search(line):
            found = _said(raised) if raised else line.strip()
    return found


def _tests(lines: Sequence[str]) -> str:
    return _first(lines, _TEST)


def _causes(lines: Sequence[str]) -> str:
    """Rust's programs: each cause below the other, and what is wrong below a quotation of the file."""
    said = _last(lines, _CAUSE)
    last = lines[-1].strip() if lines else ""
    return f"{said}: {last}" if said and not _CAUSE.match(lines[-1]) and not re.match(r"\W|\d", last) else said


def _errors(lines: Sequence[str]) -> str:
    return _first(lines, _FATAL) or _first(lines, _ERROR)


def _warned(lines: Sequence[str]) -> str:
    return _last(lines, _WARNED)


_RULES: tuple[Callable[[Sequence[str]], str], ...] = (
    *(_resolver, _usage, _marked, _tests, _header, _raised, _mkdocs, _errors, _causes, _warned),
)


def _first(lines: Sequence[str], pattern: re.Pattern[str]) -> str:
    return next(_matches(lines, pattern), "")


def _last(lines: Sequence[str], pattern: re.Pattern[str]) -> str:
    return next(_matches(lines[::-1], pattern), "")


def _matches(lines: Sequence[str], pattern: re.Pattern[str]) -> Iterator[str]:
    return (_said(match) for line in lines if not _RUNNERS.search(line) and (match := pattern.match(line)))


def _said(match: re.Match[str]) -> str:
    said, named = match["said"].strip(), match.groupdict()
    # `sphinx.errors.ExtensionError: …`: where the exception lives says nothing to the reader.
    return said[said.index(named["name"]) :] if named.get("name") else f"{named.get('place') or ''}{said}"


def _short(line: str) -> str:
    plain = " ".join(line.split()).rstrip(".")
    return plain if len(plain) <= _WIDE else f"{plain[:_WIDE]}…"
