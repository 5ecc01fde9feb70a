"""bump-my-version itself: run over copies of files in a temporary place, by a configuration made for the one run.

Its entries name a text to search for. Of ``key_path`` in ``files`` version 1.8.1 knows nothing: the entry would
replace the version everywhere in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unmoor.errors import ToolFailed, UnmoorError
from unmoor.project.version_locator import Span
from unmoor.runtime import environment, process, scratch

__all__ = ["WHOLE", "entries", "run"]

# Versions are given and written as they are, not taken apart.
WHOLE = {"parse": "(?P<whole>.+)", "serialize": ["{whole}"]}
_SECONDS = 60.0


def entries(path: str, text: str, places: Sequence[Span], versions: tuple[str, str]) -> list[dict[str, str]]:
    """Return the entries that change exactly these places of a file, from the last to the first.

    Each names its place by the line, with as many neighbours as make it the only such text in the file. As the
    program applies one after another, an entry sees the file as those before it leave it.
    """
    current, new = versions
    found = []
    for place in sorted(places, reverse=True):
        before, after = map(_literal, _context(text, place))
        old = "{current_version}" if place.value == current else _literal(place.value)
        # What is put in is a template of regular expressions, whatever was searched for.
        put = f"{before}{{new_version}}{after}".replace("\\", r"\\")
        found.append({"filename": path, "search": f"{before}{old}{after}", "replace": put})
        text = text[: place.start] + new + text[place.end :]
    return found


def _context(text: str, place: Span) -> tuple[str, str]:
    """Return what stands before and after a place on its line, and on more lines until the whole is there once."""
    first, last = place.start + 1, place.end - 1
    while True:
        first, end = text.rfind("\n", 0, max(first - 1, 0)) + 1, text.find("\n", last + 1)
        last = len(text) if end < 0 else end
        if text.find(text[first:last]) == text.rfind(text[first:last]):
            return text[first : place.start], text[place.end : last]


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def run(
    table: Mapping[str, Any], staged: Mapping[str, str], versions: tuple[str, str], environ: Mapping[str, str] | None
) -> dict[str, str]:
    """Run bump-my-version over copies of the files its ``table`` names and return their texts afterwards."""
    if not table["files"]:
        return {}
    import tomlkit

    current, new = versions
    paths = list(dict.fromkeys(str(entry["filename"]) for entry in table["files"]))
    with scratch.folder("bump") as top:
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
            hint = 'correct what it names, or set bumpversion = "ignore" in [tool.unmoor]; no file was changed'
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
