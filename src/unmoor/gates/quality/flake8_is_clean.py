"""flake8 has nothing to remark, with the plug-ins that the project uses.

It says nothing about no files either, so it has to have counted some.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Findings
from unmoor.tools import flake8, linters

ASSERTS = "flake8 has nothing to remark on any file"


def check(context: Context) -> Findings:
    """Run flake8 where the project does."""
    return linters.lint(
        context.component,
        context.environ,
        "flake8",
        lambda tools, tool, log: flake8.examine(tools, tool.runs, log),
        memory=context.memory,
        log=context.log("flake8"),
    )
