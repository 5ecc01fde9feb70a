"""Open a release: load the project, make or take up the plan, find the release's folder.

Everything here reads; the only thing written is the plan itself, so that all processes of one run, and the next
run over the same content, go by the same plan.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor import __version__
from unmoor.errors import Blocked
from unmoor.evidence.binding import digest_of
from unmoor.model import Mode, Plan
from unmoor.request import Request
from unmoor.runtime import lock
from unmoor.runtime.files import write_whole
from unmoor.state.evidence_store import Store
from unmoor.state.layout import Places, trim
from unmoor.tools.git import Git

if TYPE_CHECKING:
    from unmoor.planning.plan import Facts
    from unmoor.project.types import Project

__all__ = ["Opened", "open_release"]

_KEPT_PLANS = 20
_PATIENCE = 120.0
_INDEX_SECONDS = 5.0
_REMOTE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A release that is open: what it is of, by which plan, and where its state lies."""

    project: Project
    plan: Plan
    places: Places
    state: Path

    @property
    def store(self) -> Store:
        """The evidence of this release."""
        return Store(self.state / "evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """What the clone says right now; a plan is good for exactly this."""

    commit: str
    tree: str
    branch: str
    tags: Mapping[str, str]
    today: str


_memo: dict[tuple[str, ...], Opened] = {}


def open_release(request: Request) -> Opened:
    """Open the release the request is about; one process does the work once.

    Raises ``UnmoorError`` and its kin for a folder that cannot be released, and for a live release that is not
    named clearly enough.
    """
    key = (str(request.start), request.live, request.base, request.run)
    if key not in _memo:
        _memo[key] = _open(request)
    return _memo[key]


def _open(request: Request) -> Opened:
    from unmoor.project.load import load

    project = load(request.start, request.environ)
    git = Git(project.root, request.environ)
    places = Places.of(git.common_dir(), request.environ)
    _shield(places, git)
    plan = _plan(project, git, places, request)
    return Opened(project=project, plan=plan, places=places, state=places.release(plan))


def _shield(places: Places, git: Git) -> None:
    """Have git ignore state that was moved into the working tree: it is no work of the user's."""
    ignored = places.base / ".gitignore"
    if places.base.parent != git.common_dir() and not ignored.exists():
        write_whole(ignored, b"*\n")


def _plan(project: Project, git: Git, places: Places, request: Request) -> Plan:
    """Take up the plan made earlier from the same content, or make it; only one process at a time does."""
    mode = Mode.LIVE if request.live else Mode.REHEARSAL
    here = _Here(commit=git.head(), tree=git.working_tree(), branch=git.branch(), tags=git.tags(), today=_today())
    asked = [request.live, request.base, str(mode)]
    key = digest_of(
        [__version__, project.settings_digest, *asked, here.commit, here.tree, here.branch, here.tags, here.today]
    )
    path = places.plans / f"{key[:32]}.json"
    if (kept := _read(path)) is not None:
        if _read(places.release(kept) / "plan.json") != kept:
            # Damaged, or of other content that was looked at in between.
            _keep(places.release(kept) / "plan.json", kept)
        return kept
    with lock.held(places.base / "locks" / "plan", what="the plan", patience=_PATIENCE):
        if (kept := _read(path)) is not None:
            return kept
        plan = replace(_make(project, git, places, request, here), key=key)
        _keep(path, plan)
        _keep(places.release(plan) / "plan.json", plan)
        trim(places.plans, _KEPT_PLANS)
        return plan


def _make(project: Project, git: Git, places: Places, request: Request, here: _Here) -> Plan:
    from unmoor.planning.plan import make

    mode = Mode.LIVE if request.live else Mode.REHEARSAL
    base = request.base
    if request.live and not base:
        rehearsed = _read(places.named(project.component.name, request.live, Mode.REHEARSAL) / "plan.json")
        if rehearsed is not None and rehearsed.commit == here.commit:
            # The rehearsal of this very commit is the saved plan; it has named the base already.
            base = rehearsed.release.base_tag
    facts = _facts(project, git, here)
    return make(project, facts, mode=mode, named_version=request.live, base=base, actor=_actor(git, request))


def _facts(project: Project, git: Git, here: _Here) -> Facts:
    from unmoor.planning.plan import Facts

    notices = []
    taken, why = _taken(project)
    if taken is None:
        notices.append(f"the index was not asked which versions are taken: {why}")
    refs = git.remote_refs(project.remote, timeout=_REMOTE_SECONDS) if project.remote else None
    if project.remote and refs is None:
        notices.append(f"the remote {project.remote!r} was not asked: it did not answer")
    return Facts(
        commit=here.commit,
        tree=here.tree,
        branch=here.branch,
        tags=here.tags,
        reachable=tuple(git.run("tag", "--merged", here.commit).out.split()),
        epoch=git.commit_time(here.commit),
        today=here.today,
        taken=taken,
        remote_refs=refs,
        uncommitted=git.changed() if here.tree != git.tree_of(here.commit) else (),
        notices=tuple(notices),
    )


def _taken(project: Project) -> tuple[tuple[str, ...] | None, str]:
    """Return the versions the main index already has; or ``None``, and why it gave no answer."""
    from unmoor.indexes import configured, simple
    from unmoor.runtime.http import Unreachable

    try:
        url = configured.simple_url(project, "pypi")
        files = simple.files(url, project.component.name, timeout=_INDEX_SECONDS)
    except (Unreachable, Blocked) as error:
        return None, error.problems[0].what
    return tuple(sorted({each.version for each in files if each.version})), ""


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _actor(git: Git, request: Request) -> str:
    for name in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if request.environ.get(name):
            return request.environ[name]
    configured = git.run("config", "--get", "user.name", ok=(0, 1)).out.strip()
    try:
        return configured or getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _read(path: Path) -> Plan | None:
    import msgspec

    try:
        return msgspec.json.decode(path.read_bytes(), type=Plan)
    except (OSError, msgspec.MsgspecError):
        return None


def _keep(path: Path, plan: Plan) -> None:
    import msgspec

    write_whole(path, msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")
