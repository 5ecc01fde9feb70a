"""Waiting for other processes: ask until it happened, with a limit; is one still there; a clock for waits of ours."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.indexes import wait

if TYPE_CHECKING:
    import pytest


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


def without_waiting(patch: pytest.MonkeyPatch) -> Clock:
    """Have time pass as fast as somebody waits for an index; return the clock that is gone by."""
    clock, waits = Clock(), wait.wait_for
    patch.setattr(wait, "wait_for", lambda *args, **words: waits(*args, **words, clock=clock, sleep=clock.sleep))
    return clock


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
