"""A whole rehearsal of projects that nobody here wrote, against what their contributors run for the same.

    python own_way.py CLONES [NAME ...]

CLONES is a folder with an untouched clone of each project in `own_way.toml`. Both sides begin with a fresh clone, with
uv's cache warm, and take turns. Limit: no rehearsal takes more than 1.5 times as long as the project's own way.
A command of theirs may fail, as a test of theirs may: how long it takes is what is asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from timing import Timing

RUNS = int(os.environ.get("RUNS", "1"))
LIMIT = 1.5
TOX = "uvx --with tox-uv tox"


def timed(command: str, cwd: Path, log: Path) -> float:
    """Run a line of a shell to its end, whatever that is; return its wall time in seconds."""
    started = time.perf_counter()
    with log.open("ab") as kept:
        subprocess.run(command, shell=True, cwd=cwd, stdout=kept, stderr=subprocess.STDOUT, check=False)  # noqa: S602
    return time.perf_counter() - started


def fresh(clone: Path, folder: Path) -> Path:
    """Return a fresh clone in ``folder``, with its tags."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", str(clone), str(folder)], check=True)
    return folder


def main() -> int:
    """Measure, print a line a project, and say whether the limit holds for all."""
    clones = Path(sys.argv[1]).resolve()
    ways = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    worst = 0.0
    for name in sys.argv[2:] or ways:
        ours, theirs = Timing(), Timing()
        with tempfile.TemporaryDirectory() as scratch:
            top = Path(scratch)
            for number in range(RUNS + 1):
                own = [each.replace("{tox}", TOX) for each in ways[name]["commands"]]
                folder = fresh(clones / name, top / "theirs")
                by_hand = sum(timed(each, folder, top / "theirs.txt") for each in own)
                folder = fresh(clones / name, top / "ours")
                wall = timed(f"{sys.executable} -m unmoor rehearse", folder, top / "ours.txt")
                # The first round warms what is kept between runs.
                if number or not RUNS:
                    ours.append(wall)
                    theirs.append(by_hand)
        ratio = ours.median / theirs.median
        worst = max(worst, ratio)
        print(f"{name}: unmoor {ours.median:.0f} s, its own way {theirs.median:.0f} s, {ratio:.2f}", flush=True)
    print(f"worst {worst:.2f} (limit {LIMIT})")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
