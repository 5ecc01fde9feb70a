"""Tag names: which version a tag names, which name a version's tag gets, and what git would not accept as one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from unmoor.errors import UnmoorError
from unmoor.model import Component
from unmoor.planning.versions.pep440 import try_parse
from unmoor.project.detect.tag_form import moving
from unmoor.project.settings.constraints import UNFIT_FOR_TAG

if TYPE_CHECKING:
    from packaging.version import Version

__all__ = ["form_of", "is_of_form", "name", "releases", "version_of", "versions"]


def form_of(component: Component) -> str:
    """Return the form of a component's tags, with ``{version}`` alone left open."""
    return component.tag_form.replace("{name}", component.name)


def name(form: str, version: str) -> str:
    """Return the tag of a canonical ``version``; raise ``UnmoorError`` where git would not accept it."""
    made = form.replace("{version}", version)
    if "{version}" not in form or UNFIT_FOR_TAG.search(made):
        what = f"the tag form {form!r} makes {made!r}, which is no name for a version's tag"
        raise UnmoorError(what, hint='set tool.unmoor.tag to a form such as "{version}" or "v{version}"')
    return made


def version_of(form: str, tag: str) -> Version | None:
    """Return the version that a tag of this form names; a ``v`` before the version is neither here nor there.

    A bare number is none, for ``20240131`` is more likely a date; in a form that has more to it, it is what it says.
    """
    before, _, after = form.partition("{version}")
    if before and tag == form.replace("{version}", tag[len(before) : len(tag) - len(after)]):
        return try_parse(tag[len(before) : len(tag) - len(after)])
    before = before.removesuffix("v")
    if not (tag.startswith(before) and tag.endswith(after)):
        return None
    text = tag[len(before) : len(tag) - len(after)]
    if "." not in text and len(text) > len("v999"):
        return None
    return try_parse(text) if re.match(r"v?\d", text) else None


def is_of_form(form: str, tag: str) -> bool:
    """Say whether a tag is spelled exactly as the form would have it, a ``v`` included."""
    before, _, after = form.partition("{version}")
    return tag.startswith(before) and tag.endswith(after) and tag[len(before) : len(before) + 1].isdigit()


def versions(form: str, tags: Iterable[str]) -> dict[str, Version]:
    """Return the tags that name a version, with it, oldest version first."""
    found = {tag: version for tag in tags if (version := version_of(form, tag)) is not None}
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def releases(form: str, tags: Iterable[str], on_index: Collection[Version] | None) -> dict[str, Version]:
    """Return the tags of releases, with their version, oldest version first: those that name one, but no moving ones.

    A moving tag (``v2``, ``v1.4``) has fewer parts than the others, and follows the newest release of its line. What an
    index has is a release, however short its tag; ``on_index`` is ``None`` where it was not asked.
    """
    found = versions(form, tags)
    moved = moving({tag: each.release for tag, each in found.items()})
    out = set(on_index or ())
    return {tag: each for tag, each in found.items() if tag not in moved or (each in out and _alone(each, tag, found))}


def _alone(version: Version, tag: str, found: dict[str, Version]) -> bool:
    """Say whether no other tag names the same version."""
    return not any(each == version for other, each in found.items() if other != tag)
