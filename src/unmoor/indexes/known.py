"""The well-known indexes by name, with URLs as twine and pypi-simple state them."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from unmoor.errors import SettingsError
from unmoor.model import Finding

__all__ = ["NAMES", "host", "same", "simple_url", "upload_url"]

NAMES = ("pypi", "testpypi")
_PORTS = {"http": 80, "https": 443}


def upload_url(name: str) -> str:
    """Return the URL that takes uploads for ``pypi`` or ``testpypi``; raise ``SettingsError`` for another name."""
    from twine import utils

    return {"pypi": utils.DEFAULT_REPOSITORY, "testpypi": utils.TEST_REPOSITORY}.get(name) or _unknown(name)


def simple_url(name: str) -> str:
    """Return the URL of the simple API of ``pypi`` or ``testpypi``; raise ``SettingsError`` for another name."""
    if name == "testpypi":
        # It serves and takes files on one host; only the path differs.
        return urljoin(upload_url(name), "/simple/")
    if name == "pypi":
        from pypi_simple import PYPI_SIMPLE_ENDPOINT

        return PYPI_SIMPLE_ENDPOINT
    return _unknown(name)


def host(name: str) -> str:
    """Return the host that the index itself goes by, as its tokens name it: that of its simple API."""
    return urlsplit(simple_url(name)).hostname or ""


def same(one: str, other: str) -> bool:
    """Say whether two URLs are one address (RFC 3986, 6.2).

    The case of scheme and host, the scheme's own port and a slash at the end make no difference.
    """
    return _plain(one) == _plain(other)


def _plain(url: str) -> tuple[object, ...]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return (url,)
    user = parts.netloc.rpartition("@")[0]
    return (parts.scheme, user, parts.hostname, port, parts.path.rstrip("/"), parts.query)


def _unknown(name: str) -> str:
    hint = f"set upload_url and simple_url in [tool.unmoor.indexes.{name}]"
    raise SettingsError([Finding(message=f"the index '{name}' has no well-known URL", hint=hint)])
