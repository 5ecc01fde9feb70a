"""What may change between two runs of one live release: every row of the table, at every point it can be met at."""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.live_release import VERSION, LiveRelease, new_release, sealed, standing_in
from support.pages import ROOT
from support.repositories import Repository
from unmoor.errors import Exit
from unmoor.evidence import binding
from unmoor.model import Finding, Findings
from unmoor.pipeline import open_plan
from unmoor.runtime import clock, lock

TABLE = tomllib.loads((ROOT / "docs" / "tables" / "between-runs.toml").read_text(encoding="utf-8"))["row"]
COLUMNS = ("before", "test", "main")
ENDS = {"released": Exit.PASS, "stopped": Exit.GATE_FAILED, "waiting": Exit.INCOMPLETE}
NO = Findings(examined=1, unit="things", problems=(Finding(message="it found something"),))


@dataclass
class Between:
    """The release between two runs: what a change may touch, and what has to be put back after the second run."""

    release: LiveRelease
    column: str
    patch: pytest.MonkeyPatch
    first: dict[str, bytes]
    commit: str
    held: ExitStack = field(default_factory=ExitStack)

    @property
    def repository(self) -> Repository:
        return self.release.repository

    @property
    def begun(self) -> Any:
        """The index that holds one file of two."""
        return self.release.pypi if self.column == "main" else self.release.testpypi


# ── the changes ──────────────────────────────────────────────────────────────────────────────────────────────

CHANGES: dict[str, Callable[[Between], object]] = {}


def change(function: Callable[[Between], object]) -> Callable[[Between], object]:
    CHANGES[function.__name__.strip("_").replace("_", "-")] = function
    return function


@change
def nothing(_: Between) -> None:
    pass


def _later(there: Between, days: int) -> None:
    then = datetime.now(UTC) + timedelta(days=days)

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return then.astimezone(tz)

    there.patch.setattr(clock, "datetime", Later)


@change
def day(there: Between) -> None:
    _later(there, 1)


@change
def age(there: Between) -> None:
    _later(there, 8)


@change
def unmoor(there: Between) -> None:
    for module in (open_plan, binding):
        there.patch.setattr(module, "__version__", "99")


@change
def stricter(there: Between) -> None:
    unmoor(there)
    # A gate of each kind: before the build, of the build, and of the stage that the first run was cut in.
    for name in ("metadata-is-complete", "upload-rules-hold"):
        there.release.gates[name].findings = NO


@change
def address(there: Between) -> None:
    other = there.release.top / "elsewhere.git"
    shutil.copytree(there.release.remote.folder, other)
    there.repository.git("remote", "set-url", "origin", "../elsewhere.git")


@change
def head(there: Between) -> None:
    there.repository.write("README.md", "# Another\n")
    there.repository.commit("More")
    there.repository.git("push", "--quiet")


@change
def edit(there: Between) -> None:
    text = (there.repository.folder / "pyproject.toml").read_text()
    there.repository.write("pyproject.toml", f'{text}\n[tool.unmoor.indexes.pypi]\nsimple-url = "https://x.invalid/"\n')


def _rewrite(there: Between) -> None:
    there.repository.git("commit", "--quiet", "--amend", "--message", "Rewritten")
    there.repository.git("reflog", "expire", "--expire=now", "--all")
    for name in ("refs/remotes/origin/main", "ORIG_HEAD"):
        there.repository.git("update-ref", "-d", name)
    there.repository.git("gc", "--quiet", "--prune=now")


@change
def rebased(there: Between) -> None:
    there.release.remote.git("config", "uploadpack.allowAnySHA1InWant", "true")
    _rewrite(there)


@change
def gone(there: Between) -> None:
    _rewrite(there)
    there.repository.git("push", "--quiet", "--force", "origin", "main")
    there.release.remote.git("gc", "--quiet", "--prune=now")


@change
def lost(there: Between) -> None:
    shutil.rmtree(there.release.state / "dist", ignore_errors=True)


@change
def lost_for_good(there: Between) -> None:
    lost(there)


