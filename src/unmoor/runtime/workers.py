"""What a nox process lays out for the workers it starts, which have nothing from it but its environment.

A worker is ``python -m nox`` in the project's folder: it must not find the project's own ``nox.py`` there. What is laid
out is none of the project's business: a worker takes it away at once, and a process that turns out to have no workers
does before the first session.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping

__all__ = ["lay_out", "take_back"]

_SAFE_PATH = "PYTHONSAFEPATH"
# Python asks only whether there is a value, so it can say whose it is.
_OURS = "unmoor"


def lay_out(environ: MutableMapping[str, str]) -> None:
    """Have workers find modules where this process does: not in the working directory, unless it looks there too."""
    started_as_module = getattr(sys.modules["__main__"], "__spec__", None) is not None
    if sys.flags.safe_path or not started_as_module:
        environ.setdefault(_SAFE_PATH, _OURS)


def take_back(environ: MutableMapping[str, str]) -> None:
    """Take what was laid out out of the environment, in a worker or where there is none; twice does nothing more."""
    if environ.get(_SAFE_PATH) == _OURS:
        del environ[_SAFE_PATH]
