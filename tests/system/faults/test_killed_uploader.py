"""A real uploader at work: no secret is in a command line, and killed it is no answer to believe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from support.faulted import SDIST, WHEEL
from support.indexes import running
from support.pages import ROOT
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc")

_RELEASE = ROOT / "tests" / "support" / "uploading_release.py"


def _commands() -> dict[int, str]:
    """Return the command lines of all processes by their numbers."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return found


def test_an_uploader_that_is_killed_is_no_answer_and_the_file_is_sent_again(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    arrived, go_on, first = threading.Event(), threading.Event(), threading.Lock()
    with running(tmp_path / "index") as (index, target):
        post = index.post

        def held(*request: Any) -> Any:
            """Take nothing of the first request, and answer it when nobody is there any more."""
            if not first.acquire(blocking=False):
                return post(*request)
            arrived.set()
            go_on.wait(60)
            return post("/nowhere", *request[1:])

        index.post = held  # type: ignore[method-assign]
        assert target.credential is not None
        secret = target.credential.secret
        command = [sys.executable, str(_RELEASE), str(tmp_path), target.upload_url, target.simple_url]
        (tmp_path / "tmp").mkdir()
        env = {**environ, "TMPDIR": str(tmp_path / "tmp")}
        said = tmp_path / "said.txt"
        with (
            said.open("w") as out,
            subprocess.Popen(command, cwd=tmp_path, env=env, stdin=subprocess.PIPE, stdout=out, text=True) as process,
        ):
            assert process.stdin is not None
            process.stdin.write(f"{secret}\n")
            process.stdin.close()
            try:
                wait_until(lambda: arrived.is_set() or process.poll() is not None, 60)
                assert process.poll() is None, said.read_text()
                commands = _commands()
                uploaders = [pid for pid, each in commands.items() if str(tmp_path) in each and "upload_once" in each]
                assert uploaders
                assert [each for each in commands.values() if secret in each] == []
                for pid in uploaders:
                    os.kill(pid, signal.SIGKILL)
            finally:
                go_on.set()
            assert process.wait(60) == 0, said.read_text()
        assert sorted(each.filename for each in index.records) == [WHEEL, SDIST]
        assert [each.status for each in index.uploads(WHEEL)] == [200]
