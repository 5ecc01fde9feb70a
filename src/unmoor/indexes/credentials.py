"""Which credential an index would be given, and where it comes from; its value is never shown.

For uploads are asked, in this order: variables of our own for one index, twine's variables, ``.pypirc``, the keyring.
Reading an index that wants a login has variables of its own, and ``.pypirc``; nothing that may upload is used for it. A
credential belongs to an address: variables that name none mean the well-known one, and what is meant for another
address is never taken. Nor is anything that would be sent in the clear, or a token that says itself that another index
made it.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from unmoor.errors import SettingsError
from unmoor.indexes import api_tokens, known
from unmoor.model import Finding
from unmoor.runtime.http import Login
from unmoor.runtime.loopback import is_loopback
from unmoor.runtime.redact import redact, register
from unmoor.targets import Credential

__all__ = ["Found", "Keyring", "find", "login", "notices", "search", "search_reader", "variable"]

# What asks a keyring for an address: user name and secret, what went wrong, or nothing.
Keyring = Callable[[str, Mapping[str, str]], "tuple[str, str] | Finding | None"]

_TOKEN_USER = "__token__"  # noqa: S105 - a user name
_OTHERS = 0o077
# A credential, and why it is for another address than the one that is asked about, where it is; without a credential,
# why there is none.
_Candidate = tuple[Credential | None, Finding | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The credential for an address, where there is one; and those that were ``passed_over``, each with the reason."""

    credential: Credential | None = None
    passed_over: tuple[Finding, ...] = ()


def find(index: str, upload_url: str, environ: Mapping[str, str], keyring: Keyring | None = None) -> Credential | None:
    """Return the credential for uploading to the index of that name and URL, or ``None``; see ``search``."""
    return search(index, upload_url, environ, keyring).credential


def search(index: str, upload_url: str, environ: Mapping[str, str], keyring: Keyring | None = None) -> Found:
    """Look for the credential for uploading to the index of that name and URL.

    ``keyring`` is asked last, where it is given. Raises ``SettingsError`` for a ``.pypirc`` that cannot be read; its
    content is never quoted.
    """
    return _first_fit(_candidates(index, upload_url, environ, keyring), upload_url)


def search_reader(index: str, simple_url: str, environ: Mapping[str, str], *, files: bool) -> Found:
    """Look for the credential for reading the simple API of the index of that name; the well-known ones want none.

    ``files`` says whether to look into ``.pypirc`` too. Raises ``SettingsError`` as ``search`` does.
    """
    if not simple_url or any(known.same(simple_url, known.simple_url(name)) for name in known.NAMES):
        return Found()
    return _first_fit(_reading(index, simple_url, environ, files=files), simple_url)


def login(index: str, simple_url: str, environ: Mapping[str, str], *, live: bool) -> Login | None:
    """Return the login for reading the simple API of an index, where there is one.

    A rehearsal has it from the environment only: what is kept in files is for the live release.
    """
    found = search_reader(index, simple_url, environ, files=live).credential
    return None if found is None else Login(address=simple_url, username=found.username, password=found.secret)


def _first_fit(candidates: Iterator[_Candidate], address: str) -> Found:
    passed_over: list[Finding] = []
    for credential, elsewhere in candidates:
        if credential is None:
            passed_over += [elsewhere] if elsewhere else []
            continue
        register(credential.secret)
        why = elsewhere or _unfit(credential, address)
        if why is None:
            return Found(credential=credential, passed_over=tuple(passed_over))
        passed_over.append(why)
    return Found(passed_over=tuple(passed_over))


def variable(index: str, what: str) -> str:
    """Return the name of a variable of ours about an index; ``what`` is ``TOKEN``, ``URL``, and so on."""
    return f"UNMOOR_{re.sub(r'[^A-Z0-9]+', '_', index.upper())}_{what}"


def _candidates(
    index: str, upload_url: str, environ: Mapping[str, str], keyring: Keyring | None
) -> Iterator[_Candidate]:
    """Yield what lies in each place, in order; a place is only looked into when those before it had nothing fit."""
    well_known = known.upload_url(index) if index in known.NAMES else ""
    yield from _of_ours(index, "", well_known, upload_url, environ)
    yield from _of_twine(upload_url, environ)
    yield from _of_pypirc(index, upload_url, environ)
    if keyring is not None:
        yield from _of_keyring(keyring(upload_url, environ))


def _reading(index: str, simple_url: str, environ: Mapping[str, str], *, files: bool) -> Iterator[_Candidate]:
    well_known = known.simple_url(index) if index in known.NAMES else ""
    yield from _of_ours(index, "READ_", well_known, simple_url, environ)
    if files:
        yield from _of_pypirc(index, simple_url, environ)


def _credential(username: str | None, secret: str | None, source: str) -> Iterator[Credential]:
    # A token pasted with a line break is a token; nothing but blanks is none.
    username, secret = (username or "").strip() or _TOKEN_USER, (secret or "").strip()
    if secret:
        yield Credential(username=username, secret=secret, source=source)


