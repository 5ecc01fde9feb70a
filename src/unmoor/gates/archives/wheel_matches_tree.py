"""Every file of a pure wheel equals the tree's, and every module of the tree is in the wheel.

Tests run on the tree; what is published is the wheel. This carries the tests' evidence over to the archive: stale
build folders, forgotten subpackages and files changed on the way are found here. A wheel with compiled parts cannot
be compared; its tests have to run against the wheel itself.
"""

from __future__ import annotations

from unmoor.archives import wheel
from unmoor.archives.archive_file import Archive, read
from unmoor.archives.build_configuration import configuration
from unmoor.archives.commit_files import CommitFiles, load
from unmoor.archives.package_layout import layout
from unmoor.context import Context
from unmoor.model import Finding, Findings, truncated
from unmoor.tools.git import Git

ASSERTS = "every module of the wheel is the tree's, and the other way round"


def check(context: Context) -> Findings:
    """Compare every pure wheel with the planned commit."""
    wheels = [read(path) for path in context.archives if path.name.endswith(".whl")]
    pure = [archive for archive in wheels if archive.pure]
    against_wheel = context.component.settings.tests.against == "wheel"
    if wheels and not pure and against_wheel:
        return Findings(optional="platform wheels hold compiled code; the tests run against the wheel itself")
    tree = load(Git(context.workspace.path, context.environ), context.workspace.commit, context.component.path)
    parts = [_compare(context, archive, tree) for archive in wheels]
    notices = [finding for part in parts for finding in part.notices]
    if len(pure) < len(wheels) and not against_wheel:
        notices.append(
            Finding(
                message="the wheel holds compiled code, so tests of the tree say little about it",
                hint='set tests.against = "wheel"',
            )
        )
    return Findings(
        examined=sum(part.examined for part in parts),
        unit="files",
        problems=tuple(finding for part in parts for finding in part.problems),
        notices=tuple(notices),
    )


def _compare(context: Context, archive: Archive, tree: CommitFiles) -> Findings:
    names = context.component.import_names
    allow = context.component.settings.archive_allow
    config = configuration(tree)
    found = layout(archive, tree, names)
    differing = tuple(wheel.differing(archive, tree, found, config, allow))
    missing = tuple(wheel.missing(archive, tree, found.modules(tree, names), config, allow))
    notices = [finding for blocks, finding in (*differing, *missing) if not blocks]
    unknown = [name for name in names if name.partition(".")[0] not in found.roots]
    notices += [
        Finding(message=f"{name!r} was not found in the tree, so only contents were compared") for name in unknown
    ]
    return Findings(
        examined=sum(".dist-info/" not in member.path for member in archive.members),
        problems=(
            *truncated(finding for blocks, finding in differing if blocks),
            *truncated(finding for blocks, finding in missing if blocks),
        ),
        notices=truncated(notices),
    )
