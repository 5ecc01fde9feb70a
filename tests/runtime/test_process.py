from __future__ import annotations

import base64
import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.waiting import is_alive, wait_until
from unmoor.errors import Incomplete, ToolError, ToolFailed, ToolMissing, ToolTimeout
from unmoor.runtime import output, process, redact

ENV = {"PATH": os.environ["PATH"]}


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-I", "-c", code, *map(str, arguments)]


def test_output_and_status_come_back_apart() -> None:
    done = process.run(python("import sys; print('out'); print('err', file=sys.stderr)"), env=ENV)
    assert (done.status, done.out, done.err, done.text) == (0, "out\n", "err\n", "out\nerr")


def test_a_noisy_program_does_not_block() -> None:
    code = "import sys\nfor _ in range(16): sys.stderr.write('e' * 65536); sys.stdout.write('o' * 65536)"
    done = process.run(python(code), env=ENV)
    assert (len(done.out), len(done.err)) == (1 << 20, 1 << 20)


def test_standard_input_is_empty_unless_given() -> None:
    code = "import sys; print(repr(sys.stdin.read()))"
    assert process.run(python(code), env=ENV).out == "''\n"
    assert process.run(python(code), env=ENV, stdin="héllo").out == "'héllo'\n"


def test_a_program_that_does_not_read_its_input_does_not_block() -> None:
    assert process.run(python("pass"), env=ENV, stdin="x" * (1 << 20)).status == 0


def test_invalid_utf8_is_replaced() -> None:
    done = process.run(python(r"import sys; sys.stdout.buffer.write(b'caf\xe9 \xc3\xa9')"), env=ENV)
    assert done.out == "caf\ufffd é"


def test_arguments_see_no_shell() -> None:
    words = ["$HOME", "a b", "*", "'", '"', "\n", "; echo x", "--", "ü"]
    assert process.run(python("import sys; print(sys.argv[1:])", *words), env=ENV).out.strip() == repr(words)


def test_nothing_of_our_environment_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLY_OURS", "1")
    assert process.run(python("import os; print('ONLY_OURS' in os.environ)"), env=ENV).out == "False\n"


def test_a_missing_program_is_named() -> None:
    with pytest.raises(ToolMissing) as caught:
        process.run(["no-such-program-anywhere", "x"], env=ENV)
    assert "'no-such-program-anywhere'" in str(caught.value)
    assert "PATH" in str(caught.value)


def test_the_path_searched_is_that_of_the_given_environment(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing):
        process.run(["git", "--version"], env={"PATH": str(tmp_path)})


def test_an_unexpected_status_raises_with_tail_and_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "tool.log"
    with pytest.raises(ToolFailed) as caught:
        process.run(python("print('the end'); raise SystemExit(7)"), env=ENV, log=log, hint="look")
    error = caught.value
    assert (error.status, error.tail, error.log, error.problems[0].hint) == (7, "the end", str(log), "look")


def test_further_statuses_can_mean_success() -> None:
    assert process.run(python("raise SystemExit(3)"), env=ENV, ok=(0, 3)).status == 3
    assert process.run(python("raise SystemExit(9)"), env=ENV, ok=None).status == 9


def test_the_log_keeps_command_output_and_status_of_every_run(tmp_path: Path) -> None:
    log = tmp_path / "tool.log"
    for word in ("first", "second"):
        process.run(python("import sys; print(sys.argv[1])", word), env=ENV, log=log)
    text = log.read_text(encoding="utf-8")
    assert text.count("$ ") == text.count("[exit status 0 after ") == 2
    assert text.index("\nfirst\n") < text.index("\nsecond\n")


def test_a_timeout_ends_the_whole_group_and_keeps_what_was_said(tmp_path: Path) -> None:
    pids, log = tmp_path / "pids", tmp_path / "tool.log"
    grandchild = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    code = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-I', '-c', {grandchild!r}])\n"
        "open(sys.argv[1], 'w').write(f'{os.getpid()} {child.pid}'); print('so far', flush=True); time.sleep(60)"
    )
    with pytest.raises(ToolTimeout, match="did not end within 1 s"):
        process.run(python(code, pids), env=ENV, timeout=1, log=log)
    for pid in pids.read_text().split():
        wait_until(lambda pid=pid: not is_alive(int(pid)))
    assert "so far" in log.read_text()


# It says so only when its parent has ended, with its output in the same pipes.
DAEMON = """
import os, subprocess, sys
sleeper = [sys.executable, '-I', '-c', 'import time; time.sleep(60)']
child = subprocess.Popen(sleeper, start_new_session=sys.argv[2] == '1')
open(sys.argv[1], 'w').write(str(child.pid))
print('done')
"""


