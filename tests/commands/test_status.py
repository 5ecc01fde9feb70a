"""``status`` and ``report`` over what releases have left, in a real repository: nobody is asked, nothing is written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.gating import write_tiny
from support.kept import STAGES, keep
from support.records import record
from support.repositories import Repository
from unmoor.commands.report import report
from unmoor.commands.status import status
from unmoor.errors import Exit, Incomplete, SettingsError, UnmoorError
from unmoor.evidence.verdict import VERDICT
from unmoor.indexes import known
from unmoor.model import Mode, Outcome
from unmoor.observe.observer import Observer
from unmoor.state.evidence_store import EvidenceStore

ADDRESS = "https://index.example.com/upload/"
Look = Callable[..., tuple[Exit, str]]


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("somebody was asked")

    for question in ("remote_refs", "index_files"):
        monkeypatch.setattr(Observer, question, fail)


@pytest.fixture
def tiny(repository: Repository) -> Repository:
    write_tiny(repository)
    return repository


def look(task: Any, repository: Repository, live: str = "", **words: Any) -> tuple[Exit, str]:
    """Return the exit code, and what was said."""
    lines: list[str] = []
    usual = {"as_json": False} if task is status else {"form": "text", "out": ""}
    code = task(repository.folder, repository.environ, live=live, say=lines.append, **{**usual, **words})
    return code, "\n".join(lines)


def last(text: str) -> str:
    first = next(line for line in text.splitlines() if line.startswith("Next: "))
    others = [line.removeprefix("then: ") for line in text.splitlines() if line.startswith("then: ")]
    return ", then ".join([first, *others])


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ── how one release stands ───────────────────────────────────────────────────────────────────────────────────────


def test_a_rehearsal_of_the_tree_as_it_is_is_proven(tiny: Repository) -> None:
    keep(tiny)
    code, text = look(status, tiny)
    assert code is Exit.PASS
    assert text.startswith("tiny-thing 1.2.0   REHEARSED   commit ")
    assert text.count("  proven  ") == len(STAGES)
    assert text.count("built = testpypi = pypi") == 2
    assert last(text).endswith(" to noxfile.py, and commit it, then nox -s release -- --live 1.2.0")


def test_what_changed_since_makes_it_void(tiny: Repository) -> None:
    keep(tiny)
    tiny.write("README.md", "# Tiny thing, edited\n")
    code, text = look(status, tiny)
    assert code is Exit.INCOMPLETE
    assert "check        void         the tree changed" in text
    assert "testpypi     void         it rests on check" in text
    assert " proven " not in text
    assert last(text) == "Next: unmoor rehearse"


def test_looking_writes_nothing(tiny: Repository) -> None:
    keep(tiny)
    keep(tiny, mode=Mode.LIVE, passed=STAGES[:6], begun=["testpypi"])
    tiny.write("README.md", "# Tiny thing, edited\n")
    before = content_of(tiny.folder / ".git" / "unmoor")
    for task in (status, report):
        for live in ("", "1.2.0"):
            look(task, tiny, live)
    assert content_of(tiny.folder / ".git" / "unmoor") == before


def test_a_release_under_way_is_judged_by_its_own_plan(tiny: Repository) -> None:
    """Neither does the tree have to state the version, nor may HEAD's moving make proven things void."""
    keep(tiny, mode=Mode.LIVE, passed=STAGES[:6], begun=["testpypi"])
    commit = tiny.door.head()
    text = (tiny.folder / "pyproject.toml").read_text().replace('version = "1.2.0"', 'version = "1.3.0"')
    tiny.write("pyproject.toml", text)
    tiny.commit("Go on")
    code, text = look(status, tiny, "1.2.0")
    assert code is Exit.INCOMPLETE
    assert text.startswith(f"tiny-thing 1.2.0   INCOMPLETE   commit {commit[:7]}")
    assert text.count("  proven  ") == 6
    assert "pypi         missing      no evidence yet" in text
    assert "twine upload --repository-url" in text
    assert f" -- v1.2.0 {commit}" in text
    assert last(text) == "Next: nox -s release -- --live 1.2.0"


