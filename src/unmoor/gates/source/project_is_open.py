"""The main index takes files for this project: it is neither archived nor quarantined, and it seems to be ours.

An index refuses files for a project that its owners have archived, or that its administrators have quarantined
(PEP 792), however good they are. And a name may have been taken by somebody else before the first release.
"""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Finding, Findings
from unmoor.planning.versions import tags
from unmoor.planning.versions.pep440 import try_parse
from unmoor.runtime.http import Unreachable
from unmoor.targets import IndexProject
from unmoor.tools.git import Git

__all__ = ["ASSERTS", "check"]

ASSERTS = "the index takes files for the project, which is not a stranger's as far as can be seen"
_TAGS = "refs/tags/"
_CLOSED = {
    "archived": "its owners take it out of the archive in the project's settings there, or release under another name",
    "quarantined": "ask the administrators of the index; nothing can be installed from it until then",
}


def check(context: Context) -> Findings:
    """Ask the main index how the project stands there, and compare its versions with the tags of this repository."""
    try:
        project = context.observer.index_project(context.component)
    except Unreachable as error:
        unanswered = f"the index was not asked whether it takes files: {error.problems[0].message}"
        return Findings(unanswered=unanswered, hint="run again when the index can be reached")
    name = context.component.name
    why = f": {project.reason}" if project.reason else ""
    problems, notices = [], []
    if project.status in _CLOSED:
        what = f"the project {name!r} is {project.status} on the index, and takes no files{why}"
        problems.append(Finding(message=what, hint=_CLOSED[project.status]))
    elif project.status not in {"", "active"}:
        notices.append(Finding(message=f"the project {name!r} is {project.status} on the index{why}"))
    if stranger := _stranger(context, project):
        notices.append(stranger)
    return Findings(examined=1, unit="project", problems=tuple(problems), notices=tuple(notices))


def _stranger(context: Context, project: IndexProject) -> Finding | None:
    """Notice a project of the name whose versions have nothing to do with the tags of this repository."""
    there = {version for each in project.files if (version := try_parse(each.version)) is not None}
    there.discard(try_parse(context.release.version))
    if not there:
        return None
    refs = context.observer.remote_refs(context.repository) or {}
    remote = (name.removeprefix(_TAGS) for name in refs if name.startswith(_TAGS))
    local = Git(context.repository.root, context.environ).tags()
    tagged = tags.versions(tags.form_of(context.component), [*local, *remote])
    if there & set(tagged.values()):
        return None
    shown = ", ".join(map(str, sorted(there)[-3:]))
    return Finding(
        message=f"the index has a project {context.component.name!r} with {shown}, and no tag here is of any of them",
        hint="see that it is yours: whoever has the name has it",
    )
