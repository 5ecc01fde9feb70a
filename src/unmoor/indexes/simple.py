"""What an index serves, asked through its simple API (PEP 503, PEP 691), always anew and never from a cache.

An answer is an observation: ``files`` lists what is visible now. Indexes that state no digest have the file itself
fetched and hashed.
"""

from __future__ import annotations

import hashlib
import warnings
from datetime import UTC
from typing import TYPE_CHECKING

from unmoor.errors import Blocked
from unmoor.runtime import http
from unmoor.runtime.http import Unreachable
from unmoor.runtime.redact import redact
from unmoor.targets import IndexClient, IndexFile

if TYPE_CHECKING:
    from pypi_simple import DistributionPackage

__all__ = ["FILE_LIMIT", "OtherBytes", "digest_of", "fetch", "files"]

FILE_LIMIT = 1 << 30
_TIMEOUT = 15.0


class OtherBytes(Blocked):
    """The index hands out bytes that are not those it states, or not ours."""


def files(simple_url: str, project: str, *, timeout: float = _TIMEOUT) -> tuple[IndexFile, ...]:
    """Return the files that the index lists for a project, none where the index does not know the project.

    ``timeout`` is in seconds. Raises ``Unreachable`` when there is no answer, or none that can be understood.
    """
    import requests
    from pypi_simple import NoSuchProjectError, PyPISimple, UnexpectedRepoVersionWarning, UnsupportedRepoVersionError

    try:
        with PyPISimple(simple_url, session=http.session()) as client, warnings.catch_warnings():
            # A newer minor version of the API only adds what we do not ask for.
            warnings.simplefilter("ignore", UnexpectedRepoVersionWarning)
            page = client.get_project_page(project, timeout=timeout)
    except NoSuchProjectError:
        return ()
    except requests.JSONDecodeError as error:
        raise _no_page(simple_url, project) from error
    except requests.RequestException as error:
        what = f"{redact(simple_url)} did not answer about '{project}': {http.gist(error)}"
        raise Unreachable(what, hint="check the network, then run the same command again") from error
    except (ValueError, UnsupportedRepoVersionError) as error:
        # Another content type and fields that do not fit are ValueErrors too.
        raise _no_page(simple_url, project) from error
    return tuple(_file(package) for package in page.packages)


def _no_page(simple_url: str, project: str) -> Unreachable:
    what = f"{redact(simple_url)} gave an answer about '{project}' that is no simple API page"
    return Unreachable(what, hint="check the index's simple_url in the settings")


def _file(package: DistributionPackage) -> IndexFile:
    uploaded = package.upload_time
    return IndexFile(
        filename=package.filename,
        url=package.url,
        sha256=package.digests.get("sha256", "").lower(),
        size=-1 if package.size is None else package.size,
        upload_time=uploaded.replace(tzinfo=UTC) if uploaded and uploaded.tzinfo is None else uploaded,
        yanked=package.is_yanked,
        yanked_reason=package.yanked_reason or "",
        version=_version(package),
        requires_python=package.requires_python or "",
    )


def _version(package: DistributionPackage) -> str:
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    try:
        if package.filename.endswith(".whl"):
            return str(parse_wheel_filename(package.filename)[1])
        return str(parse_sdist_filename(package.filename)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return package.version or ""


def fetch(client: IndexClient, file: IndexFile, *, limit: int = FILE_LIMIT) -> bytes:
    """Return the bytes of a file, ``limit`` at most, checked against the digest the index states where it states one.

    Raises ``Unreachable`` and ``OtherBytes``.
    """
    content = client.fetch(file, limit=limit)
    if file.sha256 and hashlib.sha256(content).hexdigest() != file.sha256:
        what = f"the index states one digest for '{file.filename}' and hands out other bytes"
        raise OtherBytes(what, hint="ask again later; if it stays so, tell the operators of the index")
    return content


def digest_of(client: IndexClient, file: IndexFile, *, limit: int = FILE_LIMIT) -> str:
    """Return the sha256 of a file on an index: as stated, else of the bytes it hands out. Raises ``Unreachable``."""
    return file.sha256 or hashlib.sha256(fetch(client, file, limit=limit)).hexdigest()
