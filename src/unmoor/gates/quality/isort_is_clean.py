"""isort would reorder the imports of no file.

In the version and with the paths of the project; nothing is written. It has to have looked at files.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Findings
from unmoor.tools import isort, linters

ASSERTS = "isort has looked at its files and would change none"


def check(context: Context) -> Findings:
    """Run isort where the project does."""
    return linters.lint(
        context.component,
        context.environ,
        "isort",
        lambda tools, tool, log: isort.examine(tools, tool.runs, log),
        memory=context.memory,
        log=context.log("isort"),
    )
