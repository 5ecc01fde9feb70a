"""The house as a drawing and as a table: an SVG that takes its colours from the page, so that it suits any theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import combinations, pairwise
from statistics import median

from chain_pages import cell, table
from house import Room, arrows, house, layers, rows

__all__ = ["drawing", "rooms", "svg"]

_WIDTH, _LEFT = 800.0, 176.0
_BOX, _TALL, _LANE, _GAP = 104.0, 30.0, 12.0, 18.0
_STEP, _BAND = 58.0, 14.0
_SWEEPS, _CROSSING = 60, 60.0
_STYLE = """
.house text { fill: currentColor; font: 13px ui-monospace, monospace; }
.house .layer { font: italic 13px ui-sans-serif, sans-serif; opacity: .8; }
.house .band { fill: currentColor; fill-opacity: .05; }
.house .room rect { fill: currentColor; fill-opacity: .08; stroke: currentColor; stroke-opacity: .7; }
.house .arrow { fill: none; stroke: currentColor; stroke-opacity: .55; stroke-width: 1.2; }
.house .head { fill: currentColor; fill-opacity: .7; }
.house .room:hover rect { fill-opacity: .25; }
"""

# A place in a row: a room, or an arrow on its way past the row.
_Place = str | tuple[str, str]


def drawing() -> str:
    """Return the drawing, for a page."""
    found = house()
    drawn = arrows(found)
    every = sum(len(room.imports) for room in found)
    count = f"{len(found)} rooms; {len(drawn)} of {every} arrows are drawn, the others follow from them."
    return f"```{{raw}} html\n{svg(found, layers())}\n```\n\n{count}"


def rooms() -> str:
    """Return the table of the rooms in the order of the drawing."""
    named = {room.name: room for room in house()}
    listed = []
    for _, row in rows(tuple(named.values()), layers()):
        for room in map(named.__getitem__, row):
            sizes = room.sizes
            largest = max(sizes, key=lambda name: sizes[name])
            last = f"{sizes[largest]}: `{largest.removeprefix(f'{room.name}/')}`"
            says = cell(room.says).rstrip(":.")
            listed.append([f"`{room.name}`", says, str(len(sizes)), f"{median(sizes.values()):.0f}", last])
    return table(["room", "what it says it is", "modules", "lines, median", "lines, largest"], listed)


def svg(found: Sequence[Room], stated: Mapping[str, tuple[tuple[str, ...], ...]]) -> str:
    """Return the drawing of these rooms in these layers as SVG, made to stand inside a page."""
    listed = rows(found, stated)
    where = {name: number for number, (_, row) in enumerate(listed) for name in row}
    ways = {arrow: _way(arrow, where) for arrow in arrows(found)}
    across = _placed([row for _, row in listed], ways, where)
    down: list[float] = []
    for number, (layer, _) in enumerate(listed):
        new = not number or listed[number - 1][0] != layer
        down.append((down[-1] + _STEP if down else 0.0) + (_BAND if new else 0.0))
    height = down[-1] + _TALL + _BAND
    lines = _bands(listed, down) + _arrows(ways, where, across, down)
    for room in sorted(found, key=lambda room: where[room.name]):
        imports = ", ".join(sorted(room.imports)) or "nothing"
        x, y = across[where[room.name]][room.name] - _BOX / 2, down[where[room.name]]
        lines.append(
            f'<g class="room"><title>{escape(room.name)}: {escape(room.says)} Imports {escape(imports)}.</title>'
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{_BOX:.0f}" height="{_TALL:.0f}" rx="4"/>'
            f'<text x="{x + _BOX / 2:.0f}" y="{y + 20:.0f}" text-anchor="middle">{escape(room.name)}</text></g>'
        )
    what = "The rooms of unmoor in six layers, with an arrow from each room to those it imports."
    return (
        f'<svg class="house" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" width="100%"'
        f' role="img" aria-label="{what}"><style>{_STYLE}</style>\n'
        '<defs><marker id="house-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
        ' orient="auto"><path class="head" d="M0 1 L8 4 L0 7 z"/></marker></defs>\n' + "\n".join(lines) + "\n</svg>"
    )


def _bands(listed: Sequence[tuple[str, list[str]]], down: Sequence[float]) -> list[str]:
    lines = []
    for layer in dict.fromkeys(layer for layer, _ in listed):
        inside = [y for (each, _), y in zip(listed, down, strict=True) if each == layer]
        top, bottom = inside[0] - _BAND / 2, inside[-1] + _TALL + _BAND / 2
        lines.append(
            f'<rect class="band" x="0" y="{top:.0f}" width="{_WIDTH:.0f}" height="{bottom - top:.0f}" rx="6"/>'
            f'<text class="layer" x="12" y="{inside[0] + 20:.0f}">{escape(layer)}</text>'
        )
    return lines


def _way(arrow: tuple[str, str], where: Mapping[str, int]) -> list[_Place]:
    """Return the places that an arrow goes through, one a row: its room, the rows it passes, the other room.

    Raises ``ValueError`` for an arrow that does not lead down.
    """
    start, end = arrow
    if where[start] >= where[end]:
        what = f"{start} imports {end}, which does not lie below it: give both their places in LAYERS"
        raise ValueError(what)
    return [start, *[arrow] * (where[end] - where[start] - 1), end]


def _wide(place: _Place) -> float:
    return _BOX if isinstance(place, str) else _LANE


def _placed(
    listed: Sequence[list[str]], ways: Mapping[tuple[str, str], list[_Place]], where: Mapping[str, int]
) -> list[dict[_Place, float]]:
    """Return the middle of every place in every row: each near those it is joined to, none over another.

    Row after row moves towards its neighbours, down and up again; the best of all these states is taken.
    """
    across: list[dict[_Place, float]] = [dict.fromkeys(row, 0.0) for row in listed]
    joined: list[dict[_Place, list[tuple[int, _Place]]]] = [{} for _ in listed]
    for (start, _), way in ways.items():
        for number, (upper, lower) in enumerate(pairwise(way), where[start]):
            across[number].setdefault(upper, 0.0)
            across[number + 1].setdefault(lower, 0.0)
            joined[number].setdefault(upper, []).append((number + 1, lower))
            joined[number + 1].setdefault(lower, []).append((number, upper))
    for number, row in enumerate(across):
        across[number] = _apart({place: _LEFT + _BOX * each * 2 for each, place in enumerate(row)})
    best, least = across, _unrest(across, joined)
    for sweep in range(_SWEEPS):
        across = list(across)
        for number in range(len(across)) if sweep % 2 else reversed(range(len(across))):
            wanted = {}
            for place, x in across[number].items():
                near = [across[row][other] for row, other in joined[number].get(place, [])]
                wanted[place] = sum(near) / len(near) if near else x
            across[number] = _apart(wanted)
        if (unrest := _unrest(across, joined)) < least:
            best, least = across, unrest
    return best


def _unrest(
    across: Sequence[Mapping[_Place, float]], joined: Sequence[Mapping[_Place, list[tuple[int, _Place]]]]
) -> float:
    """Return how far arrows wander sideways, and how often they cross."""
    total = 0.0
    for number, row in enumerate(across[:-1]):
        below = across[number + 1]
        pairs = [
            (x, below[other]) for place, x in row.items() for to, other in joined[number].get(place, []) if to > number
        ]
        total += sum(abs(here - there) for here, there in pairs)
        total += _CROSSING * sum(1 for a, b in combinations(pairs, 2) if (a[0] - b[0]) * (a[1] - b[1]) < 0)
    return total


def _apart(wanted: Mapping[_Place, float]) -> dict[_Place, float]:
    """Return the wanted places pushed apart until none lies over another, inside the drawing."""
    row = sorted(wanted, key=lambda place: (wanted[place], str(place)))
    # Each group of neighbours that touch shares one shift; groups that would overlap become one.
    groups: list[tuple[list[_Place], float]] = []
    for place in row:
        group, middle = [place], wanted[place]
        while groups and groups[-1][1] + _span(groups[-1][0]) / 2 + _GAP > middle - _span(group) / 2:
            before, _ = groups.pop()
            group = before + group
            middle = _middle(group, wanted)
        groups.append((group, middle))
    found: dict[_Place, float] = {}
    edge = _LEFT
    room = sum(_span(group) + _GAP for group, _ in groups) - _GAP
    for group, middle in groups:
        left = min(max(middle - _span(group) / 2, edge), _WIDTH - 12 - room)
        room -= _span(group) + _GAP
        edge = left + _span(group) + _GAP
        for place in group:
            found[place] = left + _wide(place) / 2
            left += _wide(place) + _GAP
    return found


def _span(group: Sequence[_Place]) -> float:
    return sum(_wide(place) + _GAP for place in group) - _GAP


def _middle(group: Sequence[_Place], wanted: Mapping[_Place, float]) -> float:
    """Return where the middle of a group of touching places comes nearest to what each of them wants."""
    left, shifts = 0.0, []
    for place in group:
        shifts.append(wanted[place] - left - _wide(place) / 2)
        left += _wide(place) + _GAP
    return sum(shifts) / len(shifts) + _span(group) / 2


def _arrows(
    ways: Mapping[tuple[str, str], list[_Place]],
    where: Mapping[str, int],
    across: Sequence[Mapping[_Place, float]],
    down: Sequence[float],
) -> list[str]:
    lines = []
    for arrow, way in sorted(ways.items()):
        first = where[arrow[0]]
        xs = [across[first + number][place] for number, place in enumerate(way)]
        xs[0] += _port(arrow, 0, ways, where, across)
        xs[-1] += _port(arrow, 1, ways, where, across)
        path = f"M{xs[0]:.1f} {down[first] + _TALL:.1f}"
        for number, (here, there) in enumerate(pairwise(xs), first):
            top, bottom = down[number] + _TALL, down[number + 1]
            half = (top + bottom) / 2
            path += f" C{here:.1f} {half:.1f} {there:.1f} {half:.1f} {there:.1f} {bottom:.1f}"
            if number + 1 < where[arrow[1]]:
                path += f" V{bottom + _TALL:.1f}"
        lines.append(f'<path class="arrow" d="{path}" marker-end="url(#house-head)"/>')
    return lines


def _port(
    arrow: tuple[str, str],
    end: int,
    ways: Mapping[tuple[str, str], list[_Place]],
    where: Mapping[str, int],
    across: Sequence[Mapping[_Place, float]],
) -> float:
    """Return how far from the middle of its room an arrow begins (``end`` 0) or ends, so that several lie beside it."""

    def leans(other: tuple[str, str]) -> tuple[float, tuple[str, str]]:
        place, number = (ways[other][1], where[other[0]] + 1) if end == 0 else (ways[other][-2], where[other[1]] - 1)
        return across[number][place], other

    beside = sorted((other for other in ways if other[end] == arrow[end]), key=leans)
    return (beside.index(arrow) - (len(beside) - 1) / 2) * min(16.0, (_BOX - 16) / max(len(beside) - 1, 1))
