from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from support.waiting import is_alive, wait_until
from unmoor.errors import Exit, Incomplete, UnmoorError
from unmoor.runtime.lock import held, held_folder

HOLDER = """
import os, sys
from pathlib import Path
from unmoor.runtime import process
from unmoor.runtime.lock import held
# Nobody ends what it leaves behind: that is what the lock is for.
process._orphans.close()
with held(Path(sys.argv[1]), what="it") as handles:
    process.run([sys.executable, "-I", "-c", sys.argv[3], sys.argv[2]], env=os.environ, inherit=handles)
"""
CHILD = """
import os, sys, time
open(sys.argv[1] + '~', 'w').write(str(os.getpid()))
os.rename(sys.argv[1] + '~', sys.argv[1])
time.sleep(60)
"""


def test_a_second_holder_is_told_to_come_again(tmp_path: Path) -> None:
    with (
        held(tmp_path / "lock", what="the plan"),
        pytest.raises(Incomplete) as caught,
        held(tmp_path / "lock", what="the plan"),
    ):
        pass
    assert caught.value.code is Exit.INCOMPLETE
    assert "another run is at work on the plan" in str(caught.value)
    assert "run the same command again" in str(caught.value)


def test_a_lock_is_free_again_afterwards_even_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path / "lock", what="it"):
        raise ZeroDivisionError
    with held(tmp_path / "lock", what="it") as handles:
        assert len(handles) == 1


def test_different_locks_do_not_disturb_each_other(tmp_path: Path) -> None:
    with held(tmp_path / "one", what="it") as one, held(tmp_path / "deep" / "two", what="it") as two:
        assert one != two


def test_patience_is_rewarded(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from unmoor.runtime.lock import held\n"
    code += "with held(Path(sys.argv[1]), what='it'): print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Incomplete), held(tmp_path / "lock", what="it", patience=0.1):
            pass
        other.stdin.close()
        with held(tmp_path / "lock", what="it", patience=30):
            assert other.wait() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as Linux shows them")
@pytest.mark.parametrize("inheriting", [True, False])
def test_an_orphan_that_is_still_at_work_keeps_the_lock(tmp_path: Path, *, inheriting: bool) -> None:
    lock, pid_file = tmp_path / "lock", tmp_path / "pid"
    program = HOLDER if inheriting else HOLDER.replace("inherit=handles", "inherit=()")
    argv = [sys.executable, "-c", program, str(lock), str(pid_file), CHILD]
    holder = os.posix_spawn(sys.executable, argv, dict(os.environ))
    try:
        wait_until(pid_file.exists)
    finally:
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
    orphan = int(pid_file.read_text())
    assert is_alive(orphan)
    if inheriting:
        with pytest.raises(Incomplete), held(lock, what="it"):
            pass
    os.kill(orphan, signal.SIGKILL)
    wait_until(lambda: not is_alive(orphan))
    with held(lock, what="it", patience=5) as handles:
        assert handles


def test_who_has_to_wait_learns_for_whom(tmp_path: Path) -> None:
    with (
        held(tmp_path / "lock", what="build of thing 1.0"),
        pytest.raises(Incomplete) as caught,
        held(tmp_path / "lock", what="testpypi of thing 1.0"),
    ):
        pass
    told = str(caught.value)
    assert "another run is at work on testpypi of thing 1.0: at build of thing 1.0, process" in told
    assert f"process {os.getpid()} on {socket.gethostname()} since 2" in told


@pytest.mark.parametrize("left", [b"", b"{", b"[1]\n", b'{"pid": 1}\n', b"\xff", b"1" * 100_000])
def test_whatever_stands_in_the_file_the_lock_is_what_counts(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "lock"
    path.write_bytes(left)
    with held(path, what="it"):
        path.write_bytes(left)
        with pytest.raises(Incomplete, match="another run is at work on it"), held(path, what="it"):
            pass


def refused(path: Path, what: str, *, shared: bool = False) -> str:
    with pytest.raises(Incomplete) as caught, held(path, what=what, shared=shared):
        pass
    return str(caught.value)


def test_those_who_share_tolerate_each_other_and_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path, what="testpypi of thing", shared=True), held(path, what="pypi of thing", shared=True):
        assert "at pypi of thing, process" in refused(path, "build of thing")
    with held(path, what="build of thing"):
        assert "at build of thing, process" in refused(path, "pypi of thing", shared=True)
    for _ in range(100):
        with held(path, what="pypi of thing", shared=True):
            pass
    assert path.stat().st_size < 5000


def test_of_those_who_shared_the_one_that_lives_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path, what="testpypi", shared=True):
        with subprocess.Popen([sys.executable, "-c", "pass"]) as ended:
            pass
        line = {"what": "pypi", "pid": ended.pid, "host": socket.gethostname(), "since": "2026-01-02T03:04:05Z"}
        with path.open("a") as stream:
            stream.write(json.dumps(line) + "\n")
        assert "at testpypi, process" in refused(path, "build")


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnmoorError, match="a link stands where"), held(tmp_path / "lock", what="it"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_system_without_locks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", none)
    with pytest.raises(UnmoorError, match="has no locks") as caught, held(tmp_path / "lock", what="it"):
        pass
    assert "UNMOOR_STATE" in str(caught.value)
    with held_folder(tmp_path, what="it"):
        pass


def test_a_folder_is_locked_and_left_as_it_is(tmp_path: Path) -> None:
    with held_folder(tmp_path, what="an install of thing"):
        with pytest.raises(Incomplete, match="an install of thing"), held_folder(tmp_path, what="an install of thing"):
            pass
        assert list(tmp_path.iterdir()) == []
    with held_folder(tmp_path, what="it"):
        pass
