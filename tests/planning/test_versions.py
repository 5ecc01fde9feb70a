from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from unmoor.errors import SettingsError, UnmoorError
from unmoor.model import Bump
from unmoor.planning.versions import pep440


@pytest.mark.parametrize(
    ("version", "part", "expected"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "pre", "1.2.4rc1"),
        ("1.2.3", "a", "1.2.4a1"),
        ("1.2.3", "beta", "1.2.4b1"),
        ("1.2.3", "post", "1.2.3.post1"),
        ("1.2.3", "dev", "1.2.4.dev0"),
        ("1.2.3rc1", "pre", "1.2.3rc2"),
        ("1.2.3rc1", "rc", "1.2.3rc2"),
        ("1.2.3a1", "rc", "1.2.3rc1"),
        ("1.2.3a1.dev4", "a", "1.2.3a1"),
        ("1.2.3rc1", "patch", "1.2.3"),
        ("1.2.3rc1", "final", "1.2.3"),
        ("1.2.3rc1", "release", "1.2.3"),
        ("1.2.3rc1", "minor", "1.3.0"),
        ("1.3.0rc1", "minor", "1.3.0"),
        ("1.3.0rc1", "major", "2.0.0"),
        ("2.0.0b2", "major", "2.0.0"),
        ("1.2.3rc1", "dev", "1.2.3rc2.dev0"),
        ("1.2.3rc1.post2", "final", "1.2.3"),
        ("1.2.3.post1", "patch", "1.2.4"),
        ("1.2.3.post1", "post", "1.2.3.post2"),
        ("1.2.3.post1", "dev", "1.2.3.post2.dev0"),
        ("1.2.3.post1.dev2", "final", "1.2.3.post1"),
        ("8.5.0.dev", "final", "8.5.0"),
        ("8.5.0.dev0", "patch", "8.5.0"),
        ("8.5.0.dev0", "dev", "8.5.0.dev1"),
        ("1!1.2.3", "minor", "1!1.3.0"),
        ("1.2.3+local.7", "patch", "1.2.4"),
        ("1.2.3+local.7", "post", "1.2.3.post1"),
        ("2026.1", "minor", "2026.2"),
        ("2026.1", "major", "2027.0"),
        ("2026.1", "patch", "2026.1.1"),
        ("2026.08.3", "patch", "2026.8.4"),
        ("1.2.3.4", "patch", "1.2.4.0"),
        ("v1.2.3-RC.1", "pre", "1.2.3rc2"),
    ],
)
def test_a_part_leads_to_one_next_version(version, part, expected):
    assert pep440.bump(version, part, zero_major="minor") == expected


@pytest.mark.parametrize(("policy", "expected"), [("minor", "0.4.0"), ("major", "1.0.0")])
def test_before_one_the_policy_decides_what_a_breaking_change_moves(policy, expected):
    assert pep440.bump("0.3.1", "major", zero_major=policy) == expected
    assert pep440.next_from(Bump.MAJOR, "0.3.1", policy) == expected


@pytest.mark.parametrize(("version", "part"), [("1.2.3", "final"), ("1.2.3rc1", "b"), ("1.2.3.dev1", "post")])
def test_a_part_that_leads_nowhere_forward_is_refused(version, part):
    with pytest.raises(UnmoorError) as caught:
        pep440.bump(version, part, zero_major="minor")
    assert caught.value.problems[0].hint


def test_an_unknown_part_names_the_allowed_and_the_nearest():
    with pytest.raises(SettingsError) as caught:
        pep440.bump("1.2.3", "minro", zero_major="minor")
    said = str(caught.value)
    assert "'minro'" in said
    assert "did you mean 'minor'?" in said
    assert all(part in said for part in pep440.PARTS)


@pytest.mark.parametrize("text", ["", "one", "1.2.x", "1..2", "٣.1", "1" * 5000, "1.2.3\n4", "--live"])
def test_what_spells_no_version_is_refused(text):
    with pytest.raises(UnmoorError, match="is no version"):
        pep440.parse(text)
    assert pep440.try_parse(text) is None


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.0", True), ("1.0rc1", True), ("1.0.post1", True), ("1!1.0", True), ("1.0.dev0", False), ("1.0+x", False)],
)
def test_publishable_means_neither_local_nor_development(version, expected):
    assert pep440.is_publishable(version) is expected


@pytest.mark.parametrize(
    ("change", "expected"), [(Bump.NONE, "1.2.3"), (Bump.PATCH, "1.2.4"), (Bump.MINOR, "1.3.0"), (Bump.MAJOR, "2.0.0")]
)
def test_a_change_asks_for_its_release(change, expected):
    assert pep440.next_from(change, "1.2.3", "minor") == expected


def test_the_next_free_version_skips_the_taken_by_meaning_not_by_spelling():
    assert pep440.next_free("8.5.0", ["8.5", "v8.5.1", "not a version"]) == "8.5.2"
    assert pep440.next_free("8.5.0", ["8.4.2"]) == "8.5.0"
    assert pep440.next_free("1.0rc1", ["1.0RC1"]) == "1.0rc2"
    assert pep440.next_free("1.0.post1", ["1.0.post1"]) == "1.0.post2"
    assert pep440.next_free("1.0.dev0", ["1.0.dev0", "1.0.dev1"]) == "1.0.dev2"


numbers = st.integers(min_value=0, max_value=3000)


@st.composite
def spellings(draw):
    text = draw(st.sampled_from(["", "v"])) + (f"{draw(numbers)}!" if draw(st.booleans()) else "")
    text += ".".join(map(str, draw(st.lists(numbers, min_size=1, max_size=4))))
    if draw(st.booleans()):
        text += draw(st.sampled_from(["a", "b", "rc", "-alpha.", "_beta", ".c"])) + str(draw(numbers))
    if draw(st.booleans()):
        text += draw(st.sampled_from([".post", "-", "-r"])) + str(draw(numbers))
    if draw(st.booleans()):
        text += draw(st.sampled_from([".dev", "dev"])) + str(draw(numbers))
    if draw(st.booleans()):
        text += f"+ubuntu.{draw(numbers)}"
    return text


@given(spellings(), st.sampled_from(pep440.PARTS), st.sampled_from(["minor", "major"]))
def test_a_bump_moves_forward_or_is_refused(version, part, policy):
    try:
        found = pep440.bump(version, part, zero_major=policy)
    except UnmoorError:
        return
    assert Version(found) > Version(version)
    assert Version(found).epoch == Version(version).epoch
    assert Version(found).local is None
    assert len(Version(found).release) >= len(Version(version).release)


@given(spellings())
def test_canonical_is_idempotent_and_keeps_the_meaning(version):
    once = pep440.canonical(version)
    assert pep440.canonical(once) == once
    assert Version(once) == Version(version)


@given(spellings(), st.lists(spellings(), max_size=5))
def test_the_next_free_version_is_free_and_not_before(version, taken):
    version = str(Version(version).public)
    found = pep440.next_free(version, taken)
    assert Version(found) not in {Version(each) for each in taken}
    assert Version(found) >= Version(version)
