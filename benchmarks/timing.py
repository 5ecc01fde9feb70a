"""Time whole commands in turn, so that what slows the machine slows both sides."""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["Timing", "in_turn", "once"]


class Timing(list[float]):
    """The wall times of one command, in seconds."""

    @property
    def median(self) -> float:
        """The median, in seconds."""
        return statistics.median(self)


def once(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> tuple[float, float]:
    """Run a command once; return its wall seconds and the processor seconds of it and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return wall, (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def in_turn(first: Sequence[str], second: Sequence[str], cwds: tuple[Path, Path], runs: int) -> tuple[Timing, Timing]:
    """Run two commands in turn, A B A B, after one warm-up each; return the wall times of both."""
    times = Timing(), Timing()
    for number in range(runs + 1):
        for command, cwd, kept in zip((first, second), cwds, times, strict=True):
            wall, _ = once(command, cwd)
            if number:
                kept.append(wall)
    return times
