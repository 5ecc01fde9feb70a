"""The drawing of the house is made from the code: what is there is drawn, with its arrows, all of them downwards."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import house as read
import house_page
import pytest

import test_architecture as rules
from support.pages import pages

_SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> dict[str, tuple[float, float, float, float]]:
    """Return the rooms of a drawing with the edges of their boxes: left, top, right, bottom."""
    found = {}
    for room in ET.fromstring(svg).iter(f"{_SVG}g"):  # noqa: S314 - made a moment ago
        box, name = room.find(f"{_SVG}rect"), room.find(f"{_SVG}text")
        assert box is not None
        assert name is not None
        x, y, width, height = (float(box.attrib[key]) for key in ("x", "y", "width", "height"))
        found[str(name.text)] = (x, y, x + width, y + height)
    return found


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A house of three rooms, one above the other."""
    top = tmp_path / "unmoor"
    for name, text in {
        "__init__.py": '"""All."""\n',
        "face.py": '"""What is seen. And more."""\nfrom unmoor import words\nfrom unmoor.shop import counter\n',
        "shop/__init__.py": '"""What is done."""\n',
        "shop/counter.py": "def f():\n    from unmoor.words import word\n",
        "words.py": '"""What is said."""\nword = 1\n',
    }.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    return top


LAYERS = {"above": (("face",),), "below": (("shop",), ("words",))}


def test_rooms_and_arrows_are_read_from_the_source(small: Path) -> None:
    face, shop, words = read.house(small)
    assert (face.name, face.says, face.imports) == ("face", "What is seen. And more.", {"shop", "words"})
    assert (shop.sizes, shop.imports) == ({"shop/__init__.py": 1, "shop/counter.py": 2}, {"words"})
    assert words.imports == set()
    # From the face to the words an arrow would say nothing new.
    assert read.arrows((face, shop, words)) == (("face", "shop"), ("shop", "words"))


def test_a_new_room_appears(small: Path) -> None:
    before = house_page.svg(read.house(small), LAYERS)
    (small / "forge.py").write_text('"""Where <releases> are shown."""\nimport unmoor.shop\n', encoding="utf-8")
    after = house_page.svg(read.house(small), LAYERS)
    assert set(drawn(after)) - set(drawn(before)) == {"forge"}
    assert read.WITHOUT in after
    assert read.WITHOUT not in before
    placed = house_page.svg(read.house(small), {"above": (("face", "forge"),), "below": LAYERS["below"]})
    assert placed.count('class="arrow"') == before.count('class="arrow"') + 1
    assert "Imports shop." in placed
    with pytest.raises(ValueError, match=r"face imports shop, .* LAYERS"):
        house_page.svg(read.house(small), {"above": (("shop",),), "below": (("face",), ("words",))})
    assert read.WITHOUT not in placed


def test_the_layers_are_those_that_are_held() -> None:
    assert {name: [" ".join(row) for row in rows] for name, rows in read.layers().items()} == {
        name: list(rows) for name, rows in rules.LAYERS.items()
    }


def test_the_drawing_has_every_room_once_and_none_over_another() -> None:
    rooms = read.house()
    boxes = drawn(house_page.svg(rooms, read.layers()))
    assert set(boxes) == {room.name for room in rooms}
    assert len(boxes) > 20
    for name, (left, top, right, bottom) in boxes.items():
        assert 150 < left < right <= 800
        over = [
            other
            for other, (x, y, to_x, to_y) in boxes.items()
            if other != name and x < right and left < to_x and y < bottom and top < to_y
        ]
        assert over == []


def test_arrows_lead_down_and_lose_nothing() -> None:
    rooms = read.house()
    boxes = drawn(house_page.svg(rooms, read.layers()))
    arrows = read.arrows(rooms)
    assert [(above, below) for above, below in arrows if boxes[above][3] >= boxes[below][1]] == []
    reached: dict[str, set[str]] = {}
    for name in sorted(boxes, key=lambda each: -boxes[each][1]):
        below = {other for each, other in arrows if each == name}
        reached[name] = below.union(*(reached[other] for other in below))
    assert {room.name: room.imports - reached[room.name] for room in rooms if room.imports - reached[room.name]} == {}


def test_the_drawing_suits_any_theme() -> None:
    svg = house_page.svg(read.house(), read.layers())
    assert set(re.findall(r"(?:fill|stroke): ([\w#]+);", svg)) == {"currentColor", "none"}


def test_the_page_shows_it_and_the_table() -> None:
    page = next(page for page in pages() if page.name == "docs/explanation/how-unmoor-is-built.md")
    assert [block.kind for block in page.blocks] == ["{raw} html"]
    rows = dict(re.findall(r"^\| `(\w+)` \|.*?\| (\d+) \| \d+ \| \d+: `[\w/.]+` \|$", page.text, re.MULTILINE))
    assert rows == {room.name: str(len(room.sizes)) for room in read.house()}
