"""One submission under judgement: everything the rules look at, read once and only when a rule asks.

A ``UploadCheck`` holds the archive open; close it, or use it as a context manager.
"""

from __future__ import annotations

import hashlib
import tarfile
import typing
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Any, NamedTuple, Self, cast

from packaging.metadata import InvalidMetadata, Metadata, RawMetadata
from packaging.version import InvalidVersion, Version

from unmoor.indexes.rules.index_contents import IndexContents
from unmoor.indexes.rules.submission import ARCHIVE_ERRORS, FORM_NAMES, Submission
from unmoor.runtime.bounded_archives import BoundedTar, zip_member

__all__ = ["Refusal", "UploadCheck", "Violation"]

_TYPES = typing.get_type_hints(RawMetadata)
_MEMBER_LIMIT = 64 << 20
_RAW_NAMES = {FORM_NAMES.get(key, key): key for key in _TYPES}


class Violation(NamedTuple):
    """A rule's answer where it does not hold: why, what to do about it, and the HTTP status of the refusal."""

    message: str
    hint: str = ""
    status: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A rule that does not hold, by name, and how an index would say so."""

    rule: str
    status: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message} → {self.hint}" if self.hint else self.message


class UploadCheck:
    """A submission, with its metadata, digests and archive at hand."""

    def __init__(self, submission: Submission, contents: IndexContents | None = None) -> None:
        self.submission = submission
        self.contents = contents
        self.fields = {name: _known(values) for name, values in submission.fields.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive where it was opened."""
        for name in ("zip", "tar"):
            if (archive := self.__dict__.pop(name, None)) is not None:
                archive.close()

    # ── the form ─────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, name: str) -> str:
        """Return the first value of a field, or an empty string; ``UNKNOWN`` counts as nothing."""
        return next(iter(self.fields.get(name, ())), "")

    @property
    def filename(self) -> str:
        """The name of the file as it was sent."""
        return self.submission.filename

    @property
    def is_wheel(self) -> bool:
        """Whether the file is judged as a wheel, by its name."""
        return self.filename.endswith(".whl")

    # ── the metadata ─────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _parsed(self) -> tuple[RawMetadata, tuple[str, ...]]:
        raw: dict[str, object] = {}
        unreadable = []
        for name, values in self.fields.items():
            key = _RAW_NAMES.get(name)
            if key is None or values in ((), ("",)):
                continue
            kind = typing.get_origin(_TYPES[key]) or _TYPES[key]
            if key == "keywords" and len(values) == 1:
                raw[key] = [word.strip() for word in values[0].split(",")]
            elif kind is dict:
                pairs = self.project_urls
                raw[key] = dict(pairs)
                if len(raw[key]) != len(pairs):  # type: ignore[arg-type]
                    unreadable.append(name)
            elif kind is list and key != "keywords":
                raw[key] = list(values)
            elif len(values) == 1:
                raw[key] = values[0]
            else:
                unreadable.append(name)
        return cast("RawMetadata", raw), tuple(unreadable)

    @property
    def raw(self) -> RawMetadata:
        """The metadata as packaging knows it, not yet validated."""
        return self._parsed[0]

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The fields that came several times and may come only once."""
        return self._parsed[1]

    @cached_property
    def project_urls(self) -> tuple[tuple[str, str], ...]:
        """Label and URL of every project URL, as sent."""
        split = (value.partition(",") for value in self.fields.get("project_urls", ()))
        return tuple((label.strip(), url.strip()) for label, _, url in split)

    @cached_property
    def wrong_values(self) -> tuple[InvalidMetadata, ...]:
        """The fields whose value is wrong in itself, by packaging's rules (the core metadata specification)."""
        lenient = Metadata.from_raw(self.raw, validate=False)
        found = []
        for key in dict.fromkeys((*self.raw, "metadata_version", "name", "version")):
            try:
                getattr(lenient, key)
            except InvalidMetadata as error:
                found.append(error)
        return tuple(found)

    def wrong(self, *fields: str) -> tuple[str, ...]:
        """Return what is wrong with the values of some fields, by their names in the metadata file."""
        return tuple(str(error) for error in self.wrong_values if error.field in fields)

    @cached_property
    def wrong_age(self) -> tuple[InvalidMetadata, ...]:
        """The fields that the stated metadata version does not have."""
        wrong = {error.field for error in self.wrong_values}
        try:
            Metadata.from_raw(self.raw)
        except ExceptionGroup as group:
            errors = [error for error in group.exceptions if isinstance(error, InvalidMetadata)]
            return tuple(error for error in errors if error.field not in wrong)
        return ()

    @cached_property
    def version(self) -> Version | None:
        """The version in the metadata, where it is one."""
        try:
            return Version(self.value("version"))
        except InvalidVersion:
            return None

    # ── the file ─────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def size(self) -> int:
        """The size of the file in bytes."""
        return self.submission.content.stat().st_size if self.submission.content else 0

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digests of the file, by their form names without ``_digest``."""
        if self.submission.content is None:
            return {}
        hashers: dict[str, Any] = {
            "md5": hashlib.md5(usedforsecurity=False),
            "sha256": hashlib.sha256(),
            "blake2_256": hashlib.blake2b(digest_size=32),
        }
        with self.submission.content.open("rb") as stream:
            while chunk := stream.read(1 << 18):
                for hasher in hashers.values():
                    hasher.update(chunk)
        return {name: hasher.hexdigest() for name, hasher in hashers.items()}

    @cached_property
    def looks_like_zip(self) -> bool:
        """Whether Python takes the file for a zip archive."""
        return self.submission.content is not None and zipfile.is_zipfile(self.submission.content)

    @cached_property
    def looks_like_tar(self) -> bool:
        """Whether Python takes the file for a tar archive, compressed or not."""
        if self.submission.content is None:
            return False
        try:
            BoundedTar.open(self.submission.content).close()
        except ARCHIVE_ERRORS:
            return False
        return True

    @cached_property
    def zip(self) -> zipfile.ZipFile | None:
        """The file as a zip archive, where it is one."""
        if self.submission.content is None or not self.filename.endswith((".whl", ".zip")):
            return None
        with suppress(*ARCHIVE_ERRORS):
            return zipfile.ZipFile(self.submission.content)
        return None

    @cached_property
    def tar(self) -> tarfile.TarFile | None:
        """The file as a tar archive, where it is one."""
        if self.submission.content is None or not self.filename.endswith(".tar.gz"):
            return None
        with suppress(*ARCHIVE_ERRORS):
            return BoundedTar.open(self.submission.content, "r:gz")
        return None

    @cached_property
    def tar_members(self) -> tuple[tarfile.TarInfo, ...] | None:
        """The members of the tar archive, or ``None`` where it cannot be read to its end."""
        if self.tar is None:
            return None
        with suppress(*ARCHIVE_ERRORS):
            return tuple(self.tar.getmembers())
        return None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the archive's members."""
        if self.zip is not None:
            return tuple(self.zip.namelist())
        return tuple(member.name for member in self.tar_members or ())

    @cached_property
    def dist_info(self) -> str:
        """The folder of metadata that a wheel of this name must have, with its slash."""
        parts = self.filename.split("-")
        return f"{parts[0]}-{parts[1]}.dist-info/" if len(parts) > 1 else ".dist-info/"

    def read(self, member: str) -> bytes | None:
        """Return the content of a member of a wheel, or ``None`` where there is none that can be read."""
        if self.zip is None:
            return None
        with suppress(*ARCHIVE_ERRORS):
            # What is larger is no metadata; unpacking it is what a bomb is for.
            return zip_member(self.zip, member, limit=_MEMBER_LIMIT)
        return None


def _known(values: object) -> tuple[str, ...]:
    """Drop ``UNKNOWN``, which old tools send for what they were not told."""
    return tuple(value for value in cast("tuple[str, ...]", values) if value.strip() != "UNKNOWN")
