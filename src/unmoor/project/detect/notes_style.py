"""How the project keeps its change notes and its changelog.

Source of towncrier's defaults: its documentation of configuration (``towncrier.toml`` before ``pyproject.toml``,
``newsfragments``, ``NEWS.rst``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from unmoor.model import NotesStyle
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_table, dig_texts, read_toml

__all__ = ["notes_style"]

_STEMS = ("changelog", "changes", "news", "history", "release_notes", "release-notes", "releases")
_SUFFIXES = ("", ".md", ".rst", ".txt", ".adoc")
_WHERE = ("", "docs", "doc")


# Tools that keep change notes in files, by their documentation: scriv, reno (as OpenStack has it), changie, CPython's
# blurb, changesets; then folders of that kind with nothing that says whose they are.
_TABLES = (("scriv", "scriv"),)
_SECTIONS = (("scriv", "tool:scriv"), ("scriv", "scriv"))
_PATHS = (
    ("scriv", "changelog.d/scriv.ini"),
    ("reno", "reno.yaml"),
    ("reno", "releasenotes/config.yaml"),
    ("reno", "releasenotes/notes"),
    ("changie", ".changie.yaml"),
    ("changie", ".changie.yml"),
    ("blurb", "Misc/NEWS.d/next"),
    ("changesets", ".changeset/config.json"),
    ("a tool that is not configured here", "newsfragments"),
    ("a tool that is not configured here", "changelog.d"),
)


def notes_style(tree: ProjectFiles, style: str, changelog: str) -> NotesStyle:
    """Return the style of notes, their folder and the changelog; ``style`` and ``changelog`` are the settings'."""
    table, where = _towncrier(tree)
    if style not in {"", "towncrier"} or (not style and table is None):
        reason = "set in [tool.unmoor]" if style else "towncrier is not configured"
        unread = "" if style else _unread(tree)
        reason = f"{unread} is seen, and not read here" if unread else reason
        return NotesStyle(style=style or "none", changelog=changelog or _changelog(tree), reason=reason, unread=unread)
    settings = table or {}
    reason = f"[tool.towncrier] in {where}" if where else "set in [tool.unmoor]; towncrier itself is not configured"
    written = "".join(dig_texts(settings, "filename")) or "NEWS.rst"
    return NotesStyle(style="towncrier", folder=_folder(settings), changelog=changelog or written, reason=reason)


def _towncrier(tree: ProjectFiles) -> tuple[Mapping[str, object] | None, str]:
    if tree.has("towncrier.toml"):
        return dig_table(read_toml(tree.folder / "towncrier.toml").table, "tool", "towncrier"), "towncrier.toml"
    if isinstance(dig(tree.pyproject, "tool", "towncrier"), Mapping):
        return tree.tool("towncrier"), "pyproject.toml"
    return None, ""


def _unread(tree: ProjectFiles) -> str:
    """Return the other tool that keeps the project's change notes in files, and what shows it; empty for none."""
    for tool, key in _TABLES:
        if isinstance(dig(tree.pyproject, "tool", key), Mapping):
            return f"{tool} ([tool.{key}] in pyproject.toml)"
    for tool, section in _SECTIONS:
        if section in tree.setup_cfg:
            return f"{tool} ([{section}] in setup.cfg)"
    for tool, path in _PATHS:
        if (tree.folder / path).exists():
            return f"{tool} ({path})"
    return ""


def _folder(settings: Mapping[str, object]) -> str:
    if stated := "".join(dig_texts(settings, "directory")):
        return str(PurePosixPath(stated))
    package = "".join(dig_texts(settings, "package"))  # as pluggy has, beside a directory that goes before it
    if not package:
        return "newsfragments"
    top = "".join(dig_texts(settings, "package_dir")) or "."
    return str(PurePosixPath(top, *package.split("."), "newsfragments"))


def _changelog(tree: ProjectFiles) -> str:
    """Return the changelog by its usual names, whatever their case."""
    for where in _WHERE:
        folder = tree.folder / where
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_file()) if folder.is_dir() else []
        for stem in _STEMS:
            for suffix in _SUFFIXES:
                wanted = re.compile(re.escape(stem + suffix), re.IGNORECASE)
                if found := next((name for name in names if wanted.fullmatch(name)), ""):
                    return str(PurePosixPath(where, found))
    return ""
