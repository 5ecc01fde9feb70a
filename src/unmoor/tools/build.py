"""build, as a program: an sdist from the tree, and the wheel from that sdist.

Called without ``--sdist`` or ``--wheel`` on purpose: only then does build unpack the sdist and build the wheel from
it, which is what everybody who installs from source will do. Called with ``--verbose``, because only then does the
installer say what it has put into the isolated environments, which are gone when build ends.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from unmoor.errors import Broken, ToolFailed
from unmoor.runtime import environment, process
from unmoor.tools.cause import cause
from unmoor.tools.uv import lacks_network, uv_program

__all__ = ["Built", "build"]

_WIDE = 100_000
# What the installers say that they have installed; direct references stand behind the version, and are left out.
_BY_UV = re.compile(r"^<  \+ (?P<name>[\w.-]+)==(?P<version>[^\s(]+)", re.MULTILINE)
_BY_PIP = re.compile(r"^< Successfully installed (?P<all>.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built, and with what.

    ``dependencies`` are what was in the isolated environments, ``builder`` what ran the build, both as
    ``name==version``. ``from_cache`` says that there was no network, and uv's cache filled the environments.
    """

    wheel: Path
    sdist: Path
    dependencies: tuple[str, ...]
    builder: tuple[str, ...]
    from_cache: bool = False

    @property
    def archives(self) -> tuple[Path, ...]:
        """Both, the wheel first."""
        return self.wheel, self.sdist


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
) -> Built:
    """Build ``source`` into the emptied folder ``out``; return what came of it.

    ``env`` is the environment as the face read it: what a build needs is let in here, mirror settings too, and what
    is ``given`` by name. ``epoch`` becomes ``SOURCE_DATE_EPOCH``, in seconds. ``installer`` (``uv`` or ``pip``) fills
    the isolated build environment; where uv finds no network, it is tried again from uv's cache alone, and ``say`` is
    told. Raises ``Broken`` with the cause, as the backend or an installer says it, also when build claims success and
    did not leave exactly one sdist and one wheel; ``ToolFailed`` where that was for want of a network; ``ToolTimeout``
    after
    ``timeout`` seconds.
    """
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    options: list[str | Path] = ["--verbose", "--installer", installer, "--outdir", out]
    command = [*process.module("build"), *options, source]
    surroundings = _surroundings(env, given, epoch, installer)

    def run(env: Mapping[str, str]) -> process.Completed:
        # Its words are judged whole: those of an installer that failed stand above a long traceback of build's own.
        return process.run(command, cwd=out, env=env, timeout=timeout, ok=None, log=log, leashed=True)

    done = run(surroundings)
    from_cache = bool(done.status) and installer == "uv" and lacks_network(done.text)
    if from_cache:
        say("no network: building with what uv has in its cache")
        done = run(surroundings | {"UV_OFFLINE": "1"})
    if done.status:
        what = f"the build failed: {cause(done.text)}"
        hint = f"read {done.log}" if done.log else "run `python -m build` to see all of it"
        # What a network kept from being installed says nothing of the project.
        failed = ToolFailed if from_cache or lacks_network(done.text) else Broken
        raise failed(what, status=done.status, tail=process.tail(done.text), log=done.log, hint=hint)
    wheel, sdist = _checked(out, done)
    return Built(
        wheel=wheel,
        sdist=sdist,
        dependencies=_installed(done.text),
        builder=tuple(f"{name}=={version}" for name, version in _builder(installer)),
        from_cache=from_cache,
    )


def _installed(said: str) -> tuple[str, ...]:
    """Return what the isolated environments held, by the words of the installer; of both of them together."""
    found = {f"{match['name']}=={match['version']}" for match in _BY_UV.finditer(said)}
    for match in _BY_PIP.finditer(said):
        for each in match["all"].split():
            # A wheel's name has no hyphen before its version: the last one that a digit follows divides them.
            name, _, version = each.rpartition("-")
            found.add(f"{name}=={version}")
    return tuple(sorted(found, key=str.lower))


def _builder(installer: str) -> list[tuple[str, str]]:
    return [
        ("build", metadata.version("build")),
        ("python", f"{platform.python_version()}"),
        *([("uv", metadata.version("uv"))] if installer == "uv" else []),
    ]


def _surroundings(env: Mapping[str, str], given: Sequence[str], epoch: int, installer: str) -> dict[str, str]:
    # Backends that ask git for the version must not meet the repository of a surrounding hook.
    made = environment.building(env, given) | {"SOURCE_DATE_EPOCH": str(epoch), "NO_COLOR": "1"}
    # build wraps what it prints at the width of a terminal, and what the installer says is read.
    made["COLUMNS"] = str(_WIDE)
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
        raise Broken(what, status=0, tail=process.tail(done.text), log=done.log)
    for path in made:
        if not path.stat().st_size or path.name not in done.text:
            what = f"build reported success, but {path.name!r} is empty or was not built by it"
            raise Broken(what, status=0, tail=process.tail(done.text), log=done.log)
    return wheels[0], sdists[0]
