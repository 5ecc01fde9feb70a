"""The index would take every archive: the upload rules are asked here, before anything is sent.

A refusal at upload is found after the first file is out; the same rules asked beforehand find it while nothing has
happened. Where the stage has an index, what it already holds is part of the question. Source: the upload form of
PyPI, rule by rule in ``indexes.rules``.
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from unmoor.context import Context
from unmoor.indexes import rules, simple
from unmoor.model import Finding, Findings
from unmoor.targets import Index

ASSERTS = "the index would accept every archive"
_ASK_SECONDS = 30.0


def check(context: Context) -> Findings:
    """Judge every archive by every upload rule."""
    if not context.archives:
        return Findings(hint="nothing is built yet: nox -s build")
    contents = _contents(context, context.index) if context.index else None
    problems = [
        Finding(message=f"{refusal.rule}: {_plain(refusal.message)}", place=path.name, hint=refusal.hint)
        for path in context.archives
        for refusal in rules.judge(rules.submission_of(path), contents=contents)
    ]
    return Findings(examined=len(rules.RULES), unit="upload rules", problems=tuple(problems))


def _plain(message: str) -> str:
    return message.strip().rstrip(".")


def _contents(context: Context, index: Index) -> rules.IndexContents:
    """Return what the index holds of this project, as far as it says so."""
    return rules.IndexContents(files=tuple(_held(context.component.name, index)))


def _held(name: str, index: Index) -> Iterator[rules.HeldFile]:
    for each in index.client.files(name):
        yield rules.HeldFile(
            filename=each.filename,
            project=canonicalize_name(name),
            version=each.version,
            kind="bdist_wheel" if each.filename.endswith(".whl") else "sdist",
            sha256=simple.digest_of(index.client, each),
            size=max(each.size, 0),
            uploaded=each.upload_time,
        )
