"""The command ``unmoor``: the same tasks, with no ``tasks.py`` needed."""

from __future__ import annotations

from invoke.program import Program

from unmoor import __version__
from unmoor.tasks import namespace

__all__ = ["main"]

_program = Program(name="unmoor", version=__version__, namespace=namespace, binary="unmoor", binary_names=["unmoor"])


def main() -> None:
    """Run the command with the process's arguments; ends the process with the task's exit code."""
    _program.run()


if __name__ == "__main__":
    main()
