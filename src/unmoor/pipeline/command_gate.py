"""Gates of the project's own: any command, declared in ``[[tool.unmoor.commands]]``.

Exit status 0 passes, 2 fails, 3 says that it is not configured (shown in a rehearsal, a block when live), anything
else is an error. Archives to look at are named in ``UNMOOR_DIST``.
"""

from __future__ import annotations

from dataclasses import dataclass

from unmoor.context import Context
from unmoor.errors import Exit, ToolFailed
from unmoor.model import Finding, FindingKind, Findings
from unmoor.model.settings import CommandGate
from unmoor.runtime import process
from unmoor.tools.tool_environment import unnarrowed

__all__ = ["CommandGateRunner"]

_SHOWN_LINES = 8


@dataclass(frozen=True, slots=True)
class CommandGateRunner:
    """A command with the shape of a gate."""

    command: CommandGate

    @property
    def ASSERTS(self) -> str:  # noqa: N802 - the shape of a gate
        """What is true when the command succeeds."""
        return self.command.asserts or f"`{process.shown(self.command.run)}` succeeds"

    def check(self, context: Context) -> Findings:
        """Run the command in the component's folder and judge its exit status."""
        env = unnarrowed(context.environ, context.component.settings.pass_env) | {
            "UNMOOR_DIST": str(context.dist),
            "UNMOOR_VERSION": context.release.version,
        }
        log = context.log(self.command.name)
        done = process.run(
            self.command.run,
            cwd=context.component.folder,
            env=env,
            timeout=self.command.seconds,
            limit="commands.seconds",
            ok=None,
            log=log,
            leashed=True,
        )
        if done.status == Exit.PASS:
            return Findings(examined=1, unit="command")
        last = process.tail(done.text, _SHOWN_LINES)
        if done.status == Exit.UNCONFIGURED:
            return Findings(absent=f"{self.command.name!r} says it is not configured", hint=last)
        if done.status == Exit.GATE_FAILED:
            lines = [Finding(message=line, kind=FindingKind.OUTPUT) for line in last.splitlines()]
            problem = Finding(message=f"{process.shown(self.command.run)} says no", hint=f"the whole output: {log}")
            return Findings(examined=1, unit="command", problems=(problem, *lines))
        what = f"{process.shown(self.command.run)} ended with exit status {done.status}"
        hint = "fix what it says; a gate ends with 0 for passed, 2 for failed, 3 for not configured"
        raise ToolFailed(what, status=done.status, tail=last, log=str(log), hint=hint)
