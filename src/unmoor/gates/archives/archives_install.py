"""Each archive installs by itself in a clean environment and works there: files, imports, entry points, extras.

The wheel is tried on the lowest and the highest supported Python that this machine has, the sdist on the highest. A
wheel that was never installed is a guess; an sdist that only builds in its own repository is a common one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from unmoor.archives.install_check import check_install
from unmoor.archives.interpreters import Python, admitted, choose
from unmoor.context import Context
from unmoor.indexes import configured, credentials
from unmoor.model import Finding, FindingKind, Findings
from unmoor.runtime import environment

ASSERTS = "each archive installs in a clean environment and works there"
_AT_ONCE = 2


def check(context: Context) -> Findings:
    """Install every archive on every interpreter it is due on, two at once."""
    if not context.archives:
        return Findings()
    main_url = configured.main_url(context.component)
    login = credentials.login("pypi", main_url, context.environ, live=context.live)
    env = environment.clean(context.environ)
    fitting = {path: choose(_pythons(path, context.component.pythons), env) for path in context.archives}
    due = [
        (path, python)
        for path, found in fitting.items()
        for python in (found.both if path.name.endswith(".whl") else (found.highest,))
    ]

    def one(job: tuple[Path, Python]) -> Findings:
        path, python = job
        kind = "wheel" if path.name.endswith(".whl") else "sdist"
        context.say(f"installing {path.name} on python {python.version}")
        extras = kind == "wheel" and python == fitting[path].highest
        return check_install(
            path,
            python,
            component=context.component,
            version=context.release.version,
            sealed=context.archives,
            strict=context.live,
            environ=context.environ,
            log=context.log(f"install.{kind}.{python.version}"),
            extras=extras,
            main_url=main_url,
            login=login,
        )

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        results = tuple(pool.map(one, due))
    absent = [finding for found in fitting.values() for finding in found.notices]
    return Findings(
        examined=len(results),
        unit="installs",
        problems=tuple(finding for each in results for finding in each.problems),
        notices=(
            *dict.fromkeys(absent),
            *_not_built(context),
            *(finding for each in results for finding in each.notices),
        ),
    )


def _not_built(context: Context) -> Iterator[Finding]:
    """Yield what a rehearsal of a wheel with compiled code cannot show: the wheels of other machines."""
    for path in context.archives:
        if path.name.endswith(".whl") and not path.name.endswith("-none-any.whl") and not context.live:
            tags = "-".join(path.name.removesuffix(".whl").split("-")[-3:])
            what = f"wheels for others than {tags} are not built here"
            yield Finding(message=what, place=path.name, kind=FindingKind.NOT_ASKED)


def _pythons(path: Path, supported: Sequence[str]) -> Sequence[str]:
    """Return the Pythons that an archive is for: a wheel's tags may leave some out."""
    return admitted(path.name, supported) if path.name.endswith(".whl") else supported
