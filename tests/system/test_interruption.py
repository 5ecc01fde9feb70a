"""Told to end, a run ends at once, with everything it has started, and says how to go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.adopted import Adopted, adopt
from support.waiting import processes_with, wait_until

pytestmark = [pytest.mark.network, pytest.mark.skipif(sys.platform != "linux", reason="/proc")]

_SUITE = """import subprocess, sys


def test_that_takes_its_time():
    open({held!r}, "w").close()
    subprocess.run([sys.executable, "-c", "import threading; threading.Event().wait()"])
"""


@pytest.mark.parametrize("command", ["nox -s tests", "unmoor rehearse"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_everything_ends_with_it(
    command: str, number: signal.Signals, tmp_path: Path, environ: Mapping[str, str]
) -> None:
    held, temporary = tmp_path / "held", tmp_path / "tmp"
    temporary.mkdir()
    project: Adopted = adopt(tmp_path, {**environ, "TMPDIR": str(temporary), "MARK": str(tmp_path)})
    pyproject = (project.folder / "pyproject.toml").read_text().replace('disable = ["tests-pass"]\n', "")
    project.repository.write("pyproject.toml", pyproject + '\n[dependency-groups]\ntests = ["pytest"]\n')
    project.repository.write("tests/test_sample.py", _SUITE.format(held=str(held)))
    project.repository.commit("A suite")
    started = [sys.executable, "-m", *command.split()]
    with subprocess.Popen(
        started, cwd=project.folder, env=dict(project.environ), stdout=subprocess.PIPE, start_new_session=True
    ) as running:
        wait_until(held.exists, 60)
        # A terminal tells everybody in front of it, a supervisor only the one it started.
        if number is signal.SIGINT:
            os.killpg(running.pid, number)
        else:
            running.send_signal(number)
        text = running.communicate(timeout=20)[0].decode()
    assert running.returncode == (130 if command.startswith("nox") else 4)
    wait_until(lambda: not processes_with(f"MARK={tmp_path}"), 10)
    assert [path.name for path in temporary.iterdir() if path.name.startswith((".unmoor-", "unmoor-", "build-"))] == []
    assert project.record("tests")["outcome"] == "error"
    if not command.startswith("nox"):
        assert "Next: " in text
