from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.waiting import is_alive, wait_until
from unmoor.errors import Exit, Incomplete
from unmoor.runtime.lock import held

HOLDER = """
import os, sys
from pathlib import Path
from unmoor.runtime import process
from unmoor.runtime.lock import held
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
