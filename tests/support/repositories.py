"""Real git repositories for tests, with fixed authors and no configuration but their own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unmoor.tools.git import Git

_CONFIG = """[user]
    name = Tester
    email = tester@example.invalid
[init]
    defaultBranch = main
[commit]
    gpgSign = false
[tag]
    gpgSign = false
[protocol "file"]
    allow = always
"""


def git_environment(folder: Path) -> dict[str, str]:
    """Return the variables that make git read one configuration of ours and nothing else."""
    (folder / "config").write_text(_CONFIG)
    return {
        "GIT_CONFIG_GLOBAL": str(folder / "config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }


@dataclass(frozen=True)
class Repository:
    """A repository to work on: ``door`` is how unmoor sees it."""

    folder: Path
    environ: Mapping[str, str]

    @classmethod
    def new(cls, folder: Path, environ: Mapping[str, str], *, bare: bool = False) -> Repository:
        folder.mkdir(parents=True)
        made = cls(folder, environ)
        made.git("init", "--quiet", *(["--bare"] if bare else []))
        return made

    @property
    def door(self) -> Git:
        return Git(self.folder, self.environ)

    def git(self, *arguments: str | Path) -> str:
        """Run git and return what it said, without the line end; fail the test when git says no."""
        done = subprocess.run(
            ["git", *map(str, arguments)],
            cwd=self.folder,
            env=dict(self.environ),
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.rstrip("\n")

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file, its folders included."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def commit(self, message: str = "Work") -> str:
        """Commit everything and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
