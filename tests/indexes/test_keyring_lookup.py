"""The keyring, asked in a process of its own: by a backend that a person's own configuration names."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from unmoor.indexes import keyring_child, keyring_lookup
from unmoor.model import Finding
from unmoor.runtime.redact import redact, register

ADDRESS = "https://index.example.com/upload/"
_BACKEND = """import os, sys
from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential


class Keyring(KeyringBackend):
    priority = 1

    def get_credential(self, service, username):
        {get}

    def get_password(self, service, username):
        {password}

    def set_password(self, service, username, password):
        pass
"""


@pytest.fixture
def keyring(tmp_path: Path) -> Callable[..., Mapping[str, str]]:
    """Configure a keyring whose methods do what is said, and return the environment of a person who has it."""

    def make(get: str, password: str = "return None") -> Mapping[str, str]:  # noqa: S107 - code, no password
        (tmp_path / "own_backend.py").write_text(_BACKEND.format(get=get, password=password))
        folder = tmp_path / "config" / "python_keyring"
        folder.mkdir(parents=True)
        text = f"[backend]\ndefault-keyring=own_backend.Keyring\nkeyring-path={tmp_path}\n"
        (folder / "keyringrc.cfg").write_text(text)
        return {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}

    return make


def test_what_it_has_comes_back_also_where_it_is_known_to_be_secret(keyring: Callable[..., Mapping[str, str]]) -> None:
    secret = f"é{secrets.token_urlsafe(12)}"
    register(secret)
    environ = keyring(
        "print('a word in between'); return SimpleCredential('me', os.environ['KEYRING_TRIAL_PASSWORD'])"
        f" if service == {ADDRESS!r} and sys.stdin.read() == '' else None"
    )
    assert keyring_lookup.ask(ADDRESS, {**environ, "KEYRING_TRIAL_PASSWORD": secret}) == ("me", secret)
    assert redact(secret) == "[hidden]"


def test_one_that_does_not_answer_ends_with_what_was_waited_for(keyring: Callable[..., Mapping[str, str]]) -> None:
    environ = keyring("import time; time.sleep(1000)")
    found = keyring_lookup.ask(ADDRESS, environ, seconds=0.5)
    assert isinstance(found, Finding)
    assert f"asked about {ADDRESS} and did not answer within 0.5 seconds" in found.message


def test_one_that_fails_is_told_by_the_kind_of_failure_alone(keyring: Callable[..., Mapping[str, str]]) -> None:
    secret = secrets.token_urlsafe(12)
    found = keyring_lookup.ask(ADDRESS, keyring(f"raise OSError({secret!r})"))
    assert isinstance(found, Finding)
    assert found.message == "the keyring failed: OSError"


def test_no_keyring_at_all_is_nothing_to_tell(tmp_path: Path) -> None:
    environ = {**os.environ, "HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    assert keyring_lookup.ask(ADDRESS, environ) is None


def test_tokens_have_a_name_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = secrets.token_urlsafe(12)
    monkeypatch.setattr("keyring.get_credential", lambda *_: None)
    monkeypatch.setattr("keyring.get_password", lambda *asked: secret if asked == (ADDRESS, "__token__") else None)
    assert keyring_child.answer(ADDRESS) == {"username": "__token__", "secret": secret}


@pytest.mark.parametrize("said", ["", "x", "[1, 2]", "[123, 125]", "7"])
def test_an_answer_that_cannot_be_understood_is_none(said: str) -> None:
    assert keyring_lookup._understood(said) is None  # noqa: SLF001
