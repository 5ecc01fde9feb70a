"""Waiting for other processes: ask until it happened, with a limit; and whether a process still runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Say whether a process runs (Linux); one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def processes_with(variable: str) -> list[str]:
    """Return the commands of all processes that have ``variable``, as ``NAME=value``, in their environment (Linux)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            marked = variable.encode() in (process / "environ").read_bytes().split(b"\0")
            if marked and is_alive(int(process.name)):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def wait_until(happened: Callable[[], bool], limit: float = 20.0) -> None:
    """Return as soon as it happened; fail the test after ``limit`` seconds."""
    until = time.monotonic() + limit
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
