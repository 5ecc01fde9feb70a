"""Where exactly in a file's text a version source states its version.

A version such as ``1.2.0`` may stand in a file many times: as a pin, in another table, in a comment. Which
occurrence is the source is not guessed by a pattern: for TOML and INI each occurrence is replaced by a probe and
the file parsed again; the one that changes the named key and nothing else is it. For Python the syntax tree says.
"""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from packaging.version import VERSION_PATTERN

from unmoor.errors import UnmoorError
from unmoor.model import VersionSource

__all__ = ["Span", "locate"]

# No hexadecimal digit first, so that it cannot complete an escape before it.
_PROBE = "unmoor.probe"
_VERSION = re.compile(rf"(?xi:{VERSION_PATTERN})")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text, from ``start`` to before ``end``, and what stands there."""

    start: int
    end: int
    value: str


def locate(text: str, source: VersionSource) -> tuple[Span, ...]:
    """Return where ``text``, the content of the source's file, states the version; at least one place.

    Raises ``UnmoorError`` where the file cannot be read as what it is, or does not state the version.
    """
    if source.kind == "file":
        return _by_search(text, source)
    if source.kind == "attribute":
        return _in_python(text, source)
    if source.path.endswith(".toml"):
        return _by_probe(text, source, tomllib.loads, _toml_value)
    return _by_probe(text, source, _ini, _ini_value)


def _nothing(source: VersionSource, what: str, hint: str = "") -> UnmoorError:
    return UnmoorError(what, place=source.path, hint=hint or "correct the file, or name the place in the settings")


# ── TOML and INI: probe every occurrence ─────────────────────────────────────────────────────────────────────


def _by_probe(
    text: str, source: VersionSource, parse: Callable[[str], Any], pick: Callable[[Any, str], str | None]
) -> tuple[Span, ...]:
    try:
        data = parse(text)
    except (ValueError, configparser.Error) as error:
        raise _nothing(source, f"cannot be read: {str(error).splitlines()[0]}") from error
    value = pick(data, source.key)
    if not isinstance(value, str) or not value:
        raise _nothing(source, f"there is no text at {source.key!r}")
    for start in _occurrences(text, value):
        probed = text[:start] + _PROBE + text[start + len(value) :]
        try:
            changed = parse(probed)
        except (ValueError, configparser.Error):
            continue
        if pick(changed, source.key) == _PROBE and _differ_only_at(data, changed, source.key):
            return (Span(start, start + len(value), value),)
    raise _nothing(source, f"the version at {source.key!r} is not written out in plain text")


def _occurrences(text: str, value: str) -> Iterator[int]:
    start = text.find(value)
    while start >= 0:
        yield start
        start = text.find(value, start + 1)


def _differ_only_at(before: Any, after: Any, key: str) -> bool:
    first, _, rest = key.partition(".")
    if not isinstance(before, dict) or not isinstance(after, dict) or before.keys() != after.keys():
        return False
    if any(before[name] != after[name] for name in before if name != first):
        return False
    return not rest or _differ_only_at(before[first], after[first], rest)


def _toml_value(data: Any, key: str) -> str | None:
    for part in key.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, str) else None


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


def _ini_value(data: dict[str, dict[str, str]], key: str) -> str | None:
    section, _, name = key.rpartition(".")
    return data.get(section, {}).get(name)


# ── Python: the syntax tree ──────────────────────────────────────────────────────────────────────────────────


def _in_python(text: str, source: VersionSource) -> tuple[Span, ...]:
    name = source.key.rpartition(".")[2] or "__version__"
    try:
        tree = ast.parse(text) if source.path.endswith((".py", ".pyi")) else None
    except (SyntaxError, ValueError):
        tree = None
    found = _by_pattern(text, name) if tree is None else [_literal(text, node) for node in _assigned(tree.body, name)]
    if not found:
        raise _nothing(source, f'there is no {name} = "…" at the top of the module')
    # As when the module runs, the last assignment counts.
    if found[-1] is None:
        raise _nothing(source, f"{name} is not one plain string", f'write {name} = "…"')
    return (found[-1],)


def _assigned(body: list[ast.stmt], name: str) -> list[ast.expr]:
    """Return what is assigned to ``name`` at module level, or below its ``if`` and ``try`` where only those do."""
    found = []
    nested: list[ast.stmt] = []
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            found += [value] if (value := getattr(node, "value", None)) is not None else []
        if isinstance(node, ast.If | ast.Try):
            nested += [*node.body, *node.orelse]
    return found or (_assigned(nested, name) if nested else [])


def _literal(text: str, node: ast.expr) -> Span | None:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value):
        return None
    # The tree counts lines as Python does and columns in UTF-8 bytes.
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)

    def offset(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    start, end = offset(node.lineno, node.col_offset), offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    if text.count(node.value, start, end) != 1:
        return None
    at = text.index(node.value, start, end)
    return Span(at, at + len(node.value), node.value)


def _by_pattern(text: str, name: str) -> list[Span | None]:
    """Find the assignment in a file that is no Python this interpreter can read."""
    form = rf"^{re.escape(name)}\s*(?::[^=\n]+)?=\s*(?P<quote>['\"])(?P<version>[^'\"\n]+)(?P=quote)"
    return [Span(m.start("version"), m.end("version"), m["version"]) for m in re.finditer(form, text, re.MULTILINE)]


# ── any other file ───────────────────────────────────────────────────────────────────────────────────────────


def _by_search(text: str, source: VersionSource) -> tuple[Span, ...]:
    search = source.search or "{version}"
    before, mark, after = search.partition("{version}")
    if not mark or "{version}" in after:
        raise _nothing(
            source, f"the search text {search!r} does not have {{version}} once", "write {version} in it once"
        )
    if search == "{version}":
        value = text.strip()
        if not _VERSION.fullmatch(value):
            raise _nothing(source, "holds more than a version", "give a search text with {version} where it stands")
        start = text.index(value)
        return (Span(start, start + len(value), value),)
    form = re.compile(rf"{re.escape(before)}(?P<unmoor_version>{_VERSION.pattern}){re.escape(after)}")
    spans = [Span(m.start("unmoor_version"), m.end("unmoor_version"), m["unmoor_version"]) for m in form.finditer(text)]
    if not spans:
        raise _nothing(source, f"nothing in it reads {search!r}", "correct the file or the search text")
    if len({span.value for span in spans}) > 1:
        what = f"{search!r} is found with different versions: {', '.join(sorted({span.value for span in spans}))}"
        raise _nothing(source, what, "make them agree, or give a longer search text")
    return tuple(spans)
