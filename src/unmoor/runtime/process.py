"""THE door for programs: the only module that starts one.

Arguments are always a list and never see a shell; standard input is empty, so nothing can ask; output is decoded
as UTF-8, cleared of secrets and kept in a log when one is named. Every run has a limit. A program that ends with
an unexpected status raises: nobody can overlook it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from unmoor.errors import Incomplete, ToolFailed, ToolMissing, ToolTimeout
from unmoor.runtime.redact import redact

__all__ = ["Completed", "attached", "module", "run", "shown", "stop_all", "tail"]

_GRACE = 3.0
_SHOWN_WIDTH = 90
_ENDED = -int(signal.SIGTERM)
_LEASH = str(Path(__file__).with_name("die_with_parent.py"))
_running: set[subprocess.Popen[str]] = set()
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
        _tell(child, getattr(signal, "SIGKILL", signal.SIGTERM))


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
) -> Completed:
    """Run a program to its end and return what it said.

    ``timeout`` is in seconds. ``ok`` lists the exit statuses that mean success, ``None`` accepts all. ``leashed``
    programs die with this process (Linux), even when it is killed. ``inherit`` are file descriptors the program
    keeps open, so that a lock held through them outlives us. Raises ``ToolMissing``, ``ToolTimeout`` and
    ``ToolFailed``; ``hint`` becomes their advice. Raises ``Incomplete`` once this process was told to end.
    """
    _unless_ending()
    command = [str(part) for part in argv]
    program = shutil.which(command[0], path=env.get("PATH"))
    if program is None:
        what = f"the program {command[0]!r} was not found"
        raise ToolMissing(what, hint=hint or f"install {Path(command[0]).name} or put it on PATH")
    started = time.monotonic()
    full = [program, *command[1:]]
    if leashed:
        full = _leash(full)
    out, err, status = _wait(full, cwd=cwd, env=env, timeout=timeout, stdin=stdin, inherit=inherit)
    done = Completed(
        argv=tuple(command),
        status=_ENDED if status is None else status,
        out=redact(out),
        err=redact(err),
        seconds=time.monotonic() - started,
        log=str(log or ""),
    )
    if log is not None:
        _keep(done, log, "ended at its limit" if status is None else f"exit status {status}")
    if status is None:
        what = f"{shown(command)} did not end within {timeout:g} s"
        raise ToolTimeout(what, place=done.log, hint="raise the limit in the settings, or run it by hand to see why")
    if ok is not None and status not in ok:
        what = f"{shown(command)} ended with exit status {status}"
        raise ToolFailed(what, status=status, tail=tail(done.text), log=done.log, hint=hint)
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


def _wait(
    argv: list[str],
    *,
    cwd: Path | None,
    env: Mapping[str, str],
    timeout: float,
    stdin: str,
    inherit: Sequence[int],
) -> tuple[str, str, int | None]:
    """Wait for the program and return its output and status; no status where it had to be ended."""
    with subprocess.Popen(  # noqa: S603 - a list, resolved, no shell
        argv,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        pass_fds=tuple(inherit) if os.name == "posix" else (),
        process_group=0 if os.name == "posix" else None,
    ) as child:
        _running.add(child)
        try:
            # Whoever was told to end in between did not see this child.
            _unless_ending()
            out, err = child.communicate(stdin or None, timeout=timeout)
        except subprocess.TimeoutExpired:
            return *_stop(child), None
        except BaseException:
            _stop(child)
            raise
        finally:
            _running.discard(child)
    return out, err, child.returncode


def _unless_ending() -> None:
    """Raise ``Incomplete`` in any thread but the main one once this process was told to end."""
    if _ending and threading.current_thread() is not threading.main_thread():
        what = "unmoor was told to end"
        raise Incomplete(what, hint="run the same command again")


def _stop(child: subprocess.Popen[str]) -> tuple[str, str]:
    """End the child and everything in its process group, asking first; return what was said until then."""
    out, err = "", ""
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        # The second signal is for those of the group that outlive the child, too.
        _tell(child, number)
        if child.returncode is None:
            with suppress(subprocess.TimeoutExpired):
                out, err = child.communicate(timeout=_GRACE)
    return out, err


def _tell(child: subprocess.Popen[str], number: int) -> None:
    """Send a signal to the child and everything in its process group."""
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(child.pid, number)
        else:
            child.kill()


def _keep(done: Completed, log: Path, ending: str) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    head = f"$ {redact(' '.join(done.argv))}\n"
    foot = f"\n[{ending} after {done.seconds:.2f} s]\n"
    with log.open("a", encoding="utf-8") as stream:
        stream.write(head + done.text + foot)
