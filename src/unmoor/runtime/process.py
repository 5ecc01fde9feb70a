"""THE door for programs: the only module that starts one.

Arguments are always a list and never see a shell. Standard input is empty and there is no terminal, so nothing can
ask; output is decoded as UTF-8, cleared of secrets and kept in a log when one is named. Every run has a limit. A
program that ends with an unexpected status raises: nobody can overlook it. And none outlives this process.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from unmoor.errors import Incomplete, ToolError, ToolFailed, ToolMissing, ToolTimeout
from unmoor.runtime import output
from unmoor.runtime.executables import found
from unmoor.runtime.orphans import Orphans
from unmoor.runtime.redact import redact

__all__ = ["Completed", "attached", "is_ending", "module", "run", "shown", "stop_all", "tail"]

_GRACE = 3.0
_SHOWN_WIDTH = 90
_ENDED = -int(signal.SIGTERM)
if sys.platform == "win32":
    _KILL, _NEW_GROUP = signal.SIGTERM, subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _KILL, _NEW_GROUP = signal.SIGKILL, 0
_LEASH = str(Path(__file__).with_name("die_with_parent.py"))
_ORPHANS = str(Path(__file__).with_name("orphans.py"))
_running: set[subprocess.Popen[bytes]] = set()
# A plain flag: it is raised in signal handlers, which may interrupt whoever holds the lock of an Event.
_ending = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A program that has ended: its arguments, exit status, output, seconds and the path of its log."""

    argv: tuple[str, ...]
    status: int
    out: str
    err: str
    seconds: float
    log: str = ""

    @property
    def text(self) -> str:
        """Standard output and standard error, one after the other."""
        return "\n".join(part for part in (self.out.rstrip(), self.err.rstrip()) if part)


def attached(argv: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> int:
    """Run a program whose output goes straight to ours, and return its exit status; for faces that hand over to nox.

    It dies with this process (Linux); being told to end is passed on to it.
    """
    full = _leash([str(part) for part in argv])
    with subprocess.Popen(full, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL) as child:  # noqa: S603 - a list, no shell
        before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            while True:
                try:
                    return child.wait()
                except KeyboardInterrupt:
                    # The terminal has told the child as well; it ends in its own time.
                    continue
        finally:
            signal.signal(signal.SIGTERM, before)


def module(name: str) -> list[str]:
    """Return the start of a command that runs a module installed beside unmoor.

    Without ``-P`` the working directory comes first, and a project's own modules could stand in for the program's.
    """
    return [sys.executable, "-P", "-m", name]


def stop_all() -> None:
    """End every program that still runs; for a process that was told to end.

    Its other threads can start none any more. The main one can: it has the last words.
    """
    global _ending  # noqa: PLW0603 - of the process, as signals are
    _ending = True
    children = tuple(_running)
    for child in children:
        _tell(child, signal.SIGTERM)
    until = time.monotonic() + _GRACE / 2
    while any(child.poll() is None for child in children) and time.monotonic() < until:
        time.sleep(0.02)
    for child in children:
        # For those of its group that outlive it, too.
        _tell(child, _KILL)


def is_ending() -> bool:
    """Say whether this process was told to end, so that what failed by then may have failed for that alone."""
    return _ending


def tail(text: str, lines: int = 12) -> str:
    """Return the last ``lines`` lines of ``text`` that are not empty."""
    return "\n".join([line.rstrip() for line in text.splitlines() if line.strip()][-lines:])


def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str],
    timeout: float = 600.0,
    ok: Sequence[int] | None = (0,),
    log: Path | None = None,
    stdin: str = "",
    leashed: bool = False,
    inherit: Sequence[int] = (),
    hint: str = "",
    limit: str = "",
    one_stream: bool = False,
    hear: Callable[[str], None] | None = None,
) -> Completed:
    """Run a program to its end and return what it said.

    ``timeout`` is in seconds. ``ok`` lists the exit statuses that mean success, ``None`` accepts all. ``leashed``
    programs die with this process (Linux), even when it is killed. ``inherit`` are file descriptors the program
    keeps open, so that a lock held through them outlives us. With ``one_stream`` what it writes as errors stands in
    its output, in the order in which it was written. Output without end is cut in the middle, in memory; the
    ``log`` has all of it. Raises ``ToolMissing``, ``ToolTimeout`` and ``ToolFailed``; ``hint`` becomes their advice,
    ``limit`` is the setting that ``timeout`` comes from,
    ``hear`` is told what the program says while it runs. Raises ``ToolError`` where the machine can start no more
    programs, and ``Incomplete`` once this process was told to end.
    """
    _unless_ending()
    command = [str(part) for part in argv]
    program = found(command[0], env)
    if program is None:
        what = f"the program {command[0]!r} was not found"
        raise ToolMissing(what, hint=hint or f"install {Path(command[0]).name} or put it on PATH")
    started = time.monotonic()
    full = [program, *command[1:]]
    kept = output.Log(log, f"$ {redact(' '.join(command))}\n")
    out, err = output.Stream(kept, hear), output.Stream(kept, hear)
    given = _leash(full) if leashed else full
    with _started(given, cwd=cwd, env=env, stdin=bool(stdin), inherit=inherit, one_stream=one_stream) as child:
        status = _wait(child, out, err, stdin.encode(), started + timeout)
    seconds = time.monotonic() - started
    ending = "ended at its limit" if status is None else f"exit status {status}"
    kept.write("\n".join(rest.rstrip() for rest in (out.rest(), err.rest()) if rest.strip()))
    kept.write(f"\n[{ending} after {seconds:.2f} s]\n")
    done = Completed(
        argv=tuple(command),
        status=_ENDED if status is None else status,
        out=out.text,
        err=err.text,
        seconds=seconds,
        log=kept.path,
    )
    if status is None:
        what = f"{shown(command)} did not end within {timeout:g} s"
        advice = f"raise {limit} in [tool.unmoor], or run it by hand" if limit else "run it by hand"
        raise ToolTimeout(what, place=done.log, hint=f"{advice} to see what it waits for")
    if ok is not None and status not in ok:
        what = f"{shown(command)} ended with exit status {status}"
        raise ToolFailed(what, status=status, tail=tail(done.text), log=done.log, hint=hint)
    if log is None and (out.left_out or err.left_out):
        # Nobody has it whole: what is read out of it would be wrong without a word.
        what = f"{shown(command)} said more than can be read"
        raise ToolFailed(what, status=status, tail=tail(done.text), hint=hint)
    return done


