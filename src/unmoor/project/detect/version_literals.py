"""The version as a file states it: an assignment in a Python module, a place in any text. Nothing is executed."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

__all__ = ["Literal", "assigned", "found_by", "matched"]

# What a version looks like where only the text around it is known: from a digit to the next delimiter.
_VERSION = r"v?(?P<version>[0-9][0-9A-Za-z.+!_-]*)"


@dataclass(frozen=True, slots=True)
class Literal:
    """A version found in a text: its value, and the line it stands on with ``{version}`` in its place."""

    value: str
    search: str


def assigned(text: str, name: str) -> Literal | None:
    """Return the text that a module assigns to ``name`` at its top level, if it is a literal; the last one counts."""
    if name not in text:
        return None
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    found = None
    for node in module.body:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            found = node.value
    if not isinstance(found, ast.Constant) or not isinstance(found.value, str):
        return None
    return Literal(found.value, _search(text.split("\n")[found.lineno - 1], found.value))


def matched(text: str, pattern: str) -> Literal | None:
    """Return what the group ``version`` of a regular expression (a backend's setting) finds in a text."""
    try:
        match = re.search(pattern, text, flags=re.MULTILINE)
        value = match["version"] if match else ""
    except (re.error, IndexError):
        return None
    if not match or not value:
        return None
    start = text.rfind("\n", 0, match.start("version")) + 1
    line = text[start:].partition("\n")[0]
    return Literal(value, _search(line, value))


def found_by(text: str, search: str) -> str:
    """Return the version that stands where ``search`` has ``{version}``; empty where the text is not found."""
    before, _, after = search.partition("{version}")
    pattern = re.escape(before) + _VERSION + re.escape(after.replace("{version}", ""))
    match = re.search(pattern, text)
    return match["version"].rstrip(".-_") if match else ""


def _search(line: str, value: str) -> str:
    return line.strip().replace(value, "{version}", 1) if value and line.count(value) == 1 else ""
