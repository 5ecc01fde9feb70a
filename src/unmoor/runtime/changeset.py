"""Several files of one folder changed together, or not at all.

Contents are prepared elsewhere first; here they only take the old ones' place, each whole. When one cannot be
written, what was already replaced is put back byte for byte. A process that is killed in between leaves old and
new files side by side, none of them torn, and whoever prepared the change can prepare and apply it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from unmoor.errors import UnmoorError
from unmoor.runtime.files import write_whole

__all__ = ["ChangeSet", "apply", "inside"]

_NEW_FILE_MODE = 0o644
_HINT = "free space, or make the file writable, then run the same command again"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """``writes`` maps paths to their new content, ``removals`` lists paths to remove; all relative to one folder."""

    writes: Mapping[str, bytes] = field(default_factory=dict)
    removals: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.writes or self.removals)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that changes, sorted."""
        return tuple(sorted({*self.writes, *self.removals}))

    def under(self, folder: str) -> ChangeSet:
        """Return the same change relative to a folder above, in which ``folder`` is where its paths began."""
        prefix = PurePosixPath(folder)
        return ChangeSet(
            writes={(prefix / path).as_posix(): content for path, content in self.writes.items()},
            removals=tuple((prefix / path).as_posix() for path in self.removals),
        )

    def then(self, later: ChangeSet) -> ChangeSet:
        """Return this change followed by ``later``, which was prepared on top of it."""
        return ChangeSet(
            writes={**self.writes, **later.writes},
            removals=tuple(dict.fromkeys((*self.removals, *later.removals))),
        )


def inside(folder: Path, name: str) -> Path:
    """Return ``folder / name``; raise ``UnmoorError`` when that leads out of the folder, through links included."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        what = f"the path {name!r} leads out of the project"
        raise UnmoorError(what, place=name, hint="name a file inside the project")
    return path


@dataclass(slots=True)
class _Before:
    """What stood at a path: its bytes and mode, or the target of a link, or nothing."""

    path: Path
    content: bytes | None = None
    mode: int = _NEW_FILE_MODE
    link: str = ""

    @classmethod
    def of(cls, path: Path) -> _Before:
        if path.is_symlink():
            return cls(path, link=str(path.readlink()))
        if not path.exists():
            return cls(path)
        return cls(path, content=path.read_bytes(), mode=path.stat().st_mode & 0o7777)

    def restore(self) -> None:
        if self.link:
            if not self.path.is_symlink():
                self.path.symlink_to(self.link)
        elif self.content is None:
            self.path.unlink(missing_ok=True)
        else:
            write_whole(self.path, self.content, mode=self.mode)


def apply(folder: Path, changes: ChangeSet) -> tuple[Path, ...]:
    """Make the changes in ``folder`` and return the paths that differ now; all of them are changed or none.

    A file keeps its mode; a link inside the folder is followed, so that the file it leads to changes. Raises
    ``UnmoorError`` for a path outside the folder and for a file that cannot be written.
    """
    writes = [(inside(folder, name).resolve(), content) for name, content in sorted(changes.writes.items())]
    removals = [folder / Path(name) for name in changes.removals]
    for path in removals:
        inside(folder, path.parent.relative_to(folder).as_posix())
    saved: list[_Before] = []
    try:
        for path, content in writes:
            before = _Before.of(path)
            if before.content != content:
                saved.append(before)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, content, mode=before.mode)
        for path in removals:
            if path.is_symlink() or path.exists():
                saved.append(_Before.of(path))
                path.unlink()
    except BaseException as error:
        for before in reversed(saved):
            with suppress(OSError, UnmoorError):
                before.restore()
        if isinstance(error, OSError | UnmoorError):
            reason = error.strerror if isinstance(error, OSError) else str(error).partition(" → ")[0]
            where = str(saved[-1].path.relative_to(folder.resolve())) if saved else ""
            what = f"nothing was changed, because a file could not be: {reason}"
            raise UnmoorError(what, place=where, hint=_HINT) from error
        raise
    return tuple(before.path for before in saved)