def _leash(argv: list[str]) -> list[str]:
    """Return a command that runs ``argv`` as a program that dies with this process."""
    if sys.platform != "linux":
        return argv
    return [sys.executable, "-I", "-S", _LEASH, str(os.getpid()), *argv]


def shown(argv: Sequence[str]) -> str:
    """Return a short, secret-free rendering of a command for messages."""
    words = [Path(argv[0]).name, *argv[1:]]
    if words[0].startswith("python") and "-m" in words[1:3]:
        words = words[words.index("-m") + 1 :]
    text = redact(" ".join(words))
    return text if len(text) <= _SHOWN_WIDTH else text[: _SHOWN_WIDTH - 1] + "…"


@contextmanager
def _started(
    argv: list[str],
    *,
    cwd: Path | None,
    env: Mapping[str, str],
    stdin: bool,
    inherit: Sequence[int],
    one_stream: bool,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in a session of its own, and see to it that it is over in the end."""
    try:
        child = subprocess.Popen(  # noqa: S603 - a list, resolved, no shell
            argv,
            cwd=cwd,
            env=dict(env),
            bufsize=0,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if one_stream else subprocess.PIPE,
            pass_fds=tuple(inherit) if os.name == "posix" else (),
            start_new_session=True,
            creationflags=_NEW_GROUP,
        )
    except OSError as error:
        what = f"cannot start {shown(argv)}: {error.strerror or error}"
        hint = "where the machine is out of memory, processes or open files, end other programs or raise ulimit"
        raise ToolError(what, place=str(error.filename or ""), hint=hint) from error
    with child:
        _running.add(child)
        _orphans.add(child.pid)
        try:
            # Whoever was told to end in between did not see this child.
            _unless_ending()
            yield child
        except BaseException:
            _stop(child)
            raise
        finally:
            _running.discard(child)
            _orphans.discard(child.pid)


def _wait(
    child: subprocess.Popen[bytes], out: output.Stream, err: output.Stream, stdin: bytes, until: float
) -> int | None:
    """Wait for the program to end and return its exit status; ``None`` where it had to be ended."""
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    pipes = {child.stdout: out} | ({child.stderr: err} if child.stderr is not None else {})
    output.read(pipes, (child.stdin, stdin) if child.stdin else None, ended=lambda: _is_over(child), until=until)
    with suppress(subprocess.TimeoutExpired):
        return child.wait(max(until - time.monotonic(), 0))
    _tell(child, signal.SIGTERM)
    output.read(pipes, None, ended=lambda: _is_over(child), until=time.monotonic() + _GRACE)
    _stop(child)
    return None


def _is_over(child: subprocess.Popen[bytes]) -> bool:
    return child.poll() is not None


def _unless_ending() -> None:
    """Raise ``Incomplete`` in any thread but the main one once this process was told to end."""
    if _ending and threading.current_thread() is not threading.main_thread():
        what = "unmoor was told to end"
        raise Incomplete(what, hint="run the same command again")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End the child and everything in its process group, asking first."""
    for number in (signal.SIGTERM, _KILL):
        # The second signal is for those of the group that outlive the child, too.
        _tell(child, number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_GRACE)


def _tell(child: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to the child and everything in its process group; elsewhere than on POSIX, end what it started."""
    if sys.platform == "win32":
        import ctypes

        folder = ctypes.create_unicode_buffer(260)
        ctypes.windll.kernel32.GetSystemDirectoryW(folder, len(folder))
        taskkill = [f"{folder.value}\\taskkill.exe", "/T", "/F", "/PID", str(child.pid)]
        subprocess.run(taskkill, capture_output=True, check=False)  # noqa: S603 - the system's own, by its path
        child.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number)


def _watcher() -> IO[bytes]:
    """Start the watcher over orphans and return its input."""
    if sys.platform == "win32":
        raise OSError("there are no process groups")
    command = [sys.executable, "-I", "-S", _ORPHANS]
    # It lives as long as we do, so it is given nothing of our environment: that may hold secrets.
    watcher = subprocess.Popen(  # noqa: S603 - a list, no shell
        command,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert watcher.stdin is not None  # noqa: S101 - it is a pipe
    _watchers.append(watcher)
    return watcher.stdin


def _dismiss() -> None:
    _orphans.close()
    for watcher in _watchers:
        watcher.wait()


_watchers: list[subprocess.Popen[bytes]] = []
_orphans = Orphans(_watcher)
# Registered before anything that a face registers: its last words come first.
atexit.register(_dismiss)
