"""Which credential an upload to an index would use, and where it comes from; its value is never shown.

Asked in this order: variables of our own for one index, twine's variables, ``.pypirc``, the keyring. A credential
that is meant for another index is never taken: what names a URL must name this one.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from pathlib import Path

from unmoor.errors import Problem, SettingsError
from unmoor.indexes import known
from unmoor.model import Finding
from unmoor.runtime.redact import register
from unmoor.targets import Credential

__all__ = ["find", "notices"]

_TOKEN_USER = "__token__"  # noqa: S105 - a user name
_OTHERS = 0o077


def find(index: str, upload_url: str, environ: Mapping[str, str], *, keyring: bool = True) -> Credential | None:
    """Return the credential for uploading to the index of that name and URL, or ``None``.

    ``keyring`` says whether to ask it too. Raises ``SettingsError`` for a ``.pypirc`` that cannot be read; its
    content is never quoted.
    """
    found = (
        _of_ours(index, environ)
        or _of_twine(index, upload_url, environ)
        or _of_pypirc(index, upload_url, environ)
        or (_of_keyring(upload_url) if keyring else None)
    )
    if found is not None:
        register(found.secret)
    return found


def _credential(username: str | None, secret: str | None, source: str) -> Credential | None:
    # A token pasted with a line break is a token; nothing but blanks is none.
    username, secret = (username or "").strip() or _TOKEN_USER, (secret or "").strip()
    return Credential(username=username, secret=secret, source=source) if secret else None


def _of_ours(index: str, environ: Mapping[str, str]) -> Credential | None:
    prefix = "UNMOOR_" + re.sub(r"[^A-Z0-9]+", "_", index.upper())
    token = f"{prefix}_TOKEN"
    if found := _credential(_TOKEN_USER, environ.get(token), f"environment {token}"):
        return found
    password = f"{prefix}_PASSWORD"
    return _credential(environ.get(f"{prefix}_USERNAME"), environ.get(password), f"environment {password}")


def _of_twine(index: str, upload_url: str, environ: Mapping[str, str]) -> Credential | None:
    url, name = environ.get("TWINE_REPOSITORY_URL", ""), environ.get("TWINE_REPOSITORY", "")
    if (url and not _same(url, upload_url)) or (not url and name and name != index):
        return None
    return _credential(environ.get("TWINE_USERNAME"), environ.get("TWINE_PASSWORD"), "environment TWINE_PASSWORD")


def _same(one: str, other: str) -> bool:
    return one.strip().rstrip("/").lower() == other.strip().rstrip("/").lower()


# ── .pypirc ──────────────────────────────────────────────────────────────────────────────────────────────────


def _pypirc(environ: Mapping[str, str]) -> Path | None:
    home = environ.get("HOME") or environ.get("USERPROFILE")
    path = Path(home) / ".pypirc" if home else None
    return path if path is not None and path.is_file() else None


def _of_pypirc(index: str, upload_url: str, environ: Mapping[str, str]) -> Credential | None:
    path = _pypirc(environ)
    if path is None:
        return None
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (configparser.Error, OSError, UnicodeError):
        # The parser's own message quotes the line, and the line may be the secret.
        hint = "correct it (see twine's documentation of .pypirc), or set the token in the environment instead"
        raise SettingsError([Problem(what="the file .pypirc cannot be read", where=str(path), hint=hint)]) from None
    for section in sorted(parser.sections(), key=lambda name: name != index):
        if _is_for(parser, section, index, upload_url):
            values = parser[section]
            source = f"{path} [{section}]"
            if found := _credential(values.get("username"), values.get("password"), source):
                return found
    return None


def _is_for(parser: configparser.RawConfigParser, section: str, index: str, upload_url: str) -> bool:
    """Say whether a section is about this upload URL; without a URL of its own it means the well-known one."""
    stated = parser.get(section, "repository", fallback="")
    if stated:
        return _same(stated, upload_url)
    return section == index and index in known.NAMES and _same(known.upload_url(index), upload_url)


def notices(environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return what is worth knowing about the places credentials are kept in: a ``.pypirc`` that others can read."""
    path = _pypirc(environ)
    if path is None or not path.stat().st_mode & _OTHERS:
        return ()
    return (Finding(message="other users can read .pypirc", place=str(path), hint=f"run: chmod 600 {path}"),)


# ── keyring ──────────────────────────────────────────────────────────────────────────────────────────────────


def _of_keyring(upload_url: str) -> Credential | None:
    """Ask the keyring as twine does: the service is the upload URL. A keyring that fails has no credential."""
    try:
        import keyring

        found = keyring.get_credential(upload_url, None)
        username = found.username if found else _TOKEN_USER
        secret = found.password if found else keyring.get_password(upload_url, _TOKEN_USER)
    except Exception:  # noqa: BLE001 - backends raise anything, and none of it is our failure
        return None
    return _credential(username, secret, "keyring")
