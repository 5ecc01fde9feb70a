"""pyright: types, from its JSON report.

How it lies: "0 errors" for no files too; ``summary.filesAnalyzed`` is what counts, and with ``--verifytypes``, which
judges the types that a package publishes, the number of its symbols. It is a program of node that the Python package
brings along or fetches, so it may not start at all without a network.
Format: https://github.com/microsoft/pyright/blob/main/docs/command-line.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unmoor.errors import ToolFailed
from unmoor.model import Finding, Findings, ToolRun, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools.file_selection import argument_lists, folder_of
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_SECONDS = 900.0
_VERIFY = "--verifytypes"
# What its Python wrapper says where node cannot be fetched, by npm, by urllib and by nodeenv.
_UNREACHABLE = (
    "getaddrinfo", "ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "urlopen error", "network",
    "Name or service not known", "Temporary failure in name resolution", "Connection refused",
)  # fmt: skip


def examine(tools: ToolEnvironment, runs: Sequence[ToolRun], log: Path) -> Findings:
    """Check types as the project does; a run without paths checks what the project's configuration includes."""
    examined: list[int] = []
    problems: list[Finding] = []
    version, verified = "", True
    for run in runs:
        for words in argument_lists(tools, run, whole=True):
            done = _run(tools, run, words, log)
            if (report := _report(done)) is None:
                return _unreachable(done)
            version = str(report.get("version", ""))
            verifies = any(word.partition("=")[0] == _VERIFY for word in words)
            verified = verified and verifies
            examined.append(_examined(report, verifies=verifies))
            problems += _problems(tools, run, done, report)
    return Findings(
        examined=sum(examined),
        unit="symbols pyright" if verified and examined else "files pyright",
        problems=truncated(dict.fromkeys(problems)),
        tools={"pyright": version},
    )


def _run(tools: ToolEnvironment, run: ToolRun, words: Sequence[str], log: Path) -> Completed:
    return tools.run(
        tools.program("pyright"),
        *("--outputjson", "--pythonpath", tools.environment.python),
        *words,
        log=log,
        seconds=_SECONDS,
        cwd=folder_of(tools, run),
        extra={**dict(run.environ), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "NO_COLOR": "1"},
    )


def _report(done: Completed) -> Mapping[str, Any] | None:
    """Return the report; ``None`` where there is none because node could not be fetched."""
    try:
        report: Mapping[str, Any] = json.loads(done.out[done.out.index("{") :])
        report["summary"]["filesAnalyzed"]
    except (ValueError, KeyError, TypeError) as error:
        if any(sign in done.text for sign in _UNREACHABLE):
            return None
        what = f"pyright left no report: {tail(done.text, 1)}"
        hint = "it needs node, which its package fetches on first use; `pyright[nodejs]` brings one along"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint=hint) from error
    return report


def _unreachable(done: Completed) -> Findings:
    return Findings(
        unanswered="pyright could not fetch node, or itself",
        hint=f"it needs a network on first use; `pyright[nodejs]` brings node along; the whole output: {done.log}",
    )


def _examined(report: Mapping[str, Any], *, verifies: bool) -> int:
    if not verifies:
        return int(report["summary"]["filesAnalyzed"])
    symbols = report.get("typeCompleteness", {}).get("exportedSymbolCounts", {})
    return sum(int(symbols.get(kind, 0)) for kind in ("withKnownType", "withAmbiguousType", "withUnknownType"))


def _problems(tools: ToolEnvironment, run: ToolRun, done: Completed, report: Mapping[str, Any]) -> list[Finding]:
    found = [
        _finding(tools, run, each) for each in report.get("generalDiagnostics", ()) if each.get("severity") == "error"
    ]
    for symbol in report.get("typeCompleteness", {}).get("symbols", ()) if done.status else ():
        if symbol.get("isExported") and not symbol.get("isTypeKnown"):
            said = [each for each in symbol.get("diagnostics", ()) if each.get("severity") == "error"]
            found += [_finding(tools, run, each, f"{symbol['name']}: ") for each in said]
    if done.status and not found:
        what = f"pyright ended with exit status {done.status} and named no error"
        return [Finding(message=what, hint=f"see {done.log}")]
    return found


def _finding(tools: ToolEnvironment, run: ToolRun, said: Mapping[str, Any], before: str = "") -> Finding:
    line = said.get("range", {}).get("start", {}).get("line", -1) + 1
    rule = f"  [{said['rule']}]" if said.get("rule") else ""
    hint = ""
    if said.get("rule") in {"reportMissingImports", "reportMissingModuleSource", "reportMissingTypeStubs"}:
        hint = "install it beside pyright: name it in its list, or in types-requirements in [tool.unmoor]"
    file = str(folder_of(tools, run) / said["file"]) if said.get("file") else ""
    return Finding(
        message=f"{before}{said['message'].splitlines()[0].rstrip('.')}{rule}",
        place=tools.place(file, line) if file else "",
        hint=hint,
    )
