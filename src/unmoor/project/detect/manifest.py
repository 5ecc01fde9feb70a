"""``MANIFEST.in``: which of its lines do what they say, where setuptools reads it; no other backend does.

The commands are those of setuptools' "Controlling files in the distribution". It passes over a line that it does not
understand, and over one that matches nothing, with a warning in the middle of a build.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

__all__ = ["manifest_faults"]

_COMMANDS = frozenset(
    {
        *("include", "exclude", "recursive-include", "recursive-exclude"),
        *("global-include", "global-exclude", "graft", "prune"),
    }
)

_TOKEN = re.compile(r"(\*\*/?|\*|\?|\[!?[^\]]+\])")
_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def manifest_faults(text: str, files: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield the number of each line that does nothing, and what is wrong with it.

    ``files`` are the project's, as paths from the folder of MANIFEST.in. Lines that leave files out are let be: what
    they speak of need not be there yet.
    """
    for number, line in _lines(text):
        command, *words = line.split()
        if command not in _COMMANDS:
            yield number, f"{command!r} is no command of MANIFEST.in, so the line is passed over"
        elif not words or (command.startswith("recursive-") and len(words) < len(("folder", "pattern"))):
            yield number, f"{command!r} lacks what it is about"
        elif "clude" in command or command == "graft":
            yield from ((number, f"{word!r} matches no file") for word in _unmatched(command, words, files))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines as setuptools joins them, each with the number it begins at, without comments."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        joined += line.removesuffix("\\")
        if line.endswith("\\"):
            continue
        if (plain := joined.strip()) and not plain.startswith("#"):
            yield start, plain
        joined, start = "", 0


def _unmatched(command: str, words: list[str], files: Collection[str]) -> Iterator[str]:
    if "exclude" in command:
        return
    if command == "graft":
        yield from (word for word in words if not any(_in_folder(path, word) for path in files))
        return
    folder = words.pop(0) if command == "recursive-include" else ""
    inside = [path for path in files if _in_folder(path, folder)] if folder else list(files)
    missed = [word for word in words if not any(_covers(command, word, path) for path in inside)]
    if not folder:
        yield from missed
    elif len(missed) == len(words):
        # One of several patterns for a folder is often for files that are there at times.
        yield f"{folder} {' '.join(words)}"


def _in_folder(path: str, folder: str) -> bool:
    plain = folder.strip("/").removeprefix("./")
    return plain in {"", "."} or any(_is(plain, "/".join(path.split("/")[:n])) for n in range(1, path.count("/") + 1))


def _covers(command: str, pattern: str, path: str) -> bool:
    if command == "include":
        return _is(pattern.removeprefix("./"), path)
    parts = path.split("/")
    return any(_is(pattern.removeprefix("./"), "/".join(parts[start:])) for start in range(len(parts)))


def _is(pattern: str, path: str) -> bool:
    """Match as setuptools does: ``*`` and ``?`` stay within a folder, ``**`` crosses folders."""
    words = (
        _WILD.get(word) or (word.replace("[!", "[^") if word[:1] == "[" else re.escape(word))
        for word in _TOKEN.split(pattern)
    )
    return re.fullmatch("".join(words), path) is not None
