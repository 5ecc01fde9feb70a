"""What the pages show as seen was seen: the side by side runs, the recordings are whole and name no machine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.pages import DOCS, pages, recordings

CAST = DOCS / "recordings" / "kill-and-resume.cast"


def test_twine_passes_what_the_rules_refuse(tmp_path):
    from side_by_side import compare

    said = compare(tmp_path)
    twine, rules = said.split("\n\n")
    assert "PASSED" in twine
    assert "exit status 0" in twine
    for name in ("classifiers-exist", "project-url-labels-fit", "requirements-name-no-url"):
        assert f"  {name}: 400 " in rules
    assert rules.endswith("3 refusals")


def test_the_page_shows_it_side_by_side():
    page = next(page for page in pages() if page.name == "docs/reference/upload-rules.md")
    assert any("twine check --strict" in block.text and "3 refusals" in block.text for block in page.blocks)


def test_the_recording_is_a_cast_of_the_transcript():
    header, *events = [json.loads(line) for line in CAST.read_text(encoding="utf-8").splitlines()]
    assert header["version"] == 2
    assert header["width"] > 0
    assert header["height"] > 0
    times = [when for when, _, _ in events]
    assert times == sorted(times)
    assert {kind for _, kind, _ in events} == {"o"}
    transcript = CAST.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert [f"{when:6.1f}  {text.rstrip()}".rstrip() for when, _, text in events] == transcript


def test_the_recording_shows_a_kill_and_a_resumption():
    text = CAST.with_suffix(".txt").read_text(encoding="utf-8")
    before, _, after = text.partition("Killed\n")
    assert before.count("$ unmoor rehearse") == after.count("$ unmoor rehearse") == 1
    assert "uploading" in before.splitlines()[-2]
    assert "build cached" in after
    assert re.search(r"testpypi +ran +(1 uploaded, )?[12] already there|testpypi +already there", after)
    assert "REHEARSED" in after


@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.name)
def test_a_recording_names_no_machine_and_no_host(path: Path):
    text = path.read_text(encoding="utf-8")
    assert re.search(r"^ *[\d.]* *\$ (unmoor|nox|git) ", text)
    assert not re.search(r"(?<![\w.~])/(tmp|home|usr|opt|var|private)/|https?://", text)


def test_every_recording_is_shown():
    shown = "".join(page.path.read_text(encoding="utf-8") for page in pages())
    assert [path.name for path in recordings() if path.name not in shown] == []


def test_the_readme_shows_what_was_recorded_and_is_short():
    from recording import for_readme

    readme = next(page for page in pages() if page.name == "README.md")
    shown = for_readme((DOCS / "recordings" / "second.txt").read_text(encoding="utf-8"))
    assert "Live would stop at:" in shown
    assert shown in [block.text for block in readme.blocks]
    assert len(readme.text.splitlines()) < 160


def test_the_landing_page_draws_the_recording_whole():
    import run_picture

    text = (DOCS / "recordings" / "second.txt").read_text(encoding="utf-8").strip()
    root = ET.fromstring(run_picture.svg(text))  # noqa: S314 - made a moment ago
    drawn = ["".join(row.itertext()) for row in root.iter("{http://www.w3.org/2000/svg}text")]
    assert drawn == [line for line in text.splitlines() if line]
    page = next(page for page in pages() if page.name == "docs/index.md")
    assert any("<svg" in block.text and "REHEARSED" in block.text for block in page.blocks)


def test_nothing_is_loaded_from_elsewhere():
    static = [path for path in (DOCS / "_static").iterdir() if path.suffix in {".css", ".svg"}]
    assert len(static) >= 2
    for path in static:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//\w|@import|@font-face", text)
