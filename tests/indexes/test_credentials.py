"""Where credentials are found, that they never show, and that one for another index is never taken."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from unmoor.errors import SettingsError
from unmoor.indexes import credentials, known
from unmoor.model import Finding
from unmoor.runtime.redact import redact

COMPANY = "https://index.example.com/upload/"


def keeping(address: str, username: str, secret: str) -> credentials.Keyring:
    """Return a keyring that has one credential."""
    return lambda asked, _: (username, secret) if asked == address else None


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
        found = credentials.find("company", COMPANY, environ, keeping(COMPANY, "ringer", made["ring"]))
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
    assert credentials.find("company", COMPANY, environ) is None


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
    variable = f"UNMOOR_{name.upper()}_TOKEN"
    twine = {"TWINE_REPOSITORY_URL": url, "TWINE_PASSWORD": wrong}
    places = pypirc(tmp_path, f"[{name}]\npassword = {wrong}\n") | twine | {variable: wrong}
    found = credentials.search(name, url, places, keeping(url, "__token__", wrong))
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


def test_why_a_keyring_gave_nothing_is_told():
    why = Finding(message="the keyring did not answer")
    assert credentials.search("pypi", COMPANY, {}, lambda *_: why).passed_over == (why,)
    assert credentials.search("pypi", COMPANY, {}, lambda *_: None) == credentials.Found()
    assert credentials.search("pypi", COMPANY, {}, lambda *_: ("me", " ")) == credentials.Found()


def test_a_keyring_is_asked_only_where_nothing_else_was_found(secret: str):
    asked: list[str] = []

    def ask(address: str, _: object) -> None:
        asked.append(address)

    credentials.search("pypi", COMPANY, {"UNMOOR_PYPI_TOKEN": secret, "UNMOOR_PYPI_URL": COMPANY}, ask)
    assert asked == []
    credentials.search("pypi", COMPANY, {"UNMOOR_PYPI_TOKEN": secret}, ask)
    assert asked == [COMPANY]


# ── one address ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stated", "same"),
    [
        ("https://INDEX.example.com/upload", True),
        ("HTTPS://index.example.com:443/upload/", True),
        (" https://index.example.com/upload/\n", True),
        ("https://index.example.com:444/upload/", False),
        ("https://index.example.com:80/upload/", False),
        ("https://index.example.com/Upload/", False),
        ("https://index.example.com/upload/?x=1", False),
        ("https://index.example.com.evil.example/upload/", False),
        ("https://index.example.com@evil.example/upload/", False),
        ("https://me@index.example.com/upload/", False),
        ("https://index.example.com:port/upload/", False),
        ("https://[index.example.com/upload/", False),
        ("//index.example.com/upload/", False),
        ("", False),
    ],
)
def test_which_addresses_are_one(stated: str, secret: str, tmp_path: Path, *, same: bool):
    ours = {"UNMOOR_PYPI_TOKEN": secret, "UNMOOR_PYPI_URL": stated}
    twines = {"TWINE_PASSWORD": secret, "TWINE_REPOSITORY_URL": stated}
    file = pypirc(tmp_path, f"[x]\nrepository = {stated.strip()}\npassword = {secret}\n")
    for environ in (ours, twines, file):
        assert (credentials.find("pypi", COMPANY, environ) is not None) is same


@pytest.mark.parametrize(
    "variables",
    [
        ("UNMOOR_TESTPYPI_TOKEN",),
        ("UV_PUBLISH_TOKEN",),
        ("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"),
        ("UNMOOR_PYPI_READ_TOKEN",),
        ("UNMOOR_PYPI_READ_USERNAME", "UNMOOR_PYPI_READ_PASSWORD"),
        ("UNMOOR_TOKEN",),
        ("PYPI_TOKEN",),
    ],
)
def test_what_is_called_after_something_else_is_not_taken(variables: tuple[str, ...], secret: str):
    assert credentials.search("pypi", known.upload_url("pypi"), dict.fromkeys(variables, secret)) == credentials.Found()


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

SIMPLE = "https://index.example.com/simple/"


@pytest.mark.parametrize("variables", [("READ_TOKEN",), ("READ_USERNAME", "READ_PASSWORD")])
def test_reading_has_a_login_of_its_own(variables: tuple[str, ...], secret: str):
    values = {"READ_USERNAME": "me", "READ_TOKEN": secret, "READ_PASSWORD": secret}
    environ = {f"UNMOOR_PYPI_{each}": values[each] for each in variables} | {"UNMOOR_PYPI_READ_URL": SIMPLE}
    for live in (True, False):
        login = credentials.login("pypi", SIMPLE, environ, live=live)
        assert login is not None
        assert (login.address, login.password) == (SIMPLE, secret)
        assert login.username == ("me" if len(variables) > 1 else "__token__")
        assert secret not in repr(login)
    assert redact(f"x {secret} x") == "x [hidden] x"
    other = "https://other.example.com/simple/"
    assert credentials.login("pypi", other, environ, live=True) is None
    (told,) = credentials.search_reader("pypi", other, environ, files=True).passed_over
    assert f"UNMOOR_PYPI_READ_URL={other}" in told.hint


def test_what_may_upload_is_not_for_reading(secret: str):
    urls = {"UNMOOR_PYPI_URL": SIMPLE, "UNMOOR_PYPI_READ_URL": SIMPLE, "TWINE_REPOSITORY_URL": SIMPLE}
    environ = urls | {"UNMOOR_PYPI_TOKEN": secret, "TWINE_PASSWORD": secret}
    assert credentials.login("pypi", SIMPLE, environ, live=True) is None


def test_a_rehearsal_reads_with_nothing_that_is_kept_in_a_file(secret: str, tmp_path: Path):
    environ = pypirc(tmp_path, f"[x]\nrepository = {SIMPLE}\nusername = me\npassword = {secret}\n")
    assert credentials.login("pypi", SIMPLE, environ, live=False) is None
    login = credentials.login("pypi", SIMPLE, environ, live=True)
    assert login is not None
    assert (login.username, login.password) == ("me", secret)


def test_the_well_known_indexes_are_read_without_a_login(secret: str):
    for name in known.NAMES:
        environ = {f"UNMOOR_{name.upper()}_READ_TOKEN": secret}
        assert credentials.login(name, known.simple_url(name), environ, live=True) is None
        assert credentials.login(name, "", environ, live=True) is None


@pytest.mark.parametrize("token", ["", "of the main index"])
def test_reading_too_sends_nothing_in_the_clear_and_no_token_of_another_index(token: str, secret: str):
    url = SIMPLE if token else SIMPLE.replace("https", "http")
    given = minted(instance("pypi")) if token else secret
    environ = {"UNMOOR_PYPI_READ_TOKEN": given, "UNMOOR_PYPI_READ_URL": url}
    assert credentials.login("pypi", url, environ, live=True) is None


@pytest.mark.parametrize(("mode", "told"), [(0o600, False), (0o644, True), (0o640, True)])
def test_permissions_worth_a_notice(mode: int, tmp_path: Path, secret: str, *, told: bool):
    environ = pypirc(tmp_path, f"[pypi]\npassword = {secret}\n", mode)
    found = credentials.notices(environ)
    assert bool(found) is told
    assert secret not in str(found)
    assert credentials.notices({}) == ()
