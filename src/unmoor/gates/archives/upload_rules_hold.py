"""The index would take every archive: the upload rules are asked here, before anything is sent.

A refusal at upload is found after the first file is out; the same rules asked beforehand find it while nothing has
happened. Where the stage has an index, what it already holds is part of the question. Source: the upload form of
PyPI, rule by rule in ``indexes.rules``. A wheel for one machine alone, which no index takes, stops only a live release:
the rehearsal goes on with it in the place of those that are made and repaired elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from unmoor.context import Context
from unmoor.errors import Incomplete
from unmoor.indexes import rules, wait
from unmoor.indexes.file_bytes import digest_like
from unmoor.model import Distribution, Finding, Findings, blocking_live
from unmoor.targets import Index, IndexFile

ASSERTS = "the index would accept every archive"


def check(context: Context) -> Findings:
    """Judge every archive by every upload rule."""
    if not context.archives:
        return Findings(hint=f"nothing is built yet: nox -s {context.component.repository.session('build')}")
    contents = _contents(context, context.index) if context.index else None
    problems: list[Finding] = []
    notices: list[Finding] = []
    for path in context.archives:
        for refusal in rules.judge(rules.submission_of(path), contents=contents):
            message = f"{refusal.rule}: {_plain(refusal.message)}"
            found = Finding(message=message, place=path.name, hint=refusal.hint)
            if refusal.rule == rules.OF_ONE_MACHINE and not context.live:
                notices += blocking_live([found])
            else:
                problems.append(found)
    return Findings(examined=len(rules.RULES), unit="upload rules", problems=tuple(problems), notices=tuple(notices))


def _plain(message: str) -> str:
    return message.strip().rstrip(".")


def _contents(context: Context, index: Index) -> rules.IndexContents:
    """Return what the index holds of this project, as far as it says so."""
    return rules.IndexContents(files=tuple(_held(context, index)))


def _held(context: Context, index: Index) -> Iterator[rules.HeldFile]:
    name, ours = context.component.name, {each.filename: each for each in context.distributions}
    for each in index.client.files(name):
        mine = ours.get(each.filename)
        yield rules.HeldFile(
            filename=each.filename,
            project=canonicalize_name(name),
            version=each.version,
            kind="bdist_wheel" if each.filename.endswith(".whl") else "sdist",
            # Where the index states none, it matters for our names alone.
            sha256=_digest(context, index, each, mine) if mine else each.sha256,
            size=max(each.size, 0),
            uploaded=each.upload_time,
        )


def _digest(context: Context, index: Index, listed: IndexFile, ours: Distribution) -> str:
    """Return the digest of a file that has one of our names; other bytes are asked about until that is sure."""
    digest = digest_like(index.client, listed, ours)
    if digest == ours.sha256:
        return digest
    result = wait.wait_for(index.client, context.component.name, [ours], patience_seconds=0, say=context.say)
    if result.seen is wait.Seen.NOT_YET:
        what = f"{index.name} does not say the same twice about {ours.filename!r}"
        raise Incomplete(what, hint="run the same command again later")
    return ours.sha256 if result.seen is wait.Seen.SERVED else digest
