"""The values of expressions in a noxfile or a tasks.py, as far as they can be known without running it.

Literals, names bound once to such, lists joined, f-strings, and the few calls whose answer stands in
``pyproject.toml``. Nobody gives arguments (``session.posargs`` is empty) and no variable is set (``os.environ``).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from unmoor.project.detect.commands.words import UNKNOWN
from unmoor.project.project_files import ProjectFiles

__all__ = ["NOT_KNOWN", "Values"]


class _NotKnown:
    """The value of what only running could tell."""


NOT_KNOWN = _NotKnown()
_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Values:
    """Names and what they are bound to; ``within`` makes the names of a function from those of its module."""

    tree: ProjectFiles
    names: dict[str, object] = field(default_factory=dict)

    def within(self, names: Mapping[str, object]) -> Values:
        """Return the values as they are known where these names are bound as well."""
        return Values(self.tree, {**self.names, **names})

    def bind(self, node: ast.stmt) -> None:
        """Take in an assignment."""
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target, value = node.target, node.value
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            before, added = self.names.get(node.target.id, NOT_KNOWN), self.of(node.value)
            self.names[node.target.id] = _added(before, added)
            return
        else:
            return
        if isinstance(target, ast.Name):
            self.names[target.id] = self.of(value)

    def texts(self, node: ast.expr) -> list[str]:
        """Return the words that an argument stands for; one that is not known is marked as such."""
        if isinstance(node, ast.Starred):
            found = self.of(node.value)
            return [_text(each) for each in found] if isinstance(found, list | tuple) else [UNKNOWN]
        return [_text(self.of(node))]

    def of(self, node: ast.expr, depth: int = 0) -> object:  # noqa: PLR0911, PLR0912, C901 - one line a kind of expression
        """Return the value of an expression, ``NOT_KNOWN`` where that takes more than reading."""
        if depth > _DEPTH:
            return NOT_KNOWN
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self.names.get(node.id, NOT_KNOWN)
            case ast.List() | ast.Tuple() | ast.Set():
                return [each for item in node.elts for each in self._items(item, depth)]
            case ast.Dict():
                return {
                    key.value: self.of(value, depth + 1)
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant)
                }
            case ast.JoinedStr():
                parts = [each.value if isinstance(each, ast.FormattedValue) else each for each in node.values]
                return "".join(_text(self.of(each, depth + 1)) for each in parts)
            case ast.BinOp(op=ast.Add()):
                return _added(self.of(node.left, depth + 1), self.of(node.right, depth + 1))
            case ast.BinOp(op=ast.Div()):
                return _divided(self.of(node.left, depth + 1), self.of(node.right, depth + 1))
            case ast.Subscript():
                return self._item(node, depth)
            case ast.Attribute():
                return self._attribute(node)
            case ast.IfExp():
                return self._either(node, depth)
            case ast.BoolOp():
                return self._first(node, depth)
            case ast.UnaryOp(op=ast.Not()):
                known = self.of(node.operand, depth + 1)
                return NOT_KNOWN if known is NOT_KNOWN else not known
            case ast.Compare():
                return self._compared(node, depth)
            case ast.Call():
                return self._called(node, depth)
        return NOT_KNOWN

    def _items(self, node: ast.expr, depth: int) -> list[object]:
        if not isinstance(node, ast.Starred):
            return [self.of(node, depth + 1)]
        found = self.of(node.value, depth + 1)
        return [*found] if isinstance(found, list | tuple) else [NOT_KNOWN]

    def _item(self, node: ast.Subscript, depth: int) -> object:
        table, key = self.of(node.value, depth + 1), self.of(node.slice, depth + 1)
        try:
            return table[key] if isinstance(table, Mapping | list | tuple) else NOT_KNOWN  # type: ignore[call-overload]
        except (KeyError, IndexError, TypeError):
            return NOT_KNOWN

    def _attribute(self, node: ast.Attribute) -> object:
        if node.attr == "posargs":
            return []
        if ast.unparse(node) == "sys.platform":
            return sys.platform
        return NOT_KNOWN

    def _either(self, node: ast.IfExp, depth: int) -> object:
        known = self.of(node.test, depth + 1)
        if known is NOT_KNOWN:
            return NOT_KNOWN
        return self.of(node.body if known else node.orelse, depth + 1)

    def _first(self, node: ast.BoolOp, depth: int) -> object:
        found: object = NOT_KNOWN
        for each in node.values:
            found = self.of(each, depth + 1)
            if found is NOT_KNOWN or bool(found) == isinstance(node.op, ast.Or):
                return found
        return found

    def _compared(self, node: ast.Compare, depth: int) -> object:
        if len(node.ops) != 1:
            return NOT_KNOWN
        other = node.comparators[0]
        if ast.unparse(other) == "os.environ":
            return isinstance(node.ops[0], ast.NotIn)
        left, right = self.of(node.left, depth + 1), self.of(other, depth + 1)
        if NOT_KNOWN in (left, right):
            return NOT_KNOWN
        if isinstance(node.ops[0], ast.Eq | ast.Is):
            return left == right
        return left != right if isinstance(node.ops[0], ast.NotEq | ast.IsNot) else NOT_KNOWN

    def _called(self, node: ast.Call, depth: int) -> object:  # noqa: PLR0911 - one line a function
        name = ast.unparse(node.func)
        given = [self.of(each, depth + 1) for each in node.args if not isinstance(each, ast.Starred)]
        plain = name.rpartition(".")[2]
        if plain == "load_toml":
            return self.tree.pyproject if not given or given[0] == "pyproject.toml" else NOT_KNOWN
        if plain == "dependency_groups":
            return [word for group in given[1:] for word in ("--group", _text(group))]
        if name in {"os.environ.get", "os.getenv"}:
            return given[1] if len(given) > 1 else None
        if name in {"str", "list", "tuple", "Path", "pathlib.Path"} and len(given) == 1:
            return given[0]
        if plain == "startswith" and isinstance(node.func, ast.Attribute) and given:
            text = self.of(node.func.value, depth + 1)
            return text.startswith(given[0]) if isinstance(text, str) and isinstance(given[0], str) else NOT_KNOWN
        if plain == "get" and isinstance(node.func, ast.Attribute) and given:
            table = self.of(node.func.value, depth + 1)
            return (
                table.get(given[0], given[1] if len(given) > 1 else None) if isinstance(table, Mapping) else NOT_KNOWN
            )
        if name == "os.path.join" and len(given) == len(node.args):
            return "/".join(map(_text, given))
        return NOT_KNOWN


def _text(value: object) -> str:
    return value if isinstance(value, str) else UNKNOWN if not isinstance(value, int | float) else str(value)


def _added(left: object, right: object) -> object:
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return [*left, *right]
    return left + right if isinstance(left, str) and isinstance(right, str) else NOT_KNOWN


def _divided(left: object, right: object) -> object:
    return f"{left}/{right}" if isinstance(left, str) and isinstance(right, str) else NOT_KNOWN