def test_a_broken_project_does_not_keep_a_release_from_being_told_of(tiny: Repository) -> None:
    keep(tiny, mode=Mode.LIVE, begun=["testpypi", "pypi"])
    tiny.write("pyproject.toml", "[tool.unmoor]\nno-such-setting = 1\n")
    code, text = look(status, tiny, "1.2.0")
    assert (code, text.split("   ")[1]) == (Exit.PASS, "RELEASED")
    with pytest.raises(UnmoorError):
        look(status, tiny)


def test_a_released_commit_says_so_with_its_digests(tiny: Repository) -> None:
    keep(tiny)
    keep(tiny, mode=Mode.LIVE, begun=["testpypi", "pypi"])
    code, text = look(status, tiny)
    assert code is Exit.PASS
    assert text.startswith("tiny-thing 1.2.0   RELEASED   commit ")
    assert text.count("built = testpypi = pypi") == 2
    assert last(text) == "Next: nothing; the release is complete."
    tiny.write("README.md", "# Tiny thing, edited\n")
    assert look(status, tiny)[1].startswith("tiny-thing 1.2.0   rehearsal, in part")


def test_a_verdict_that_speaks_against_it_is_never_under_the_word_released(tiny: Repository) -> None:
    state = keep(tiny, mode=Mode.LIVE, begun=["testpypi", "pypi"], verdict=False)
    store = EvidenceStore(state / "evidence", "tiny-thing")
    _, text = look(status, tiny, "1.2.0")
    assert "INCOMPLETE: there is no verdict yet" in text
    said = "other archives than were built: pypi"
    store.write(record(VERDICT, component="tiny-thing", outcome=Outcome.FAILED, detail=said))
    for task in (status, report):
        _, text = look(task, tiny, "1.2.0")
        assert f"FAILED: {said}" in text
        assert "RELEASED" not in text
        assert last(text) == "Next: nox -s release -- --live 1.2.0"


@pytest.mark.parametrize("stage", STAGES)
def test_damaged_evidence_says_what_becomes_of_it(tiny: Repository, stage: str) -> None:
    state = keep(tiny)
    (state / "evidence" / f"{stage}.json").write_text("{")
    code, text = look(status, tiny, width=120)
    assert code is Exit.INCOMPLETE
    (line,) = [each for each in text.splitlines() if each.startswith(f"{stage} ")]
    assert "damaged" in line
    assert line.endswith("; the next run makes it again")
    assert last(text) == "Next: unmoor rehearse"


def test_an_interrupted_stage_says_where(tiny: Repository) -> None:
    state = keep(tiny, mode=Mode.LIVE, passed=STAGES[:6], begun=["testpypi"])
    half = record("pypi", component="tiny-thing", finished="", outcome=Outcome.ERROR, detail="uploading x.whl to pypi")
    EvidenceStore(state / "evidence", "tiny-thing").write(half)
    _, text = look(status, tiny, "1.2.0")
    assert "pypi         interrupted  the last attempt stopped at uploading x.whl to pypi" in text


# ── any release, and a list of them ──────────────────────────────────────────────────────────────────────────────


def test_all_releases_are_listed_with_how_far_they_came_and_when(tiny: Repository) -> None:
    keep(tiny)
    for version, passed in (("1.0.0", STAGES), ("1.1.0", STAGES[:6])):
        for path in keep(tiny, version, Mode.LIVE, passed=passed, begun=["testpypi"]).rglob("*.json"):
            os.utime(path, (1_600_000_000, 1_600_000_000))
    (tiny.folder / ".git" / "unmoor" / "tiny-thing-0.9").mkdir()
    (tiny.folder / ".git" / "unmoor" / "tiny-thing-0.9" / "plan.json").write_text("{")
    tiny.write("more.txt", "more\n")
    _, text = look(status, tiny)
    listed = text[text.index("Releases here:") :].splitlines()[1:]
    assert listed[0].split("  ")[1:3] == ["tiny-thing 1.2.0", "rehearsal"]
    assert "  tiny-thing 1.0.0  live       RELEASED" in text
    assert "  tiny-thing 1.1.0  live       INCOMPLETE: testpypi passed" in text
    assert text.count("2020-09-13 12:26 UTC") == 2
    assert listed[-1] == "  tiny-thing-0.9: its plan is gone or damaged; a run of it makes it again"


