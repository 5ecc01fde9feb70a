"""The gates that guard the steps which cannot be undone: evidence, approval, credential, and the tag at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.archived import component_of
from support.contexts import make_context
from support.indexes import over_http
from support.records import SDIST, WHEEL, plan, record, relied_on
from support.repositories import Repository
from unmoor.chain import CHAIN
from unmoor.errors import Incomplete
from unmoor.evidence.binding import files_digest, inputs_of
from unmoor.evidence.record import Attempt, EvidenceKey, GateRecord
from unmoor.gates.publication import (
    credential_is_present,
    evidence_is_complete,
    release_is_approved,
    tag_is_on_the_planned_commit,
)
from unmoor.indexes import known
from unmoor.model import Effect, Finding, FindingKind, Mode, Outcome
from unmoor.model.settings import IndexSettings, Settings
from unmoor.rehearsal import select_targets
from unmoor.targets import Credential, Index
from unmoor.tools.git_remote import UserRemote

FILES = (WHEEL, SDIST)
DIGEST = files_digest(FILES)
NAMES = [stage.name for stage in CHAIN]


def key(stage: str) -> EvidenceKey:
    return EvidenceKey(stage=stage, component="thing")


# ── evidence-is-complete ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def proven(tmp_path: Path) -> Any:
    """A context of ``release`` for which every stage before has left evidence that counts."""
    identities = {"testpypi": "a", "pypi": "b", "release": "c"}
    context = make_context(tmp_path, name="release", distributions=FILES, identities=identities)
    for stage in CHAIN[:-1]:
        target = identities.get(stage.name, "")
        inputs = inputs_of(stage, context.component, context.release, context.plan, files=FILES, target=target)
        context.store.write(record(stage.name, inputs=inputs, relied_on=relied_on(context.store, stage.name)))
    return context


def test_what_failed_at_a_stage_and_what_only_came_after_it_are_told_apart(proven: Any) -> None:
    def fails(stage: str, kind: FindingKind) -> None:
        kept = proven.store.read(stage).record
        problem = Finding(message="no", kind=kind)
        gate = GateRecord(name="g", asserts="", outcome=Outcome.FAILED, problems=(problem,))
        proven.store.write(replace(kept, outcome=Outcome.FAILED, gates=(gate,)))

    fails("lint", FindingKind.REMARK)
    fails("testpypi", FindingKind.FOLLOWS)
    found = evidence_is_complete.check(proven)
    assert [(each.kind, "'lint'" in each.message) for each in found.problems] == [(FindingKind.FOLLOWS, True)]
    # Alone it does not stand: nothing that failed ever counts.
    proven.store.write(replace(proven.store.read("lint").record, outcome=Outcome.PASSED, gates=()))
    assert any("'testpypi'" in each.message for each in evidence_is_complete.check(proven).problems)


def test_complete_evidence_holds(proven: Any) -> None:
    found = evidence_is_complete.check(proven)
    assert (found.examined, found.problems) == (7, ())


@pytest.mark.parametrize("name", NAMES[:-1])
@pytest.mark.parametrize("harm", ["missing", "failed", "unfinished", "damaged", "other"])
def test_each_stage_before_must_count(proven: Any, name: str, harm: str) -> None:
    kept = proven.store.read(name).record
    changed = {
        "failed": replace(kept, outcome=Outcome.FAILED),
        "unfinished": replace(kept, finished=""),
        "other": replace(kept, inputs={**kept.inputs, "settings": "other"}),
    }
    if harm in changed:
        proven.store.write(changed[harm])
    elif harm == "damaged":
        proven.store.path(key(name)).write_text("{")
    else:
        proven.store.path(key(name)).unlink()
    (problem,) = evidence_is_complete.check(proven).problems
    assert repr(name) in problem.message
    assert problem.hint == f"nox -s {name}"


@pytest.mark.parametrize("name", ["check", "tests", "build", "testpypi"])
def test_evidence_counts_for_those_who_relied_on_exactly_that(proven: Any, name: str) -> None:
    kept, digest = proven.store.read(name).record, proven.store.read(name).digest
    proven.store.write(replace(kept, detail="another one, which nobody has seen"))
    (first, *_) = evidence_is_complete.check(proven).problems
    assert f"it relied on other evidence of {name}" in first.message
    attempt = Attempt(started="", actor="", outcome=Outcome.PASSED, detail="", digest=digest)
    proven.store.write(replace(kept, detail="the same, made again", attempts=(attempt,)))
    assert evidence_is_complete.check(proven).problems == ()


def test_once_files_are_out_who_judged_and_how_is_only_told(proven: Any) -> None:
    for name in NAMES[:-2]:
        kept = proven.store.read(name).record
        proven.store.write(replace(kept, inputs={**kept.inputs, "unmoor": "other", "settings": "other"}))
    assert len(evidence_is_complete.check(proven).problems) == 6
    finishing = replace(proven, progress=Effect.PERMANENT)
    found = evidence_is_complete.check(finishing)
    assert (len(found.problems), len(found.notices)) == (0, 6)
    kept = proven.store.read("tests").record
    proven.store.write(replace(kept, inputs={**kept.inputs, "tree": "other"}))
    (problem,) = evidence_is_complete.check(finishing).problems
    assert "the tree changed" in problem.message


def test_other_archives_void_the_build_and_what_came_after_it(proven: Any) -> None:
    other = replace(proven, distributions=(WHEEL, replace(SDIST, sha256="0" * 64)))
    said = [each.message for each in evidence_is_complete.check(other).problems]
    assert len(said) == 3
    assert all("the archives changed" in each for each in said)


@pytest.mark.parametrize("name", ["build", "testpypi", "pypi"])
@pytest.mark.parametrize("files", [(WHEEL,), (WHEEL, replace(SDIST, sha256="0" * 64)), ()])
def test_a_record_of_other_archives_does_not_count(proven: Any, name: str, files: Any) -> None:
    proven.store.write(replace(proven.store.read(name).record, files=files))
    (problem,) = evidence_is_complete.check(proven).problems
    assert problem.message == f"the evidence of {name!r} does not count: the archives changed"


# ── release-is-approved ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def approve(tmp_path: Path) -> Callable[..., Any]:
    def check(
        how: str, *, live: bool = True, approval: str = "", environ: dict[str, str] | None = None, **settings: Any
    ) -> Any:
        context = make_context(tmp_path, live=live, name="pypi", settings=Settings(approval=how, **settings))
        return release_is_approved.check(
            replace(context, distributions=FILES, approval=approval, environ=environ or {})
        )

    return check


@pytest.mark.parametrize("how", ["version", "digest", "environment"])
def test_a_rehearsal_needs_no_approval_and_says_what_live_would(approve: Callable[..., Any], how: str) -> None:
    found = approve(how, live=False)
    assert found.examined
    assert not found.problems
    said = {"version": "with --live is", "digest": "with --approve", "environment": "a protected CI"}
    assert said[how] in found.notices[0].message
    assert known.upload_url("pypi") in found.notices[0].message


def test_naming_the_version_approves_and_quotes_what(approve: Callable[..., Any]) -> None:
    (notice,) = approve("version").notices
    for part in ("Somebody", "1.0", "c" * 12, DIGEST[:12], known.upload_url("pypi")):
        assert part in notice.message


def test_the_approval_quotes_the_address_of_the_settings(approve: Callable[..., Any]) -> None:
    own = {"pypi": IndexSettings(upload_url=ADDRESS)}
    assert ADDRESS in approve("version", indexes=own).notices[0].message
    for how in ("digest", "environment"):
        with pytest.raises(Incomplete) as caught:
            approve(how, indexes=own)
        assert ADDRESS in str(caught.value)


@pytest.mark.parametrize("approval", [DIGEST, DIGEST[:8], DIGEST[:12].upper(), f"sha256:{DIGEST}"])
def test_the_digest_approves(approve: Callable[..., Any], approval: str) -> None:
    assert approve("digest", approval=approval).problems == ()


@pytest.mark.parametrize("approval", [DIGEST[:7], "0" * 12, DIGEST + "0", DIGEST[1:], "sha256:"])
def test_another_digest_or_too_little_of_it_does_not(approve: Callable[..., Any], approval: str) -> None:
    if approval == "sha256:":
        with pytest.raises(Incomplete):
            approve("digest", approval=approval)
        return
    assert approve("digest", approval=approval).problems


def test_without_approval_it_stops_and_says_how_to_go_on(approve: Callable[..., Any]) -> None:
    with pytest.raises(Incomplete) as caught:
        approve("digest")
    assert f"nox -s release -- --live 1.0 --approve {DIGEST[:12]}" in str(caught.value)


def test_an_environment_approves_only_in_ci(approve: Callable[..., Any]) -> None:
    given = {"CI": "true", "UNMOOR_ENVIRONMENT": "release"}
    assert "'release'" in approve("environment", environ=given).notices[0].message
    for environ in ({}, {"CI": "true"}, {"UNMOOR_ENVIRONMENT": "release"}):
        with pytest.raises(Incomplete):
            approve("environment", environ=environ)


# ── credential-is-present ────────────────────────────────────────────────────────────────────────────────────


ADDRESS = "https://index.example.com/upload/"


def index(credential: Credential | None, *passed_over: Finding) -> Index:
    urls = {"upload_url": ADDRESS, "simple_url": "s"}
    return over_http("testpypi", **urls, identity="i", credential=credential, passed_over=passed_over)


def test_a_credential_is_named_by_its_source_and_never_shown(tmp_path: Path) -> None:
    kept = index(Credential(username="me", secret="pa" + "ss-word", source="~/.pypirc"))
    found = credential_is_present.check(make_context(tmp_path, name="testpypi", live=True, index=kept))
    assert (found.examined, found.problems) == (1, ())
    assert "~/.pypirc" in found.notices[0].message
    assert ADDRESS in found.notices[0].message
    assert "pass-word" not in repr(found) + repr(kept)


def test_no_credential_says_where_to_put_one(tmp_path: Path) -> None:
    (problem,) = credential_is_present.check(make_context(tmp_path, name="testpypi", index=index(None))).problems
    assert "UNMOOR_TESTPYPI_TOKEN" in problem.hint
    assert f"UNMOOR_TESTPYPI_URL={ADDRESS}" in problem.hint
    assert ADDRESS in problem.message
    usual = replace(index(None), upload_url=known.upload_url("testpypi"))
    (problem,) = credential_is_present.check(make_context(tmp_path, name="testpypi", index=usual)).problems
    assert "UNMOOR_TESTPYPI_URL" not in problem.hint


def test_a_credential_that_was_passed_over_is_told(tmp_path: Path) -> None:
    told = Finding(message="it is for another address")
    context = make_context(tmp_path, name="testpypi", live=True, index=index(None, told))
    assert told in credential_is_present.check(context).problems
    kept = Credential(username="me", secret="pa" + "ss-word", source="~/.pypirc")
    found = credential_is_present.check(replace(context, index=index(kept, told)))
    assert found.problems == ()
    assert told in found.notices


def test_a_pypirc_that_others_can_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "home" / ".pypirc"
    file.parent.mkdir()
    file.write_text("[pypi]\n")
    file.chmod(0o644)
    kept = index(Credential(username="me", secret="pa" + "ss-word", source="~/.pypirc"))
    context = make_context(tmp_path, name="testpypi", live=True, index=kept)
    found = credential_is_present.check(replace(context, environ={"HOME": str(file.parent)}))
    assert found.problems == ()
    assert [each.message for each in found.notices[1:]] == ["other users can read .pypirc"]
    without = replace(context, environ={"HOME": str(file.parent)}, index=index(None))
    assert [each.message for each in credential_is_present.check(without).notices] == ["other users can read .pypirc"]
    file.chmod(0o600)
    found = credential_is_present.check(replace(context, environ={"HOME": str(file.parent)}))
    assert len(found.notices) == 1


def test_a_credential_for_reading_is_named_too(tmp_path: Path) -> None:
    reader = Credential(username="reader", secret="pa" + "ss-word", source="environment X")
    kept = replace(index(Credential(username="me", secret="other" + "-word", source="~/.pypirc")), reader=reader)
    found = credential_is_present.check(make_context(tmp_path, name="testpypi", live=True, index=kept))
    assert found.notices[1].message == "user 'reader', from environment X, for reading s"
    assert "pass-word" not in repr(found) + repr(kept)


@pytest.mark.parametrize(("goal", "missed"), [("release", ["pypi"]), ("pypi", ["pypi"]), ("testpypi", []), ("", [])])
def test_what_the_run_goes_on_to_needs_one_too(
    goal: str, missed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(select_targets, "_configured", lambda _, name: replace(index(None), name=name))
    kept = index(Credential(username="me", secret="pa" + "ss-word", source="~/.pypirc"))
    context = replace(make_context(tmp_path, name="testpypi", live=True, index=kept), goal=goal)
    found = credential_is_present.check(context)
    assert [
        name for each in found.problems for name in ("pypi",) if f"credential for {name} " in each.message
    ] == missed
    assert len(found.problems) == len(missed)


def test_no_index_is_nothing_examined(tmp_path: Path) -> None:
    assert credential_is_present.check(make_context(tmp_path, name="testpypi")).examined == 0


# ── tag-is-on-the-planned-commit ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def tagged(tmp_path: Path, repository: Repository, new_repository: Callable[..., Repository]) -> Any:
    """A context of ``release`` whose remote has ``v1.0`` on the commit that was built."""
    remote = new_repository("remote", bare=True)
    repository.git("tag", "-a", "-m", "x", "v1.0")
    repository.git("push", "--quiet", remote.folder, "v1.0")
    context = make_context(
        tmp_path,
        name="release",
        live=True,
        component=component_of(repository.folder, "thing", (), Settings(), ()),
        plan=plan(Mode.LIVE, commit=repository.door.head()),
        environ=repository.environ,
        remote=UserRemote(label=str(remote.folder), root=repository.folder, environ=repository.environ),
    )
    context.store.write(record("build", facts={"commit": repository.door.head()}))
    return context


def test_the_tag_on_the_commit_that_was_built_holds(tagged: Any) -> None:
    found = tag_is_on_the_planned_commit.check(tagged)
    assert (found.examined, found.problems) == (1, ())


def test_a_tag_elsewhere_does_not(tagged: Any) -> None:
    tagged.store.write(record("build", facts={"commit": "0" * 40}))
    (problem,) = tag_is_on_the_planned_commit.check(tagged).problems
    assert "planned is 000000000000" in problem.message


@pytest.mark.parametrize("harm", ["no evidence", "no fact", "no tag"])
def test_not_knowing_is_no_pass(tagged: Any, harm: str) -> None:
    if harm == "no evidence":
        tagged.store.path(key("build")).unlink()
    elif harm == "no fact":
        tagged.store.write(record("build", facts={}))
    else:
        tagged = replace(tagged, release=replace(tagged.release, tag="v2.0"))
    assert tag_is_on_the_planned_commit.check(tagged).problems


def test_a_remote_that_does_not_answer_is_unknown(tagged: Any) -> None:
    gone = replace(tagged, remote=replace(tagged.remote, label="/no/such/remote"))
    with pytest.raises(Incomplete, match="did not answer"):
        tag_is_on_the_planned_commit.check(gone)
