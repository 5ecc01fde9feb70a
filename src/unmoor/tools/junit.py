"""What a test run recorded of itself: JUnit XML in pytest's ``xunit1`` form, which still names file and line.

What a test says of its failure may be what it found in an environment or a file: it passes redaction like any output.

Counting test cases one by one is deliberate: the totals on the suite count a test twice that fails in its teardown too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from unmoor.errors import ToolError
from unmoor.runtime.redact import redact

__all__ = ["Failure", "Report", "read"]

# What the system and the libraries above it say where names cannot be resolved or no network can be reached. Fewer
# signs than those of ``unreachable``: a refusal or a timeout may well be what the code under test does wrong.
_OFFLINE = re.compile(
    r"gaierror|Temporary failure in name resolution|Name or service not known|nodename nor servname provided"
    r"|getaddrinfo failed|No address associated with hostname|Network is unreachable|NameResolutionError"
)
_NO_PROGRAM = re.compile(r"FileNotFoundError: \[(?:Errno|WinError) 2\] [^']*(?:: '(?P<name>[\w.+-]+)')")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One test that failed: where it stands, its id as pytest takes it, and the first line of why.

    ``lacks`` names what this machine does not have, where the exception itself says that this is why: ``a network``,
    or a program. Other failures may have the same cause, but nothing says so.
    """

    test: str
    file: str
    line: int
    why: str
    lacks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How many tests passed and were skipped (or failed as expected), and those that failed or broke."""

    passed: int
    skipped: int
    failures: tuple[Failure, ...]


def read(path: Path) -> Report:
    """Read the report at ``path``; raises ``ToolError`` where there is none or it is torn."""
    try:
        root = ET.parse(path).getroot()  # noqa: S314 - written by the run that was just started here
    except (OSError, ET.ParseError) as error:
        what = "the test run left no record of its tests"
        raise ToolError(what, hint="let pytest run them, without switching its junitxml plugin off") from error
    outcomes: dict[tuple[str, ...], str] = {}
    failures: dict[tuple[str, ...], Failure] = {}
    for case in root.iter("testcase"):
        key = tuple(case.get(name, "") for name in ("file", "classname", "name"))
        bad = next((case.find(kind) for kind in ("failure", "error") if case.find(kind) is not None), None)
        if bad is not None:
            outcomes[key] = "failed"
            failures.setdefault(key, _failure(case, bad))
        elif case.find("skipped") is not None:
            outcomes.setdefault(key, "skipped")
        else:
            outcomes.setdefault(key, "passed")
    said = list(outcomes.values())
    return Report(passed=said.count("passed"), skipped=said.count("skipped"), failures=tuple(failures.values()))


def _failure(case: ET.Element, bad: ET.Element) -> Failure:
    file, name, classname = case.get("file", ""), case.get("name", ""), case.get("classname", "")
    # The class is what the dotted module path of the file does not explain.
    module = file.removesuffix(".py").replace("/", ".")
    inner = classname.removeprefix(module).strip(".") if classname.startswith(module) else ""
    # A file that could not be collected has no test to name: pytest gives it the dotted path of its module.
    collected = bool(classname) or name != module
    words = [word for word in (file or classname, *inner.split("."), name if collected else "") if word]
    why = redact(bad.get("message") or "").strip()
    if why in {"", "collection failure"}:
        why = redact(_last(bad.text or ""))
    line = int(case.get("line", "-1")) + 1
    return Failure(
        test=redact("::".join(dict.fromkeys(words))),
        file=file,
        line=line,
        why=why.splitlines()[0] if why else "failed",
        lacks=_lacks(why, bad.text or ""),
    )


def _lacks(why: str, text: str) -> str:
    if _OFFLINE.search(why):
        return "a network"
    # A program that could not be started; of a file that is not there, Python says the same.
    program = _NO_PROGRAM.search(why) if "_execute_child" in text or "subprocess.py" in text else None
    return f"the program {program['name']!r}" if program else ""


def _last(text: str) -> str:
    said = [line for line in text.splitlines() if line.strip()]
    return said[-1].removeprefix("E ").strip() if said else ""
