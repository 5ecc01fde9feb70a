"""Secrets known to this process, and their removal from anything that is printed or kept.

A secret is registered when it is read; from then on every text that leaves through a door of ``runtime`` has it
replaced, in its raw, URL-encoded and base64 forms. Texts shorter than six characters are never masked: an empty
or tiny "secret" would shred every log.
"""

from __future__ import annotations

import base64
import re
from urllib.parse import quote, quote_plus

__all__ = ["looks_secret", "redact", "register"]

_SHORTEST = 6
_MASK = "[hidden]"
# Without the scheme before it: looking for that first takes quadratic time on long words. A password may hold an "@".
_USERINFO = re.compile(r"://[^/\s\"']+@")
_SECRET_NAME = re.compile(
    r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|(^|_)PAT($|_)|(^|_)AUTH($|_)", re.IGNORECASE
)
_known: set[str] = set()


def looks_secret(name: str) -> bool:
    """Say whether an environment variable of this name should be kept from programs that do not need it."""
    return bool(_SECRET_NAME.search(name))


def register(secret: str) -> None:
    """Remember ``secret`` so that ``redact`` hides it from now on, in every form it is likely to appear in."""
    if len(secret) < _SHORTEST:
        return
    _known.update({secret, quote(secret, safe=""), quote_plus(secret)})
    encoded = secret.encode()
    # The same bytes look different in base64 at each of three offsets; the ends depend on the neighbours, so drop them.
    for offset in range(3):
        inner = base64.b64encode(b"\0" * offset + encoded).decode()[4 if offset else 0 :].rstrip("=")[:-1]
        if len(inner) >= _SHORTEST:
            _known.add(inner)


def redact(text: str) -> str:
    """Return ``text`` without the registered secrets and without user information in URLs."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return _USERINFO.sub("://", text)
