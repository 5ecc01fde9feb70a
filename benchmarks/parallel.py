"""A whole rehearsal with `nox -j auto`, warm, against a plain sequential shell script of the same steps with uv.

    python parallel.py CLONE SCRIPT

CLONE is a clone that has adopted unmoor (see `click/` here for the lines that click needs), SCRIPT does the same by
hand: lint, types, tests on every Python, documentation, archives, checks, installs. Limits: at most 0.6 of the
script's wall time, and at most 1.3 times the longer of the critical path and processor time over cores.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from timing import Timing, once

RUNS = int(os.environ.get("RUNS", "3"))
OF_SCRIPT = 0.6
OF_BOUND = 1.3
REQUIRES = {
    "build": ("check",),
    "testpypi": ("check", "lint", "tests", "docs-strict", "build"),
    "pypi": ("testpypi",),
    "release": ("pypi",),
}


def forget(clone: Path) -> None:
    """Remove unmoor's state, so that everything runs again; uv's cache stays warm."""
    shutil.rmtree(clone / ".git" / "unmoor", ignore_errors=True)


def longest(stages: Mapping[str, Any]) -> float:
    """Return the critical path through the stages, in seconds."""
    ends: dict[str, float] = {}
    for name in ("check", "lint", "tests", "docs-strict", "build", "testpypi", "pypi", "release"):
        start = max((ends[before] for before in REQUIRES.get(name, ())), default=0.0)
        ends[name] = start + float(stages[name]["seconds"])
    return max(ends.values())


def stages_of(clone: Path) -> dict[str, Any]:
    """Return how each stage of the newest run ended."""
    newest = max((clone / ".git" / "unmoor" / "runs").iterdir(), key=lambda run: run.stat().st_mtime)
    return {file.stem: json.loads(file.read_text()) for file in newest.glob("*.json")}


def main() -> int:
    """Measure, print, and say whether the limits hold."""
    clone, script = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    ours, theirs, bounds = Timing(), Timing(), Timing()
    cores = len(os.sched_getaffinity(0))
    for number in range(RUNS + 1):
        forget(clone)
        wall, cpu = once([sys.executable, "-m", "nox", "-j", "auto", "-s", "release"], clone)
        bound = max(longest(stages_of(clone)), cpu / cores)
        by_hand, _ = once(["bash", str(script)], clone)
        subprocess.run(["git", "clean", "-fdxq", "-e", ".nox"], cwd=clone, check=True)
        if number:
            ours.append(wall)
            theirs.append(by_hand)
            bounds.append(wall / bound)
            print(f"run {number}: unmoor {wall:.1f} s, script {by_hand:.1f} s, bound {bound:.1f} s", flush=True)
    ratio = ours.median / theirs.median
    print(f"unmoor / script {ratio:.2f} (limit {OF_SCRIPT})   unmoor / bound {bounds.median:.2f} (limit {OF_BOUND})")
    return int(ratio > OF_SCRIPT or bounds.median > OF_BOUND)


if __name__ == "__main__":
    sys.exit(main())
