"""THE door for HTTP: one way to ask, with one deadline and one limit of size for a whole answer.

Nothing is sent to a server but the question: no ``.netrc``, no user name of a proxy, no login but the one that is
given, and that one to its own origin alone. What is not on this machine is asked over TLS only, and nobody is sent from
there to an address in the clear. This machine is asked past every proxy.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from unmoor.errors import Exit, ToolError
from unmoor.runtime import deadline
from unmoor.runtime.loopback import is_loopback
from unmoor.runtime.redact import redact

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

__all__ = ["Answer", "Login", "TooLarge", "Unreachable", "download", "get", "gist", "same_origin", "session"]

_AGENT = "unmoor (release verification)"
_CHUNK = 1 << 16
_HOPS = 10
_MOVED = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
# A file may take a second longer for each of these that has come: a slow line is no reason to give up.
_SLOWEST = 1 << 14  # bytes
_OK = 200


class Unreachable(ToolError):
    """A server gave no answer in time, or none that could be understood: nothing is known, so the run is incomplete."""

    code = Exit.INCOMPLETE


class TooLarge(Unreachable):
    """A server hands out more than was asked for at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """User name and password for whatever has the same scheme, host and port as ``address``."""

    address: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer: ``url`` is who gave it in the end, ``headers`` are found whatever their case."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


def get(
    url: str,
    *,
    limit: int,
    seconds: float,
    accept: str = "*/*",
    login: Login | None = None,
    named_by: str = "",
    decoded: bool = True,
    slowest: int = 0,
) -> Answer:
    """Ask for ``url`` and return the whole answer, whatever its status.

    All of it, redirects included, has ``seconds``, and one more for every ``slowest`` bytes that have come where that
    is given. ``limit`` is in bytes, counted as they are returned: plain where the content came compressed, and as they
    were sent where ``decoded`` is false (a file that its server calls compressed is wanted as it is). ``named_by`` is
    the address whose answer named this one. Raises ``Unreachable`` and ``TooLarge``.
    """
    asked = _Asked(limit=limit, seconds=seconds, slowest=slowest, decoded=decoded)
    headers = {"Accept": accept} | ({} if decoded else {"Accept-Encoding": "identity"})
    return asked.wait(url, lambda: _follow(asked, url, named_by, headers, login))


def download(url: str, *, limit: int, seconds: float = 60.0, login: Login | None = None, named_by: str = "") -> bytes:
    """Fetch the file at ``url`` and return its bytes, ``limit`` at most; see ``get`` for the other words.

    Raises ``Unreachable`` when there is no complete answer in time or it is an error, ``TooLarge`` beyond ``limit``.
    """
    words: dict[str, Any] = {"login": login, "named_by": named_by, "decoded": False, "slowest": _SLOWEST}
    answer = get(url, limit=limit, seconds=seconds, **words)
    if answer.status != _OK:
        what = f"{redact(url)} did not answer: HTTP status {answer.status}"
        raise Unreachable(what)
    return answer.content


def same_origin(one: str, other: str) -> bool:
    """Say whether two addresses have the same scheme, host and port (RFC 6454)."""
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


# ── one question ─────────────────────────────────────────────────────────────────────────────────────────────


def _follow(asked: _Asked, url: str, named_by: str, headers: Mapping[str, str], login: Login | None) -> Answer:
    """Ask, and ask again where a redirect leads; each address is judged by the one that named it."""
    with session() as made:
        for _ in range(_HOPS):
            _allowed(url, named_by)
            auth = (login.username, login.password) if login and same_origin(url, login.address) else made.auth
            left = asked.left()
            words: dict[str, Any] = {"headers": headers, "auth": auth, "allow_redirects": False, "stream": True}
            with made.get(url, timeout=max(left, 0.001), **words) as answer:
                target = answer.headers.get("Location", "") if answer.status_code in _MOVED else ""
                if not target:
                    # What a page of an error says is for people.
                    content = asked.read(answer) if answer.status_code == _OK else b""
                    return Answer(url=url, status=answer.status_code, headers=answer.headers, content=content)
            named_by, url = url, urljoin(url, target)
    what = f"it sends on more than {_HOPS} times"
    raise Unreachable(what)


def _allowed(url: str, named_by: str) -> None:
    """Refuse what is not on the web, and the clear but for this machine; nobody else may send us there."""
    scheme = urlsplit(url).scheme
    at_home = is_loopback(url) and (not named_by or is_loopback(named_by))
    if scheme == "https" or (scheme == "http" and at_home):
        return
    whose = f"{redact(named_by)} names {redact(url)}, which" if named_by else redact(url)
    raise Unreachable(f"{whose} is no address that starts with https://", hint="ask the operators of the index")


@dataclass(slots=True, kw_only=True)
class _Asked:
    """What one question may take, and what it has taken; a thread of its own waits for the answer."""

    limit: int
    seconds: float
    slowest: int
    decoded: bool
    began: float = field(default_factory=time.monotonic)
    came: int = 0

    def left(self) -> float:
        """Return the seconds that are left."""
        longer = self.came / self.slowest if self.slowest else 0.0
        return self.began + self.seconds + longer - time.monotonic()

    def read(self, answer: requests.Response) -> bytes:
        """Return the content of an answer; stop where it is larger than the limit, or time is over."""
        content = bytearray()
        # One read is what has come, however little: whoever asks for a full buffer waits for it without end.
        while piece := answer.raw.read1(_CHUNK, decode_content=self.decoded):
            content += piece
            self.came += len(piece)
            if len(content) > self.limit:
                what = f"larger than {self.limit} bytes"
                raise _Beyond(what)
            if self.left() <= 0:
                raise deadline.TooLate
        return bytes(content)

    def wait(self, url: str, work: Callable[[], Answer]) -> Answer:
        """Return what ``work`` answers in the time it has; raise ``Unreachable`` for whatever else comes of it."""
        import requests
        from urllib3.exceptions import HTTPError

        try:
            return deadline.within(self.left, work)
        except deadline.TooLate as error:
            what = f"{redact(url)} gave no whole answer within {self.seconds:g} seconds"
            raise Unreachable(what, hint=_HINT) from error
        except _Beyond as error:
            what = f"the answer of {redact(url)} is {error}"
            raise TooLarge(what) from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            what = f"{redact(url)} did not answer: {gist(error)}"
            raise Unreachable(what, hint=_HINT) from error


class _Beyond(Exception):
    """More has come than is wanted."""


_HINT = "check the network, then run the same command again"


# ── the session ──────────────────────────────────────────────────────────────────────────────────────────────


def session() -> requests.Session:
    """Return a fresh session: no cached answers, no stored credentials."""
    import requests

    made = requests.Session()
    made.headers.update({"User-Agent": _AGENT, "Cache-Control": "no-cache"})
    # Proxies and certificates are taken from the environment; without this, a login from .netrc would be too.
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
