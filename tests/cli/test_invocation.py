"""One process of a run: what it takes out of its environment, and who gets it."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import pytest

from unmoor.chain import CHAIN
from unmoor.cli.arguments import Arguments
from unmoor.cli.invocation import Invocation
from unmoor.request import OwnSession
from unmoor.runtime import environment, private_memory
from unmoor.runtime import redact as redaction
from unmoor.runtime.redact import redact

_LIVE = ["--", "--live", "1.0"]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Credentials, made for the test, in an environment that is the test's own."""
    made = {"UNMOOR_PYPI_TOKEN": f"canary-{secrets.token_hex(12)}", "TWINE_USERNAME": "somebody"}
    monkeypatch.setattr(os, "environ", {"PATH": "here", **made})
    monkeypatch.setattr(redaction, "_known", set())
    monkeypatch.setattr(private_memory, "keep_private", lambda: None)
    monkeypatch.setattr(private_memory, "blot_out", lambda _: None)
    return made


def run(
    monkeypatch: pytest.MonkeyPatch, *words: str, given: tuple[str, ...] = (), own: tuple[OwnSession, ...] = ()
) -> Invocation:
    monkeypatch.setattr(sys, "argv", ["nox", *words])
    made = Invocation(Path.cwd())
    made.own = own
    made.take_secrets(given)
    return made


@pytest.mark.parametrize("words", [("-s", "release", *_LIVE), ("-s", "lint"), ()])
def test_what_is_taken_out_is_hidden_from_then_on(
    words: tuple[str, ...], given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, *words)
    assert not set(given) & set(os.environ)
    assert redact(f"it is {given['UNMOOR_PYPI_TOKEN']} of somebody") == "it is [hidden] of somebody"


def test_only_the_stages_that_upload_are_given_credentials(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(monkeypatch, "-s", "release", *_LIVE)
    for live in ("1.0", ""):
        have = {each.name for each in CHAIN if set(given) & set(made.request(each.name, Arguments(live=live)).environ)}
        assert have == ({"testpypi", "pypi"} if live else set())


def test_what_else_is_secret_is_taken_out_too_and_git_has_it_back(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forge = {"GH_TOKEN": secrets.token_hex(12), "DATABASE_URL": f"db://me:{secrets.token_hex(8)}@x.invalid"}
    os.environ.update(forge)
    made = run(monkeypatch, "-s", "release", given=("DATABASE_*",))
    assert not {"GH_TOKEN", *given} & set(os.environ)
    assert os.environ["DATABASE_URL"] == forge["DATABASE_URL"]
    seen = made.request("lint", Arguments()).environ
    assert {name: seen.get(name) for name in forge} == forge
    assert redact(f"{forge['GH_TOKEN']} {forge['DATABASE_URL']}") == "[hidden] db://x.invalid"


@pytest.mark.usefixtures("given")
def test_passwords_in_files_of_the_users_are_hidden_from_then_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = [secrets.token_hex(12) for _ in range(2)]
    (tmp_path / ".pypirc").write_text(f"[pypi]\npassword = {kept[0]}\n")
    (tmp_path / ".netrc").write_bytes(f"machine x.invalid login me password {kept[1]}\n\xff".encode("latin-1"))
    os.environ["HOME"] = str(tmp_path)
    run(monkeypatch, "-s", "lint")
    assert redact(" ".join(kept)) == "[hidden] [hidden]"


def test_a_joined_session_is_ours_however_nox_calls_it(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    own = OwnSession(name="suite", stage="tests", parts=("3.12", "3.13(db='x')"))
    for asked in ("suite", "suite-3.12", "suite-3.13", "suite-3.13(db='x')", "suite(db='x')"):
        os.environ.update(given)
        run(monkeypatch, "-s", asked, own=(own,))
        assert not set(given) & set(os.environ), asked
    os.environ.update(given)
    run(monkeypatch, "-s", "suite-of-another-kind", own=(own,))
    assert set(given) <= set(os.environ)


@pytest.mark.parametrize("words", [(), ("-t", "publishing"), ("-k", "publish")])
def test_where_no_session_is_named_one_that_is_none_of_ours_is_lent_what_was_taken(
    words: tuple[str, ...], given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(monkeypatch, *words)
    with made.lend("publish"):
        assert set(given) <= set(os.environ)
    for stage in CHAIN:
        with made.lend(stage.name):
            assert not set(given) & set(os.environ)


def test_a_rehearsal_lends_no_credentials_to_anybody(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(monkeypatch, "-s", "release", "publish")
    with made.lend("publish"):
        assert not set(given) & set(os.environ)


@pytest.mark.parametrize("words", [("--list",), ("-s", "publish"), ("-s", "publish", *_LIVE)])
def test_where_no_stage_is_asked_for_everything_stays(
    words: tuple[str, ...], given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, *words)
    assert set(given) <= set(os.environ)


@pytest.mark.parametrize("words", [("-s", "release", *_LIVE), ("-s", "release")])
def test_what_an_index_wants_to_be_read_is_kept_for_every_stage_and_nobody_else(
    words: tuple[str, ...], given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    private: list[bool] = []
    monkeypatch.setattr(private_memory, "keep_private", lambda: private.append(True))
    reading = {"UNMOOR_PYPI_READ_USERNAME": "reader", "UNMOOR_PYPI_READ_PASSWORD": f"canary-{secrets.token_hex(12)}"}
    os.environ.update(reading)
    made = run(monkeypatch, *words)
    assert not set(given | reading) & set(os.environ)
    assert private == [True]
    for stage in CHAIN:
        found = made.request(stage.name, Arguments(live="1.0" if words[2:] else "")).environ
        assert reading.items() <= found.items()
        assert (
            not reading.keys() & (environment.own(found) | environment.clean(found) | environment.for_git(found)).keys()
        )
    assert redact(reading["UNMOOR_PYPI_READ_PASSWORD"]) == "[hidden]"
    # A worker takes up what was laid out for it.
    made.prepare_workers()
    monkeypatch.setattr(sys, "argv", ["nox", "--parallel-worker", *words])
    monkeypatch.setattr("unmoor.cli.invocation.die_with", lambda _: None)
    worker = Invocation(Path.cwd())
    live = "1.0" if words[2:] else ""
    assert reading.items() <= worker.request("build", Arguments(live=live)).environ.items()
    made.works_itself()


@pytest.mark.parametrize(
    ("words", "goal"),
    [
        (("-s", "unmoor-release"), "release"),
        (("-s", "lint", "testpypi"), "testpypi"),
        (("-s", "release"), ""),
        ((), ""),
    ],
    ids=str,
)
def test_the_goal_of_a_run_is_the_last_stage_asked_for_whatever_its_session_is_called(
    words: tuple[str, ...], goal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(monkeypatch, *words)
    made.call({**{stage.name: stage.name for stage in CHAIN}, "release": "unmoor-release"})
    assert made.request("testpypi", Arguments()).goal == goal
