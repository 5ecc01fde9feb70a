"""The bytes that an index hands out under the name of one of our files: never more of them than ours has.

What is longer is another file, whatever the rest of it may be; it may have no end.
"""

from __future__ import annotations

import hashlib

from unmoor.model import Distribution
from unmoor.runtime.http import TooLarge
from unmoor.targets import IndexClient, IndexFile

__all__ = ["LONGER", "digest_like", "read_like"]

# In place of the digest of what is longer than ours.
LONGER = "longer"


def read_like(client: IndexClient, file: IndexFile, ours: Distribution) -> bytes | None:
    """Return the bytes of ``file``, ``None`` where they are more than those of ``ours``. Raises ``Unreachable``."""
    try:
        return client.fetch(file, limit=ours.size)
    except TooLarge:
        return None


def digest_like(client: IndexClient, file: IndexFile, ours: Distribution) -> str:
    """Return the sha256 of ``file`` as the index states it, else of its bytes; ``LONGER`` where those are more."""
    if file.sha256:
        return file.sha256
    content = read_like(client, file, ours)
    return LONGER if content is None else hashlib.sha256(content).hexdigest()
