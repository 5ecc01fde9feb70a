"""Which values a key of ``[tool.unmoor]`` accepts beyond its type: one small check a rule, and the table of them."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from unmoor.runtime.environment import is_credential
from unmoor.runtime.loopback import is_loopback

__all__ = ["RULES", "UNFIT_FOR_TAG", "Complaint", "Rule"]

Complaint = tuple[str, str]  # what was expected, and a hint
Rule = Callable[[object], Complaint | None]

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_GATE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PYTHON = re.compile(r"(?:pypy)?3\.[0-9]{1,2}t?")
# git-check-ref-format(1), rules 3 to 10, plus an option-like or over-long name.
UNFIT_FOR_TAG = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/$|^/|\.$|^-|(^|/)\.|\.lock(/|$)|^@$|^$|^.{200}")
_UNFIT_FOR_BRANCH = re.compile(r"[\x00-\x20\x7f~^:\\]|\.\.|@\{|//|^[-/]|/$")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\*?")
_FIELD = re.compile(r"\{([^{}]*)\}")
_DRIVE = re.compile(r"[A-Za-z]:")
_FULL = 100


def _tag(value: object) -> Complaint | None:
    text = str(value)
    if "{version}" not in text:
        return "a form with '{version}' in it", "write for example 'v{version}'"
    unknown = [name for name in _FIELD.findall(text) if name not in {"version", "name"}]
    if unknown or text.count("{version}") > 1:
        return "'{version}' once, and at most '{name}' beside it", "write for example '{name}-{version}'"
    if UNFIT_FOR_TAG.search(_FIELD.sub("x", text)):
        return "a form that git takes as a tag name", "leave out blanks and the characters ~ ^ : ? * [ \\"
    return None


def _branch(value: object) -> Complaint | None:
    if not value or _UNFIT_FOR_BRANCH.search(str(value)):
        return "the name or pattern of a branch", "write for example 'main' or 'release/*'"
    return None


def _remote(value: object) -> Complaint | None:
    if value and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._/-]*", str(value)):
        return "the name of a git remote, not its address", "write for example 'origin'; `git remote` lists the names"
    return None


def _module(value: object) -> Complaint | None:
    if not all(part.isidentifier() for part in str(value).split(".")):
        return "a name that can be imported", "write for example 'package' or 'namespace.package'"
    return None


def _path(value: object) -> Complaint | None:
    text = str(value)
    if not text.strip() or "\0" in text:
        return "a path inside the project", ""
    if "\\" in text:
        return "a path with '/' between its parts", f"write '{text.replace(chr(92), '/')}'"
    if text.startswith(("/", "~")) or _DRIVE.match(text) or ".." in text.split("/"):
        return "a path inside the project", "write it relative to the folder of pyproject.toml, without '..'"
    return None


def _optional_path(value: object) -> Complaint | None:
    return _path(value) if value else None


def _search(value: object) -> Complaint | None:
    if "{version}" not in str(value):
        return "a text with '{version}' in it", "write the text around the version, for example 'version: {version}'"
    return None


def _name(value: object) -> Complaint | None:
    return None if _NAME.fullmatch(str(value)) else ("the name of a group or extra", "")


def _filled(value: object) -> Complaint | None:
    return None if str(value).strip() else ("a text that is not empty", "")


def _word(value: object) -> Complaint | None:
    return ("a word without a NUL character", "") if "\0" in str(value) else None


def _python(value: object) -> Complaint | None:
    return None if _PYTHON.fullmatch(str(value)) else ("a Python version", "write for example '3.12'")


def _gate_name(value: object) -> Complaint | None:
    if not _GATE.fullmatch(str(value)):
        return "a name of lower case letters, digits and '-'", "write for example 'schema-is-current'"
    return None


def _day(value: object) -> Complaint | None:
    try:
        return None if not value or dt.date.fromisoformat(str(value)).isoformat() == value else _NO_DAY
    except ValueError:
        return _NO_DAY


_NO_DAY = ("a day as YYYY-MM-DD", "leave it out for a waiver for good")


def _percent(value: object) -> Complaint | None:
    return None if isinstance(value, int | float) and 0 <= value <= _FULL else ("a percentage from 0 to 100", "")


def _size(value: object) -> Complaint | None:
    return None if isinstance(value, int) and value >= 0 else ("a size in bytes, 0 or more", "")


def _factor(value: object) -> Complaint | None:
    fine = isinstance(value, int | float) and math.isfinite(value) and (value == 0 or value >= 1)
    return None if fine else ("a factor, 1 or more; 0 for none", "")


def _days(value: object) -> Complaint | None:
    fine = isinstance(value, int | float) and math.isfinite(value) and value >= 0
    return None if fine else ("a number of days, 0 or more", "")


def _variable(value: object) -> Complaint | None:
    text = str(value)
    if not _VARIABLE.fullmatch(text):
        return (
            "the name of a variable, or the beginning of one and '*'",
            "write for example 'DATABASE_URL' or 'MYLIB_*'",
        )
    if is_credential(text):
        return "a variable that is no credential of uploads", "remove it: nobody but the uploading program has those"
    return None


def _seconds(value: object) -> Complaint | None:
    fine = isinstance(value, int | float) and math.isfinite(value) and value > 0
    return None if fine else ("a number of seconds above 0", "")


def _url(value: object) -> Complaint | None:
    if not value:
        return None
    try:
        parts = urlsplit(str(value))
        broken = not parts.hostname or (parts.port or 1) < 1
    except ValueError:
        return _NO_URL
    # What is sent there, or installed from there, could be read and changed on its way.
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(str(value)))
    if not safe or broken or re.search(r"\s", str(value)):
        return _NO_URL
    if "@" in parts.netloc:
        hint = "keep credentials in the environment or a keyring, and change this one: it was in a file"
        return "an address without a user name or password", hint
    if parts.query or parts.fragment:
        hint = "an index takes none; if it is a token, keep it in the environment and change it: it was in a file"
        return "an address without a query", hint
    return None


_NO_URL = ("an address that starts with https://, or with http:// on this machine", "")


RULES: Mapping[str, Rule] = {
    "tag": _tag,
    "branches": _branch,
    "remote": _remote,
    "imports": _module,
    "changelog": _optional_path,
    "version-files.path": _path,
    "version-files.search": _search,
    "gates": _filled,
    "critical-paths": _path,
    "required-files": _path,
    "archive-allow": _path,
    "executables": _path,
    "pass-env": _variable,
    "secrets.path": _path,
    "secrets.reason": _filled,
    "tests.command": _word,
    "tests.pythons": _python,
    "tests.groups": _name,
    "tests.extras": _name,
    "tests.requirements": _filled,
    "tests.coverage": _percent,
    "tests.seconds": _seconds,
    "docs.source": _optional_path,
    "docs.groups": _name,
    "docs.extras": _name,
    "docs.requirements": _filled,
    "docs.seconds": _seconds,
    "install.imports": _module,
    "install.extras": _name,
    "install.seconds": _seconds,
    "install.import-seconds": _seconds,
    "sizes.wheel-notice": _size,
    "sizes.sdist-notice": _size,
    "sizes.wheel-limit": _size,
    "sizes.sdist-limit": _size,
    "sizes.growth": _factor,
    "evidence.days": _days,
    "indexes.upload-url": _url,
    "indexes.simple-url": _url,
    "indexes.visible-seconds": _seconds,
    "commands.name": _gate_name,
    "commands.run": _word,
    "commands.seconds": _seconds,
    "waivers.gate": _filled,
    "waivers.reason": _filled,
    "waivers.by": _filled,
    "waivers.until": _day,
}
