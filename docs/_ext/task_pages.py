"""The tasks, and which error ends with which exit code, as Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from chain_pages import cell, table

from unmoor.cli.task_help import EXAMPLES, options
from unmoor.errors import UnmoorError
from unmoor.tasks import namespace

__all__ = ["errors", "tasks"]


def tasks() -> str:
    """Return a section a task: what it does, and its options."""
    parts = []
    for name, task in sorted(namespace.tasks.items()):
        lines = [f"### {name}", "", inspect.getdoc(task.body) or "", ""]
        examples, rows = EXAMPLES.get(str(name), {}), []
        for flag, means, default, positional in options(task.get_arguments()):
            example = examples.get(flag.rpartition("--")[2].split(" ")[0].lower(), "")
            by_default = "" if positional or default in ("off", "not given") else f"; by default `{default}`"
            shown = f", as in `{cell(example)}`" if example else ""
            rows.append([f"`{flag}`", cell(means) + by_default + shown])
        lines.append(table(["option", "means"], rows) if rows else "It has no options.")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def errors() -> str:
    """Return the table of the errors that unmoor raises on purpose, each with its exit code."""
    rows = [
        [f"`{each.__name__}`", str(int(each.code)), cell((inspect.getdoc(each) or "").split("\n\n")[0])]
        for each in _tree(UnmoorError)
        if each.__module__ == "unmoor.errors" and each is not UnmoorError
    ]
    return table(["error", "code", "means"], rows)


def _tree(error: type[UnmoorError]) -> Iterator[type[UnmoorError]]:
    yield error
    for each in error.__subclasses__():
        yield from _tree(each)
