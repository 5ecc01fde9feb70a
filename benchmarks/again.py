"""A finished rehearsal asked for again, against `nox -l` in the same project: at most 2.3 times its time.

Give the folder of a project that has adopted unmoor; without one a small one is made.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from timing import in_turn, once

RUNS = 11
LIMIT = 2.3


def sample(top: Path) -> Path:
    """Make a small project that has adopted unmoor."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from support.adopted import adopt
    from support.repositories import git_environment

    (top / "git").mkdir()
    environ = {**os.environ, **git_environment(top / "git")}
    return adopt(top, environ).folder


def main() -> int:
    """Measure, print, and say whether the limit holds."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else sample(Path(scratch))
        again = [sys.executable, "-m", "nox", "-s", "release"]
        first, _ = once(again, folder)
        ours, listing = in_turn(again, [sys.executable, "-m", "nox", "-l"], (folder, folder), RUNS)
        ratio = ours.median / listing.median
        print(f"first {first:.2f} s, again {ours.median:.3f} s, nox -l {listing.median:.3f} s")
        print(f"again / nox -l {ratio:.2f} (limit {LIMIT:g})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
