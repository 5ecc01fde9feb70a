"""The house as it stands: its rooms, the layers they lie in and who imports whom, read from the source, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import unmoor

__all__ = ["WITHOUT", "Room", "arrows", "house", "layers", "rows"]

_TOP = Path(unmoor.__file__).parent
# Where the layers are held, they are read from.
_LAYERS = Path(__file__).parents[2] / "tests" / "test_architecture.py"
WITHOUT = "without a layer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A package or a module right below ``unmoor``: what it says, whom it imports, its modules and their lines."""

    name: str
    says: str
    imports: frozenset[str]
    sizes: Mapping[str, int]


def house(top: Path | None = None) -> tuple[Room, ...]:
    """Return every room below ``top``, by name; without one, those of unmoor, which are read once."""
    return _read(top) if top else _ours()


@cache
def _ours() -> tuple[Room, ...]:
    return _read(_TOP)


def _read(top: Path) -> tuple[Room, ...]:
    found = [path for path in sorted(top.iterdir()) if (path / "__init__.py").is_file() or path.suffix == ".py"]
    files = {path.stem: path for path in found if path.name != "__init__.py"}
    return tuple(_room(name, path, frozenset(files)) for name, path in files.items())


def _room(name: str, path: Path, names: frozenset[str]) -> Room:
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    modules = {each: each.read_text(encoding="utf-8") for each in files}
    first = path if path.is_file() else path / "__init__.py"
    imports = {room for text in modules.values() for room in _imported(text) if room in names}
    return Room(
        name=name,
        says=(ast.get_docstring(ast.parse(modules[first])) or "").partition("\n")[0],
        imports=frozenset(imports - {name}),
        sizes={each.relative_to(path.parent).as_posix(): len(text.splitlines()) for each, text in modules.items()},
    )


def _imported(text: str) -> Iterator[str]:
    """Yield the name right below ``unmoor`` of every import, wherever it stands, those for types included."""
    for node in _statements(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (parts[1] for parts in (name.split(".") for name in names) if parts[0] == "unmoor" and parts[1:])


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every statement inside another one; no import is part of an expression, so none is looked into."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from _statements(child)


def layers(path: Path = _LAYERS) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the layers from the top down, each with its rows of rooms that have one place in the order of imports."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "LAYERS":
            stated = ast.literal_eval(node.value) if node.value else {}
            return {name: tuple(tuple(row.split()) for row in rows) for name, rows in stated.items()}
    raise LookupError(path.name)


def rows(rooms: Sequence[Room], stated: Mapping[str, tuple[tuple[str, ...], ...]]) -> tuple[tuple[str, list[str]], ...]:
    """Return the rows of the drawing: the layer and the rooms that are there; those of no layer come first."""
    names = {room.name for room in rooms}
    placed = {name for listed in stated.values() for row in listed for name in row}
    found = [(WITHOUT, [name]) for name in sorted(names - placed)]
    found += [(layer, [name for name in row if name in names]) for layer, listed in stated.items() for row in listed]
    return tuple((layer, row) for layer, row in found if row)


def arrows(rooms: Sequence[Room]) -> tuple[tuple[str, str], ...]:
    """Return the imports between rooms, without those that follow from others: A to C where A to B to C."""
    direct = {room.name: room.imports for room in rooms}

    def reached(start: str, past: str) -> set[str]:
        seen: set[str] = set()
        ahead = [name for name in direct[start] if name != past]
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += direct[name]
        return seen

    return tuple(
        (name, other) for name in sorted(direct) for other in sorted(direct[name]) if other not in reached(name, other)
    )
