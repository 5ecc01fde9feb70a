"""What a run of any documentation engine comes to: not built, not rehearsed, warnings that stop or only tell."""

from __future__ import annotations

from collections.abc import Sequence

from unmoor.errors import Broken
from unmoor.model import Finding, Findings, truncated
from unmoor.model.counting import counted
from unmoor.runtime.process import Completed, tail
from unmoor.tools import unreachable
from unmoor.tools.cause import cause, lacking_module

__all__ = ["judged", "not_built", "without_pages"]

_SHOWN = 3


def not_built(what: str, done: Completed, *, live: bool, by_hand: str) -> Findings:
    """Say that ``what`` broke: raise ``Broken`` with the cause; rehearsed without a network, not rehearsed.

    Where inventories of other projects did not answer, what a program of the project then trips over may well be that.
    """
    said = cause(done.text)
    hint = f"run {by_hand} by hand, or see {done.log}"
    if not live and unreachable.sign(said):
        return Findings(unanswered=f"{what}, because the network did not answer: {said}", hint=hint)
    unasked = unreachable.address(done.text)
    if not live and unasked and not lacking_module(done.text):
        return Findings(unanswered=f"{what}, perhaps because {unasked} did not answer: {said}", hint=hint)
    raise Broken(f"{what}: {said}", status=done.status, tail=tail(done.text), log=done.log, hint=hint)


def judged(
    said: Sequence[Finding], *, live: bool, strict: bool, why: str = ""
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Part an engine's warnings in problems and notices.

    What the network did not answer is told apart first. Where the project does not hold itself to its warnings
    (``why`` says so), all of them are one notice with a few examples.
    """
    blocking, notices = unreachable.weighed(said, live=live and strict)
    if strict or not blocking:
        return truncated(blocking), notices
    message = f"{counted(len(blocking), 'warnings')} let pass{f': {why}' if why else ''}"
    hint = "say strict = true under [tool.unmoor.docs] to hold the documentation to them"
    return (), (*notices, Finding(message=message, hint=hint), *blocking[:_SHOWN])


def without_pages(done: Completed, pages: int) -> str:
    """Return the advice for a build that wrote no page: what it said last, and where all of it is."""
    return "" if pages else f"it wrote no page, and said: {cause(done.text)}; see {done.log}"
