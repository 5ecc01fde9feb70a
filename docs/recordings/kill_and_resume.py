"""SIGKILL in the middle of an upload, and the same command again: the real thing, recorded.

``python docs/recordings/kill_and_resume.py`` makes a project, starts a rehearsal, kills its whole process group while
the second archive goes to TestPyPI's stand-in, and starts the same command again. It writes ``kill-and-resume.cast``
(asciinema, version 2) and ``kill-and-resume.txt``, the same as text with seconds in front.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from recording import HERE, NAME, Stage, releasable, sample, tidy

COMMAND = "unmoor rehearse --jobs 1"
WIDTH, HEIGHT = 110, 40
_PAUSE = 1.0  # what a person needs to look


class Recorder:
    """Lines as they come, with the seconds since the start."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.began = time.monotonic()
        self.events: list[tuple[float, str]] = []

    def say(self, line: str) -> None:
        """Keep a line as printed now."""
        self.events.append((time.monotonic() - self.began, tidy(line, self.scratch)))

    def watch(self, stage: Stage, command: str, *, kill_at: str = "") -> int:
        """Run a command and keep its lines; kill its whole group when a line contains ``kill_at``."""
        self.say(f"$ {command}")
        with subprocess.Popen(  # noqa: S603 - words of our own
            shlex.split(command),
            cwd=stage.folder,
            env=dict(stage.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        ) as child:
            assert child.stdout is not None, "it has a pipe"  # noqa: S101
            for line in child.stdout:
                self.say(line.rstrip("\n"))
                if kill_at and kill_at in line:
                    _await_intent(stage.folder)
                    os.killpg(child.pid, signal.SIGKILL)
                    break
            child.stdout.close()
            status = child.wait()
        if status < 0:
            self.say("Killed")
        return status


def _await_intent(folder: Path) -> None:
    """Wait until the intent to upload the sdist is on disk: from then on the file is on its way."""
    last = time.monotonic() + 10
    while not any(folder.glob(".git/unmoor/*/uploads/testpypi/*.tar.gz.json")):
        if time.monotonic() > last:
            raise RuntimeError("the upload was announced and not begun")
        time.sleep(0.01)


def main() -> None:
    """Record, and write both files."""
    with tempfile.TemporaryDirectory() as scratch:
        stage = Stage(Path(scratch))
        sample(stage)
        releasable(stage)
        stage.run("git add --all")
        stage.run("git commit --quiet -m 'Licence and tests'")
        recorder = Recorder(Path(scratch))
        killed = recorder.watch(stage, COMMAND, kill_at=".tar.gz (2 of 2) to testpypi")
        time.sleep(_PAUSE)
        status = recorder.watch(stage, COMMAND)
        if killed != -signal.SIGKILL or status != 0:
            raise RuntimeError(f"the first run ended with {killed}, the second with {status}")
    _write(recorder.events)


def _write(events: list[tuple[float, str]]) -> None:
    header = {"version": 2, "width": WIDTH, "height": HEIGHT, "title": f"{NAME}: killed while uploading, and resumed"}
    lines = [json.dumps(header)]
    lines += [json.dumps([round(when, 3), "o", f"{line}\r\n"], ensure_ascii=False) for when, line in events]
    (HERE / "kill-and-resume.cast").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = "".join(f"{when:6.1f}  {line}".rstrip() + "\n" for when, line in events)
    (HERE / "kill-and-resume.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
