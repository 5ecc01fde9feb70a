"""The seal: the archives as private read-only copies, and ``SHA256SUMS`` that says which bytes they are.

``SHA256SUMS`` is written last, so its presence means that the seal is complete. It has the form that
``sha256sum --check`` reads, and is a copy for people: which bytes are the release's, the record of the build says.
From here on nothing is built again: every later stage reads these bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from unmoor.errors import Blocked
from unmoor.model import Distribution, Finding, wheels_first
from unmoor.runtime.files import ensure_folder, sha256_of, unlink, write_whole

__all__ = ["SUMS", "is_whole", "listed_digests", "seal", "sealed", "unseal", "verified"]

SUMS = "SHA256SUMS"
_READ_ONLY = 0o444
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[A-Za-z0-9][A-Za-z0-9._+!-]*)")
_NEVER_PUBLISH = "do not publish it; nox -s build makes it anew where nothing was uploaded yet"


def seal(files: Sequence[Path], dist_folder: Path) -> tuple[Distribution, ...]:
    """Copy ``files`` into ``dist_folder`` and seal them; return them, wheels first.

    Leftovers of a seal that was never completed are removed first. A complete seal of the same bytes is kept as it
    is; one of other bytes raises ``Blocked``, because they may be published already: ``unseal`` is the deliberate
    way. A file that cannot be written whole raises ``UnmoorError`` and leaves no seal.
    """
    wanted = wheels_first(_distribution(path, path.name) for path in files)
    if len({each.filename for each in wanted}) != len(wanted) or not wanted:
        raise Blocked("the archives to seal have no names of their own", place=str(dist_folder))
    if (dist_folder / SUMS).exists():
        if sealed(dist_folder) == wanted:
            return wanted
        what = "other bytes are sealed for this release already"
        raise Blocked(what, place=str(dist_folder / SUMS), hint="go on with those, or give the version up")
    unseal(dist_folder)
    for path in files:
        write_whole(dist_folder / path.name, path.read_bytes(), mode=_READ_ONLY)
    for each in wanted:
        if _distribution(dist_folder / each.filename, each.filename) != each:
            raise Blocked("the sealed copy differs from the built file", place=each.filename, hint="check the disk")
    lines = "".join(f"{each.sha256}  {each.filename}\n" for each in wanted)
    write_whole(dist_folder / SUMS, lines.encode(), mode=_READ_ONLY)
    return sealed(dist_folder)


def sealed(dist_folder: Path) -> tuple[Distribution, ...]:
    """Read every sealed byte again and return the archives, wheels first; empty where there is no seal.

    Raises ``Blocked`` when a file is missing, changed or added, or the list itself cannot be understood.
    """
    sums = dist_folder / SUMS
    if not sums.exists():
        return ()
    expected = _listed(sums)
    there = {path.name for path in dist_folder.iterdir()} - {SUMS}
    for name in sorted(expected.keys() - there):
        raise Blocked(f"the sealed archive {name!r} is missing", place=str(sums), hint=_NEVER_PUBLISH)
    for name in sorted(there - expected.keys()):
        raise Blocked(f"{name!r} lies among the sealed archives", place=str(dist_folder), hint="move it away")
    found = wheels_first(_distribution(dist_folder / name, name) for name in expected)
    for each in found:
        if each.sha256 != expected[each.filename]:
            what = f"{each.filename!r} is not the file that was sealed"
            raise Blocked(what, place=str(dist_folder), hint=_NEVER_PUBLISH)
    return found


def listed_digests(dist_folder: Path) -> dict[str, str]:
    """Return the sha256 of the sealed archives by file name as listed, nothing where none are sealed here."""
    try:
        listed = (dist_folder / SUMS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    rows = (line.partition(" ") for line in listed.splitlines())
    return {name.strip().removeprefix("*"): digest for digest, _, name in rows}


def verified(dist_folder: Path, recorded: Sequence[Distribution]) -> tuple[Distribution, ...]:
    """Read every sealed byte again and return the archives: those that the build ``recorded``, all and no others.

    Raises ``Blocked`` where the folder or its list says anything else; the two can agree and still be another build's.
    """
    found = {each.filename: each for each in sealed(dist_folder)}
    expected = {each.filename: each for each in recorded}
    problems = [
        Finding(message=_differing(name, found, expected), place=str(dist_folder), hint=_NEVER_PUBLISH)
        for name in sorted(found | expected)
        if found.get(name) != expected.get(name)
    ]
    if problems:
        raise Blocked.of(problems)
    return tuple(found.values())


def _differing(name: str, found: Mapping[str, Distribution], expected: Mapping[str, Distribution]) -> str:
    if name not in found:
        return f"{name!r} that the build recorded is gone"
    if name not in expected:
        return f"{name!r} is not among the archives that the build recorded"
    return f"{name!r} is not the file that the build recorded"


def is_whole(dist_folder: Path, recorded: Sequence[Distribution]) -> bool:
    """Say whether the seal and every archive that the build ``recorded`` are there, whatever bytes they have."""
    names = (SUMS, *(each.filename for each in recorded))
    return all((dist_folder / name).exists() for name in names)


def unseal(dist_folder: Path) -> None:
    """Empty the folder, the list first, so that a half-emptied folder has no seal. Only before any upload."""
    ensure_folder(dist_folder)
    for path in sorted(dist_folder.iterdir(), key=lambda path: path.name != SUMS):
        unlink(path)


def _listed(sums: Path) -> dict[str, str]:
    matches = [_LINE.fullmatch(line) for line in sums.read_text(encoding="utf-8", errors="replace").splitlines()]
    if not matches or not all(matches):
        raise Blocked("the list of sealed archives is damaged", place=str(sums), hint=_NEVER_PUBLISH)
    return {match["name"]: match["digest"] for match in matches if match}


def _distribution(path: Path, name: str) -> Distribution:
    if path.is_symlink() or not path.is_file():
        raise Blocked(f"{name!r} is not a regular file", place=str(path), hint=_NEVER_PUBLISH)
    kind = "wheel" if name.endswith(".whl") else "sdist"
    if not name.endswith((".whl", ".tar.gz")):
        raise Blocked(f"{name!r} is neither a wheel nor an sdist", place=str(path))
    size = path.stat().st_size
    if not size:
        raise Blocked(f"{name!r} is empty", place=str(path), hint="free space on the disk and build again")
    return Distribution(filename=name, kind=kind, size=size, sha256=sha256_of(path))
