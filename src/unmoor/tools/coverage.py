"""coverage.py: the data of several runs put together, and the percentage they cover."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from unmoor.errors import ToolError, ToolFailed
from unmoor.model import Finding, Findings
from unmoor.runtime.process import tail
from unmoor.tools.cause import cause
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["judge", "own_floor", "percent", "unmeasured"]

_SECONDS = 300.0


def percent(tools: ToolEnvironment, folder: Path, log: Path) -> float:
    """Combine the data files in ``folder`` and return the covered percentage; raises ``ToolFailed`` without data."""
    program = tools.program("coverage")
    data = {"COVERAGE_FILE": str(folder / "combined")}
    tools.run(program, "combine", "--keep", *sorted(folder.glob("data*")), log=log, seconds=_SECONDS, extra=data)
    report = folder / "coverage.json"
    # The floor is judged by the gate, so that the project's own does not hide the number.
    done = tools.run(program, "json", "--fail-under=0", "-o", report, log=log, seconds=_SECONDS, extra=data)
    if done.status or not report.is_file():
        what = f"coverage could not be measured: {cause(done.text)}"
        raise ToolFailed(what, status=done.status, tail=tail(done.text), log=done.log)
    return float(json.loads(report.read_text(encoding="utf-8"))["totals"]["percent_covered"])


def judge(numbers: Sequence[float], floor: float) -> Findings:
    """Judge the highest of the percentages against the ``floor``; raises ``ToolError`` where there is none."""
    if not numbers:
        raise ToolError("coverage could not be measured without a run")
    said = Finding(message=f"coverage is {max(numbers):.2f} %, the floor is {floor:g} %")
    return Findings(problems=(said,)) if max(numbers) < floor else Findings(notices=(said,))


def unmeasured(folder: Path) -> Findings:
    """Tell of a floor of the project's own that nobody measures, where it has one."""
    own = own_floor(folder)
    hint = f"set coverage = {own:g} under [tool.unmoor.tests] to have it measured"
    notice = Finding(message=f"the project's own coverage floor of {own:g} % is not measured here", hint=hint)
    return Findings(notices=(notice,) if own else ())


def own_floor(folder: Path) -> float:
    """Return the ``fail_under`` of the project's own configuration of coverage, or zero."""
    pyproject = folder / "pyproject.toml"
    if pyproject.is_file():
        table = tomllib.loads(pyproject.read_text(encoding="utf-8-sig"))
        floor = table.get("tool", {}).get("coverage", {}).get("report", {}).get("fail_under", 0)
        if floor:
            return float(floor)
    for name in (".coveragerc", "setup.cfg", "tox.ini"):
        if (folder / name).is_file():
            found = re.search(r"^fail_under\s*=\s*([\d.]+)", (folder / name).read_text(encoding="utf-8"), re.MULTILINE)
            if found:
                return float(found.group(1))
    return 0.0
