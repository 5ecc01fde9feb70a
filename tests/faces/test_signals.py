"""Told to end twice: whenever the second signal comes, the process ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied here, not started anew")

# Starts many processes that have our handlers; prints the numbers of those that did not end in time.
_START = """import os, signal, sys, threading, time
from pathlib import Path
import unmoor.sessions

unmoor.sessions.register(Path.cwd())


def wait_for_all(children):
    until = time.monotonic() + 10
    while children and time.monotonic() < until:
        for pid in [pid for pid in children if os.waitpid(pid, os.WNOHANG)[0]]:
            del children[pid]
        time.sleep(0.02)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    # Past the last words: nothing was begun here.
    print(sorted(children.values()), flush=True)
    os._exit(0)

"""
# The second signal comes at the n-th line of all the code that the first one makes run.
_AT_EACH_LINE = """
def be_told_twice(number):
    left = number

    def trace(frame, event, _):
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGTERM)
        return trace

    try:
        sys.settrace(trace)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    except KeyboardInterrupt:
        os._exit(0)


children = {}
for number in range(1, 81):
    pid = os.fork()
    if not pid:
        be_told_twice(number)
    children[pid] = number
wait_for_all(children)
"""
_IN_BURSTS = """
def be_told():
    try:
        os.write(ready[1], b"x")
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        os._exit(0)


children = {}
ready = os.pipe()
for number in range(1, 41):
    pid = os.fork()
    if not pid:
        be_told()
    children[pid] = number
    os.read(ready[0], 1)
for pid in children:
    for signal_number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        os.kill(pid, signal_number)
wait_for_all(children)
"""


@pytest.mark.parametrize("program", [_AT_EACH_LINE, _IN_BURSTS], ids=["at each line", "in bursts"])
def test_a_second_signal_never_keeps_the_process_from_ending(program: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _START + program],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_started_afterwards_can_be_told_to_end(number: signal.Signals, tmp_path: Path) -> None:
    """Being deaf is not handed on: the last words start programs too."""
    program = f"""
try:
    os.kill(os.getpid(), {int(number)})
    time.sleep(60)
except KeyboardInterrupt:
    ask = "import signal; print([signal.getsignal(each) is signal.SIG_IGN for each in (2, 15)])"
    os.execv(sys.executable, [sys.executable, "-c", ask])
"""
    done = subprocess.run(
        [sys.executable, "-c", _START + program], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "[False, False]\n", done.stderr
