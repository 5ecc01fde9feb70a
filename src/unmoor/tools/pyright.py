"""pyright: types, from its JSON report.

How it lies: "0 errors" for no files too; ``summary.filesAnalyzed`` is what counts. It is a program of node that the
Python package brings along or fetches, so it may not start at all without a network.
Format: https://github.com/microsoft/pyright/blob/main/docs/command-line.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unmoor.errors import ToolFailed
from unmoor.model import Finding, Findings, truncated
from unmoor.runtime.process import Completed, tail
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["examine"]

_SECONDS = 900.0


def examine(tools: ToolEnvironment, targets: Sequence[str], log: Path) -> Findings:
    """Check ``targets``, paths in the project; without any, what the project's configuration includes."""
    done = tools.run(
        tools.program("pyright"),
        *("--outputjson", "--pythonpath", tools.environment.python),
        *targets,
        log=log,
        seconds=_SECONDS,
        extra={"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "NO_COLOR": "1"},
    )
    report = _report(done)
    summary = report["summary"]
    problems = [
        _finding(tools, each) for each in report.get("generalDiagnostics", ()) if each.get("severity") == "error"
    ]
    if done.status and not problems:
        problems = [
            Finding(message=f"pyright ended with exit status {done.status} and named no error", hint=f"see {done.log}")
        ]
    return Findings(
        examined=int(summary["filesAnalyzed"]),
        unit="files pyright",
        problems=truncated(problems),
        tools={"pyright": str(report.get("version", ""))},
    )


def _report(done: Completed) -> Mapping[str, Any]:
    try:
        report: Mapping[str, Any] = json.loads(done.out[done.out.index("{") :])
        report["summary"]["filesAnalyzed"]
    except (ValueError, KeyError, TypeError) as error:
        what = f"pyright left no report: {tail(done.text, 1)}"
        hint = "it needs node, which its package fetches on first use; `pyright[nodejs]` brings one along"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log, hint=hint) from error
    return report


def _finding(tools: ToolEnvironment, said: Mapping[str, Any]) -> Finding:
    line = said.get("range", {}).get("start", {}).get("line", -1) + 1
    rule = f"  [{said['rule']}]" if said.get("rule") else ""
    return Finding(
        message=f"{said['message'].splitlines()[0].rstrip('.')}{rule}", place=tools.place(said["file"], line)
    )
