"""A ``.netrc`` for one program: the way to give pip a login that is in no argument.

pip passes the address of an index on to the builds that it starts, as an argument; a login in it would go along. The
file can be read by this user only and is gone with the program. It binds the login to a host, whatever the port.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from unmoor.runtime import scratch
from unmoor.runtime.http import Login

__all__ = ["netrc"]


@contextmanager
def netrc(login: Login | None) -> Iterator[Mapping[str, str]]:
    """Keep the file for as long as the block lasts; the value is the variable that names it, none without a login."""
    if login is None:
        yield {}
        return
    with scratch.folder("netrc") as folder:
        path = folder / "netrc"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        words = ("machine", urlsplit(login.address).hostname or "", "login", login.username, "password", login.password)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(" ".join(_quoted(word) for word in words) + "\n")
        yield {"NETRC": str(path)}


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
