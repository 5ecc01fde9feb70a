"""ruff finds nothing to remark, in lint and in format.

The rules are the project's own; ruff runs in the version and on the files that the project gives it, fixes nothing, and
has to have looked at files: it says "All checks passed!" about none. Linters of the project that unmoor does not run by
itself are named here.
"""

from __future__ import annotations

from dataclasses import replace

from unmoor.context import Context
from unmoor.model import Finding, Findings
from unmoor.project.detect.lint_tools import FOREIGN_LINTERS
from unmoor.tools import linters, nox, ruff

ASSERTS = "ruff has nothing to remark on any file, and nothing to reformat where the project formats with it"


def check(context: Context) -> Findings:
    """Lint and check the format, as the project does."""
    component = context.component
    declared = component.settings.lint
    if found := nox.set_aside(component, declared, "there is no lint", context.environ, context.memory):
        return found
    if not component.lint and not component.unused.keys() & {"ruff", *FOREIGN_LINTERS}:
        why = linters.broken_detection(component, "lint")
        return Findings(absent=f"no linter was found{why}", hint="say lint = [] in [tool.unmoor] if there is none")
    found = linters.lint(
        component,
        context.environ,
        "ruff",
        lambda tools, tool, log: ruff.examine(tools, tool.runs, log, jobs=tool.source.split()),
        memory=context.memory,
        log=context.log("ruff"),
    )
    others = tuple(Finding(message=why) for name, why in component.unused.items() if name in FOREIGN_LINTERS)
    return replace(found, notices=(*found.notices, *others))
