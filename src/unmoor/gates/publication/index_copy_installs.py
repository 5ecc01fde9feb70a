"""The index's copy of our wheel, taken by digest, installs and works, with dependencies from the main index only.

The file is fetched by its exact sha256 and installed as a file. Mixing indexes in one resolution is how a stranger's
package of the same name gets installed; so the index under test hands out this one file and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from unmoor.archives.install_check import check_install
from unmoor.archives.interpreters import admitted, choose
from unmoor.context import Context
from unmoor.errors import Incomplete
from unmoor.indexes import configured, credentials, wait
from unmoor.model import Distribution, Finding, FindingKind, Findings
from unmoor.runtime import environment, scratch
from unmoor.runtime.files import sha256_of
from unmoor.targets import Index

ASSERTS = "what the index hands out is ours, and installs and works"
# The files were read back a moment ago; what is not there now is a machine that lags behind the others.
_PATIENCE_LIVE = 60.0
_PATIENCE_REHEARSAL = 2.0


def check(context: Context) -> Findings:
    """Fetch every file from the index by digest, and install the wheel on the highest Python there is."""
    index = context.index
    if index is None or not context.distributions:
        return Findings()
    with scratch.folder("copy") as name:
        fetched, problems = _fetch(context, index, Path(name))
        if problems:
            return Findings(examined=len(context.distributions), unit="files", problems=problems)
        wheels = [path for path in fetched if path.name.endswith(".whl")]
        result = _try(context, index, wheels[0] if wheels else fetched[0])
        changed = [
            path.name for path, each in zip(fetched, context.distributions, strict=True) if not _ours(path, each)
        ]
    problems = tuple(Finding(message=f"{each!r} changed while it was being installed") for each in changed)
    return Findings(
        examined=len(fetched),
        unit="files",
        problems=(*problems, *result.problems),
        notices=result.notices,
    )


def _fetch(context: Context, index: Index, folder: Path) -> tuple[list[Path], tuple[Finding, ...]]:
    wanted = context.distributions
    patience = _PATIENCE_LIVE if context.live else _PATIENCE_REHEARSAL
    name = context.component.name
    result = wait.wait_for(index.client, name, wanted, patience_seconds=patience, into=folder, say=context.say)
    if result.seen is wait.Seen.NOT_YET:
        why = f" ({result.trouble})" if result.trouble else ""
        what = f"{index.name} does not show {', '.join(result.names)} yet{why}"
        error = Incomplete(what, hint="run the same command again later; nothing is uploaded twice")
        if context.accepted.keys() >= set(result.names):
            error.problems = tuple(replace(each, kind=FindingKind.NOT_YET) for each in error.problems)
        raise error
    other = result.names if result.seen is wait.Seen.OTHER_BYTES else ()
    hint = "do not go on; tell the index's operators, and release under a new version"
    problems = tuple(Finding(message=f"{index.name} hands out other bytes for {each!r}", hint=hint) for each in other)
    return [folder / each.filename for each in wanted if each.filename not in other], problems


def _try(context: Context, index: Index, path: Path) -> Findings:
    supported = context.component.pythons
    fitting = admitted(path.name, supported) if path.name.endswith(".whl") else supported
    python = choose(fitting, environment.clean(context.environ)).highest
    main_url = configured.main_url(context.component)
    context.say(f"installing {path.name} from {index.name} on python {python.version}")
    return check_install(
        path,
        python,
        component=context.component,
        version=context.release.version,
        sealed=context.archives,
        strict=context.live,
        environ=context.environ,
        log=context.log(f"install-from-{index.name}"),
        extras=True,
        main_url=main_url,
        login=credentials.login("pypi", main_url, context.environ, live=context.live),
    )


def _ours(path: Path, each: Distribution) -> bool:
    return path.name == each.filename and sha256_of(path) == each.sha256
