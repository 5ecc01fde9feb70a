"""What an index already holds, as far as the rules ask: made by the rehearsal index, or from what an index serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from packaging.utils import canonicalize_name, canonicalize_version

__all__ = ["HeldFile", "IndexContents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file that is on the index. ``kind`` is ``sdist`` or ``bdist_wheel``; ``blake2`` empty where it is not known."""

    filename: str
    project: str
    version: str
    kind: str
    sha256: str
    blake2: str = ""
    size: int = 0
    uploaded: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexContents:
    """The files of an index, the names of those that were deleted, and its clock (aware, UTC)."""

    files: tuple[HeldFile, ...] = ()
    deleted: frozenset[str] = frozenset()
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def named(self, filename: str) -> HeldFile | None:
        """Return the file of that name."""
        return next((each for each in self.files if each.filename == filename), None)

    def of_project(self, project: str) -> tuple[HeldFile, ...]:
        """Return the files of a project, however its name is spelled."""
        return tuple(each for each in self.files if canonicalize_name(each.project) == canonicalize_name(project))

    def of_release(self, project: str, version: str) -> tuple[HeldFile, ...]:
        """Return the files of one release; ``1.0`` and ``1.0.0`` are the same."""
        wanted = canonicalize_version(version)
        return tuple(each for each in self.of_project(project) if canonicalize_version(each.version) == wanted)
