from __future__ import annotations

import base64
import secrets
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unmoor.runtime.redact import looks_secret, redact, register

pytestmark = pytest.mark.usefixtures("fresh_secrets")


def canary() -> str:
    return f"{secrets.token_hex(8)} /+&%ü{secrets.token_hex(8)}"


def test_a_secret_is_hidden_raw_and_encoded_for_urls() -> None:
    secret = canary()
    register(secret)
    for form in (secret, quote(secret, safe=""), quote_plus(secret)):
        assert redact(f"before {form} after") == "before [hidden] after"


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
    ("word", "shown"), [("e", "e"), ("://", "://"), ("a://b@ ", "a:// "), ("a://", "a://"), ("@", "@")]
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
