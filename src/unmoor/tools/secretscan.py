"""detect-secrets, as a program: provider tokens and private keys in files, named by place and kind, never by content.

Only detectors of formats that providers mint are asked; entropy, keyword and user:password detectors find too much
that is none. Four things are ours, each for a measured reason:

* Only lines that could hold a token are handed over (a long run of token characters, or a key's first line), copied
  under neutral names: twenty times faster, and no file is left out for its extension, as lock files, images and
  compiled modules otherwise are.
* What stands inside a long run of base64 is left out: pictures and fonts in an SVG or a ``data:`` URI hold whatever
  twenty capitals one may look for. Runs that a key's own prefix leads in are no such run.
* A private key is one only with a body; its first line alone stands in every parser and manual.
* A canary of each important kind, made at run time, is scanned along; when one is not found the scan proves nothing.
"""

from __future__ import annotations

import importlib.util
import json
import re
import secrets
import string
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from unmoor.errors import ToolError, ToolMissing
from unmoor.runtime import process
from unmoor.runtime.scratch import folder as folder_for
from unmoor.tools.credential_files import credential_lines

__all__ = ["Hit", "scan"]

_SECONDS = 120.0
_LEFT_OUT = (
    "ArtifactoryDetector",
    "Base64HighEntropyString",
    "BasicAuthDetector",
    "CloudantDetector",
    "HexHighEntropyString",
    "IPPublicDetector",
    "IbmCloudIamDetector",
    "IbmCosHmacDetector",
    "JwtTokenDetector",
    "KeywordDetector",
    "SoftlayerDetector",
)
# Made for keyword detectors: on minted tokens these only lose finds, and cost most of the time.
_FILTERS_OFF = (
    "allowlist.is_line_allowlisted",
    "heuristic.is_indirect_reference",
    "heuristic.is_likely_id_string",
    "heuristic.is_lock_file",
    "heuristic.is_non_text_file",
    "heuristic.is_not_alphanumeric_string",
    "heuristic.is_potential_uuid",
    "heuristic.is_prefixed_with_dollar_sign",
    "heuristic.is_sequential_string",
    "heuristic.is_swagger_file",
    "heuristic.is_templated_secret",
)
_KEY = "Private Key"
_KEY_START = re.compile(rb"BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY|PuTTY-User-Key-File-\d")
_KEY_BODY = re.compile(rb"[A-Za-z0-9+/=]{40}")
_KEY_BODY_WITHIN = 600
_RUN = re.compile(rb"[A-Za-z0-9_\-]{20,}")
# A placeholder such as ghp_xxxx… repeats itself; a minted token of twenty characters or more does not.
_FEWEST_DISTINCT = 8
_PLACEHOLDER = re.compile(rb"[A-Z0-9]{13}EXAMPLE")
# RFC 4648, section 4; not behind what begins or divides minted tokens, and not Azure's keys, which are as long.
_BLOB = re.compile(
    rb"(?<![A-Za-z0-9+/_.\-])(?<!AccountKey=)(?=[A-Za-z0-9+/]{60})[A-Za-z0-9+/]++={0,2}(?![A-Za-z0-9+/_.\-])"
)
_ALLOWED = re.compile(rb"pragma: ?(?:allow|white)list[ -]secret")
# Formats that detect-secrets 1.5 does not know: index tokens of any index (a version 2 macaroon), and newer ones.
_EXTRA = {
    "index API token": re.compile(rb"pypi-AgE[A-Za-z0-9_\-]{40,}"),
    "GitHub fine-grained token": re.compile(rb"github_pat_[A-Za-z0-9_]{60,}"),
    "npm token": re.compile(rb"npm_[A-Za-z0-9]{36}"),
}
_BINARY_PROBE = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something that looks like a secret: ``path`` as it was given, ``line`` from 1 (0 in a binary file), its kind.

    ``allowed`` says that the line carries detect-secrets' own ``pragma: allowlist secret``.
    """

    path: str
    line: int
    kind: str
    allowed: bool = False

    @property
    def place(self) -> str:
        """The place as ``file:line``, or the file alone where lines mean nothing."""
        return f"{self.path}:{self.line}" if self.line else self.path


def scan(folder: Path, paths: Iterable[str], *, env: Mapping[str, str], log: Path | None = None) -> tuple[Hit, ...]:
    """Look for secrets in the files ``paths`` (relative to ``folder``) and return the hits, in the order of the paths.

    Links, folders and files that are gone are passed over. Raises ``ToolMissing`` without detect-secrets, and
    ``ToolError`` when a file cannot be read or the scanner misses a canary.
    """
    if importlib.util.find_spec("detect_secrets") is None:
        what = "detect-secrets was not found"
        raise ToolMissing(what, hint="install unmoor with its dependencies")
    found: list[Hit] = []
    with folder_for("secrets") as scratch:
        handed: dict[str, tuple[str, list[int]]] = {}
        for path in dict.fromkeys(paths):
            content = _content(folder / path)
            if content is None:
                continue
            found += _own_finds(path, content)
            if kept := _candidates(content):
                copy = f"{len(handed):06}.txt"
                (scratch / copy).write_bytes(b"\n".join(kept.values()) + b"\n")
                handed[copy] = (path, [0 if content.binary else number + 1 for number in kept])
        canaries = _plant(scratch)
        for copy, line, kind in _run(scratch, env=env, log=log):
            if copy in canaries:
                canaries[copy] = canaries[copy] - {kind}
            elif kind != _KEY:
                path, lines = handed[copy]
                found.append(Hit(path=path, line=lines[line - 1], kind=kind))
    if missed := sorted({kind for kinds in canaries.values() for kind in kinds}):
        what = f"detect-secrets did not find the canary of: {', '.join(missed)}"
        raise ToolError(what, hint="another version of detect-secrets may help; its finds cannot be trusted now")
    return _settled(folder, found)


@dataclass(frozen=True, slots=True)
class _Content:
    """A file as lines; a binary one as the runs of printable characters in it."""

    lines: list[bytes]
    binary: bool


def _content(path: Path) -> _Content | None:
    if path.is_symlink() or not path.is_file():
        return None
    try:
        raw = path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise ToolError(what, place=str(path), hint="make the file readable, then try again") from error
    if b"\0" in raw[:_BINARY_PROBE]:
        return _Content(re.findall(rb"[\x20-\x7e]{16,}", raw), binary=True)
    return _Content(raw.split(b"\n"), binary=False)


def _candidates(content: _Content) -> dict[int, bytes]:
    """Return the lines that could hold a minted token by their number, from 0, without what base64 they hold."""
    found = {}
    for number, line in enumerate(content.lines):
        if _varied(line) and not _PLACEHOLDER.search(line):
            rest = line if content.binary else _BLOB.sub(b" ", line)
            if rest == line or _varied(rest):
                found[number] = rest
    return found


def _varied(line: bytes) -> bool:
    return any(len(set(run)) >= _FEWEST_DISTINCT for run in _RUN.findall(line))


def _own_finds(path: str, content: _Content) -> list[Hit]:
    """Return keys with a body, tokens detect-secrets does not know, and what files made for credentials hold."""
    found = (
        []
        if content.binary
        else [Hit(path=path, line=line, kind=kind) for line, kind in credential_lines(path, content.lines)]
    )
    for number, line in enumerate(content.lines):
        if len(line) < _FEWEST_DISTINCT:
            continue
        if (start := _KEY_START.search(line)) and _has_body(content.lines, number, start.end()):
            found.append(Hit(path=path, line=number + 1, kind=_KEY))
        for kind, pattern in _EXTRA.items():
            if (token := pattern.search(line)) and len(set(token[0])) >= 2 * _FEWEST_DISTINCT:
                found.append(Hit(path=path, line=number + 1, kind=kind))
    return [Hit(path=hit.path, line=0, kind=hit.kind) for hit in found] if content.binary else found


def _has_body(lines: list[bytes], number: int, column: int) -> bool:
    rest = b"\n".join([lines[number][column:], *lines[number + 1 : number + 30]])[:_KEY_BODY_WITHIN]
    own = _KEY_START.split(rest, maxsplit=1)[0]
    return any(len(set(body)) >= 2 * _FEWEST_DISTINCT for body in _KEY_BODY.findall(own))


def _plant(scratch: Path) -> dict[str, frozenset[str]]:
    """Write one canary file and return the kinds that have to be found in it."""

    def letters(alphabet: str, count: int) -> str:
        return "".join(secrets.choice(alphabet) for _ in range(count))

    alphanumeric = string.ascii_letters + string.digits
    canary = [
        f"token = 'ghp_{letters(alphanumeric, 36)}'",
        f"key = 'AKIA{letters(string.ascii_uppercase + string.digits, 16)}'",
        "-----BEGIN " + "RSA PRIVATE KEY-----",
    ]
    (scratch / "canary.txt").write_text("\n".join(canary) + "\n", encoding="utf-8")
    return {"canary.txt": frozenset({"GitHub Token", "AWS Access Key", _KEY})}


def _run(scratch: Path, *, env: Mapping[str, str], log: Path | None) -> list[tuple[str, int, str]]:
    """Run the scanner over the folder and return what it found: file, line, kind."""
    command = [sys.executable, "-I", "-m", "detect_secrets", "scan", "--all-files", "--no-verify"]
    command += [word for name in _LEFT_OUT for word in ("--disable-plugin", name)]
    command += [word for name in _FILTERS_OFF for word in ("--disable-filter", f"detect_secrets.filters.{name}")]
    done = process.run([*command, "."], cwd=scratch, env=env, timeout=_SECONDS, log=log)
    try:
        results = json.loads(done.out)["results"]
        return [(name, int(hit["line_number"]), str(hit["type"])) for name, hits in results.items() for hit in hits]
    except (ValueError, KeyError, TypeError) as error:
        what = "detect-secrets gave no answer that can be read"
        raise ToolError(what, place=done.log) from error


def _settled(folder: Path, found: list[Hit]) -> tuple[Hit, ...]:
    """Drop repetitions at one place and mark the lines that carry the scanner's own allowance."""
    best = {(hit.path, hit.line): hit for hit in reversed(found)}
    settled = []
    for hit in sorted(best.values(), key=lambda each: (each.path, each.line)):
        content = _content(folder / hit.path)
        line = b"" if content is None or content.binary else content.lines[hit.line - 1]
        settled.append(Hit(path=hit.path, line=hit.line, kind=hit.kind, allowed=bool(_ALLOWED.search(line))))
    return tuple(settled)
