"""There is a credential for the index, before anything is sent to it, and for each that this run goes on to.

A token of the main index that is missed only after the test index has taken the files leaves half a release. A job of
its own for each index, as in CI, holds one credential, and says nothing of the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.chain import CHAIN
from unmoor.context import Context
from unmoor.indexes import known
from unmoor.indexes.credentials import notices, variable
from unmoor.model import Finding, Findings, Stage, Target
from unmoor.rehearsal.select_targets import open_index
from unmoor.targets import Credential, Index

ASSERTS = "a credential for the index's address is at hand"


def check(context: Context) -> Findings:
    """Look whether a credential was found for the index's address; it is named by its source, never by its value."""
    index = context.index
    if index is None:
        return Findings()
    if index.credential is None:
        what = f"there is no credential for {index.name} at {index.upload_url}"
        problems = (*index.passed_over, Finding(message=what, hint=_how_to_give(index)))
        return Findings(examined=1, unit="credential", problems=problems, notices=notices(context.environ))
    if not context.live:
        return Findings(examined=1, unit="credential")
    if missing := [each for stage in _later(context) for each in _lacking(context, stage)]:
        return Findings(examined=1 + len(missing), unit="credentials", problems=tuple(missing))
    said = [_said(index.credential, f"for {index.upload_url}")]
    if index.reader is not None:
        said.append(_said(index.reader, f"for reading {index.simple_url}"))
    shown = (*said, *index.passed_over, *notices(context.environ))
    return Findings(examined=1, unit="credential", notices=shown)


def _later(context: Context) -> Iterator[Stage]:
    """Yield the stages after this one that upload, up to the one that this run was asked for."""
    names = [stage.name for stage in CHAIN]
    if context.goal in names:
        after = CHAIN[names.index(context.stage.name) + 1 : names.index(context.goal) + 1]
        yield from (stage for stage in after if stage.target is Target.INDEX)


def _lacking(context: Context, stage: Stage) -> Iterator[Finding]:
    with open_index(context, stage.name) as index:
        if index.credential is None:
            what = f"there is no credential for {index.name} at {index.upload_url}, where this run goes on to"
            yield from (*index.passed_over, Finding(message=what, hint=_how_to_give(index)))


def _said(credential: Credential, what_for: str) -> Finding:
    return Finding(message=f"user {credential.username!r}, from {credential.source}, {what_for}")


def _how_to_give(index: Index) -> str:
    token = variable(index.name, "TOKEN")
    if index.name in known.NAMES and known.same(index.upload_url, known.upload_url(index.name)):
        return f"set {token} to an API token of that index, or add the section [{index.name}] to ~/.pypirc"
    return (
        f"set {token} to an API token of that index, and {variable(index.name, 'URL')}={index.upload_url}; "
        f"or add a section with repository = {index.upload_url} to ~/.pypirc"
    )
