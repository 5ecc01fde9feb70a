"""Every gate has a page, and what its example prints there is what the gate says, word for word."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import gate_pages
import pytest
from gate_examples import EXAMPLES, Scene

from support.gating import released_once
from support.pages import DOCS, pages
from support.repositories import Repository
from support.simple_index import SimpleIndex, simple_index
from support.tool_environments import borrowed
from unmoor.evidence.record import GateRecord
from unmoor.gates import REGISTRY
from unmoor.gates.publication import index_copy_installs, index_serves_our_bytes
from unmoor.model import FindingKind, Outcome
from unmoor.project.settings.schema import keys
from unmoor.tools import tool_environment
from unmoor.tools.uv import Environment

# What depends on the machine and the moment, and what stands for it on a page.
_VARIES = {r"\b[0-9a-f]{12,64}\b": "…", r"(?<=[Pp]ython )3\.\d+": "3.13", r"(?<=has )[\d,]+(?= bytes)": "2,002,992"}
# With this variable set, what the gates say is written down again: for whoever has changed a message.
_RECORD = "RECORD_GATES"


@pytest.fixture
def remote(tmp_path: Path, environ: dict[str, str]) -> Repository:
    return Repository.new(tmp_path / "remote.git", environ, bare=True)


@pytest.fixture
def tiny(tmp_path: Path, environ: dict[str, str], remote: Repository) -> Repository:
    """The small sound project on ``main``, pushed; version 1.1.0 was released and tagged ``v1.1.0``."""
    return released_once(Repository.new(tmp_path / "tiny", environ), remote)


@pytest.fixture
def index() -> Iterator[SimpleIndex]:
    with simple_index() as served:
        served.add("tiny-thing", "tiny_thing-1.1.0-py3-none-any.whl", upload_time="2019-06-01T00:00:00Z")
        yield served


@pytest.fixture
def tools(tiny: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """One environment for whatever the gates run, which borrows the tools of this test run."""
    made = borrowed(tmp_path / "tools", tiny.environ, tiny.folder / "src")
    monkeypatch.setattr(tool_environment, "_furnish", lambda *_: made)
    return made


@pytest.fixture
def scene(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for gate in (index_serves_our_bytes, index_copy_installs):
        monkeypatch.setattr(gate, "_PATIENCE_REHEARSAL", 1.5)
    folder = tmp_path / "example"
    folder.mkdir()
    with ExitStack() as closing:
        yield Scene(folder, request.getfixturevalue, closing)


def shown(gate: GateRecord, top: Path) -> str:
    """Return what a gate has said as its page shows it: nothing of this machine, and of this moment."""
    lines = []
    for each in gate.problems:
        inset = "    " if each.kind is FindingKind.OUTPUT else ""
        lines.append(f"{inset}{each.place}: {each.message}" if each.place else f"{inset}{each.message}")
        lines += [f"    → {each.hint}"] if each.hint else []
    text = "\n".join(lines).replace(str(top), "~")
    for pattern, shows in _VARIES.items():
        text = re.sub(pattern, shows, text)
    return text


def test_every_gate_has_an_example_an_entry_a_page_and_a_recording():
    assert {*EXAMPLES} == {*REGISTRY}
    assert [*gate_pages.entries()] == [*REGISTRY]
    assert {path.stem for path in (DOCS / "reference" / "gates").glob("*.md")} == {*REGISTRY}
    assert {path.stem for path in gate_pages.RECORDINGS.glob("*.txt")} == {*REGISTRY}


@pytest.mark.parametrize("name", REGISTRY)
def test_the_example_fails_as_its_page_says(name: str, scene: Scene):
    gate = EXAMPLES[name](scene)
    assert (gate.name, gate.outcome) == (name, Outcome.FAILED), gate
    said = shown(gate, scene.folder.parent)
    if os.environ.get(_RECORD):
        (gate_pages.RECORDINGS / f"{name}.txt").write_text(f"{said}\n", encoding="utf-8")
    assert said == gate_pages.entries()[name].says


@pytest.mark.parametrize("name", REGISTRY)
def test_a_page_says_all_there_is_to_say(name: str):
    entry = gate_pages.entries()[name]
    page = next(page for page in pages() if page.name == f"docs/reference/gates/{name}.md")
    assert entry.asserts in page.text
    assert entry.says in page.text
    for text in (entry.example, entry.mend):
        assert not text[0].islower()
        assert text.endswith((".", ":", "```"))
    known = {key.name for key in keys()}
    assert {*entry.narrower} <= known


def test_what_cannot_be_left_out_is_said_to_be_so():
    fixed = "It can neither be disabled nor waived"
    assert fixed in gate_pages.page("evidence-is-complete")
    assert fixed not in gate_pages.page("tests-pass")
    assert 'disable = ["tests-pass"]' in gate_pages.page("tests-pass")
