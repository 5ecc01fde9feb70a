"""A live release, killed at one point after the other: ``python crash_sweep.py FOLDER [EVERY]``.

The points are those at which a process can leave something half done: every fsync, rename, unlink and connect, and
before and after every effect (archives made, a file sent, a git command that writes). A first run counts them. Each
point then has a fresh copy of the repository, its remote and two indexes on loopback: a process of its own is killed
there (SIGKILL), a second one goes on with the same command, and what the world holds then is looked at. The backend
makes other bytes each time it is asked, so that nothing can be built again unseen.

Started by tests, in a process of its own because it forks. Prints one line of JSON: how many points there are of each
kind, which were tried, and what was wrong. With EVERY, one point in so many is tried. The page cache survives a
killed process: nothing is shown about power loss.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import pytest

from support.live_release import VERSION, LiveRelease, new_release, sealed, standing_in
from support.repositories import git_environment
from support.served_index import ServedIndex, serve
from unmoor.errors import Exit
from unmoor.runtime import process
from unmoor.tools.build import Built

_INDEXES = ("testpypi", "pypi")
_WRITES = frozenset({"clone", "commit", "fetch", "push", "tag", "update-ref"})


class UniqueRelease(LiveRelease):
    """A live release whose backend never makes the same bytes twice."""

    def build(self, folder: Path, out: Path, **words: Any) -> Built:
        made = super().build(folder, out, **words)
        for path in made.archives:
            path.write_text(f"{path.name} {secrets.token_hex()}")
        return made


# ── points ───────────────────────────────────────────────────────────────────────────────────────────────────


class Points:
    """Counts the points of this process, and kills it at number ``at``, counted from one."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.met: list[str] = []

    def meet(self, kind: str, what: str) -> None:
        self.met.append(f"{kind}: {what}")
        if len(self.met) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self, release: LiveRelease, patch: pytest.MonkeyPatch) -> None:
        """Come by at every call from now on."""
        for kind, owner, name in (
            ("fsync", os, "fsync"),
            ("rename", os, "rename"),
            ("rename", os, "replace"),
            ("unlink", os, "unlink"),
            ("unlink", os, "remove"),
            ("connect", socket.socket, "connect"),
        ):
            patch.setattr(owner, name, self._before(kind, getattr(owner, name)))
        for index in release.indexes.values():
            patch.setattr(index, "upload", self._around(f"upload to {index.name}", index.upload))
        patch.setattr(release, "build", self._around("build", release.build))
        run = process.run

        def watched(argv: Sequence[str | Path], **words: Any) -> Any:
            wrote = _WRITES.intersection(map(str, argv))
            called = self._around(f"git {min(wrote)}", run) if wrote and Path(argv[0]).name == "git" else run
            return called(argv, **words)

        patch.setattr(process, "run", watched)

    def _before(self, kind: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **words: Any) -> Any:
            self.meet(kind, "" if kind in {"fsync", "connect"} else Path(os.fsdecode(args[-1])).name)
            return call(*args, **words)

        return called

    def _around(self, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **words: Any) -> Any:
            self.meet("effect", f"before {what}")
            made = call(*args, **words)
            self.meet("effect", f"after {what}")
            return made

        return called


