"""What an index is given: the fields of the upload form, and the file; and that same form made from a local file.

The form is the legacy upload API of PyPI: core metadata fields under their form names, the digests of the file,
its kind (``filetype``), and the file itself as ``content``.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.metadata import RawMetadata, parse_email
from packaging.version import InvalidVersion, Version

from unmoor.runtime.bounded_archives import BoundedTar, tar_member, zip_member

__all__ = ["ARCHIVE_ERRORS", "FORM_NAMES", "Submission", "submission_of"]

# Everything the standard library raises for an archive that is damaged or made to mislead.
ARCHIVE_ERRORS = (
    OSError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    UnicodeError,
    ValueError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)

# Where the form's name for a field is not the name that packaging.metadata gives it.
FORM_NAMES = {
    "platforms": "platform",
    "supported_platforms": "supported_platform",
    "license_files": "license_file",
    "import_names": "import_name",
    "import_namespaces": "import_namespace",
}
_LICENSE_FILES_SINCE = Version("2.4")
_METADATA_LIMIT = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One upload: ``fields`` by form name, each with all its values; the file's name as sent, and where its bytes lie.

    ``content`` is ``None`` where no file came along. ``content_type`` is what the client called the file.
    ``file_fields`` are fields other than the file that came as a file. ``defects`` say what in the archive's
    metadata could not be put into the form at all.
    """

    fields: Mapping[str, Sequence[str]]
    filename: str
    content: Path | None
    content_type: str = "application/octet-stream"
    file_fields: tuple[str, ...] = ()
    defects: tuple[str, ...] = field(default=())

    def value(self, name: str) -> str:
        """Return the first value of a field, or an empty string."""
        values = self.fields.get(name, ())
        return values[0] if values else ""


def submission_of(path: Path) -> Submission:
    """Return the form that an uploader such as twine would post for the file at ``path``.

    Raises nothing for a bad archive: what cannot be read is listed in ``defects``. Raises ``OSError`` when the file
    itself cannot be read.
    """
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        blake2 = hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=32)).hexdigest()
    wheel = path.name.endswith(".whl")
    fields: dict[str, Sequence[str]] = {
        ":action": ("file_upload",),
        "protocol_version": ("1",),
        "filetype": ("bdist_wheel" if wheel else "sdist",),
        "pyversion": (_python_tag(path.name) if wheel else "source",),
        "sha256_digest": (sha256,),
        "blake2_256_digest": (blake2,),
    }
    found, defects = _metadata_fields(path)
    return Submission(fields=fields | found, filename=path.name, content=path, defects=defects)


def _python_tag(filename: str) -> str:
    parts = filename.removesuffix(".whl").split("-")
    return parts[-3] if len(parts) >= len(("name", "version", "python", "abi", "platform")) else "any"


def _metadata_fields(path: Path) -> tuple[dict[str, Sequence[str]], tuple[str, ...]]:
    try:
        content = _read_wheel(path) if path.name.endswith(".whl") else _read_sdist(path)
    except ARCHIVE_ERRORS as error:
        return {}, (f"the metadata cannot be read: {str(error) or type(error).__name__}",)
    raw, unparsed = parse_email(content)
    if _older_than_license_files(raw):
        # Older setuptools writes License-File under 2.1; uploaders leave it out, so that the index never sees it.
        raw.pop("license_files", None)
        unparsed.pop("license-file", None)
    defects = tuple(f"the field '{name}' is unknown, repeated or not UTF-8" for name in sorted(unparsed))
    return _form(raw), defects


def _older_than_license_files(raw: RawMetadata) -> bool:
    try:
        return Version(raw.get("metadata_version", "0")) < _LICENSE_FILES_SINCE
    except InvalidVersion:
        return False


def _form(raw: RawMetadata) -> dict[str, Sequence[str]]:
    fields: dict[str, Sequence[str]] = {}
    for key, value in raw.items():
        name = FORM_NAMES.get(key, key)
        if key == "keywords" and isinstance(value, list):
            fields[name] = (", ".join(value),)
        elif isinstance(value, dict):
            fields[name] = tuple(f"{label}, {url}" for label, url in value.items())
        elif isinstance(value, list):
            fields[name] = tuple(value)
        else:
            fields[name] = (str(value),)
    if "name" in fields:
        # Uploaders send the name with runs of other characters replaced, as setuptools once did.
        fields["name"] = (re.sub("[^A-Za-z0-9.]+", "-", fields["name"][0]),)
    return fields


def _read_wheel(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        own = "-".join(path.name.split("-")[:2]) + ".dist-info/METADATA"
        names = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        chosen = own if own in names else next(iter(names), "")
        if not chosen:
            raise KeyError(own)
        return zip_member(archive, chosen, limit=_METADATA_LIMIT)


def _read_sdist(path: Path) -> bytes:
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            return zip_member(archive, _top_pkg_info(archive.namelist()), limit=_METADATA_LIMIT)
    with BoundedTar.open(path, "r:gz") as archive:
        for member in archive:
            # Not the whole archive: PKG-INFO of the top folder, wherever it stands.
            if re.fullmatch(r"(\./)?[^/]+/PKG-INFO", member.name) and member.isfile():
                if member.size > _METADATA_LIMIT:
                    break
                return tar_member(archive, member)
    what = "there is no PKG-INFO in the top folder"
    raise ValueError(what)


def _top_pkg_info(names: Sequence[str]) -> str:
    return next(name for name in (*names, "PKG-INFO") if re.fullmatch(r"([^/]+/)?PKG-INFO", name))
