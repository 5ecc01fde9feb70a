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
from unmoor.runtime import environment, private_memory
from unmoor.runtime.redact import redact

_LIVE = ["--", "--live", "1.0"]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Credentials, made for the test, in an environment that is the test's own."""
    made = {"UNMOOR_PYPI_TOKEN": f"canary-{secrets.token_hex(12)}", "TWINE_USERNAME": "somebody"}
    monkeypatch.setattr(os, "environ", {"PATH": "here", **made})
    monkeypatch.setattr(private_memory, "keep_private", lambda: None)
    return made


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> Invocation:
    monkeypatch.setattr(sys, "argv", ["nox", *words])
    made = Invocation(Path.cwd())
    made.take_credentials()
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
