"""THE door for HTTP: one way to make a session, with limits, and without credentials lying about.

``.netrc`` and proxy user names are never sent by accident: ``trust_env`` stays on for certificates and proxies,
but authentication is always set explicitly, so requests does not look for any. This machine is asked past every proxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unmoor.errors import ToolError
from unmoor.runtime.loopback import is_loopback
from unmoor.runtime.redact import redact

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

__all__ = ["Unreachable", "download", "gist", "session"]

_AGENT = "unmoor (release verification)"
_CHUNK = 1 << 16


class Unreachable(ToolError):
    """A server gave no answer in time, or none that could be understood."""


def session() -> requests.Session:
    """Return a fresh session: no cached answers, no stored credentials."""
    import requests

    made = requests.Session()
    made.headers.update({"User-Agent": _AGENT, "Cache-Control": "no-cache"})
    made.auth = _Nobody()
    for scheme in ("http://", "https://"):
        made.mount(scheme, _adapter())
    return made


def _adapter() -> HTTPAdapter:
    """Return what sends requests: those to this machine directly, for another's loopback is not meant."""
    from requests.adapters import HTTPAdapter

    class Direct(HTTPAdapter):
        # The last place before the wire: redirects come by here too, each with proxies found for it.
        def send(self, request: requests.PreparedRequest, *rest: Any, **words: Any) -> requests.Response:
            if is_loopback(request.url or ""):
                words["proxies"] = None
                request.headers.pop("Proxy-Authorization", None)
            return super().send(request, *rest, **words)

    return Direct()


class _Nobody:
    """Explicitly no authentication; without it requests would fall back to ``.netrc``."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


_GISTS = {
    "Name or service not known": "its name is not known",
    "Failed to resolve": "its name cannot be resolved",
    "Connection refused": "connection refused",
    "Network is unreachable": "the network is unreachable",
    "timed out": "no answer in time",
}


def gist(error: Exception) -> str:
    """Return in a few words why a request failed; what the library says where the words are not known."""
    said = redact(str(error))
    return next((words for sign, words in _GISTS.items() if sign in said), said)


def download(url: str, *, limit: int, timeout: float = 60.0) -> bytes:
    """Fetch ``url`` and return its bytes; ``limit`` in bytes, ``timeout`` in seconds for connecting and each read.

    Raises ``Unreachable`` when there is no complete answer, the answer is an error, or it is larger than ``limit``.
    """
    import requests

    try:
        with session() as made, made.get(url, timeout=timeout, stream=True) as answer:
            answer.raise_for_status()
            content = bytearray()
            for chunk in answer.iter_content(_CHUNK):
                content += chunk
                if len(content) > limit:
                    what = f"{redact(url)} is larger than {limit} bytes"
                    raise Unreachable(what)
            return bytes(content)
    except requests.RequestException as error:
        what = f"{redact(url)} did not answer: {gist(error)}"
        raise Unreachable(what) from error
