"""The command ``unmoor``: the same tasks, with no ``tasks.py`` needed."""

from __future__ import annotations

import os
import re
import sys

from invoke.exceptions import ParseError
from invoke.program import Program

from unmoor import __version__
from unmoor.cli.bare_words import as_options
from unmoor.cli.encodings import take_every_character
from unmoor.errors import Exit
from unmoor.model import Finding
from unmoor.project.nearest_name import did_you_mean
from unmoor.runtime.shown_text import shown
from unmoor.tasks import namespace

__all__ = ["main"]


# As invoke says it.
_UNKNOWN = re.compile(r"No idea what '(.*)' is!")
_VALUE = re.compile(r"<Argument: ([\w-]+).*> needed value")
_WHERE = "command line"
_HELP = frozenset({"--help", "-h"})


_ABOUT = """\
From a commit to a verified release of a Python package, rehearsed first.

  unmoor rehearse                    try all of it; nothing leaves this machine
  unmoor status                      how a release stands, and what to do next
  nox -s release -- --live VERSION   the same thing for real, by the noxfile

Usage: unmoor TASK [options]         unmoor TASK --help says what it takes
"""
# What somebody who releases may want; the others are for who writes tasks, and work as ever.
_SHOWN = frozenset({"--help", "--list", "--version", "--print-completion-script"})
_OPTIONS_OF = re.compile(r"--[a-z-]+")


class _Command(Program):
    """The tasks as a command that says of a slip what was meant."""

    def print_help(self) -> None:
        """Print what this is for and its tasks first, and of invoke's own options those that are of use here."""
        print(shown(_ABOUT, os.environ))  # noqa: T201 - a face
        self.list_tasks()
        print(shown("Options:\n", os.environ))  # noqa: T201 - a face
        every = self.initial_context.help_tuples()
        self.print_columns([each for each in every if _SHOWN.intersection(_OPTIONS_OF.findall(each[0]))])
        more = "invoke's other options are taken too: https://docs.pyinvoke.org"
        print(shown(more, os.environ))  # noqa: T201 - a face

    def parse_tasks(self) -> None:
        """Parse the words of the command line; raise ``ParseError`` with one message of ours."""
        asked = self._asked_help()
        self.core.unparsed = as_options(self.core.unparsed, namespace.task_names)
        try:
            super().parse_tasks()
            task = self.tasks[-1].name if self.tasks else None
        except ParseError as error:
            # Where help is asked for, the words before need be neither complete nor right: they lead to a task.
            task = (error.context.name if error.context else None) or self.core.unparsed[0]
            if not asked or task not in self.parser.contexts:
                raise ParseError(shown(f"unmoor: {_explained(error)}", os.environ), error.context) from None
        if asked:
            self.args.help.value = task
            return
        if self.core.remainder:
            # Nothing here reads them, and who writes --live must not get a rehearsal without a word.
            hint = "a live release is: nox -s release -- --live VERSION"
            problem = Finding(message=f"unmoor takes nothing after --: {self.core.remainder}", place=_WHERE, hint=hint)
            raise ParseError(shown(f"unmoor: {problem}", os.environ))

    def _asked_help(self) -> bool:
        """Whether help is asked for after a task's name; that word, and what follows, is taken out.

        invoke itself would take it for a value wherever the task still wants one.
        """
        words = self.core.unparsed
        asked = [number for number, word in enumerate(words) if word in _HELP]
        if asked:
            del words[asked[0] :]
        return bool(asked)


def _explained(error: ParseError) -> Finding:
    """Return what is wrong with the command line, and the nearest name where there is one."""
    task = error.context.name if error.context else ""
    help_of_task = f"unmoor --help {task}" if task else "unmoor --list"
    if missing := _VALUE.search(str(error)):
        flag = missing[1].replace("_", "-")
        return Finding(message=f"--{flag} needs a value", place=_WHERE, hint=f"{help_of_task} says which")
    unknown = _UNKNOWN.match(str(error))
    if unknown is None:
        return Finding(message=str(error), place=_WHERE, hint=help_of_task)
    word = unknown[1]
    if word.startswith("-"):
        flags = [flag for flag in error.context.flags if flag.startswith("--")] if error.context else []
        hint = did_you_mean(word, flags, then=f"{help_of_task} shows all")
        return Finding(message=f"unknown option {word!r}", place=_WHERE, hint=hint)
    if error.context and task:
        advice = "put a text of several words in quotes; " if error.context.positional_args else ""
        hint = f"{advice}{help_of_task} shows what it takes"
        return Finding(message=f"{task} does not take {word!r}", place=_WHERE, hint=hint)
    hint = did_you_mean(word, map(str, namespace.task_names), then="unmoor --list shows all")
    return Finding(message=f"there is no task {word!r}", place=_WHERE, hint=hint)


_program = _Command(name="unmoor", version=__version__, namespace=namespace, binary="unmoor", binary_names=["unmoor"])


def main() -> None:
    """Run the command with the process's arguments; ends the process with the task's exit code."""
    take_every_character()
    try:
        _program.run()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has read enough (`unmoor settings | head`); Python must not flush into it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(int(Exit.CRASH)) from None


if __name__ == "__main__":
    main()