def _of_ours(index: str, what_for: str, well_known: str, url: str, environ: Mapping[str, str]) -> Iterator[_Candidate]:
    token, password, address = (variable(index, f"{what_for}{each}") for each in ("TOKEN", "PASSWORD", "URL"))
    user, meant = environ.get(variable(index, f"{what_for}USERNAME")), environ.get(address, "") or well_known
    for name, username in ((token, _TOKEN_USER), (password, user)):
        for found in _credential(username, environ.get(name), f"environment {name}"):
            yield found, _elsewhere(name, meant, url, address)


def _of_twine(upload_url: str, environ: Mapping[str, str]) -> Iterator[_Candidate]:
    name, address = "TWINE_PASSWORD", "TWINE_REPOSITORY_URL"
    for found in _credential(environ.get("TWINE_USERNAME"), environ.get(name), f"environment {name}"):
        meant = environ.get(address, "") or _address_of(environ.get("TWINE_REPOSITORY") or "pypi", environ)
        yield found, _elsewhere(name, meant, upload_url, address)


def _elsewhere(name: str, meant: str, upload_url: str, address: str) -> Finding | None:
    """Say that the variable ``name`` is ``meant`` for another address; ``address`` is the variable that states it."""
    if meant and known.same(meant, upload_url):
        return None
    whose = f"it is for {redact(meant)}" if meant else "nothing says which address it is for"
    hint = f"if it belongs to {upload_url}, set {address}={upload_url} beside it"
    return Finding(message=f"{name} is not used for {upload_url}: {whose}", hint=hint)


def _unfit(credential: Credential, upload_url: str) -> Finding | None:
    """Say why a credential must not be sent to an address although it was meant for it."""
    what = f"the credential from {credential.source} is not used for {upload_url}"
    if urlsplit(upload_url).scheme != "https" and not is_loopback(upload_url):
        return Finding(
            message=f"{what}: it would be sent in the clear", hint="use an address that starts with https://"
        )
    maker = api_tokens.location(credential.secret)
    own = {known.host(name): known.upload_url(name) for name in known.NAMES}
    if maker not in own or known.same(own[maker], upload_url):
        return None
    return Finding(message=f"{what}: it is a token of {maker}", hint=f"use a token that {upload_url} has given out")


# ── .pypirc ──────────────────────────────────────────────────────────────────────────────────────────────────


def _pypirc(environ: Mapping[str, str]) -> Path | None:
    home = environ.get("HOME") or environ.get("USERPROFILE")
    path = Path(home) / ".pypirc" if home else None
    return path if path is not None and path.is_file() else None


def _sections(environ: Mapping[str, str]) -> configparser.RawConfigParser:
    """Return what ``.pypirc`` says, nothing where there is none."""
    parser = configparser.RawConfigParser()
    if (path := _pypirc(environ)) is None:
        return parser
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (configparser.Error, OSError, UnicodeError):
        # The parser's own message quotes the line, and the line may be the secret.
        hint = "correct it (see twine's documentation of .pypirc), or set the token in the environment instead"
        raise SettingsError([Finding(message="the file .pypirc cannot be read", place=str(path), hint=hint)]) from None
    return parser


def _address_of(name: str, environ: Mapping[str, str]) -> str:
    """Return the URL that twine takes a repository's name for, an empty string where it knows none."""
    stated = _sections(environ).get(name, "repository", fallback="")
    return stated or (known.upload_url(name) if name in known.NAMES else "")


def _of_pypirc(index: str, upload_url: str, environ: Mapping[str, str]) -> Iterator[_Candidate]:
    parser = _sections(environ)
    for section in sorted(parser.sections(), key=lambda name: name != index):
        if _is_for(parser, section, index, upload_url):
            values = parser[section]
            source = f"{_pypirc(environ)} [{section}]"
            for found in _credential(values.get("username"), values.get("password"), source):
                yield found, None


def _is_for(parser: configparser.RawConfigParser, section: str, index: str, upload_url: str) -> bool:
    """Say whether a section is about this upload URL; without a URL of its own it means the well-known one."""
    stated = parser.get(section, "repository", fallback="")
    if stated:
        return known.same(stated, upload_url)
    return section == index and index in known.NAMES and known.same(known.upload_url(index), upload_url)


def notices(environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return what is worth knowing about the places credentials are kept in: a ``.pypirc`` that others can read."""
    path = _pypirc(environ)
    if path is None or os.name != "posix" or not path.stat().st_mode & _OTHERS:
        return ()
    return (Finding(message="other users can read .pypirc", place=str(path), hint=f"run: chmod 600 {path}"),)


# ── keyring ──────────────────────────────────────────────────────────────────────────────────────────────────


def _of_keyring(answer: tuple[str, str] | Finding | None) -> Iterator[_Candidate]:
    if isinstance(answer, Finding):
        yield None, answer
    elif answer is not None:
        for credential in _credential(*answer, "keyring"):
            yield credential, None
