"""The form of release tags, from the tags that exist."""

from pathlib import Path

import pytest

from support.trees import write
from unmoor.project.detect.tag_form import configured_prefix, moving, tag_form

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
    (("v2", "1.9.1", "1.9.0"), "{version}", "'1.9.1'"),
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


def hatch(**raw: str) -> str:
    return "[tool.hatch.version.raw-options]\n" + "".join(f"{key} = {value!r}\n" for key, value in raw.items())


TOLD = {
    # haystack's integrations
    "describe": (hatch(git_describe_command='git describe --tags --match="my/thing-v[0-9]*"'), "my/thing-v"),
    "pattern": ("[tool.hatch.version]\ntag-pattern = 'my\\/thing-v(?P<version>.*)'\n", "my/thing-v"),
    "in words": ("[tool.setuptools_scm]\ngit_describe_command = ['git', 'describe', '--match', 'thing-*']\n", "thing-"),
    "regex": ("[tool.setuptools_scm]\ntag_regex = '^thing/v?(?P<version>[0-9.]+)$'\n", "thing/"),
    "nested": ("[tool.setuptools_scm.scm.git]\ndescribe_command = 'git describe --match thing-v*'\n", "thing-v"),
    "glob": ("[tool.pdm.version]\nsource = 'scm'\ntag_filter = 'thing/*'\n", "thing/"),
    "prefix": ("[tool.uv-dynamic-versioning]\npattern-prefix = 'thing-'\n", "thing-"),
    # says nothing that is plain
    "choice": ("[tool.setuptools_scm]\ntag_regex = '^(a|b)-(?P<version>.+)$'\n", ""),
    "any": ("[tool.setuptools_scm]\ntag_regex = '^v?(?P<version>.+)$'\n", ""),
    "nothing": ("[tool.setuptools_scm]\n", ""),
}


@pytest.mark.parametrize("case", TOLD)
def test_what_a_plug_in_is_told_of_tags_is_read(tmp_path: Path, case: str) -> None:
    text, prefix = TOLD[case]
    assert configured_prefix(write(tmp_path, {"pyproject.toml": text}))[0] == prefix


def test_what_is_told_goes_before_other_tags_and_tags_show_the_rest() -> None:
    tags = ["v99.0", "my/thing-v1.0", "my/other-v3.0"]
    assert tag_form(tags, "thing", ("my/thing-v", "here")) == (
        "my/thing-v{version}",
        "as the tag 'my/thing-v1.0'; here says so",
    )
    assert tag_form(["thing/v1.0", "v2"], "thing", ("thing/", "here"))[0] == "thing/v{version}"
    assert tag_form(["v99.0"], "thing", ("my/thing-v", "here")) == ("my/thing-v{version}", "here says so")


@pytest.mark.parametrize(
    ("parts", "moved"),
    [
        ({}, set()),
        ({"1": (1,), "2": (2,)}, set()),
        ({"v2": (2,), "1.2": (1, 2), "1.3": (1, 3)}, {"v2"}),
        # bump-my-version: each line and each major version has a tag that moves
        ({"1.3.0": (1, 3, 0), "1.2.7": (1, 2, 7), "v1.3": (1, 3), "v1": (1,)}, {"v1.3", "v1"}),
        # pip
        ({"26.2": (26, 2), "26.1.1": (26, 1, 1), "26.1.2": (26, 1, 2)}, set()),
    ],
)
def test_tags_that_move_have_fewer_parts(parts: dict[str, tuple[int, ...]], moved: set[str]) -> None:
    assert moving(parts) == moved
