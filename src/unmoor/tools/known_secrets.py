"""What a run hides from its first line on: the secrets of its environment, and those in files of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from unmoor.runtime import environment
from unmoor.runtime.redact import looks_secret, register, register_all
from unmoor.tools.credential_files import kept_in

__all__ = ["learn"]


def learn(environ: Mapping[str, str]) -> None:
    """Register what the variables hold that look secret, and the passwords of ``.pypirc`` and its like.

    A failing test may print any of them, and nothing of unmoor's needs to have used them before.
    """
    register_all(environ)
    # What uploads go by is no guess, however plain a word it is.
    for name, value in environment.credentials(environ).items():
        if looks_secret(name):
            register(value.strip())
    home = environ.get("HOME") or environ.get("USERPROFILE")
    for secret in kept_in(Path(home)) if home else ():
        register(secret)
