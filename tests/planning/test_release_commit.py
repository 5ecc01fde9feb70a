"""The trailers of a release commit: what they say, and that they are compared with what the repository says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from unmoor.model import Release
from unmoor.planning.release_commit import claim_of, differences, edited, message

FIRST = Release(component="thing", current="1.0", version="1.1", rule="", tag="v1.1", base_tag="v1.0")
OTHER = Release(component="Other.Thing", current="", version="0.1", rule="", tag="o0.1")


def prepared(repository, *releases, day="", **files):
    """Commit what a release edits, with its message, and return the commit."""
    for path, content in files.items():
        repository.write(path, content)
    repository.git("add", "--all")
    day = day or datetime.now(UTC).date().isoformat()
    said = message(releases, edited(repository.door, "--cached", "HEAD"), day, alone=len(releases) == 1)
    repository.git("commit", "--quiet", "--allow-empty", "--date", f"{day}T12:00:00Z", "-m", said)
    return repository.git("rev-parse", "HEAD")


def compared(repository, release, *, since=""):
    head = repository.git("rev-parse", "HEAD")
    claim = claim_of(repository.door, head, release.component, since=since)
    assert claim is not None
    return differences(repository.door, claim, release, head)


def words(findings):
    return " | ".join(map(str, findings))


def test_the_message_is_read_by_git_as_trailers(repository):
    prepared(repository, FIRST, OTHER, **{"a b.txt": "x", "README.md": "y"})
    said = repository.git("log", "-1", "--format=%s%n%(trailers)").splitlines()
    assert said[0] == "Release thing 1.1, Other.Thing 0.1"
    assert said[1:5] == ["Release: thing==1.1", "Base: v1.0", "Release: Other.Thing==0.1", "Base: none"]
    assert said[5].startswith("Plan: ")
    assert said[6:] == []


def test_one_component_is_named_by_its_version_alone():
    assert message([FIRST], {}, "2026-01-02", alone=True).startswith("Release 1.1\n\nRelease: thing==1.1\n")


def test_a_claim_that_is_so_is_silent(repository):
    prepared(repository, FIRST, OTHER, **{"ü\n.txt": "x", "README.md": "y"})
    assert compared(repository, FIRST) == ([], [])
    assert compared(repository, replace(OTHER, component="other-thing")) == ([], [])
    repository.write("more", "")
    repository.commit("A mend on top")
    assert compared(repository, FIRST) == ([], [])


def test_the_newest_claim_after_the_base_counts(repository):
    old = prepared(repository, replace(FIRST, version="1.0", base_tag=""), a="1")
    head = repository.commit("Work")
    assert claim_of(repository.door, head, "thing", since=old) is None
    assert claim_of(repository.door, head, "other") is None
    prepared(repository, FIRST, b="1")
    assert compared(repository, FIRST, since=old) == ([], [])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": "1.2"}, "says that it releases '1.1', not '1.2' → release what it says"),
        ({"base_tag": "v0.9"}, "says that '1.1' follows v1.0, and it follows v0.9 → name it with --base v1.0, or"),
        ({"base_tag": ""}, "it follows none → name it with --base v1.0, or correct its message"),
        ({"version": "1.1.0"}, ""),
    ],
)
def test_what_the_planned_commit_claims_must_be_so(repository, change, problem):
    prepared(repository, FIRST, a="1")
    problems, remarks = compared(repository, replace(FIRST, **change))
    assert remarks == []
    assert problem in words(problems)
    assert bool(problems) is bool(problem)


def test_what_an_ancestor_claimed_may_have_been_given_up(repository):
    prepared(repository, FIRST, a="1")
    repository.commit("By hand: 1.2")
    problems, remarks = compared(repository, replace(FIRST, version="1.2"))
    assert problems == []
    assert "not '1.2'" in words(remarks)


@pytest.mark.parametrize("how", ["amended", "redated", "another digest"])
def test_a_commit_that_was_changed_since_is_remarked_on(repository, how):
    prepared(repository, FIRST, a="1")
    if how == "amended":
        repository.write("b", "2")
        repository.git("add", "--all")
        repository.git("commit", "--quiet", "--amend", "--no-edit")
    elif how == "redated":
        repository.git("commit", "--quiet", "--amend", "--no-edit", "--date", "2001-01-01T00:00:00Z")
    else:
        said = repository.git("log", "-1", "--format=%B").replace("Plan: ", "Plan: 0")
        repository.git("commit", "--quiet", "--amend", "-m", said)
    problems, remarks = compared(repository, FIRST)
    assert problems == []
    assert "is not what was planned any more" in words(remarks)


def test_a_message_of_somebody_elses_is_no_claim(repository):
    for said in (
        "Release: it is out",
        "Release notes\n\nRelease: thing==1.1\n\nand more text",
        "x\n\nPlan: 1\nBase: v1",
    ):
        repository.git("commit", "--quiet", "--allow-empty", "-m", said)
    claim = claim_of(repository.door, repository.git("rev-parse", "HEAD"), "thing")
    assert claim is None
