"""The archives hold what the planned commit holds, and nothing else.

Stray files are how credentials and unfinished work get published; missing ones are how installs break. Every member
of the sdist must be the commit's, or written by the backend by a known rule, or allowed in the settings. The wheel
may install only the project's import names, and its ``RECORD`` must be true. Rules: PEP 427, PEP 625, PEP 639, the
recording of installed projects.
"""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.archives import sdist, wheel
from unmoor.archives.archive_file import Archive, read
from unmoor.archives.build_configuration import configuration
from unmoor.archives.commit_files import CommitFiles, load
from unmoor.archives.package_layout import layout
from unmoor.context import Context
from unmoor.model import Finding, Findings, truncated
from unmoor.tools.git import Git

ASSERTS = "the archives hold the files of the planned commit and nothing else"


def check(context: Context) -> Findings:
    """Compare the members of every archive with the planned commit."""
    component = context.component
    tree = load(Git(context.workspace.path, context.environ), context.workspace.commit, component.path)
    archives = [read(path) for path in context.archives]
    problems: list[Finding] = []
    notices: list[Finding] = []
    modules = _modules(context, archives, tree)
    for archive in archives:
        problems += truncated(_unsafe(archive))
        of_kind = _sdist(context, archive, tree, modules) if archive.kind == "sdist" else _wheel(context, archive, tree)
        remarks = list(of_kind)
        problems += truncated(finding for blocks, finding in remarks if blocks)
        notices += truncated(finding for blocks, finding in remarks if not blocks)
    examined = sum(len(archive.members) for archive in archives)
    return Findings(examined=examined, unit="files", problems=tuple(problems), notices=tuple(notices))


def _unsafe(archive: Archive) -> Iterator[Finding]:
    for what in archive.unsafe:
        yield Finding(message=what, place=archive.path.name, hint="no name and no link may leave the archive")


def _modules(context: Context, archives: list[Archive], tree: CommitFiles) -> tuple[str, ...]:
    """Return the tree's paths of the packages' files, which a wheel knows best where to look for."""
    names = context.component.import_names
    best = min(archives, key=lambda archive: archive.kind != "wheel", default=None)
    return tuple(layout(best, tree, names).modules(tree, names).values()) if best else ()


def _sdist(
    context: Context, archive: Archive, tree: CommitFiles, modules: tuple[str, ...]
) -> Iterator[tuple[bool, Finding]]:
    config = configuration(tree)
    allow = context.component.settings.archive_allow
    for finding in sdist.strays(archive, tree, config, allow):
        yield True, finding
    for finding in sdist.leftovers(archive, tree, allow):
        yield False, finding
    yield from sdist.missing(archive, tree, config, modules)


def _wheel(context: Context, archive: Archive, tree: CommitFiles) -> Iterator[tuple[bool, Finding]]:
    component = context.component
    blocking = (
        wheel.strays(archive, component.import_names, configuration(tree), component.settings.archive_allow),
        wheel.record_faults(archive),
        wheel.without_licence(archive, tree),
    )
    for findings in blocking:
        for finding in findings:
            yield True, finding
