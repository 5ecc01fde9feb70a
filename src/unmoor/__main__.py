"""The command ``unmoor``: the same tasks, with no ``tasks.py`` needed."""

from __future__ import annotations

from difflib import get_close_matches

from invoke.exceptions import ParseError
from invoke.program import Program

from unmoor import __version__
from unmoor.errors import Problem
from unmoor.tasks import namespace

__all__ = ["main"]


class _Command(Program):
    """The tasks as a command that says of a slip what was meant."""

    def parse_tasks(self) -> None:
        """Parse the words of the command line; raise ``ParseError`` with one message of ours."""
        try:
            super().parse_tasks()
        except ParseError as error:
            raise ParseError(f"unmoor: {_explained(error)}", error.context) from None


def _explained(error: ParseError) -> Problem:
    """Return what is wrong with the command line, and the nearest name where there is one."""
    word = str(error).split("'")[1] if str(error).startswith("No idea what") else ""
    task = error.context.name if error.context else ""
    if not word:
        return Problem(what=str(error), where="command line", hint=f"unmoor --help {task}".rstrip())
    flags = [flag for flag in error.context.flags if flag.startswith("--")] if error.context else []
    known = flags if word.startswith("-") else [str(name) for name in namespace.task_names]
    near = get_close_matches(word, known, n=1)
    see = f"unmoor --help {task}" if word.startswith("-") and task else "unmoor --list"
    hint = f"did you mean {near[0]!r}? {see} shows all" if near else f"{see} shows what there is"
    return Problem(
        what=f"{'unknown option' if word.startswith('-') else 'there is no task'} {word!r}",
        where="command line",
        hint=hint,
    )


_program = _Command(name="unmoor", version=__version__, namespace=namespace, binary="unmoor", binary_names=["unmoor"])


def main() -> None:
    """Run the command with the process's arguments; ends the process with the task's exit code."""
    _program.run()


if __name__ == "__main__":
    main()
