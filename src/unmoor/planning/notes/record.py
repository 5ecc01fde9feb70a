"""What reading a project's change notes gives."""

from __future__ import annotations

from dataclasses import dataclass

from unmoor.model import Change, Finding

__all__ = ["Notes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """``changes`` are the good notes, ``problems`` what is wrong with the others, each with its file and line.

    ``changelog`` is where they are collected, with ``{version}`` in it where each version has a file of its own;
    empty for notes that stay where they are. Paths are relative to the repository.
    """

    changes: tuple[Change, ...] = ()
    problems: tuple[Finding, ...] = ()
    changelog: str = ""
