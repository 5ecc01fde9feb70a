"""Whom a stage speaks to: the configured index and remote, or the rehearsal's. The one place where the two differ.

A rehearsal replaces the indexes by loopback ones and the remote by a bare repository; everything else is the same code.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from unmoor.chain import CHAIN
from unmoor.model import Component, Mode, Target
from unmoor.runtime import redact
from unmoor.targets import Addresses, Credential, Index, Remote

if TYPE_CHECKING:
    from unmoor.context import Context

__all__ = ["addresses", "by_stage", "identities", "open_index", "open_target", "remote"]

_REHEARSED = "rehearsal"
_INDEXES = tuple(stage.name for stage in CHAIN if stage.target is Target.INDEX)


def identities(component: Component, mode: Mode) -> Mapping[str, str]:
    """Return whom each outward stage speaks to, by the stage's name, as evidence is bound to it."""
    if mode is Mode.REHEARSAL:
        # Nobody's addresses are looked up for it: that alone would take longer than the rest of a cached stage.
        return {stage.name: _REHEARSED for stage in CHAIN if stage.target is not Target.NOBODY}
    return by_stage(addresses(component))


def by_stage(live: Addresses) -> dict[str, str]:
    """Return every address by the name of the stage that speaks to it."""
    return {
        stage.name: live.indexes[stage.name] if stage.target is Target.INDEX else live.remote_address or live.remote
        for stage in CHAIN
        if stage.target is not Target.NOBODY
    }


def addresses(component: Component) -> Addresses:
    """Return where a live release of the component goes: what the settings say, else the well-known indexes."""
    from unmoor.indexes import configured

    urls = {name: configured.upload_url(component, name) for name in _INDEXES}
    repository = component.repository
    return Addresses(
        indexes=urls,
        remote=repository.remote,
        remote_address=repository.remote_address,
        signed=component.settings.sign_tags,
    )


@contextmanager
def open_target(context: Context) -> Iterator[Context]:
    """Open whom the stage speaks to, for as long as it is at work."""
    if context.stage.target is Target.INDEX:
        with open_index(context, context.stage.name) as index:
            yield replace(context, index=index)
    elif context.stage.target is Target.REMOTE:
        yield replace(context, remote=remote(context))
    else:
        yield context


@contextmanager
def open_index(context: Context, name: str) -> Iterator[Index]:
    """Open the index of a stage; in a rehearsal it is served for as long as it is open."""
    if context.live:
        yield _configured(context, name)
        return
    from unmoor.indexes.client import HttpIndexClient
    from unmoor.rehearsal.loopback_index import RehearsalIndex

    token = f"rehearsal-{secrets.token_urlsafe(16)}"
    redact.register(token)
    with RehearsalIndex(context.state / "rehearsal" / name, token=token) as served:
        credential = Credential(username="__token__", secret=token, source="made for this rehearsal")
        client = HttpIndexClient(
            name=name,
            upload_url=served.upload_url,
            simple_url=served.simple_url,
            credential=credential,
            environ=context.environ,
        )
        yield Index(
            name=name,
            upload_url=served.upload_url,
            simple_url=served.simple_url,
            identity=_REHEARSED,
            client=client,
            credential=credential,
        )


def _configured(context: Context, name: str) -> Index:
    from unmoor.indexes import configured, credentials, keyring_lookup
    from unmoor.indexes.client import HttpIndexClient

    upload, simple = configured.upload_url(context.component, name), configured.simple_url(context.component, name)
    found = credentials.search(name, upload, context.environ, keyring_lookup.ask)
    reader = credentials.search_reader(name, simple, context.environ, files=True)
    client = HttpIndexClient(
        name=name,
        upload_url=upload,
        simple_url=simple,
        credential=found.credential,
        login=credentials.login(name, simple, context.environ, live=True),
        environ=context.environ,
    )
    return Index(
        name=name,
        upload_url=upload,
        simple_url=simple,
        identity=upload,
        client=client,
        credential=found.credential,
        reader=reader.credential,
        passed_over=(*found.passed_over, *reader.passed_over),
    )


def remote(context: Context) -> Remote:
    """Return the git remote that the release's tag goes to."""
    from unmoor.tools.git_remote import BareRemote, UserRemote

    repository = context.repository
    if context.live:
        return UserRemote(label=repository.remote, root=repository.root, environ=context.environ)
    from unmoor.rehearsal.bare_remote import bare_remote

    folder = bare_remote(context.state / "rehearsal" / "remote.git", context.environ)
    return BareRemote(label="the rehearsal's remote", folder=folder, environ=context.environ)
