"""black would reformat no file.

In the version and with the paths of the project; nothing is written. It says "All done" about no files too, so it has
to have looked at some.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Findings
from unmoor.tools import black, linters

ASSERTS = "black has looked at its files and would reformat none"


def check(context: Context) -> Findings:
    """Run black where the project does."""
    return linters.lint(
        context.component,
        context.environ,
        "black",
        lambda tools, tool, log: black.examine(tools, tool.runs, log),
        memory=context.memory,
        log=context.log("black"),
    )
