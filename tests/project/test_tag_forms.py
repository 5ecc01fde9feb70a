"""The form of release tags, from the tags that exist."""

import pytest

from unmoor.project.detect.tag_form import tag_form

FORMS = [
    ((), "v{version}", "no release has been tagged yet"),
    (("nightly", "latest"), "v{version}", "none of the tags looks like a release"),
    (("1.0", "1.1", "1.2rc1"), "{version}", "as 3 existing tags, the newest '1.2rc1'"),
    (("v1.0",), "v{version}", "as the tag 'v1.0'"),
    (("thing-1.0", "thing-1.1"), "{name}-{version}", "'thing-1.1'"),
    (("thing/v1.0",), "{name}/v{version}", ""),
    (("release-1.0",), "release-{version}", ""),
    # the last habit holds, whichever has more tags
    (("1.0", "1.1", "1.2", "v2.0"), "v{version}", "as the tag 'v2.0'"),
    (("v1.0", "v10.0", "2.0", "3.0", "4.0"), "v{version}", "the newest 'v10.0'"),
    # dates, names of others, moving tags
    (("1.0", "20240131"), "{version}", "'1.0'"),
    (("20240131",), "{version}", "'20240131'"),
    (("other-9.0", "thing-1.0"), "{name}-{version}", ""),
    (("v1", "v1.4", "v1.4.2"), "v{version}", "'v1.4.2'"),
    (("v1.0-broken", "1.0.dev0", "2.0-beta.1"), "{version}", "'2.0-beta.1'"),
]


@pytest.mark.parametrize(("tags", "form", "reason"), FORMS)
def test_the_form_is_that_of_the_newest_release(tags: tuple[str, ...], form: str, reason: str) -> None:
    for order in (tags, tags[::-1]):
        found, said = tag_form(order, "thing")
        assert found == form
        assert reason in said


def test_a_name_may_be_spelled_in_tags_as_the_index_spells_it() -> None:
    assert tag_form(["My.Thing-1.0"], "My.Thing")[0] == "{name}-{version}"
    assert tag_form(["my-thing-1.0"], "My.Thing")[0] == "my-thing-{version}"


def test_many_tags_are_no_matter() -> None:
    tags = [f"v{major}.{minor}.{patch}" for major in range(20) for minor in range(20) for patch in range(20)]
    assert tag_form(tags, "thing") == ("v{version}", "as 8000 existing tags, the newest 'v19.19.19'")
