"""Where state lies: in the repository's common git directory, or where ``UNMOOR_STATE`` says.

``git clean`` cannot take it there, nothing needs ignoring, and worktrees share it.

    plans/<key>.json           plans by what they were made from
    bumps/<component>/         which notes an unfinished bump has taken
    runs/<id>/<stage>.json     how each stage of one run ended, for the final summary
    <component>-<version>[.rehearsal]/
        plan.json  seal.json  dist/  evidence/  uploads/  logs/  rehearsal/  locks/
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from unmoor.errors import UnmoorError
from unmoor.model import Mode, Release
from unmoor.runtime.files import write_whole

__all__ = ["StateLayout", "trim"]

_UNSAFE = re.compile(r"[^A-Za-z0-9._+!-]+")


@dataclass(frozen=True, slots=True)
class StateLayout:
    """The folders of one repository's state."""

    base: Path

    @classmethod
    def of(cls, common_dir: Path, environ: Mapping[str, str]) -> StateLayout:
        """Return the layout for a repository, by its common git directory; raise ``UnmoorError`` for no folder."""
        elsewhere = environ.get("UNMOOR_STATE", "")
        if not elsewhere:
            return cls(common_dir / "unmoor")
        try:
            return cls(Path(elsewhere).expanduser().resolve())
        except (OSError, RuntimeError, ValueError) as error:
            what = f"this names no folder: {elsewhere!r}"
            raise UnmoorError(what, place="UNMOOR_STATE", hint="write the path in full") from error

    @property
    def plans(self) -> Path:
        """The folder of kept plans."""
        return self.base / "plans"

    def plan(self, key: str) -> Path:
        """Return the file of the plan that was made from what ``key`` is the digest of."""
        return self.plans / f"{key[:32]}.json"

    def run(self, run_id: str) -> Path:
        """Return the folder of one run's stage results."""
        return self.base / "runs" / (_UNSAFE.sub("-", run_id).lstrip(".") or "alone")

    def bumps(self, component: str) -> Path:
        """Return the folder of what unfinished bumps of a component leave behind."""
        return self.base / "bumps" / _UNSAFE.sub("-", component)

    def release(self, release: Release, mode: Mode) -> Path:
        """Return the folder of a release; a rehearsal lies beside the real one, apart."""
        return self.named(release.component, release.version, mode)

    def named(self, component: str, version: str, mode: Mode) -> Path:
        """Return the folder of a release by component, version and mode."""
        suffix = ".rehearsal" if mode is Mode.REHEARSAL else ""
        return self.base / (_UNSAFE.sub("-", f"{component}-{version}") + suffix)

    def hide_from_git(self, common_dir: Path, root: Path) -> None:
        """Have git ignore state that was moved into the working tree at ``root``: it is no work of the user's.

        Raises ``UnmoorError`` where the folder has anything else in it: that would be hidden too.
        """
        ignored = self.base / ".gitignore"
        inside = self.base.is_relative_to(root.resolve()) and not self.base.is_relative_to(common_dir)
        if not inside or ignored.exists():
            return
        others = sorted(each.name for each in self.base.iterdir() if not _is_ours(each)) if self.base.is_dir() else []
        if others:
            what = f"this folder of the project is not for state alone, it has {others[0]!r}"
            hint = "have it name a folder of its own, such as .unmoor, or one outside of the project"
            raise UnmoorError(what, place="UNMOOR_STATE", hint=hint)
        write_whole(ignored, b"*\n")


def _is_ours(entry: Path) -> bool:
    """Say whether an entry of a state folder is ours; a folder that was handed on may have lost its ``.gitignore``."""
    parts = ("plan.json", "seal.json", "evidence", "dist")
    return entry.name in {"plans", "runs", "locks"} or any((entry / part).exists() for part in parts)


def trim(folder: Path, keep: int) -> None:
    """Remove all but the ``keep`` newest entries of a folder of leftovers."""
    with suppress(OSError):
        entries = sorted(folder.iterdir(), key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in entries[keep:]:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
