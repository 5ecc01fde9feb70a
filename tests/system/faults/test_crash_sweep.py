"""A live release killed at every point at which it could leave something half done, and finished by the same command.

Every point takes minutes: ``pytest -m sweep``. A part of them runs each time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.pages import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied here, not started anew")

_SWEEP = ROOT / "tests" / "support" / "crash_sweep.py"
# What a release comes by at least; fewer means that the sweep does not see them any more.
_AT_LEAST = {"fsync": 75, "rename": 38, "unlink": 10, "connect": 18, "effect": 38}


def swept(folder: Path, environ: Mapping[str, str], *, every: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(_SWEEP), str(folder), str(every)],
        env=dict(environ),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    print(told["points"], told["tried"])  # noqa: T201 - with -s, or where it fails
    return told


def test_killed_at_every_tenth_point_it_ends_as_if_it_had_not_been(tmp_path: Path, environ: Mapping[str, str]) -> None:
    told = swept(tmp_path / "sweep", environ, every=10)
    assert told["wrong"] == {}
    assert {kind: number for kind, number in _AT_LEAST.items() if told["points"].get(kind, 0) < number} == {}
    assert sum(told["tried"].values()) == sum(told["points"].values()) // 10


@pytest.mark.sweep
def test_killed_at_every_point_it_ends_as_if_it_had_not_been(tmp_path: Path, environ: Mapping[str, str]) -> None:
    told = swept(tmp_path / "sweep", environ, every=1)
    assert told["wrong"] == {}
    assert told["tried"] == told["points"]
