"""What ``unmoor --help`` and ``unmoor TASK --help`` say: what it is, the first command, the tasks by purpose.

The tasks, their options and what those mean are read from the tasks themselves; here stand what they are for, and a
command for each option that shows how it is used.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unmoor.report.folding import folded, padded

__all__ = ["EXAMPLES", "PURPOSES", "of_all", "of_task", "options"]

PURPOSES: Mapping[str, tuple[str, ...]] = {
    "Release": ("rehearse",),
    "Look": ("plan", "status", "report", "settings"),
    "Change": ("note", "notes", "changelog", "bump"),
}
# A command by option; what stands first is the usual form of the task.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "rehearse": {
        "": "unmoor rehearse",
        "jobs": "unmoor rehearse -j 1",
        "stage": "unmoor rehearse --stage build",
        "stop-at-first": "unmoor rehearse --stop-at-first",
        "quiet": "unmoor rehearse -q",
        "verbose": "unmoor rehearse -v",
    },
    "plan": {"": "unmoor plan", "json": "unmoor plan --json"},
    "status": {"": "unmoor status", "live": "unmoor status --live 1.4.0", "json": "unmoor status --json"},
    "report": {
        "": "unmoor report",
        "live": "unmoor report --live 1.4.0",
        "format": "unmoor report --format html --out report.html",
        "out": "unmoor report --out report.md",
    },
    "settings": {"": "unmoor settings", "json": "unmoor settings --json"},
    "note": {
        "": 'unmoor note "Say hello to a person by name."',
        "text": 'unmoor note "Say hello to a person by name."',
        "kind": 'unmoor note "Say hello again." --kind bugfix',
        "issue": 'unmoor note "Say hello again." --issue 12',
    },
    "changelog": {
        "": "unmoor changelog",
        "version": "unmoor changelog --version 1.4.0",
        "draft": "unmoor changelog --draft",
    },
    "bump": {
        "": "unmoor bump --part minor --commit",
        "part": "unmoor bump --part minor",
        "to": "unmoor bump --to 1.4.0",
        "commit": "unmoor bump --to 1.4.0 --commit",
        "dry-run": "unmoor bump --dry-run",
    },
    "notes": {
        "": "unmoor notes",
        "since": "unmoor notes --since main",
    },
}
_ABOUT = (
    "unmoor takes a Python package from a commit to a release that is verified, and rehearses it first. "
    "Nothing leaves this machine before you say --live."
)
_FIRST = (
    ("unmoor rehearse", "try all of it, in any clone; there is nothing to set up"),
    ("nox -s release -- --live VERSION", "the same for real, by the noxfile"),
)
_OWN = (
    ("-h, --help", "this; after a task, what the task takes"),
    ("-V, --version", "which unmoor this is"),
    ("-l, --list", "the tasks, a line each"),
    ("--print-completion-script SHELL", "what bash, zsh or fish needs to complete the tasks"),
)


def of_all(tasks: Mapping[str, Any], width: int) -> list[str]:
    """Return the lines of ``unmoor --help``; a task without a purpose of its own stands among the others."""
    named = [name for names in PURPOSES.values() for name in names]
    groups = {**PURPOSES, "Others": tuple(name for name in tasks if name not in named)}
    wide = max(map(len, tasks)) + 4
    lines = [*folded(_ABOUT, width), "", "First:"]
    lines += _rows(_FIRST, max(len(name) for name, _ in _FIRST) + 4, width)
    for purpose, names in groups.items():
        rows = [(name, _summary(tasks[name])) for name in names if name in tasks]
        lines += ["", f"{purpose}:", *_rows(rows, wide, width)] if rows else []
    lines += ["", "Options:", *_rows(_OWN, max(len(name) for name, _ in _OWN) + 4, width), ""]
    return [*lines, "unmoor TASK --help says what a task takes, with an example of each option."]


def of_task(name: str, says: str, arguments: Iterable[Any], width: int) -> list[str]:
    """Return the lines of ``unmoor TASK --help``: what it ``says`` it does, every option, its default, an example."""
    examples = EXAMPLES.get(name, {})
    rows = options(arguments)
    takes = " ".join(flag for flag, _, _, positional in rows if positional)
    optional = " [options]" if any(not positional for *_, positional in rows) else ""
    words = f"{takes}{optional}".strip()
    lines = [f"unmoor {name} {words}".rstrip(), ""]
    lines += [line for each in says.splitlines() for line in folded(each, width)]
    if examples:
        lines += ["", f"For example: {examples['']}"]
    for flag, means, default, positional in rows:
        lines += ["", f"  {flag}", *folded(means, width, first="      ")]
        lines += [] if positional else folded(f"by default: {default}", width, first="      ")
        option = _long(flag)
        lines += [f"      example: {examples[option]}"] if option in examples else []
    return lines


def options(arguments: Iterable[Any]) -> list[tuple[str, str, str, bool]]:
    """Return for each argument of a task how it is written, what it means, its default, and if it is a plain word."""
    found = []
    for each in arguments:
        long = next((name for name in each.names if len(name) > 1), each.names[0]).replace("_", "-")
        short = next((f"-{name}, " for name in each.names if len(name) == 1), "")
        positional = bool(each.positional and each.default is None)
        value = "" if each.kind is bool else " VALUE"
        flag = long.upper() if positional else f"{short}--{long}{value}"
        default = "off" if each.kind is bool else str(each.default or "not given")
        found.append((flag, each.help or "", default, positional))
    return found


def _long(flag: str) -> str:
    """Return the name of an option by how it is written: ``-j, --jobs VALUE`` is ``jobs``."""
    return flag.rpartition("--")[2].split(" ")[0].lower()


def _summary(task: Any) -> str:
    return (inspect.getdoc(task.body) or "").splitlines()[0] if inspect.getdoc(task.body) else ""


def _rows(rows: Iterable[tuple[str, str]] | Sequence[tuple[str, str]], wide: int, width: int) -> list[str]:
    return [line for name, says in rows for line in folded(says, width, first=padded(f"  {name}", wide))]
