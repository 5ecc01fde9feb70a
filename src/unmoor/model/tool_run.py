"""How a project runs one of its tools: with which words, on which files."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["FileSelection", "ToolRun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSelection:
    """The files that a tool is given one by one, by pre-commit's rules: https://pre-commit.com/#filtering-files-with-types.

    Each of ``files`` is found in the path and none of ``exclude`` (regular expressions); the file has all of ``types``,
    one of ``types_or`` where there are any, and none of ``exclude_types`` (tags of the library identify).
    """

    files: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    types_or: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """One run of a tool as the project does it, with nothing left in it that would change a file.

    ``arguments`` are options and paths; with a ``selection`` the files that it stands for come behind them. ``folder``
    is where it runs, relative to the component, ``environ`` what is set for it, ``reason`` where it is written down.
    """

    arguments: tuple[str, ...] = ()
    selection: FileSelection | None = None
    folder: str = ""
    environ: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    reason: str = ""
