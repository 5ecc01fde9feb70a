"""build, as a program: an sdist from the tree, and the wheel from that sdist.

Called without ``--sdist`` or ``--wheel`` on purpose: only then does build unpack the sdist and build the wheel from
it, which is what everybody who installs from source will do.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.runtime import environment, process
from unmoor.tools.uv import unreachable, uv_program

__all__ = ["build"]

_NOISE = (
    *("* ", "TIP ", "ERROR Backend", "Traceback ", " ", "During handling", "The above exception"),
    *("+ ", "$ ", "> ", "< "),
)
_TOLD = 3


def build(
    source: Path,
    out: Path,
    *,
    env: Mapping[str, str],
    given: Sequence[str] = (),
    epoch: int,
    installer: str = "uv",
    log: Path | None = None,
    timeout: float = 900.0,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Path, Path]:
    """Build ``source`` into the emptied folder ``out``; return the wheel and the sdist.

    ``env`` is the environment as the face read it: what a build needs is let in here, mirror settings too, and what
    is ``given`` by name. ``epoch`` becomes ``SOURCE_DATE_EPOCH``, in seconds. ``installer`` (``uv`` or ``pip``) fills
    the isolated build environment; where uv finds no network, it is tried again from uv's cache alone, and ``say`` is
    told. Raises ``ToolFailed`` with what the backend said last, also when build claims success and did not leave
    exactly one sdist and one wheel; ``ToolTimeout`` after ``timeout`` seconds.
    """
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    command: list[str | Path] = [*process.module("build"), "--installer", installer, "--outdir", out, source]
    surroundings = _surroundings(env, given, epoch, installer)
    try:
        try:
            done = process.run(command, cwd=out, env=surroundings, timeout=timeout, log=log, leashed=True)
        except ToolFailed as error:
            if installer != "uv" or not unreachable(error.tail):
                raise
            say("no network: building with what uv has in its cache")
            offline = surroundings | {"UV_OFFLINE": "1"}
            done = process.run(command, cwd=out, env=offline, timeout=timeout, log=log, leashed=True)
    except ToolFailed as error:
        what = f"the build failed: {_gist(error.tail)}"
        hint = f"read {error.log}" if error.log else "run `python -m build` to see all of it"
        raise ToolFailed(what, status=error.status, tail=error.tail, log=error.log, hint=hint) from error
    return _checked(out, done)


def _surroundings(env: Mapping[str, str], given: Sequence[str], epoch: int, installer: str) -> dict[str, str]:
    # Backends that ask git for the version must not meet the repository of a surrounding hook.
    made = environment.building(env, given) | {"SOURCE_DATE_EPOCH": str(epoch), "NO_COLOR": "1"}
    if installer == "uv":
        made["PATH"] = os.pathsep.join([str(Path(uv_program()).parent), made.get("PATH", os.defpath)])
    return made


def _checked(out: Path, done: process.Completed) -> tuple[Path, Path]:
    made = sorted(out.iterdir())
    wheels = [path for path in made if path.name.endswith(".whl")]
    sdists = [path for path in made if path.name.endswith(".tar.gz")]
    names = ", ".join(path.name for path in made) or "nothing"
    if len(wheels) != 1 or len(sdists) != 1 or len(made) != len(wheels) + len(sdists):
        what = f"build reported success, but left {names} instead of one wheel and one sdist"
        raise ToolFailed(what, status=0, tail=process.tail(done.text), log=done.log)
    for path in made:
        if not path.stat().st_size or path.name not in done.text:
            what = f"build reported success, but {path.name!r} is empty or was not built by it"
            raise ToolFailed(what, status=0, tail=process.tail(done.text), log=done.log)
    return wheels[0], sdists[0]


def _gist(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(_NOISE)]
    return " / ".join(lines[-_TOLD:]) or process.tail(said, 1) or "it said nothing"