@pytest.mark.parametrize("own_session", [0, 1])
def test_a_program_that_left_a_daemon_behind_has_ended(tmp_path: Path, own_session: int) -> None:
    """As ssh leaves the master of a connection, and gpg its agent: with the pipes open, for hours."""
    pids = tmp_path / "pids"
    done = process.run(python(DAEMON, pids, own_session), env=ENV, timeout=40)
    daemon = int(pids.read_text())
    assert (done.status, done.out) == (0, "done\n")
    assert is_alive(daemon)
    os.kill(daemon, signal.SIGKILL)


# Run with a terminal of its own, as it is when a person releases by hand.
ASKER = """
import fcntl, os, sys, termios
from unmoor.runtime import process
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
open('/dev/tty').close()
print(process.run([sys.executable, '-I', '-c', "open('/dev/tty')"], env=os.environ, timeout=20, ok=None).err)
"""


def test_there_is_no_terminal_to_ask_on() -> None:
    """A passphrase asked for in the background would stop the program until its limit."""
    ours, theirs = os.openpty()
    try:
        command = [sys.executable, "-c", ASKER]
        done = subprocess.run(
            command, stdin=theirs, capture_output=True, text=True, start_new_session=True, check=True, timeout=60
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert "No such device or address: '/dev/tty'" in done.stdout


def test_output_without_end_is_cut_in_memory_and_whole_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_HEAD", 1 << 16)
    monkeypatch.setattr(output, "_TAIL", 1 << 16)
    monkeypatch.setattr(output, "_BLOCK", 1 << 17)
    code = "for number in [*range(200_000), 'the end']: print(number)"
    log = tmp_path / "tool.log"
    done = process.run(python(code), env=ENV, log=log)
    assert len(done.out) < 1 << 19
    assert done.out.startswith("0\n1\n")
    assert done.out.endswith("\n199999\nthe end\n")
    assert " characters left out]" in done.out
    assert log.read_text().split("\n")[1:-2] == [*map(str, range(200_000)), "the end"]
    with pytest.raises(ToolFailed, match="said more than can be read"):
        process.run(python(code), env=ENV)


@pytest.mark.usefixtures("fresh_secrets")
def test_no_secret_is_cut_in_two_on_its_way_into_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_BLOCK", 1 << 17)
    secret = base64.b32encode(os.urandom(20)).decode() + "\n" + base64.b32encode(os.urandom(20)).decode()
    redact.register(secret)
    log = tmp_path / "tool.log"
    process.run(python("import sys; print((sys.argv[1] + '\\n') * 20_000)", secret), env=ENV, log=log)
    assert not any(part in log.read_text() for part in secret.split())
    assert log.read_text().count("[hidden]\n") == 20_001  # the command, too


@pytest.mark.parametrize("at", ["/dev/full", "taken/tool.log", "link"])
def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, at: str) -> None:
    (tmp_path / "taken").touch()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    done = process.run(python("print('published')"), env=ENV, log=tmp_path / at)
    assert (done.out, done.log) == ("published\n", "")
    assert not (tmp_path / "elsewhere").exists()


def test_a_log_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        process.run(python("print('said')"), env=ENV, log=tmp_path / "logs" / "tool.log")
    finally:
        os.umask(before)
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "logs" / "tool.log").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("number", "said"), [(errno.EMFILE, "Too many open files"), (errno.ENOMEM, "Cannot allocate memory")]
)
def test_a_machine_that_starts_no_more_programs_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(process.subprocess, "Popen", full)
    with pytest.raises(ToolError, match=f"cannot start python.*: {said}") as caught:
        process.run([sys.executable], env=ENV)
    assert "ulimit" in str(caught.value)


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="No such file or directory") as caught:
        process.run(python("pass"), env=ENV, cwd=tmp_path / "gone")
    assert caught.value.problems[0].place == str(tmp_path / "gone")


@pytest.mark.parametrize(
    ("limit", "hint"),
    [("tests.seconds", "raise tests.seconds in [tool.unmoor], or run it by hand"), ("", "run it by hand")],
)
def test_a_limit_is_raised_only_where_it_can_be(limit: str, hint: str) -> None:
    with pytest.raises(ToolTimeout) as caught:
        process.run(python("import time; time.sleep(60)"), env=ENV, timeout=0.01, limit=limit)
    assert caught.value.problems[0].hint == f"{hint} to see what it waits for"


def test_a_program_that_starts_while_the_process_is_told_to_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(set):
        def add(self, child: object) -> None:
            process.stop_all()
            super().add(child)

    monkeypatch.setattr(process, "_running", Late())
    monkeypatch.setattr(process, "_ending", False)
    with ThreadPoolExecutor(1) as other, pytest.raises(Incomplete, match="told to end"):
        other.submit(process.run, python("import time; time.sleep(60)"), env=ENV, timeout=4).result()


