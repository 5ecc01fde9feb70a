"""Where credentials are found, that they never show, and that one for another index is never taken."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as Nothing
from keyring.credentials import SimpleCredential

from unmoor.errors import SettingsError
from unmoor.indexes import credentials, known
from unmoor.runtime.redact import redact

COMPANY = "https://index.example.com/upload/"


class Backend(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, secrets_: dict[tuple[str, str], str], *, broken: bool = False) -> None:
        self._secrets, self._broken = secrets_, broken
        super().__init__()

    def get_password(self, service: str, username: str) -> str | None:
        if self._broken:
            what = "the vault is locked"
            raise OSError(what)
        return self._secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._secrets[(service, username)] = password

    def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
        asked = {service} if username is None else set()
        found = [(name, value) for (place, name), value in self._secrets.items() if place in asked]
        return SimpleCredential(*found[0]) if found and not self._broken else None


@pytest.fixture(autouse=True)
def _empty_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(Nothing())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def secret() -> str:
    return "pypi-" + secrets.token_urlsafe(16)


def pypirc(home: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path = home / ".pypirc"
    path.write_text(text)
    path.chmod(mode)
    return {"HOME": str(home)}


def test_nothing_anywhere(tmp_path: Path):
    assert credentials.find("pypi", COMPANY, {"HOME": str(tmp_path)}) is None
    assert credentials.find("pypi", COMPANY, {}) is None


def test_order_of_places(tmp_path: Path):
    made = {place: f"{place}-{secrets.token_urlsafe(12)}" for place in ("token", "password", "twine", "file", "ring")}
    keyring.set_keyring(Backend({(COMPANY, "ringer"): made["ring"]}))
    text = f"[company]\nrepository = {COMPANY}\nusername = filer\npassword = {made['file']}\n"
    environ = pypirc(tmp_path, text) | {
        "UNMOOR_COMPANY_URL": COMPANY,
        "TWINE_REPOSITORY_URL": COMPANY,
        "UNMOOR_COMPANY_TOKEN": made["token"],
        "UNMOOR_COMPANY_USERNAME": "someone",
        "UNMOOR_COMPANY_PASSWORD": made["password"],
        "TWINE_USERNAME": "twiner",
        "TWINE_PASSWORD": made["twine"],
    }
    seen = []
    for gone in ("UNMOOR_COMPANY_TOKEN", "UNMOOR_COMPANY_PASSWORD", "TWINE_PASSWORD", "HOME", ""):
        found = credentials.find("company", COMPANY, environ)
        assert found is not None
        assert found.secret not in repr(found)
        assert found.secret not in found.source
        assert redact(f"x {found.secret} x") == "x [hidden] x"
        seen.append((found.username, found.secret, found.source))
        environ.pop(gone, "")
    assert seen == [
        ("__token__", made["token"], "environment UNMOOR_COMPANY_TOKEN"),
        ("someone", made["password"], "environment UNMOOR_COMPANY_PASSWORD"),
        ("twiner", made["twine"], "environment TWINE_PASSWORD"),
        ("filer", made["file"], f"{tmp_path / '.pypirc'} [company]"),
        ("ringer", made["ring"], "keyring"),
    ]
    assert credentials.find("company", COMPANY, environ, keyring=False) is None


def test_empty_texts_are_no_credentials(tmp_path: Path, secret: str):
    blank = {"UNMOOR_PYPI_TOKEN": "", "UNMOOR_PYPI_PASSWORD": " \n", "TWINE_PASSWORD": "", "HOME": str(tmp_path)}
    assert credentials.find("pypi", COMPANY, blank) is None
    found = credentials.find("pypi", known.upload_url("pypi"), {"UNMOOR_PYPI_TOKEN": f"{secret}\n"})
    assert found is not None
    assert found.secret == secret


def test_name_of_an_index_in_a_variable(secret: str):
    environ = {"UNMOOR_OUR_INDEX_2_TOKEN": secret, "UNMOOR_OUR_INDEX_2_URL": COMPANY}
    assert credentials.find("our-index.2", COMPANY, environ) is not None


@pytest.mark.parametrize("variables", [("TOKEN",), ("USERNAME", "PASSWORD")])
@pytest.mark.parametrize("name", known.NAMES)
def test_variables_of_ours_belong_to_the_well_known_address(variables: tuple[str, ...], name: str, secret: str):
    environ = {f"UNMOOR_{name.upper()}_{each}": secret for each in variables}
    assert credentials.find(name, known.upload_url(name), environ) is not None
    assert credentials.find(name, COMPANY, environ) is None
    (told,) = credentials.search(name, COMPANY, environ).passed_over
    assert f"UNMOOR_{name.upper()}_URL={COMPANY}" in told.hint
    assert f"UNMOOR_{name.upper()}_{variables[-1]}" in told.message
    assert secret not in str(told)


@pytest.mark.parametrize(
    ("stated", "taken"),
    [
        (COMPANY, True),
        (COMPANY.rstrip("/").replace("index.", "INDEX."), True),
        (f"{COMPANY}other/", False),
        (COMPANY.replace("https", "http"), False),
        ("", False),
    ],
)
def test_variables_of_ours_for_another_address_say_which(stated: str, secret: str, *, taken: bool):
    environ = {"UNMOOR_PYPI_TOKEN": secret, "UNMOOR_PYPI_URL": stated}
    assert (credentials.find("pypi", COMPANY, environ) is not None) is taken


def test_variables_that_say_another_address_are_not_for_the_well_known_one(secret: str):
    environ = {"UNMOOR_PYPI_TOKEN": secret, "UNMOOR_PYPI_URL": COMPANY}
    assert credentials.find("pypi", known.upload_url("pypi"), environ) is None


def test_what_is_for_another_address_hides_nothing_that_is_for_this_one(tmp_path: Path, secret: str):
    environ = pypirc(tmp_path, f"[work]\nrepository = {COMPANY}\npassword = {secret}\n")
    found = credentials.search("pypi", COMPANY, environ | {"UNMOOR_PYPI_TOKEN": "pypi-other"})
    assert found.credential is not None
    assert found.credential.secret == secret
    assert len(found.passed_over) == 1


@pytest.mark.parametrize("url", ["http://index.example.com/upload/", "ftp://index.example.com/", "index.example.com"])
def test_nothing_is_sent_in_the_clear(url: str, secret: str):
    environ = {"UNMOOR_PYPI_TOKEN": secret, "UNMOOR_PYPI_URL": url}
    assert credentials.find("pypi", url, environ) is None
    (told,) = credentials.search("pypi", url, environ).passed_over
    assert "https://" in told.hint


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/", "http://[::1]:8080/", "http://localhost/upload/"])
def test_what_stays_on_this_machine_may_be(url: str, secret: str):
    assert credentials.find("pypi", url, {"UNMOOR_PYPI_TOKEN": secret, "UNMOOR_PYPI_URL": url}) is not None


# ── tokens that say whose they are ───────────────────────────────────────────────────────────────────────────────


def minted(host: str) -> str:
    """Return a token as the main index makes them: a macaroon (version 2), its location in the clear."""
    parts = ((1, host.encode()), (2, secrets.token_bytes(16)), (0, b""), (0, b""), (6, secrets.token_bytes(32)))
    packed = b"\x02" + b"".join(bytes([kind, len(data)]) + data if kind else b"\0" for kind, data in parts)
    return "pypi-" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def instance(name: str) -> str:
    return str(urlsplit(known.simple_url(name)).hostname)


@pytest.mark.parametrize(("name", "other"), [known.NAMES, known.NAMES[::-1]])
def test_a_token_of_another_instance_is_refused_wherever_it_comes_from(name: str, other: str, tmp_path: Path):
    url, wrong, right = known.upload_url(name), minted(instance(other)), minted(instance(name))
    keyring.set_keyring(Backend({(url, "__token__"): wrong}))
    variable = f"UNMOOR_{name.upper()}_TOKEN"
    twine = {"TWINE_REPOSITORY_URL": url, "TWINE_PASSWORD": wrong}
    places = pypirc(tmp_path, f"[{name}]\npassword = {wrong}\n") | twine | {variable: wrong}
    found = credentials.search(name, url, places)
    assert found.credential is None
    assert len(found.passed_over) == 4
    assert all(instance(other) in each.message and wrong not in str(each) for each in found.passed_over)
    taken = credentials.find(name, url, {variable: right})
    assert taken is not None
    assert redact(f"x {wrong} x") == "x [hidden] x"


def test_a_token_of_the_main_index_is_for_no_companys(secret: str):
    environ = {"UNMOOR_PYPI_URL": COMPANY}
    assert credentials.find("pypi", COMPANY, environ | {"UNMOOR_PYPI_TOKEN": minted(instance("pypi"))}) is None
    # A company may run an index of the same make.
    own = minted("index.example.com")
    assert credentials.find("pypi", COMPANY, environ | {"UNMOOR_PYPI_TOKEN": own}) is not None
    assert credentials.find("pypi", COMPANY, environ | {"UNMOOR_PYPI_TOKEN": secret}) is not None


@pytest.mark.parametrize("raw", [b"", b"\x02", b"\x02\x01", b"\x02\x01\xff", b"\x02\x01\x10short", b"\x01\x01\x01x"])
def test_a_token_that_says_nothing_is_not_refused(raw: bytes):
    token = "pypi-" + base64.urlsafe_b64encode(raw).decode()
    for each in (token, token.rstrip("="), f"{token}é", "pypi-", "another-kind"):
        assert credentials.find("pypi", known.upload_url("pypi"), {"UNMOOR_PYPI_TOKEN": each}) is not None


# ── twine's ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_twines_variables_by_themselves_mean_the_main_index(secret: str):
    for name in known.NAMES:
        found = credentials.find(name, known.upload_url(name), {"TWINE_PASSWORD": secret})
        assert (found is not None) is (name == "pypi")
    assert credentials.find("pypi", COMPANY, {"TWINE_PASSWORD": secret}) is None


@pytest.mark.parametrize("name", known.NAMES)
def test_twines_repository_is_the_address_that_twine_takes_it_for(name: str, secret: str, tmp_path: Path):
    environ = {"TWINE_PASSWORD": secret, "TWINE_REPOSITORY": name}
    assert credentials.find(name, known.upload_url(name), environ) is not None
    assert credentials.find(name, COMPANY, environ) is None
    moved = environ | pypirc(tmp_path, f"[{name}]\nrepository = {COMPANY}\n")
    assert credentials.find(name, COMPANY, moved) is not None
    assert credentials.find(name, known.upload_url(name), moved) is None


@pytest.mark.parametrize(
    ("steering", "taken"),
    [
        ({"TWINE_REPOSITORY": "company"}, False),
        ({"TWINE_REPOSITORY": "pypi"}, False),
        ({"TWINE_REPOSITORY_URL": COMPANY.rstrip("/")}, True),
        ({"TWINE_REPOSITORY_URL": "https://other.example.com/"}, False),
    ],
)
def test_variables_of_twine_that_mean_another_index(steering: dict[str, str], secret: str, *, taken: bool):
    found = credentials.find("company", COMPANY, {"TWINE_PASSWORD": secret, **steering})
    assert (found is not None) is taken


def test_section_is_for_its_own_url_only(tmp_path: Path, secret: str):
    environ = pypirc(tmp_path, f"[pypi]\nrepository = https://other.example.com/\npassword = {secret}\n")
    assert credentials.find("pypi", known.upload_url("pypi"), environ) is None


def test_section_without_a_url_is_for_the_well_known_one(tmp_path: Path, secret: str):
    environ = pypirc(tmp_path, f"[pypi]\npassword = {secret}\n[company]\npassword = {secret}\n")
    found = credentials.find("pypi", known.upload_url("pypi"), environ)
    assert found is not None
    assert found.username == "__token__"
    assert credentials.find("pypi", COMPANY, environ) is None
    assert credentials.find("company", COMPANY, environ) is None


def test_section_by_url_under_another_name(tmp_path: Path, secret: str):
    environ = pypirc(tmp_path, f"[work]\nrepository = {COMPANY}\nusername = me\npassword = {secret}\n")
    found = credentials.find("company", COMPANY, environ)
    assert found is not None
    assert found.source.endswith("[work]")


@pytest.mark.parametrize("text", ["password = {}\n", "[pypi]\n[pypi]\npassword = {}\n", "[pypi]\n{}\n"])
def test_malformed_file_is_one_error_that_quotes_nothing(text: str, tmp_path: Path, secret: str):
    with pytest.raises(SettingsError, match=r"\.pypirc cannot be read") as caught:
        credentials.find("pypi", COMPANY, pypirc(tmp_path, text.format(secret)))
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_percent_signs_are_plain(tmp_path: Path):
    environ = pypirc(tmp_path, f"[x]\nrepository = {COMPANY}\npassword = 100%sure\n")
    found = credentials.find("x", COMPANY, environ)
    assert found is not None
    assert found.secret.endswith("%sure")


def test_keyring_that_fails_has_nothing():
    keyring.set_keyring(Backend({}, broken=True))
    assert credentials.find("pypi", COMPANY, {}) is None


def test_keyring_by_the_name_for_tokens(secret: str):
    class Old(Backend):
        def get_credential(self, *_: object) -> None:
            return None

    keyring.set_keyring(Old({(COMPANY, "__token__"): secret}))
    found = credentials.find("pypi", COMPANY, {})
    assert found is not None
    assert (found.username, found.secret) == ("__token__", secret)


@pytest.mark.parametrize(("mode", "told"), [(0o600, False), (0o644, True), (0o640, True)])
def test_permissions_worth_a_notice(mode: int, tmp_path: Path, secret: str, *, told: bool):
    environ = pypirc(tmp_path, f"[pypi]\npassword = {secret}\n", mode)
    found = credentials.notices(environ)
    assert bool(found) is told
    assert secret not in str(found)
    assert credentials.notices({}) == ()