@pytest.mark.parametrize("live", ["1.0.0", "1.0", "tiny-thing==1.0.0"])
def test_a_past_release_can_be_asked_for(tiny: Repository, live: str) -> None:
    keep(tiny, "1.0.0", Mode.LIVE, begun=["testpypi", "pypi"])
    keep(tiny, "1.2.0", Mode.LIVE, passed=STAGES[:1])
    assert look(status, tiny, live)[1].startswith("tiny-thing 1.0.0   RELEASED")
    assert look(report, tiny, live, form="markdown")[1].startswith(
        "# Live release of tiny-thing 1.0.0\n\n**RELEASED**\n"
    )


@pytest.mark.parametrize("live", ["3.0", "another==1.0.0"])
def test_one_that_is_not_there_names_those_that_are(tiny: Repository, live: str) -> None:
    keep(tiny, "1.0.0", Mode.LIVE)
    code, text = look(status, tiny, live)
    assert code is Exit.INCOMPLETE
    assert text.startswith(f"there is nothing of a live release {live} here\n")
    assert last(text) == f"Next: nox -s release -- --live {live.removeprefix('another==')}"
    assert "  tiny-thing 1.0.0  live" in text
    assert look(status, tiny, live, as_json=True) == (Exit.INCOMPLETE, "[]")
    with pytest.raises(Incomplete, match=f"nothing of a live release {live} here → nox -s release"):
        look(report, tiny, live)


def test_what_is_no_version_is_told(tiny: Repository) -> None:
    with pytest.raises(UnmoorError, match="--live: 'latest' is no version"):
        look(status, tiny, "latest")


def test_where_nothing_was_rehearsed_it_says_how_to(tiny: Repository) -> None:
    code, text = look(status, tiny)
    assert (code, text) == (Exit.INCOMPLETE, "nothing was rehearsed here yet\nNext: unmoor rehearse")
    with pytest.raises(Incomplete, match="nothing was rehearsed here yet → unmoor rehearse"):
        look(report, tiny)


# ── for programs ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_a_release_goes_is_in_every_json(tiny: Repository) -> None:
    path = tiny.folder / "pyproject.toml"
    own = f'\n[tool.unmoor.indexes.pypi]\nupload-url = "{ADDRESS}"\nsimple-url = "{ADDRESS}simple/"\n'
    tiny.write("pyproject.toml", path.read_text() + own)
    tiny.commit()
    keep(tiny)
    wanted = {"testpypi": known.upload_url("testpypi"), "pypi": ADDRESS, "release": ""}
    for task, words in ((status, {"as_json": True}), (report, {"form": "json"})):
        said = json.loads(look(task, tiny, **words)[1])
        assert said["addresses"] == wanted
        assert said["ended"] == "REHEARSED"
        assert {each["seen"] for each in said["archives"]} == {"built = testpypi = pypi"}


def test_a_release_under_way_goes_on_to_where_it_went(tiny: Repository) -> None:
    keep(tiny, mode=Mode.LIVE, passed=STAGES[:6], begun=["testpypi"])
    own = f'\n[tool.unmoor.indexes.testpypi]\nupload-url = "{ADDRESS}"\nsimple-url = "{ADDRESS}simple/"\n'
    tiny.write("pyproject.toml", (tiny.folder / "pyproject.toml").read_text() + own)
    said = json.loads(look(status, tiny, "1.2.0", as_json=True)[1])
    assert said["addresses"]["testpypi"] == known.upload_url("testpypi")
    assert said["next"] == "nox -s release -- --live 1.2.0"


# ── the report ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_report_needs_evidence_a_form_and_a_place_to_write_to(tiny: Repository) -> None:
    with pytest.raises(SettingsError, match="did you mean 'text'"):
        look(report, tiny, form="txt")
    keep(tiny, passed=())
    with pytest.raises(Incomplete, match="no evidence to report yet → unmoor rehearse"):
        look(report, tiny)
    keep(tiny)
    with pytest.raises(UnmoorError, match="cannot write"):
        look(report, tiny, out=str(tiny.folder))


@pytest.mark.parametrize("form", ["markdown", "text", "json"])
def test_a_report_says_how_it_ended_and_which_bytes(form: str, tiny: Repository, tmp_path: Path) -> None:
    state = keep(tiny)
    out = tmp_path / "report"
    assert look(report, tiny, form=form, out=str(out)) == (Exit.PASS, f"wrote {out}")
    text = out.read_text()
    assert "REHEARSED" in text
    assert "built = testpypi = pypi" in text
    digest = (state / "dist" / "SHA256SUMS").read_text()[:4]
    assert digest in text