@change
def altered(there: Between) -> None:
    wheel = there.release.state / "dist" / min(there.first)
    wheel.chmod(0o600)
    wheel.write_bytes(b"something else")


@change
def state(there: Between) -> None:
    shutil.rmtree(there.release.base)


@change
def state_for_good(there: Between) -> None:
    state(there)


@change
def same_file(there: Between) -> None:
    for name, content in there.first.items():
        there.begun.held[name] = content


@change
def other_file(there: Between) -> None:
    (missing, *_) = (name for name in sorted(there.first) if name not in there.begun.held)
    there.begun.held[missing] = b"somebody else's"


@change
def yanked(there: Between) -> None:
    there.release.pypi.yanked = True


@change
def archived(there: Between) -> None:
    there.release.pypi.status = "archived"


@change
def lag(there: Between) -> None:
    index = there.release.pypi if there.column == "main" else there.release.testpypi
    index.lag = 10**6
    for name in index.held:
        index._since[name] = -(10**9)  # noqa: SLF001 - what is there already stays visible


@change
def pruned(there: Between) -> None:
    there.release.testpypi.held.clear()


@change
def late(there: Between) -> None:
    there.release.pypi.since = datetime.now(UTC) - timedelta(days=15)


@change
def tag(there: Between) -> None:
    there.repository.git("push", "--quiet", "origin", f"{there.commit}:refs/tags/v{VERSION}")


@change
def tag_elsewhere(there: Between) -> None:
    there.repository.git("push", "--quiet", "origin", f"{there.commit}~1:refs/tags/v{VERSION}")


@change
def overtaken(there: Between) -> None:
    there.repository.git("push", "--quiet", "origin", f"{there.commit}~1:refs/tags/v1.2.5")


@change
def busy(there: Between) -> None:
    at = {"before": "check", "test": "testpypi", "main": "pypi"}[there.column]
    if there.column == "before":
        (there.release.state / "evidence" / "check.json").unlink()
    there.held.enter_context(lock.held(there.release.state / "locks" / at, what="it"))


# ── two runs ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], LiveRelease]:
    """Return a release whose first run was cut at a column's point; each is made once."""
    made: dict[tuple[str, bool], LiveRelease] = {}

    def at(column: str, reproducible: bool) -> LiveRelease:  # noqa: FBT001 - one of two kinds
        if (column, reproducible) not in made:
            top = tmp_path_factory.mktemp("cut")
            (top / "home").mkdir()
            environ = {**os.environ, "HOME": str(top / "home")}
            release = new_release(top / "release", environ)
            release.reproducible = reproducible
            release.testpypi.cut, release.pypi.cut = {"before": (1, 0), "test": (2, 0), "main": (0, 2)}[column]
            with pytest.MonkeyPatch.context() as patch, standing_in(release, patch):
                first = release.run(until="build" if column == "before" else "release")
            assert first.said in {"cut", ""}, first
            made[column, reproducible] = release
        return made[column, reproducible]

    return at


@pytest.fixture
def between(
    cut: Callable[[str, bool], LiveRelease],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Between]:
    row, column = request.param
    release = cut(column, not row["id"].endswith("for-good")).copied(tmp_path / "release")
    release.testpypi.cut = release.pypi.cut = 0
    commit = release.repository.git("rev-parse", "HEAD")
    with standing_in(release, monkeypatch):
        there = Between(release, column, monkeypatch, sealed(release), commit)
        with there.held:
            yield there


CASES = [(row, column) for row in TABLE for column in COLUMNS if column in row]


ROWS = [pytest.param(row, (row, column), id=f"{row['id']}-{column}") for row, column in CASES]


