"""What the settings say of places where something looks like a secret and is none, and the line that would say so."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from unmoor.archives.globs import matches
from unmoor.model.settings import SecretAllowance

__all__ = ["advice", "reason"]

_MOST = 4


def reason(paths: Iterable[str], allowances: Sequence[SecretAllowance]) -> str:
    """Return why a file is allowed to look like a secret, empty where it is not.

    ``paths`` are its names: a file of a package in a folder of the repository has one from the package's folder too,
    which is also its name in an archive.
    """
    names = tuple(paths)
    return next((each.reason for each in allowances if any(matches(name, (each.path,)) for name in names)), "")


def advice(paths: Iterable[str]) -> str:
    """Return the one line of settings that allows all these files; folders stand for what lies in them."""
    patterns = sorted({_folder(path) for path in paths})
    if len(patterns) > _MOST:
        patterns = sorted({path.partition("/")[0] + "/*" if "/" in path else path for path in patterns})
    listed = ", ".join(f'{{ path = "{_quoted(each)}", reason = "…" }}' for each in patterns)
    return f"revoke it, then remove it; if it is none, add to [tool.unmoor]: secrets = [{listed}]"


def _folder(path: str) -> str:
    """Return a pattern for the folder of test data, or the file alone where it lies among the code."""
    folder, name = posixpath.split(path)
    return f"{folder}/*" if folder and not name.endswith(".py") else path


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
