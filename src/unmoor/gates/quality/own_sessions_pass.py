"""The project's own sessions for this stage succeed.

Where a project that has not adopted unmoor has nox sessions of its own for linting, they say what its style is better
than detection could; the gates for single linters then stand back. Those for ``check`` are run beside its other gates.
Own sessions for tests and documentation are run by ``tests-pass`` and ``docs-build-strictly``.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Findings
from unmoor.tools import nox

ASSERTS = "the project's own sessions for this stage succeed"

_SECONDS = 1800.0


def check(context: Context) -> Findings:
    """Run the project's own sessions of the stage."""
    own = nox.covers(context.component, context.stage.name, context.environ, context.memory)
    if own.absence:
        return Findings(absent=own.absence, hint="install one of them; unmoor downloads none")
    if not own:
        return Findings(optional=f"the project has no nox session of its own for {context.stage.name}")
    return nox.examine(
        context.component,
        own,
        context.environ,
        live=context.live,
        log=context.log("nox"),
        seconds=_SECONDS,
        reporter=context.reporter,
        posargs=context.posargs,
    )
