"""Where exactly in a file's text a version source states its version: for showing it, and for reading it back.

A version such as ``1.2.0`` may stand in a file many times: as a pin, in another table, in a comment. Which
occurrence is the source is said by a reader of the file's format: tomlkit, configparser, Python's syntax tree. A
``v`` before a version in a module or in a text is not part of it. Nothing is executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import MutableMapping
from dataclasses import dataclass, replace

from packaging.version import VERSION_PATTERN

from unmoor.errors import UnmoorError
from unmoor.model import VersionSource
from unmoor.project.project_files import ini_table
from unmoor.project.toml_file import dig

__all__ = ["Span", "filled", "locate", "search_text"]

_MARK = "unmoor.mark"
_VERSION = rf"(?P<unmoor_version>(?xi:{VERSION_PATTERN}))"
_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


@dataclass(frozen=True, slots=True, order=True)
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
        return (_in_python(text, source),)
    return (_in_toml(text, source) if source.path.endswith(".toml") else _in_ini(text, source),)


def filled(source: VersionSource, text: str | None) -> VersionSource:
    """Return the source with the version that ``text`` states there as its value; empty where it states none."""
    try:
        return replace(source, value=locate(text or "", source)[0].value)
    except UnmoorError:
        return source


def search_text(text: str, pattern: str) -> str:
    """Return the line on which a regular expression finds its group ``version``, with ``{version}`` in its place.

    The expression may be a build backend's setting; empty where it finds nothing, or is none with such a group.
    """
    try:
        match = re.search(pattern, text, flags=re.MULTILINE)
        start, end = match.span("version") if match else (-1, -1)
    except (re.error, IndexError):
        return ""
    if start == end:
        return ""
    before, after = text[:start].rpartition("\n")[2], text[end:].partition("\n")[0]
    return f"{before}{{version}}{after}".strip()


def _nothing(source: VersionSource, what: str, hint: str = "") -> UnmoorError:
    return UnmoorError(what, place=source.path, hint=hint or "correct the file, or name the place in the settings")


def _bare(start: int, value: str) -> Span:
    skipped = 1 if re.match(r"[vV]\d", value) else 0
    return Span(start + skipped, start + len(value), value[skipped:])


# ── TOML and INI ─────────────────────────────────────────────────────────────────────────────────────────────


def _in_toml(text: str, source: VersionSource) -> Span:
    """Find the value by writing a mark over it: tomlkit leaves everything else as it is."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import String

    *tables, name = source.key.split(".")
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise _nothing(source, f"cannot be read: {error}") from error
    table = dig(document, *tables)
    item = dig(table, name)
    if not isinstance(table, MutableMapping) or not isinstance(item, String) or not item:
        raise _nothing(source, f"there is no text at {source.key!r}")
    table[name] = _MARK
    before, _, after = document.as_string().partition(f'"{_MARK}"')
    value, written = str(item), item.as_string()
    if written.strip("\"'\r\n") != value or before + written + after != text:
        raise _nothing(source, f"the version at {source.key!r} is not written out in plain text")
    start = len(before) + written.index(value)
    return Span(start, start + len(value), value)


def _in_ini(text: str, source: VersionSource) -> Span:
    """Find the value that configparser reads in its section.

    ConfigUpdater (4.1) would be a dependency of 2300 lines for this one place, and it knows places no better: it
    writes an option it changes anew, with other blanks.
    """
    section, _, name = source.key.rpartition(".")
    value = ini_table(text, source.path).get(section, {}).get(name, "")
    if not value:
        raise _nothing(source, f"there is no text at {source.key!r}")
    header, key = rf"^\[{re.escape(section)}\].*\n", rf"(?i:{re.escape(name)})[ \t]*[=:][ \t]*"
    form = rf"(?m){header}(?:(?!\[).*\n)*{key}(?P<version>{re.escape(value)})[ \t\r]*$"
    found = [match.span("version") for match in re.finditer(form, text)]
    if not found:
        raise _nothing(source, f"the version at {source.key!r} is not written out in plain text")
    return Span(*found[-1], value)


# ── Python ───────────────────────────────────────────────────────────────────────────────────────────────────


def _in_python(text: str, source: VersionSource) -> Span:
    name = source.key.rpartition(".")[2] or "__version__"
    try:
        tree = ast.parse(text) if source.path.endswith((".py", ".pyi")) else None
    except (SyntaxError, ValueError):
        tree = None
    found = _by_line(text, name) if tree is None else [_literal(text, node) for node in _assigned(tree.body, name)]
    if not found:
        raise _nothing(source, f'there is no {name} = "…" at the top of the module')
    # As when the module runs, the last assignment counts.
    if found[-1] is None:
        raise _nothing(source, f"{name} is not one plain string", f'write {name} = "…"')
    return found[-1]


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
    written = ast.get_source_segment(text, node) or ""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value):
        return None
    if written.count(node.value) != 1:
        return None
    # The tree counts lines as Python does and columns in UTF-8 bytes.
    lines = _LINE_END.split(text)
    above, left = lines[: node.lineno - 1], lines[node.lineno - 1].encode()[: node.col_offset].decode()
    return _bare(len("".join(above)) + len(left) + written.index(node.value), node.value)


def _by_line(text: str, name: str) -> list[Span | None]:
    """Find the assignment in a file that is no Python this interpreter can read."""
    form = rf"^{re.escape(name)}\s*(?::[^=\n]+)?=\s*(?P<quote>['\"])(?P<version>[^'\"\n]+)(?P=quote)[ \t\r;]*(?:#.*)?$"
    return [_bare(match.start("version"), match["version"]) for match in re.finditer(form, text, re.MULTILINE)]


# ── any other file ───────────────────────────────────────────────────────────────────────────────────────────


def _by_search(text: str, source: VersionSource) -> tuple[Span, ...]:
    search = source.search or "{version}"
    before, *after = map(re.escape, search.split("{version}"))
    if len(after) != 1:
        what = f"the search text {search!r} does not have {{version}} once"
        raise _nothing(source, what, "write {version} in it once")
    whole = search == "{version}"
    form = rf"\A\s*{_VERSION}\s*\Z" if whole else f"{before}{_VERSION}{after[0]}"
    spans = [_bare(match.start("unmoor_version"), match["unmoor_version"]) for match in re.finditer(form, text)]
    if not spans and whole:
        raise _nothing(source, "holds more than a version", "give a search text with {version} where it stands")
    if not spans:
        raise _nothing(source, f"nothing in it reads {search!r}", "correct the file or the search text")
    if len(values := sorted({span.value for span in spans})) > 1:
        what = f"{search!r} is found with different versions: {', '.join(values)}"
        raise _nothing(source, what, "make them agree, or give a longer search text")
    return tuple(spans)
