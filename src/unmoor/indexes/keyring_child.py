"""Ask the keyring for a service: ``python -P keyring_child.py SERVICE``; the answer is on standard output.

It is JSON, written as a list of bytes: whatever looks like a secret is taken out of what programs print.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

_TOKEN_USER = "__token__"  # noqa: S105 - a user name


def answer(service: str) -> dict[str, str | None]:
    """Return user name and secret for the service, nothing where there are none, or what went wrong."""
    try:
        import keyring
        from keyring.errors import NoKeyringError
    except ImportError:
        return {}
    try:
        found = keyring.get_credential(service, None)
        secret = found.password if found else keyring.get_password(service, _TOKEN_USER)
    except NoKeyringError:
        return {}
    except Exception as error:  # noqa: BLE001 - backends raise anything; what it says may be the secret
        return {"trouble": type(error).__name__}
    return {"username": found.username if found else _TOKEN_USER, "secret": secret}


if __name__ == "__main__":
    # Backends may print; the answer is all that goes out.
    with Path(os.devnull).open("w", encoding="utf-8") as nobody, contextlib.redirect_stdout(nobody):
        said = answer(sys.argv[1])
    sys.stdout.write(json.dumps(list(json.dumps(said).encode())))
