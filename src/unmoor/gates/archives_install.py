"""Each archive installs by itself in a clean environment and works there: files, imports, entry points, extras.

The wheel is tried on the lowest and the highest supported Python that this machine has, the sdist on the highest. A
wheel that was never installed is a guess; an sdist that only builds in its own repository is a common one.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from unmoor.archives.install import Order, extras_of, install
from unmoor.archives.installed import Expected, judge
from unmoor.archives.interpreters import Python, choose
from unmoor.archives.reading import read
from unmoor.context import Context
from unmoor.model import Finding, Findings
from unmoor.runtime import environment

ASSERTS = "each archive installs in a clean environment and works there"
_AT_ONCE = 2


def check(context: Context) -> Findings:
    """Install every archive on every interpreter it is due on, a few at once."""
    found = choose(context.project.pythons, environment.clean(context.environ))
    due = [
        (path, python)
        for path in context.archives
        for python in (found.both if path.name.endswith(".whl") else (found.highest,))
    ]
    wheels = [read(path) for path in context.archives if path.name.endswith(".whl")]
    wheel = wheels[0] if len(wheels) == 1 else None
    limits = context.project.settings.install
    expected = Expected(
        version=context.plan.release.version,
        wheel=wheel,
        seconds=limits.seconds,
        import_seconds=limits.import_seconds,
        strict=context.live,
    )

    def one(job: tuple[Path, Python]) -> Findings:
        path, python = job
        wants_extras = python == found.highest and path.name.endswith(".whl")
        log = context.log(f"install.{'wheel' if path.name.endswith('.whl') else 'sdist'}.{python.version}")
        context.say(f"installing {path.name} on python {python.version}")
        facts = install(path, python, _order(context, path, extras=wants_extras), environ=context.environ, log=log)
        return judge(facts, expected)

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        results = tuple(pool.map(one, due))
    problems: tuple[Finding, ...] = tuple(finding for each in results for finding in each.problems)
    notices = (*found.notices, *(finding for each in results for finding in each.notices))
    return Findings(examined=len(results), unit="installs", problems=problems, notices=notices)


def _order(context: Context, path: Path, *, extras: bool) -> Order:
    settings = context.project.settings
    named = settings.install.extras
    provided = extras_of(read(path)) if extras else ()
    return Order(
        name=context.project.component.name,
        imports=tuple(dict.fromkeys((*context.project.component.import_names, *settings.install.imports))),
        extras=provided if named is None else tuple(each for each in named if extras),
        install_extras=named or (),
        installer=settings.installer,
        slow_import=settings.install.import_seconds,
    )
