"""Install one archive by itself in a fresh environment outside the repository, and look at what is there then.

The environment is scrubbed of everything that steers installers; dependencies come from the installer's own index,
or from one that is named. What was found is judged in ``installed``. Extras are installed one after the other, once the
archive by itself has been looked at; what lacks a module is looked at again with the extras that may bring it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.metadata import parse_email

from unmoor.archives import extras_needed
from unmoor.archives.archive_file import Archive
from unmoor.archives.extras_needed import Extras, Item
from unmoor.archives.interpreters import Python
from unmoor.errors import ToolFailed
from unmoor.runtime import environment, process
from unmoor.runtime.http import Login
from unmoor.runtime.scratch import folder
from unmoor.tools.uv import Environment, create, pip_install

__all__ = ["InstallReport", "Order", "extras_of", "install"]

_PROBE = Path(__file__).with_name("install_probe.py")
_PROBE_SECONDS = 120.0
_TOLD = 4
_ORNAMENT = re.compile(r"^[^\w'\"`(/<\[-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to try: ``name`` of the distribution, modules to ``imports``, ``extras`` to install after it.

    ``main_url`` is the simple API that dependencies come from, empty for the installer's default, ``login`` for it;
    ``slow_import`` in seconds is where an import is timed a second time; ``given`` are variables let in by name.
    ``retry`` are the extras to try in turn where a module is missing.
    """

    name: str
    imports: tuple[str, ...]
    extras: tuple[str, ...] = ()
    retry: tuple[Extras, ...] = ()
    main_url: str = ""
    login: Login | None = None
    installer: str = "uv"
    slow_import: float = 1.0
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallReport:
    """What came of it: ``failure`` says in one line what went wrong before anything could be looked at.

    ``seconds`` is the time the installation took; ``seen`` is the probe's answer; ``extras`` maps each extra to
    ``installed`` or what went wrong; ``needs`` names the extras that an import or entry point works with, and fails
    without; ``said`` are the installer's warnings.
    """

    archive: Path
    python: Python
    seconds: float = 0.0
    failure: str = ""
    seen: Mapping[str, Any] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[Item, Extras] = field(default_factory=dict)
    said: tuple[str, ...] = ()


def extras_of(archive: Archive) -> tuple[str, ...]:
    """Return the extras that the archive's metadata provides."""
    metadata, _ = parse_email(archive.text("METADATA" if archive.kind == "wheel" else "PKG-INFO"))
    return tuple(metadata.get("provides_extra", ()))


def install(archive: Path, python: Python, order: Order, *, environ: Mapping[str, str], log: Path) -> InstallReport:
    """Install ``archive`` on ``python`` and return what is found; the environment is gone afterwards.

    Raises ``ToolMissing`` and ``ToolTimeout``; an archive that cannot be installed is a fact and raises nothing.
    """
    env = environment.clean(environ, order.given)
    with folder("install") as scratch:
        made = create(scratch / "env", python.path, env, installer=order.installer)
        started = time.monotonic()
        try:
            done = _install(made, [archive.resolve()], order, env=env, cwd=scratch, log=log)
        except ToolFailed as error:
            return InstallReport(archive=archive, python=python, failure=f"could not be installed: {_last(error.tail)}")
        seconds = time.monotonic() - started
        seen, failure = _look(made, order, env=env, scratch=scratch, log=log)
        extras = {} if failure else _extras(made, archive.resolve(), order, env=env, cwd=scratch, log=log)
    needs = extras_needed.find(seen, order.retry, _with_extras(archive, python, order, env, log)) if seen else {}
    said = tuple(
        line for line in done.err.splitlines() if line.lower().startswith("warning:") and "hardlink" not in line
    )
    return InstallReport(
        archive=archive,
        python=python,
        seconds=seconds,
        failure=failure,
        seen=seen,
        extras=extras,
        needs=needs,
        said=said,
    )


def _install(
    made: Environment, what: Sequence[str | Path], order: Order, *, env: Mapping[str, str], cwd: Path, log: Path
) -> process.Completed:
    words: dict[str, Any] = {"installer": order.installer, "index_url": order.main_url, "login": order.login}
    return pip_install(made, what, env=env, cwd=cwd, log=log, **words)


def _look(
    made: Environment, order: Order, *, env: Mapping[str, str], scratch: Path, log: Path
) -> tuple[dict[str, Any], str]:
    """Run the probe; a second time for the times alone when an import was slow, for the first one compiles."""
    request, answer = scratch / "request.json", scratch / "answer.json"
    request.write_text(json.dumps({"name": order.name, "imports": order.imports}), encoding="utf-8")
    command: list[str | Path] = [made.python, "-I", _PROBE, request, answer]
    seen: dict[str, Any] = {}
    for _ in range(2):
        answer.unlink(missing_ok=True)
        probe_log = log.with_suffix(".probe.log")
        done = process.run(command, cwd=scratch, env=env, timeout=_PROBE_SECONDS, ok=None, log=probe_log)
        if done.status != 0 or not answer.is_file():
            return {}, f"was installed and could not be looked at (exit status {done.status}): {_last(done.text)}"
        again = json.loads(answer.read_text(encoding="utf-8"))
        if not seen:
            seen = again
        else:
            times = {each["name"]: each["seconds"] for each in again["imports"]}
            seen["imports"] = [each | {"seconds": times[each["name"]]} for each in seen["imports"]]
        if all(each["seconds"] <= order.slow_import for each in seen["imports"]):
            break
    return seen, ""


def _extras(
    made: Environment, archive: Path, order: Order, *, env: Mapping[str, str], cwd: Path, log: Path
) -> dict[str, str]:
    told = {}
    for extra in order.extras:
        try:
            _install(
                made,
                [_requirement(order, archive, (extra,))],
                order,
                env=env,
                cwd=cwd,
                log=log.with_suffix(f".{extra}.log"),
            )
            told[extra] = "installed"
        except ToolFailed as error:
            told[extra] = f"failed: {_last(error.tail)}"
    return told


def _with_extras(
    archive: Path, python: Python, order: Order, env: Mapping[str, str], log: Path
) -> Callable[[Extras], Mapping[str, Any]]:
    """Return what installs the archive with extras in a fresh environment, and gives the probe's answer from there."""

    def look(extras: Extras) -> Mapping[str, Any]:
        its_log = log.with_suffix(f".with-{'-'.join(extras)}.log")
        with folder("install") as scratch:
            made = create(scratch / "env", python.path, env, installer=order.installer)
            try:
                _install(made, [_requirement(order, archive, extras)], order, env=env, cwd=scratch, log=its_log)
            except ToolFailed:
                return {}
            return _look(made, order, env=env, scratch=scratch, log=its_log)[0]

    return look


def _requirement(order: Order, archive: Path, extras: Sequence[str]) -> str:
    return f"{order.name}[{','.join(extras)}] @ {archive.resolve().as_uri()}"


def _last(said: str) -> str:
    # uv draws its messages as a tree; the branches say nothing.
    lines = [line for each in said.splitlines() if (line := _ORNAMENT.sub("", each).strip())]
    return " / ".join(lines[-_TOLD:]) or "it said nothing"
