"""The line a TOML key stands on, found by reading the text; only asked for when something is wrong with the key."""

from __future__ import annotations

import re

__all__ = ["line_of"]

_HEADER = re.compile(r"^\s*\[(?P<array>\[)?\s*(?P<name>[^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*(?P<name>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def line_of(text: str, key: str) -> int:
    """Return the line (from 1) of a dotted key such as ``tool.x.commands[1].name``; 0 where it was not found.

    A key that stands inside an inline table or a list is given the line of the key that holds it, and a key that is
    missing the line of its table.
    """
    lines = _lines(text)
    wanted = key
    while wanted:
        if wanted in lines:
            return lines[wanted]
        shorter = re.sub(r"\[\d+\]$", "", wanted)
        wanted = shorter if shorter != wanted else wanted.rpartition(".")[0]
    return 0


def _lines(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            name = ".".join(_parts(header["name"]))
            if header["array"]:
                index = counts.get(name, 0)
                counts[name] = index + 1
                found.setdefault(name, number)
                name = f"{name}[{index}]"
            table = name
            found.setdefault(table, number)
        elif match := _KEY.match(line):
            parts = _parts(match["name"])
            for end in range(1, len(parts) + 1):
                found.setdefault(".".join(filter(None, [table, *parts[:end]])), number)
    return found


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(name)]