@pytest.mark.parametrize(("row", "between"), ROWS, indirect=["between"])
def test_a_row_of_the_table(row: Mapping[str, Any], between: Between) -> None:
    release = between.release
    before = {name: dict(index.held) for name, index in release.indexes.items()}
    CHANGES[row["id"]](between)
    ran = release.run()
    assert ran.code is ENDS[row[between.column]["ends"]], ran
    _nothing_was_replaced(before, release, row["id"])
    if ran.code is Exit.PASS:
        _it_is_released(between, row["id"])
    elif row["id"] == "lag":
        tagged = f"v{VERSION}" in release.remote.git("tag", "--list")
        assert tagged is (between.column == "main")
        release.testpypi.lag = release.pypi.lag = 0
        assert release.run().code is Exit.PASS, "once it is shown"
        _it_is_released(between, row["id"])
    elif ran.code is Exit.GATE_FAILED:
        assert f"v{VERSION}" not in release.remote.git("tag", "--list") or row["id"] == "tag-elsewhere"
        assert ran.said


def _nothing_was_replaced(before: Mapping[str, Mapping[str, bytes]], release: LiveRelease, row: str) -> None:
    for name, index in release.indexes.items():
        for filename, content in before[name].items():
            if row != "pruned":
                assert index.held[filename] == content
        assert len(index.uploads) == len(set(index.uploads)) or row == "pruned"


def _it_is_released(between: Between, row: str) -> None:
    release = between.release
    files = sealed(release)
    assert len(files) == 2
    assert release.pypi.held == files
    if (row, between.column) != ("pruned", "main"):
        assert release.testpypi.held == files
    moved = row in {"head", "gone"} and between.column == "before"
    planned = release.repository.git("rev-parse", "HEAD") if moved else between.commit
    remote = release.remote if row != "address" else Repository(release.top / "elsewhere.git", release.environ)
    assert remote.git("rev-parse", f"v{VERSION}^{{commit}}") == planned
    assert release.repository.git("rev-parse", f"v{VERSION}^{{commit}}") == planned
    verdict = json.loads((release.state / "evidence" / "verdict.json").read_bytes())
    assert verdict["predicate"]["verificationResult"] == "PASSED"
    assert release.run().code is Exit.PASS, "and once more, with nothing to do"


# ── what a row says beside how it ends ───────────────────────────────────────────────────────────────────────


def _case(row: str, column: str) -> Any:
    return pytest.param((next(each for each in TABLE if each["id"] == row), column), id=f"{row}-{column}")


@pytest.mark.parametrize("between", [_case("altered", "before"), _case("altered", "main")], indirect=True)
def test_altered_archives_are_brought_back_by_the_command_that_is_printed(between: Between) -> None:
    altered(between)
    stopped = between.release.run()
    assert f"nox -s build -- --live {VERSION}" in stopped.said
    assert between.release.run(until="build").code is Exit.PASS
    assert sealed(between.release) == between.first
    assert between.release.run().code is Exit.PASS


@pytest.mark.parametrize("between", [_case("unmoor", "before"), _case("unmoor", "test")], indirect=True)
def test_gates_of_another_unmoor_run_again_and_nothing_is_built_again(between: Between) -> None:
    unmoor(between)
    assert between.release.run().code is Exit.PASS
    assert between.release.gates["metadata-is-complete"].calls == 1
    assert between.release.builds == 1


@pytest.mark.parametrize("between", [_case("age", "before"), _case("age", "test")], indirect=True)
def test_evidence_ages_until_the_first_file_is_out(between: Between) -> None:
    age(between)
    assert between.release.run().code is Exit.PASS
    assert between.release.gates["tests-pass"].calls == (1 if between.column == "before" else 0)


@pytest.mark.parametrize("between", [_case("stricter", "main")], indirect=True)
def test_what_a_gate_finds_once_files_are_out_is_told(between: Between) -> None:
    stricter(between)
    assert between.release.run().code is Exit.PASS
    record = json.loads((between.release.state / "evidence" / "pypi.json").read_bytes())["predicate"]["unmoor_record"]
    (told,) = (gate for gate in record["gates"] if gate["name"] == "upload-rules-hold")
    assert told["outcome"] == "waived"
    assert "noticed only" in told["reason"]


def test_every_row_is_one_that_something_changes_in() -> None:
    assert [row["id"] for row in TABLE] == list(dict.fromkeys(row["id"] for row in TABLE))
    assert {row["id"] for row in TABLE} == CHANGES.keys()
    assert len(CASES) == 73
