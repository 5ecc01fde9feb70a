"""Who answers: the configured indexes and remote, or the rehearsal's. The one place where the two differ."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.model import Mode, Plan
from unmoor.project.types import Project
from unmoor.runtime import redact
from unmoor.targets import Addresses, Index, Targets

if TYPE_CHECKING:
    from unmoor.context import Context

__all__ = ["addresses", "identities", "open_index", "ready", "targets"]

_REHEARSED = "rehearsal"


def targets(project: Project, plan: Plan, state: Path) -> Targets:
    """Return the git remote of the run, and what to call it."""
    if plan.mode is Mode.REHEARSAL:
        return Targets(label="the rehearsal's remote", remote=str(state / "rehearsal" / "remote.git"))
    return Targets(label=project.remote, remote=project.remote)


def ready(context: Context) -> None:
    """Make sure the rehearsal's remote is there to be asked; the configured one is not ours to make."""
    if not context.live:
        from unmoor.rehearsal.bare_remote import bare_remote

        bare_remote(Path(context.targets.remote), context.environ)


def identities(project: Project, plan: Plan) -> Mapping[str, str]:
    """Return whom each outward stage speaks to, as evidence is bound to it."""
    found = addresses(project).outward
    return dict.fromkeys(found, _REHEARSED) if plan.mode is Mode.REHEARSAL else found


def addresses(project: Project) -> Addresses:
    """Return where a live release of the project goes: what the settings say, else the well-known indexes."""
    from unmoor.indexes import configured

    urls = {name: configured.upload_url(project, name) for name in ("testpypi", "pypi")}
    return Addresses(indexes=urls, remote=project.remote, signed=project.settings.sign_tags)


@contextmanager
def open_index(context: Context, stage: str) -> Iterator[Index]:
    """Open the index that a stage publishes to; in a rehearsal it is served for as long as it is open."""
    if context.live:
        yield _configured(context, stage)
        return
    from unmoor.rehearsal.index import RehearsalIndex

    token = f"rehearsal-{secrets.token_urlsafe(16)}"
    redact.register(token)
    with RehearsalIndex(context.state / "rehearsal" / stage, token=token) as served:
        from unmoor.targets import Credential

        yield Index(
            name=stage,
            upload_url=served.upload_url,
            simple_url=served.simple_url,
            identity=_REHEARSED,
            credential=Credential(username="__token__", secret=token, source="made for this rehearsal"),
        )


def _configured(context: Context, stage: str) -> Index:
    from unmoor.indexes import configured, credentials

    upload = configured.upload_url(context.project, stage)
    found = credentials.search(stage, upload, context.environ)
    return Index(
        name=stage,
        upload_url=upload,
        simple_url=configured.simple_url(context.project, stage),
        identity=upload,
        credential=found.credential,
        passed_over=found.passed_over,
    )
