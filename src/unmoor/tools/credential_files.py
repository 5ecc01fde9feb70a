"""Files that tools keep credentials in, known by name, and the lines of them that really hold one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from unmoor.runtime.redact import looks_secret, names_a_place

__all__ = ["credential_lines", "kept_in"]

_VALUE_AFTER = {
    ".pypirc": re.compile(r"\s*password\s*[=:]\s*(?P<value>.+)", re.IGNORECASE),
    ".netrc": re.compile(r".*\bpassword\s+(?P<value>\S+)", re.IGNORECASE),
    "_netrc": re.compile(r".*\bpassword\s+(?P<value>\S+)", re.IGNORECASE),
    ".npmrc": re.compile(r".*:_(?:authToken|password)\s*=\s*(?P<value>\S+)"),
    ".git-credentials": re.compile(r"\w+://[^:/@\s]+:(?P<value>[^@\s]+)@"),
}
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.+)")
_EXAMPLES = (".example", ".sample", ".template", ".dist", ".defaults")
_SHORTEST = 8
_MOST_BYTES = 1 << 20
# What people write where the secret will stand: a reference, or words in brackets, or a run of one letter.
_PLACEHOLDER = re.compile(
    r"\$.*|<.*>|\{.*\}|%.*%|(.)\1*|.*(change.?me|your|example|dummy|placeholder|secret here).*", re.IGNORECASE
)


def credential_lines(path: str, lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    """Yield line (from 1) and kind of every credential in a file that is, by its name, made for holding some."""
    name = PurePosixPath(path).name
    if name in _VALUE_AFTER:
        for number, line in enumerate(lines, 1):
            match = _VALUE_AFTER[name].match(_text(line))
            if match and _is_real(match["value"]):
                yield number, f"password in {name}"
    elif (name == ".env" or name.startswith(".env.") or name == ".envrc") and not name.endswith(_EXAMPLES):
        for number, line in enumerate(lines, 1):
            match = _ASSIGNMENT.match(_text(line))
            named = match and looks_secret(match["name"]) and not names_a_place(match["name"])
            if match and named and _is_real(match["value"]):
                yield number, f"secret in {name}"


def kept_in(home: Path) -> Iterator[str]:
    """Yield the passwords that tools keep in a user's folder; a file that cannot be read holds none."""
    for name, pattern in _VALUE_AFTER.items():
        file, lines = home / name, list[bytes]()
        with suppress(OSError):
            if file.is_file() and file.stat().st_size <= _MOST_BYTES:
                lines = file.read_bytes().splitlines()
        found = (pattern.match(_text(line)) for line in lines)
        yield from (match["value"].strip() for match in found if match and _is_real(match["value"]))


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip()


def _is_real(value: str) -> bool:
    bare = value.partition(" #")[0].strip().strip("\"'")
    return len(bare) >= _SHORTEST and not _PLACEHOLDER.fullmatch(bare)
