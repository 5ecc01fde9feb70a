"""What the settings say of places where something looks like a secret and is none, and the line that would say so."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from unmoor.archives.globs import matches
from unmoor.model.settings import SecretAllowance

__all__ = ["advice", "reason"]


def reason(paths: Iterable[str], allowances: Sequence[SecretAllowance]) -> str:
    """Return why a file is allowed to look like a secret, empty where it is not.

    ``paths`` are its names: a file of a package in a folder of the repository has one from the package's folder too,
    which is also its name in an archive.
    """
    names = tuple(paths)
    return next((each.reason for each in allowances if any(matches(name, (each.path,)) for name in names)), "")


def advice(paths: Iterable[str]) -> str:
    """Return the one line of settings that allows all these files; a folder stands for the test data in it."""
    listed = ", ".join(f'{{ path = "{_quoted(each)}", reason = "…" }}' for each in _patterns(sorted(set(paths))))
    return f"revoke it, then remove it; if it is none, add to [tool.unmoor]: secrets = [{listed}]"


def _patterns(paths: Sequence[str]) -> list[str]:
    """Return a pattern for the data below each folder of the top, and modules and files of the top by their names."""
    alone = [path for path in paths if "/" not in path or path.endswith(".py")]
    data = [path for path in paths if path not in alone]
    below = [
        [path for path in data if path.startswith(f"{top}/")] for top in sorted({path.split("/")[0] for path in data})
    ]
    return sorted(
        [*alone, *(f"{posixpath.commonpath([posixpath.dirname(path) for path in each])}/*" for each in below)]
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
