from __future__ import annotations

import pytest

from unmoor.chain import stage_of_session
from unmoor.cli.join_sessions import joined
from unmoor.errors import SettingsError
from unmoor.request import OwnSession

SESSIONS = {"lint": (), "tests": ("3.11", "3.12"), "docs": (), "benchmark": ()}


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("lint", "lint"),
        ("Lint", "lint"),
        ("check", "check"),
        ("typecheck", "lint"),
        ("pre_commit", "lint"),
        ("pytest", "tests"),
        ("docs", "docs-strict"),
        ("docs_strict", "docs-strict"),
        ("benchmark", None),
        ("type_check", None),
        ("release", None),
    ],
)
def test_a_name_says_which_stage_it_proves_or_nothing(name: str, stage: str | None) -> None:
    assert stage_of_session(name) == stage


def test_sessions_join_by_name_with_their_pythons() -> None:
    assert joined(SESSIONS, ["tests", "lint"], {}) == (
        OwnSession(name="tests", stage="tests", parts=("3.11", "3.12")),
        OwnSession(name="lint", stage="lint"),
    )


def test_a_decorator_says_more_than_a_name() -> None:
    assert joined({"lint": ()}, ["lint"], {"lint": "lint"}) == (OwnSession(name="lint", stage="lint"),)
    assert joined({"benchmark": ()}, [], {"benchmark": "tests"}) == (OwnSession(name="benchmark", stage="tests"),)


def test_nothing_joined_is_nothing() -> None:
    assert joined({"docs": (), "benchmark": ()}, [], {}) == ()


@pytest.mark.parametrize(
    ("registered", "named", "decorated", "said"),
    [
        ({"lint": ()}, ["lnit"], {}, "there is no session 'lnit' → did you mean 'lint'?"),
        ({}, ["xyz"], {}, "there is no session 'xyz' → define it in noxfile.py above"),
        (
            {"x": ()},
            [],
            {"x": "docs_strict"},
            "the session 'x' cannot prove 'docs_strict' → did you mean 'docs-strict'?",
        ),
        ({"x": ()}, [], {"x": "pypi"}, "the session 'x' cannot prove 'pypi'"),
        (
            {"benchmark": ()},
            ["benchmark"],
            {},
            """the name 'benchmark' does not say which stage it proves → put @unmoor.sessions.gate("STAGE") above it""",
        ),
        ({"release": ()}, ["release"], {}, "the session 'release' has the name of another stage"),
        ({"lint": ()}, [], {"lint": "tests"}, "the session 'lint' has the name of another stage"),
    ],
)
def test_what_does_not_fit_is_said(
    registered: dict[str, tuple[str, ...]], named: list[str], decorated: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        joined(registered, named, decorated)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("names", "stages"),
    [
        (
            ["tests", "lint", "docs", "check"],
            {"tests": "tests", "lint": "lint", "docs": "docs-strict", "check": "check"},
        ),
        (["release", "build", "benchmark"], {}),
        (["format", "lint"], {"lint": "lint"}),
        (["tests", "coverage"], {"tests": "tests"}),
        (["coverage"], {"coverage": "tests"}),
    ],
    ids=["well-known", "says nothing", "would change the tree", "told twice", "the only tests"],
)
def test_where_the_settings_say_nothing_those_with_well_known_names_join(
    names: list[str], stages: dict[str, str]
) -> None:
    assert {each.name: each.stage for each in joined(dict.fromkeys(names, ()), None, {})} == stages


def test_an_empty_list_joins_none_and_a_decorator_joins_whatever_the_list() -> None:
    assert joined(SESSIONS, [], {}) == ()
    assert joined(SESSIONS, None, {"benchmark": "check"})[0] == OwnSession(name="benchmark", stage="check")


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        joined({"tests": (), "build": ()}, ["lnit", "build"], {"other": "lint"})
    assert len(caught.value.problems) == 3
