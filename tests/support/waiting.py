"""Waiting for other processes: ask until it happened, with a limit; and whether a process still runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Say whether a process runs (Linux); one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(happened: Callable[[], bool], limit: float = 20.0) -> None:
    """Return as soon as it happened; fail the test after ``limit`` seconds."""
    until = time.monotonic() + limit
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
