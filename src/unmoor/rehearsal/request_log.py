"""What was asked of a rehearsal index: one JSON line a request, kept in its folder for who wants to know afterwards."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from unmoor.rehearsal.response import Answer

__all__ = ["write_down"]


def write_down(log: Path, method: str, path: str, answer: Answer) -> None:
    """Add one request to the file ``log``, with the status and what the client was told."""
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "method": method,
        "path": path,
        "status": answer.status,
        "filename": answer.filename,
        "message": answer.reason,
    }
    # One write of one line in append mode: lines of several processes do not mix.
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (json.dumps(entry) + "\n").encode())
    finally:
        os.close(handle)
