"""What was asked of a rehearsal index, one JSON line a request, kept in its folder so that later processes can count.

The faults are counted here too: a fault that has happened stays happened when the index is started again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from unmoor.rehearsal.faults import Fault

__all__ = ["Asked", "Ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: ``filename`` where it was about a file, ``status`` 0 where the connection was dropped.

    ``faults`` lists what went wrong on purpose as ``fault:file``, ``message`` what the client was told.
    """

    time: str
    method: str
    path: str
    status: int
    filename: str = ""
    faults: tuple[str, ...] = ()
    message: str = ""


class Ledger:
    """The requests of one index, in the file ``path``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._faults: dict[str, int] = {}
        for asked in self.read():
            for name in asked.faults:
                self._faults[name] = self._faults.get(name, 0) + 1

    def read(self) -> tuple[Asked, ...]:
        """Return all requests so far, those of earlier processes included; a line torn by a kill is left out."""
        found = []
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        for line in lines:
            try:
                entry = json.loads(line)
                found.append(Asked(**{**entry, "faults": tuple(entry["faults"])}))
            except (ValueError, TypeError, KeyError):
                continue
        return tuple(found)

    def add(
        self, method: str, path: str, status: int, *, filename: str = "", faults: Sequence[str] = (), message: str = ""
    ) -> None:
        """Write down one request."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        asked = Asked(
            time=now, method=method, path=path, status=status, filename=filename, faults=tuple(faults), message=message
        )
        line = (json.dumps(asdict(asked)) + "\n").encode()
        # One write of one line in append mode: lines of several processes do not mix.
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)

    def strikes(self, name: str, fault: Fault, filename: str) -> bool:
        """Say whether a fault happens to a file now, and count it if so."""
        if not fnmatchcase(filename, fault.files):
            return False
        key = f"{name}:{filename}"
        with self._lock:
            if self._faults.get(key, 0) >= fault.times:
                return False
            self._faults[key] = self._faults.get(key, 0) + 1
        return True
