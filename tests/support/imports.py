"""What the modules of unmoor import and name, read from their source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import unmoor

TOP = Path(unmoor.__file__).parent


@dataclass(frozen=True)
class Module:
    """One module: its dotted name without ``unmoor.``, its file and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    def imports(self) -> Iterator[str]:
        """Yield every imported module by its dotted name, wherever the import stands, type-checking ones included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                # `from unmoor.runtime import process` names a module, `from unmoor.model import Plan` does not.
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def reads(self, attribute: str) -> bool:
        """Say whether ``os.<attribute>`` is used."""
        return any(
            isinstance(node, ast.Attribute)
            and node.attr == attribute
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            for node in ast.walk(self.tree)
        )


def modules() -> tuple[Module, ...]:
    """Return every module of unmoor."""
    found = []
    for path in sorted(TOP.rglob("*.py")):
        name = ".".join(path.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)
