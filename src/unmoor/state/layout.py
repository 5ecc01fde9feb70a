"""Where state lies: in the repository's common git directory, or where ``UNMOOR_STATE`` says.

``git clean`` cannot take it there, nothing needs ignoring, and worktrees share it.

    plans/<key>.json           plans by what they were made from
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
        """Return the layout for a repository, by its common git directory."""
        elsewhere = environ.get("UNMOOR_STATE", "")
        return cls(Path(elsewhere).expanduser().resolve() if elsewhere else common_dir / "unmoor")

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

    def release(self, release: Release, mode: Mode) -> Path:
        """Return the folder of a release; a rehearsal lies beside the real one, apart."""
        return self.named(release.component, release.version, mode)

    def named(self, component: str, version: str, mode: Mode) -> Path:
        """Return the folder of a release by component, version and mode."""
        suffix = ".rehearsal" if mode is Mode.REHEARSAL else ""
        return self.base / (_UNSAFE.sub("-", f"{component}-{version}") + suffix)

    def hide_from_git(self, common_dir: Path) -> None:
        """Have git ignore state that was moved into the working tree: it is no work of the user's."""
        ignored = self.base / ".gitignore"
        if self.base.parent != common_dir and not ignored.exists():
            write_whole(ignored, b"*\n")


def trim(folder: Path, keep: int) -> None:
    """Remove all but the ``keep`` newest entries of a folder of leftovers."""
    with suppress(OSError):
        entries = sorted(folder.iterdir(), key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in entries[keep:]:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
