"""One archive on one Python, as the settings of the project want it tried: installed, looked at, judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from unmoor.archives.archive_file import Archive, read
from unmoor.archives.extras_needed import for_users
from unmoor.archives.install import Order, extras_of, install
from unmoor.archives.installed import Expected, judge
from unmoor.archives.interpreters import Python
from unmoor.model import Component, Finding, Findings
from unmoor.runtime.http import Login

__all__ = ["check_install"]


def check_install(
    path: Path,
    python: Python,
    *,
    component: Component,
    version: str,
    sealed: Sequence[Path],
    strict: bool,
    environ: Mapping[str, str],
    log: Path,
    main_url: str,
    login: Login | None = None,
    extras: bool = False,
) -> Findings:
    """Install the archive at ``path`` by itself and judge it against the ``sealed`` archives of the release.

    ``strict`` makes problems of what is slow. ``extras`` tries the extras too; ``main_url`` is the simple API that
    dependencies come from, ``login`` for it. Raises ``ToolMissing`` and ``ToolTimeout``.
    """
    settings = component.settings.install
    archive = read(path)
    provided = extras_of(archive)
    wanted = provided if settings.extras is None else settings.extras
    order = Order(
        name=component.name,
        imports=tuple(dict.fromkeys((*component.import_names, *settings.imports))),
        extras=wanted if extras else (),
        retry=for_users(archive),
        main_url=main_url,
        login=login,
        installer=component.settings.installer,
        slow_import=settings.import_seconds,
        given=component.settings.pass_env,
    )
    expected = Expected(
        name=component.name,
        version=version,
        wheel=_sealed_wheel(sealed, path),
        seconds=settings.seconds,
        import_seconds=settings.import_seconds,
        strict=strict,
    )
    found = judge(install(path, python, order, environ=environ, log=log), expected)
    unknown = _unknown(archive, order.extras, provided)
    return Findings(examined=1, problems=(*found.problems, *unknown), notices=found.notices)


def _sealed_wheel(sealed: Sequence[Path], path: Path) -> Archive | None:
    """Return the wheel to compare with: the one of that name, or for an sdist the only one there is."""
    wheels = [each for each in sealed if each.name.endswith(".whl")]
    same = [each for each in wheels if each.name == path.name]
    if same:
        return read(same[0])
    return read(wheels[0]) if len(wheels) == 1 and not path.name.endswith(".whl") else None


def _unknown(archive: Archive, wanted: Sequence[str], provided: Sequence[str]) -> tuple[Finding, ...]:
    """Return the extras that are not there; installers pass over them with no more than a warning."""
    known = {canonicalize_name(each) for each in provided}
    return tuple(
        Finding(
            message=f"the settings name the extra {each!r}, which the archive does not provide",
            place=archive.path.name,
            hint="correct install.extras in [tool.unmoor], or declare it in project.optional-dependencies",
        )
        for each in wanted
        if canonicalize_name(each) not in known
    )
