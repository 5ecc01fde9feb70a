"""The project's own nox sessions, read from its ``noxfile.py`` without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from unmoor.joining import stage_of
from unmoor.project.tree import Tree

__all__ = ["Noxfile", "by_stage", "read_noxfile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noxfile:
    """What a noxfile defines: its sessions, each with the Pythons it names literally, and whether it adopts unmoor."""

    sessions: Mapping[str, tuple[str, ...]]
    adopted: bool = False
    exists: bool = False


def read_noxfile(tree: Tree) -> Noxfile:
    """Read ``noxfile.py``; one that cannot be parsed has no sessions (nox itself will say why)."""
    text = tree.text("noxfile.py")
    if text is None:
        return Noxfile(sessions={})
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return Noxfile(sessions={}, exists=True)
    sessions = {}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            for arguments in _session_decorators(node):
                name = _literal(arguments.get("name"))
                pythons = _literal(arguments.get("python") or arguments.get("py"))
                sessions[name if isinstance(name, str) else node.name] = _texts(pythons)
    return Noxfile(sessions=sessions, adopted=any(map(_adopts, ast.walk(module))), exists=True)


def by_stage(noxfile: Noxfile, gates: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Sort sessions into the stages they belong to: those that ``gates`` names, or those with well-known names."""
    found: dict[str, list[str]] = {}
    # A noxfile may make sessions in ways that only running it shows, so names in the settings are taken on trust.
    for name in gates or noxfile.sessions:
        stage = stage_of(name)
        # `check` is also what a name means that says nothing.
        if gates or stage != "check":
            found.setdefault(stage, []).append(name)
    return {stage: tuple(names) for stage, names in found.items()}


def _session_decorators(node: ast.FunctionDef) -> Iterator[dict[str, ast.expr]]:
    """Yield the keyword arguments of each ``@nox.session`` or ``@session``, called or bare."""
    for decorator in node.decorator_list:
        called = decorator if isinstance(decorator, ast.Call) else None
        function = called.func if called else decorator
        if ast.unparse(function) in {"nox.session", "session", "nox_uv.session", "nox_poetry.session"}:
            given = {each.arg: each.value for each in called.keywords if each.arg} if called else {}
            if called and called.args:
                given.setdefault("python", called.args[0])
            yield given


def _adopts(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name == "unmoor.sessions" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        names = {alias.name for alias in node.names}
        return node.module == "unmoor.sessions" or (node.module == "unmoor" and "sessions" in names)
    return False


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError):
        return None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()
