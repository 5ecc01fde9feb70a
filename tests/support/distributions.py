"""Wheels and sdists made by hand: valid by default, and wrong in exactly one way where a test says so."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from unmoor.model import Distribution

NAME, VERSION = "tiny-thing", "1.2.0"
STEM = "tiny_thing-1.2.0"
INFO = f"{STEM}.dist-info"
HEADERS: tuple[tuple[str, str], ...] = (
    ("Metadata-Version", "2.4"),
    ("Name", NAME),
    ("Version", VERSION),
    ("Summary", "A thing, and a tiny one"),
    ("Author-email", "Some One <some.one@example.com>"),
    ("License-Expression", "MIT"),
    ("License-File", "LICENSE"),
    ("Classifier", "Programming Language :: Python :: 3"),
    ("Project-URL", "Source, https://example.com/tiny-thing"),
    ("Requires-Python", ">=3.8"),
    ("Requires-Dist", "attrs>=20; python_version < '4'"),
    ("Description-Content-Type", "text/markdown"),
)
README = "# Tiny thing\n\nIt is tiny.\n"


def metadata(*more: tuple[str, str], drop: Sequence[str] = (), description: str = README, **changed: str) -> bytes:
    """Return core metadata: ``changed`` by header with underscores, ``more`` headers added, ``drop`` left out."""
    wanted = {name.replace("_", "-").lower(): value for name, value in changed.items()}
    gone = {name.lower() for name in drop}
    lines = [(name, wanted.pop(name.lower(), value)) for name, value in HEADERS if name.lower() not in gone]
    lines += [*wanted.items(), *more]
    return ("".join(f"{name}: {value}\n" for name, value in lines) + "\n" + description).encode()


def wheel_members(content: bytes | None = None, *, stem: str = STEM) -> dict[str, bytes]:
    """Return the members of a valid wheel, with RECORD."""
    info = f"{stem}.dist-info"
    members = {
        "tiny_thing/__init__.py": b'__version__ = "1.2.0"\n',
        f"{info}/licenses/LICENSE": b"Do as you like.\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/METADATA": metadata() if content is None else content,
    }
    record = "".join(f"{name},,\n" for name in (*members, f"{info}/RECORD"))
    return {**members, f"{info}/RECORD": record.encode()}


def wheel(
    folder: Path,
    content: bytes | None = None,
    *,
    name: str = f"{STEM}-py3-none-any.whl",
    stem: str = STEM,
    members: Mapping[str, bytes] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Write a wheel into ``folder`` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with zipfile.ZipFile(path, "w", compression) as archive:
        for member, data in (wheel_members(content, stem=stem) if members is None else members).items():
            archive.writestr(zipfile.ZipInfo(member, (2020, 1, 1, 0, 0, 0)), data, compression)
    return path


def sdist(
    folder: Path,
    content: bytes | None = None,
    *,
    name: str = f"{STEM}.tar.gz",
    members: Mapping[str, bytes] | None = None,
    top: str = STEM,
) -> Path:
    """Write an sdist into ``folder`` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if members is None:
        members = {
            f"{top}/PKG-INFO": metadata() if content is None else content,
            f"{top}/LICENSE": b"Do as you like.\n",
            f"{top}/pyproject.toml": b"[project]\n",
            f"{top}/tiny_thing/__init__.py": b'__version__ = "1.2.0"\n',
        }
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for member, data in members.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def distribution_of(path: Path) -> Distribution:
    """Return what a file is called as an archive that was built."""
    content = path.read_bytes()
    kind = "wheel" if path.suffix == ".whl" else "sdist"
    return Distribution(filename=path.name, kind=kind, size=len(content), sha256=hashlib.sha256(content).hexdigest())
