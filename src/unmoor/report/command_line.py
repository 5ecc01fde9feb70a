"""Commands as a person types them: quoted for the shell of this machine, and without secrets."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence

from unmoor.runtime.redact import redact

__all__ = ["shown"]

_SPECIAL = re.compile(r'[\s&|<>^()%!"]')


def shown(words: Sequence[str], *, windows: bool = os.name == "nt") -> str:
    """Return the words as one line for a POSIX shell, or for those of Windows."""
    if not windows:
        return redact(shlex.join(words))
    return redact(" ".join(_in_double_quotes(word) if _SPECIAL.search(word) or not word else word for word in words))


def _in_double_quotes(word: str) -> str:
    return '"' + word.replace('"', '\\"') + '"'
