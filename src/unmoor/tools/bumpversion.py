"""bump-my-version itself: run over copies of files in a temporary place, by a configuration made for the one run."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unmoor.errors import ToolFailed, UnmoorError
from unmoor.runtime import environment, process

__all__ = ["run"]

_SECONDS = 60.0


def run(
    table: Mapping[str, Any], staged: Mapping[str, str], versions: tuple[str, str], environ: Mapping[str, str] | None
) -> dict[str, str]:
    """Run bump-my-version over copies of the files its ``table`` names and return their texts afterwards."""
    import tomlkit

    current, new = versions
    paths = list(dict.fromkeys(str(entry["filename"]) for entry in table["files"]))
    with tempfile.TemporaryDirectory(prefix="unmoor-bump-") as scratch:
        top = Path(scratch)
        for path in paths:
            copy = top / "tree" / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(staged[path], encoding="utf-8", newline="")
        files = [{**entry, "filename": f"tree/{entry['filename']}"} for entry in table["files"]]
        config = {"tool": {"bumpversion": {**table, "current_version": current, "files": files}}}
        (top / "bump.toml").write_text(tomlkit.dumps(config), encoding="utf-8")
        command = [*process.module("bumpversion"), "bump", "--config-file", "bump.toml"]
        command += ["--current-version", current, "--new-version", new, "--no-commit", "--no-tag", "--allow-dirty"]
        try:
            process.run(command, cwd=top, env=_environment(environ), timeout=_SECONDS)
        except ToolFailed as error:
            what = f"bump-my-version could not change the version: {_said(error.tail) or error}"
            hint = "correct what it names; no file was changed"
            raise UnmoorError(what, place=", ".join(paths), hint=hint) from error
        return {path: (top / "tree" / path).read_bytes().decode() for path in paths}


def _said(tail: str) -> str:
    """Return the last thing the program said; it draws boxes around its messages."""
    lines = [line.strip("╭╮╰╯│─ ") for line in tail.splitlines()]
    return next((line for line in reversed(lines) if line), "")


def _environment(environ: Mapping[str, str] | None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environment.own(environ or {}).items()
        if not name.upper().startswith("BUMPVERSION_")
    }
    return {**kept, "PYTHONUTF8": "1", "NO_COLOR": "1", "COLUMNS": "500"}
