"""The command ``unmoor``: the same tasks, with no ``tasks.py`` needed."""

from __future__ import annotations

import inspect
import os
import re
import sys
from typing import TYPE_CHECKING

from invoke.completion.complete import print_completion_script
from invoke.exceptions import Exit as Done
from invoke.exceptions import ParseError
from invoke.program import Program

if TYPE_CHECKING:
    from invoke.parser.argument import Argument

from unmoor import __version__
from unmoor.cli import task_help
from unmoor.cli.bare_words import as_options
from unmoor.cli.encodings import outlive_readers, take_every_character
from unmoor.model import Finding
from unmoor.project.nearest_name import did_you_mean
from unmoor.report.terminal import of_this_process
from unmoor.runtime.shown_text import shown
from unmoor.tasks import namespace

__all__ = ["main"]


# As invoke says it.
_UNKNOWN = re.compile(r"No idea what '(.*)' is!")
_VALUE = re.compile(r"<Argument: ([\w-]+).*> needed value")
_WHERE = "command line"
_HELP = frozenset({"--help", "-h"})
# What means something here; invoke's other options are for tasks that run commands by invoke, and none of ours does.
_CORE = frozenset({"help", "list", "list-depth", "list-format", "version", "complete", "print-completion-script"})


class _Command(Program):
    """The tasks as a command that says of a slip what was meant, and has no options but those of use here."""

    def core_args(self) -> list[Argument]:
        """Return the options that the command has by itself."""
        return [each for each in super().core_args() if each.name in _CORE]

    def parse_core(self, argv: list[str] | None) -> None:
        """Read them; end where one of them is all that was asked for."""
        self.normalize_argv(argv)
        self.parse_core_args()
        if self.args.version.value:
            self.print_version()
            raise Done
        if self.args["print-completion-script"].value:
            print_completion_script(shell=self.args["print-completion-script"].value, names=self.binary_names)
            raise Done

    def update_config(self, merge: bool = True) -> None:  # noqa: FBT001, FBT002 - as invoke has it
        """Take nothing over: the options that would change how invoke runs commands are not there."""
        if merge:
            self.config.merge()

    def print_help(self) -> None:
        """Print what this is, the first command, and the tasks by purpose."""
        out = of_this_process(os.environ)
        out.say("\n".join(task_help.of_all(dict(namespace.tasks), out.width)))

    def print_task_help(self, name: str) -> None:
        """Print what a task does and takes."""
        out = of_this_process(os.environ)
        says, arguments = inspect.getdoc(namespace[name].body) or "", self.parser.contexts[name].args.values()
        out.say("\n".join(task_help.of_task(name, says, arguments, out.width)))

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
    outlive_readers()
    _program.run()
    sys.stdout.flush()


if __name__ == "__main__":
    main()
