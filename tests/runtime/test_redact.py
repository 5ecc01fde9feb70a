from __future__ import annotations

import base64
import html
import json
import secrets
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unmoor.runtime.redact import looks_secret, redact, register, register_all

pytestmark = pytest.mark.usefixtures("fresh_secrets")


def canary() -> str:
    return f"{secrets.token_hex(8)} /+&%ü{secrets.token_hex(8)}"


def test_a_secret_is_hidden_raw_and_encoded_for_urls() -> None:
    secret = canary()
    register(secret)
    for form in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), quote(secret, safe="").lower()):
        assert redact(f"before {form} after") == "before [hidden] after"


@pytest.mark.parametrize(
    "write",
    [
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: json.dumps(text).replace("/", "\\/"),
        repr,
        ascii,
        shlex.quote,
        html.escape,
        lambda text: html.escape(text, quote=False),
    ],
)
@pytest.mark.parametrize("odd", ['"', "'", "\\", "/ü", "&<>", "'\"\\\n", "%+ "])
def test_a_secret_is_hidden_as_programs_write_it(write: Callable[[str], str], odd: str) -> None:
    halves = secrets.token_hex(8), secrets.token_hex(8)
    secret = odd.join(halves)
    register(secret)
    said = redact(f"it is {write(secret)}!")
    assert "[hidden]" in said
    assert not any(half in said for half in halves)


@pytest.mark.parametrize(
    "value",
    [
        "production",
        "12345678",
        "/somewhere/.kube/config",
        "C:\\Users\\me",
        "true",
        "also-no-secret",
    ],
)
def test_what_is_guessed_leaves_plain_words_alone(value: str) -> None:
    register_all({"MY_TOKEN": value, "WHERE": "also-no-secret"})
    assert redact(f"it is {value}") == f"it is {value}"


def test_what_the_environment_holds_is_hidden_from_the_first_line_on() -> None:
    token, password, user = (secrets.token_hex(12) for _ in range(3))
    register_all(
        {
            "SOME_TOKEN": f" {token}\n",
            "DATABASE_URL": f"postgres://me:{password}%2F@db.invalid/",
            "PIP_INDEX_URL": f"https://{user}@index.invalid/",
        }
    )
    assert redact(f"{token} {password}%2F {password}/ {user}") == "[hidden] [hidden] [hidden] [hidden]"


def test_where_a_secret_lies_is_none() -> None:
    place = f"somewhere/{secrets.token_hex(8)}"
    register_all({"TOKEN_FILE": place, "KUBECONFIG": place})
    assert redact(place) == place


def _word(length: int) -> str:
    return "".join(secrets.choice("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(length))


@pytest.mark.parametrize(
    ("form", "length"),
    [
        *(("pypi-AgE{}", 80), ("ghp_{}", 36), ("github_pat_{}", 82), ("glpat-{}", 20), ("npm_{}", 36)),
        *(("xoxb-{}", 24), ("AKIA{}", 16), ("eyJ{0}.eyJ{0}.{0}", 20)),
        ("-----BEGIN RSA PRIVATE" + " KEY-----\n{0}\n{0}", 64),
    ],
)
def test_a_minted_token_is_hidden_though_nobody_registered_it(form: str, length: int) -> None:
    word = _word(length).upper() if form.startswith("AKIA") else _word(length)
    assert redact(f"token={form.format(word)} end") == "token=[hidden] end"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x.invalid/?token=abc&page=2", "https://x.invalid/?token=[hidden]&page=2"),
        ("https://x.invalid/?a=1&X-Amz-Signature=abc", "https://x.invalid/?a=1&X-Amz-Signature=[hidden]"),
        ("https://x.invalid/?private_token=abc#top", "https://x.invalid/?private_token=[hidden]#top"),
        ("https://x.invalid/?page=2", "https://x.invalid/?page=2"),
    ],
)
def test_secrets_in_queries_are_dropped(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize("before", ["", "_", "__token__:", "user:", "12"])
@pytest.mark.parametrize("after", ["", "x", "xy"])
def test_a_secret_is_hidden_in_base64_at_every_offset(before: str, after: str) -> None:
    secret = secrets.token_urlsafe(24)
    register(secret)
    shown = redact(base64.b64encode(f"{before}{secret}{after}".encode()).decode())
    assert "[hidden]" in shown
    # What is left at the ends holds a few bytes at most.
    assert len(shown.replace("[hidden]", "")) <= len(base64.b64encode(f"{before}{after}".encode())) + 8


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=st.text(min_size=6), before=st.text(), after=st.text())
def test_no_registered_secret_survives(secret: str, before: str, after: str) -> None:
    register(secret)
    assert secret not in redact(before + secret + after).replace("[hidden]", "")


@pytest.mark.parametrize("short", ["", "a", "12345"])
def test_a_short_secret_never_masks(short: str) -> None:
    register(short)
    assert redact("12345 aaaaaa") == "12345 aaaaaa"


def test_a_secret_inside_a_longer_one_does_not_spoil_it() -> None:
    inner = secrets.token_hex(8)
    register(inner)
    register(f"{inner}-and-more")
    assert redact(f"{inner}-and-more {inner}") == "[hidden] [hidden]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:pass@example.invalid/x", "https://example.invalid/x"),
        ("git+https://token@example.invalid/x.git", "git+https://example.invalid/x.git"),
        ("to 'ssh://git@example.invalid:22/x' now", "to 'ssh://example.invalid:22/x' now"),
        ("2https://me:pass@example.invalid", "2https://example.invalid"),
        ("https://me:p@ss:w@example.invalid/x@y", "https://example.invalid/x@y"),
        ("https://example.invalid/a@b and c@d", "https://example.invalid/a@b and c@d"),
        ("pkg @ https://example.invalid/p.whl", "pkg @ https://example.invalid/p.whl"),
        ("someone@example.invalid", "someone@example.invalid"),
    ],
)
def test_user_information_in_urls_is_dropped(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("e", "e"),
        ("://", "://"),
        ("a://b@ ", "a:// "),
        ("a://", "a://"),
        ("@", "@"),
        ("?token", "?token"),
        ("&a", "&a"),
        ("eyJ", "eyJ"),
    ],
)
def test_megabytes_of_output_are_cleared(word: str, shown: str) -> None:
    """A pattern that takes quadratic time on long words would not come to an end here."""
    assert redact(word * (1 << 20)) == shown * (1 << 20)


@pytest.mark.parametrize(
    "name", ["TWINE_PASSWORD", "UNMOOR_PYPI_TOKEN", "API_KEY", "GH_PAT", "NPM_AUTH", "AWS_SECRET_ACCESS_KEY"]
)
def test_names_of_secrets(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["PATH", "HOME", "AUTHOR", "GIT_AUTHOR_NAME", "PATTERN", "COMPAT_MODE", "LANG"])
def test_names_that_only_look_alike(name: str) -> None:
    assert not looks_secret(name)