@pytest.mark.usefixtures("fresh_secrets")
def test_secrets_are_in_no_output_log_message_or_error(tmp_path: Path) -> None:
    secret = base64.b32encode(os.urandom(20)).decode()
    redact.register(secret)
    log = tmp_path / "tool.log"
    code = "import sys; it = sys.argv[1]; print(it); print(f'https://me:{it}@host/x', file=sys.stderr); sys.exit(1)"
    done = process.run(python(code, secret), env=ENV, ok=None, log=log)
    assert secret not in done.text + log.read_text()
    with pytest.raises(ToolFailed) as caught:
        process.run(python(code, secret), env=ENV)
    assert secret not in str(caught.value) + caught.value.tail + repr(caught.value)


def test_an_inherited_descriptor_stays_open(tmp_path: Path) -> None:
    handle = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    try:
        code = "import os, sys; os.fstat(int(sys.argv[1])); print('open')"
        assert process.run(python(code, handle), env=ENV, inherit=(handle,)).out == "open\n"
        with pytest.raises(ToolFailed):
            process.run(python(code, handle), env=ENV)
    finally:
        os.close(handle)


def test_attached_returns_the_status(tmp_path: Path) -> None:
    assert process.attached(python("raise SystemExit(5)"), cwd=tmp_path, env=ENV) == 5


def test_a_module_of_the_working_directory_does_not_stand_in_for_the_program(tmp_path: Path) -> None:
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "tool.py").write_text("raise SystemExit('run by mistake')\n")
    done = process.run([*process.module("json.tool"), "-h"], cwd=tmp_path, env=ENV)
    assert "usage" in done.out
    assert process.shown([*process.module("build"), "--wheel"]) == "build --wheel"


def test_commands_are_shown_short_and_without_paths() -> None:
    assert process.shown(["/some/where/python3", "-m", "build", "--wheel"]) == "build --wheel"
    assert process.shown(["/some/where/git", "push"]) == "git push"
    assert len(process.shown(["tool", "x" * 500])) <= 90


def test_the_tail_leaves_empty_lines_out() -> None:
    assert process.tail("a\n\nb  \n\n\nc\n", 2) == "b\nc"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal on the parent's death is Linux's")
@pytest.mark.parametrize("leashed", [True, False])
def test_a_child_dies_with_its_killed_parent(tmp_path: Path, *, leashed: bool) -> None:
    pid_file = tmp_path / "pid"
    child = "import os, sys, time; open(sys.argv[1] + '.new', 'w').write(str(os.getpid()));"
    child += "os.rename(sys.argv[1] + '.new', sys.argv[1]); time.sleep(60)"
    parent = (
        "import os, sys; from unmoor.runtime import process\n"
        f"process.run([sys.executable, '-I', '-c', {child!r}, sys.argv[1]], env=os.environ, leashed={leashed})"
    )
    started = os.posix_spawn(sys.executable, [sys.executable, "-c", parent, str(pid_file)], dict(os.environ))
    try:
        wait_until(pid_file.exists)
        pid = int(pid_file.read_text())
    finally:
        os.kill(started, signal.SIGKILL)
        os.waitpid(started, 0)
    wait_until(lambda: not is_alive(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="the leash is for Linux")
def test_a_leashed_program_keeps_its_output_and_status() -> None:
    with pytest.raises(ToolFailed) as caught:
        process.run(python("print('said'); raise SystemExit(6)"), env=ENV, leashed=True)
    assert (caught.value.status, caught.value.tail) == (6, "said")


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as Linux shows them")
def test_what_a_child_has_started_dies_with_the_killed_process_too(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    grandchild = "import os, sys, time; open(sys.argv[1] + '.new', 'w').write(f'{os.getppid()} {os.getpid()}');"
    grandchild += "os.rename(sys.argv[1] + '.new', sys.argv[1]); time.sleep(60)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {grandchild!r}, sys.argv[1]])"
    parent = (
        "import os, sys; from unmoor.runtime import process\n"
        "process.run([sys.executable, '-c', 'pass'], env=os.environ)\n"
        f"process.run([sys.executable, '-I', '-c', {child!r}, sys.argv[1]], env=os.environ)"
    )
    started = os.posix_spawn(sys.executable, [sys.executable, "-c", parent, str(pids)], dict(os.environ), setpgroup=0)
    try:
        wait_until(pids.exists)
    finally:
        os.killpg(started, signal.SIGKILL)
        os.waitpid(started, 0)
    for pid in map(int, pids.read_text().split()):
        wait_until(lambda pid=pid: not is_alive(pid))


def test_pipes_that_cannot_be_polled_are_read_by_threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(output, "_by_polling", output._by_threads)  # noqa: SLF001 - Windows' way
    test_output_and_status_come_back_apart()
    test_a_noisy_program_does_not_block()
    test_standard_input_is_empty_unless_given()
    test_a_program_that_does_not_read_its_input_does_not_block()
    test_a_program_that_left_a_daemon_behind_has_ended(tmp_path, 1)
    test_a_timeout_ends_the_whole_group_and_keeps_what_was_said(tmp_path)
