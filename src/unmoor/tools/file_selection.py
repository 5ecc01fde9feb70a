"""The files that a tool is given one by one, as pre-commit would choose them, and runs of a tool over them.

Tags of files come from the library identify, which pre-commit itself asks. Besides tracked files those count that git
does not ignore: they would be tracked once they are added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from unmoor.model import FileSelection, ToolRun
from unmoor.tools.git import Git
from unmoor.tools.tool_environment import ToolEnvironment

__all__ = ["argument_lists", "folder_of", "selected"]

# Windows allows 32 KiB for a whole command line, Linux 128 KiB for one argument and some MiB for all.
_LONGEST = 28_000
_SECONDS = 60.0


def selected(tools: ToolEnvironment, selection: FileSelection) -> tuple[str, ...]:
    """Return the files of the project that are chosen, relative to its folder, in their order in git."""
    wanted = [re.compile(each) for each in selection.files]
    refused = [re.compile(each) for each in selection.exclude]
    git = Git(tools.folder, tools.env)
    listed = git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", timeout=_SECONDS).out
    return tuple(
        name
        for name in dict.fromkeys(filter(None, listed.split("\0")))
        if all(each.search(name) for each in wanted)
        and not any(each.search(name) for each in refused)
        and _has_types(tools.folder / name, selection)
    )


def argument_lists(tools: ToolEnvironment, run: ToolRun, *, whole: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield what to call the program with: once, or as often as the files need; not at all where none is chosen.

    ``whole`` says that the files are judged together, so that they cannot be shared out.
    """
    if run.selection is None:
        yield run.arguments
        return
    for files in _portions(selected(tools, run.selection), whole=whole):
        yield (*run.arguments, *files)


def folder_of(tools: ToolEnvironment, run: ToolRun) -> Path:
    """Return the folder that a run works in."""
    return tools.folder / run.folder


def _portions(files: Sequence[str], *, whole: bool) -> Iterator[list[str]]:
    portion: list[str] = []
    length = 0
    for file in files:
        if portion and not whole and length + len(file) > _LONGEST:
            yield portion
            portion, length = [], 0
        portion.append(file)
        length += len(file) + 1
    if portion:
        yield portion


def _has_types(path: Path, selection: FileSelection) -> bool:
    from identify.identify import tags_from_path

    try:
        tags = tags_from_path(str(path))
    except ValueError:
        # Deleted here and not yet in git.
        return False
    if "file" not in tags:
        return False
    return (
        tags >= set(selection.types)
        and (not selection.types_or or bool(tags & set(selection.types_or)))
        and not tags & set(selection.exclude_types)
    )