def apart(work: Callable[[], object], answer: Path) -> int:
    """Do ``work`` in a process of its own, in a group of its own; write what it returns to ``answer``.

    Return how the process ended, as of ``os.waitstatus_to_exitcode``.
    """
    if not (pid := os.fork()):
        os.setsid()
        status = 70
        try:
            answer.write_text(json.dumps(work()))
            status = 0
        except BaseException:  # noqa: BLE001 - told by the parent
            answer.write_text(json.dumps(traceback.format_exc()))
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# ── one point ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Sweep:
    """The release to be made, below ``top``, and the address of the indexes."""

    top: Path
    address: str
    environ: dict[str, str]

    def release(self, point: str) -> LiveRelease:
        there = self.top / point
        words = {name: ServedIndex(name=name, url=f"{self.address}/{point}/{name}") for name in _INDEXES}
        made = UniqueRelease(there / "release", self.environ, **words)
        if not there.exists():
            shutil.copytree(self.top / "new", there / "release", symlinks=True)
        return made

    def run(self, point: str, at: int) -> dict[str, Any]:
        """Run the release once, to the end or to the point number ``at``."""
        release, points = self.release(point), Points(at)
        with pytest.MonkeyPatch.context() as patch:
            points.install(release, patch)
            with standing_in(release, patch):
                ran = release.run()
        return {"code": int(ran.code), "said": ran.said, "met": points.met}

    def tried(self, point: str, at: int) -> Iterator[str]:
        """Kill a run at a point, run again, and yield what is wrong then."""
        answer = self.top / f"{point}.json"
        ended = apart(lambda: self.run(point, at), answer)
        if ended != -signal.SIGKILL:
            yield f"was not killed: {ended} {answer.read_text() if answer.exists() else ''}"
            return
        ended = apart(lambda: self.run(point, 0), answer)
        ran = json.loads(answer.read_text())
        if ended or ran["code"] != Exit.PASS:
            yield f"did not converge: {ran}"
            return
        yield from self.wrong(point)

    def wrong(self, point: str) -> Iterator[str]:
        """Look at what the world holds: one content a name, the sealed one; one tag, on the commit; a verdict."""
        release = self.release(point)
        files = sealed(release)
        if len(files) != 2:
            yield f"sealed are {sorted(files)}"
        for name in _INDEXES:
            folder = self.top / point / name
            if {each.name: each.read_bytes() for each in folder.glob("*")} != files:
                yield f"{name} does not hold what is sealed"
            sent = set(folder.with_suffix(".sent").read_text().splitlines())
            if sent != {f"{file} {hashlib.sha256(content).hexdigest()}" for file, content in files.items()}:
                yield f"{name} was sent other bytes: {sorted(sent)}"
        commit = release.repository.git("rev-parse", "HEAD")
        for repository in (release.repository, release.remote):
            tags = repository.git("for-each-ref", "--format=%(refname:short) %(*objectname)", f"refs/tags/v{VERSION}")
            if tags != f"v{VERSION} {commit}":
                yield f"tags are {tags!r}, the commit {commit}"
        if release.repository.git("status", "--porcelain"):
            yield "the working tree was changed"
        verdict = json.loads((release.state / "evidence" / "verdict.json").read_bytes())["predicate"]
        if verdict["verificationResult"] != "PASSED":
            yield f"the verdict is {verdict['verificationResult']}"


def sweep(top: Path, every: int) -> dict[str, Any]:
    """Count the points, try one in so many, and return what was met and what was wrong."""
    home = top / "home"
    home.mkdir(parents=True)
    # Nothing of the machine: its folder for temporary files, its git, its home.
    (top / "tmp").mkdir()
    own = {**git_environment(home), "HOME": str(home), "TMPDIR": str(top / "tmp")}
    os.environ.update(own)
    pid, address = serve(top)
    try:
        swept = Sweep(top, address, dict(os.environ))
        new_release(top / "new", swept.environ)
        # In this process first: what happens once in a process, imports above all, has happened in its copies too.
        warm = swept.run("warm", 0)
        assert warm["code"] == Exit.PASS, warm["said"]
        whole = top / "whole.json"
        assert apart(lambda: swept.run("whole", 0), whole) == 0, whole.read_text()
        told = json.loads(whole.read_text())
        assert told["code"] == Exit.PASS, told
        met: list[str] = told["met"]
        wrong = {"whole": found} if (found := [*swept.wrong("whole")]) else {}
        tried = range(every, len(met) + 1, every)
        for at in tried:
            point = f"point-{at}"
            if found := [*swept.tried(point, at)]:
                wrong[f"{at} {met[at - 1]}"] = found
            else:
                shutil.rmtree(top / point)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    kinds = [each.split(":")[0] for each in met]
    return {"points": Counter(kinds), "tried": Counter(kinds[at - 1] for at in tried), "wrong": wrong, "met": met}


if __name__ == "__main__":
    print(json.dumps(sweep(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 1)))  # noqa: T201 - for the test
