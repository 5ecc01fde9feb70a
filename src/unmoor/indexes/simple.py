"""What an index serves, asked through its simple API (PEP 503, PEP 691), always anew and never from a cache.

An answer is an observation: ``files`` lists what is visible now, ``wait_for`` asks until what was uploaded is
visible with the right digest. Indexes that state no digest have the file itself fetched and hashed.
"""

from __future__ import annotations

import enum
import hashlib
import time
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.errors import Blocked
from unmoor.indexes.readings import Readings
from unmoor.runtime import http
from unmoor.runtime.http import Unreachable
from unmoor.runtime.redact import redact
from unmoor.targets import IndexClient, IndexFile

if TYPE_CHECKING:
    from pypi_simple import DistributionPackage

__all__ = ["OtherBytes", "Seen", "Waited", "digest_of", "fetch", "files", "wait_for"]

FILE_LIMIT = 1 << 30
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 15.0
_BEYOND = 2
_TIMEOUT = 15.0


class OtherBytes(Blocked):
    """The index hands out bytes that are not those it states, or not ours."""


class Seen(enum.StrEnum):
    """How waiting for files ended."""

    SERVED = "served"
    NOT_YET = "not yet visible"
    OTHER_BYTES = "other bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """The end of waiting: ``names`` are the files that are not there yet, or that are there with other bytes.

    ``asked`` counts the questions, ``seconds`` the time it took. ``trouble`` is the last failure to get an answer, or
    which answers differed.
    """

    seen: Seen
    names: tuple[str, ...] = ()
    asked: int = 0
    seconds: float = 0.0
    trouble: str = ""


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


def wait_for(
    client: IndexClient,
    project: str,
    wanted: Mapping[str, str],
    *,
    patience_seconds: float,
    into: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Waited:
    """Ask the index until one page of it lists every file of ``wanted`` (name to sha256), or until patience ends.

    With ``into`` the files themselves are fetched into that folder, and it is their bytes that count. Asks at once,
    then after 0.2 s, doubling up to 15 s. Ends early on a file with other bytes, once it was asked for twice more: a
    few questions beyond patience where need be. No answer is like one that does not list the files yet.
    """
    started, pause, asked, beyond = clock(), _FIRST_PAUSE, 0, 0
    readings, reader = Readings(wanted), _Reader(client, project, wanted, into)
    while True:
        asked += 1
        readings.add(reader.read(readings.doubtful))
        waited = clock() - started
        if readings.others:
            return Waited(seen=Seen.OTHER_BYTES, names=readings.others, asked=asked, seconds=waited)
        pending = readings.pending
        if not pending:
            return Waited(seen=Seen.SERVED, asked=asked, seconds=waited)
        if waited >= patience_seconds:
            beyond += 1
            if not readings.doubtful or beyond > _BEYOND:
                trouble = reader.trouble or _differing(readings.doubtful)
                return Waited(seen=Seen.NOT_YET, names=pending, asked=asked, seconds=waited, trouble=trouble)
        pause = min(pause, max(patience_seconds - waited, _FIRST_PAUSE))
        say(f"waiting for the index to list {', '.join(pending)} ({waited:.0f} of {patience_seconds:.0f} s)")
        sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _differing(names: tuple[str, ...]) -> str:
    return f"its answers about {', '.join(names)} differ" if names else ""


@dataclass(slots=True)
class _Reader:
    """Reads the index again and again; ``trouble`` is why the last reading is not whole, where it is not."""

    client: IndexClient
    project: str
    wanted: Mapping[str, str]
    into: Path | None
    trouble: str = ""
    ours: set[IndexFile] = field(default_factory=set)

    def read(self, doubtful: Collection[str]) -> dict[str, str]:
        """Return the digest of each wanted file that is there; files that are ``doubtful`` are fetched anew."""
        self.trouble, found = "", {}
        try:
            listed = self.client.files(self.project)
        except Unreachable as error:
            self.trouble = str(error)
            return {}
        for each in listed:
            if each.filename in self.wanted:
                try:
                    found[each.filename] = self._digest(each, anew=each.filename in doubtful)
                except Unreachable as error:
                    self.trouble = str(error)
        return found

    def _digest(self, file: IndexFile, *, anew: bool) -> str:
        ours = self.wanted[file.filename].lower()
        if self.into is None:
            return digest_of(self.client, file)
        # What is stated is asked first: other bytes may be of any size.
        if file.sha256 not in {"", ours} or (file in self.ours and not anew):
            return file.sha256 or ours
        content = self.client.fetch(file, limit=FILE_LIMIT)
        digest = hashlib.sha256(content).hexdigest()
        if digest == ours:
            (self.into / file.filename).write_bytes(content)
            self.ours.add(file)
        return digest
