"""A release as one page that stands alone: the verdict on top, everything in it, nothing of others alive in it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from support.records import WHEEL, fill, plan, record
from unmoor.chain import CHAIN
from unmoor.evidence.record import GateRecord
from unmoor.model import Finding, Outcome
from unmoor.report import html_page
from unmoor.report.ending import Ending
from unmoor.report.stage_rows import rows
from unmoor.state.evidence_store import EvidenceStore

EVIL = "<script>alert(1)</script> \" ' & \u202e https://evil.invalid/x"


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def end(tmp_path: Path) -> Ending:
    store = EvidenceStore(tmp_path / "evidence", "thing")
    fill(store)
    gate = GateRecord(
        name="tag-is-free",
        asserts=EVIL,
        outcome=Outcome.FAILED,
        unit=EVIL,
        problems=(Finding(message=EVIL, place=EVIL, hint=EVIL),),
        notices=(Finding(message="noted"),),
    )
    store.write(record("check", outcome=Outcome.FAILED, gates=(gate,)))
    store.write(record("verdict", outcome=Outcome.FAILED, detail=f"not passed: {EVIL}"))
    every = {
        stage.name: {
            "component": "thing", "how": "ran", "code": 2 if stage.name == "check" else 0, "why": "", "narrowed": "",
            "recorded": stage.name, "seconds": 131.0, "state": "",
        }
        for stage in CHAIN
    }  # fmt: skip
    made = plan(actor=EVIL)
    release = replace(made.releases[0], rule=EVIL)
    return Ending(plan=made, release=release, store=store, rows=rows(store, every), again=("unmoor", "rehearse"))


def test_the_page_stands_alone(end: Ending) -> None:
    page = _Page(html_page.page([(end, end.rows)]))
    assert page.open == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "a", "form", "svg"})
    assert [
        name for _, attrs in page.tags for name in attrs if name in {"src", "href", "style"} or name[:2] == "on"
    ] == []
    policy = next(attrs for tag, attrs in page.tags if "http-equiv" in attrs)
    assert str(policy["content"]).startswith("default-src 'none'")
    assert "url(" not in html_page.page([(end, end.rows)])


def test_what_is_from_outside_is_text(end: Ending) -> None:
    text = html_page.page([(end, end.rows)])
    assert text.count("&lt;script&gt;") >= 8
    assert "<script" not in text
    assert "\u202e" not in text
    # As it was written, but for what turns the order of letters round.
    assert EVIL.replace("\u202e", "\\u202e") in _Page(text).words


def test_the_verdict_stands_on_top_with_its_reasons_and_what_is_next(end: Ending) -> None:
    words = [word for word in _Page(html_page.page([(end, end.rows)])).words if word.strip()]
    wanted = (
        "Rehearsal of thing 1.0",
        "REHEARSED, with findings",
        "check: ",
        "Next: fix",
        "Stages",
        "Archives",
        "noted",
    )
    at = {part: next(n for n, word in enumerate(words) if word.startswith(part)) for part in wanted}
    assert list(at.values()) == sorted(at.values())
    assert WHEEL.sha256 in words
    assert "2m11s" in words


def test_no_meaning_stands_in_a_colour_alone(end: Ending) -> None:
    coloured = re.findall(r'<td class="(?:good|bad|doubt)">(.*?)</td>', html_page.page([(end, end.rows)]))
    assert coloured
    assert all(coloured)
