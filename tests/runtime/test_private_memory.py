"""What a process was started with can be blotted out where other programs would read it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """import os, sys
from unmoor.runtime.private_memory import blot_out
value = os.environ["CANARY"]
blot_out(["CANARY", "NOT_THERE"])
os.environ["CANARY"] = value
print(value, open("/proc/self/environ").read(), sep="\\n")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there is it a file")
def test_what_is_blotted_out_is_not_in_proc_any_more_and_still_at_hand() -> None:
    canary = secrets.token_hex(12)
    env = {"PATH": os.environ["PATH"], "BEFORE": "before", "CANARY": canary, "AFTER": "after"}
    command = [sys.executable, "-c", _PROGRAM]
    said = subprocess.run(command, env=env, check=True, capture_output=True, text=True, cwd=Path(__file__).parent)
    value, _, block = said.stdout.partition("\n")
    assert value == canary
    assert canary not in block
    assert "BEFORE=before" in block
    assert "AFTER=after" in block
