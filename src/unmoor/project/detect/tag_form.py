"""The form of release tags, as the tags that exist show it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

__all__ = ["tag_form"]

_DEFAULT = "v{version}"
_BARE = 2  # the epoch and one number
_VERSION = re.compile(
    r"(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[-_.]?[0-9]*)*",
    re.IGNORECASE,
)
_PREFIXES = ("", "v", "release-")  # structlog, pyzmq, mutagen
# Behind the name of the package: azure-cli, azure-core, setuptools-scm, giskard-core, langchain-core.
_JOINTS = ("-", "_", "-v", "/v", "==")


def tag_form(tags: Collection[str], name: str) -> tuple[str, str]:
    """Return the form that the newest release among ``tags`` was given, and the reason; ``name`` is the component's.

    The newest is the one of the highest version: projects change their habit, and the last one holds.
    """
    forms = _forms(name)
    seen = [
        (_rank(version), form, tag)
        for tag in tags
        for prefix, form in forms.items()
        if tag.startswith(prefix) and (version := _VERSION.fullmatch(tag, len(prefix)))
    ]
    # A bare number such as 20240131 is a date more often than a release: it counts only where nothing else does.
    seen = [each for each in seen if len(each[0]) > _BARE] or seen
    if not seen:
        return _DEFAULT, "no release has been tagged yet" if not tags else "none of the tags looks like a release"
    counts = Counter(form for _, form, _ in seen)
    _, form, newest = max(seen, key=lambda each: (each[0], counts[each[1]], each[2]))
    count = counts[form]
    return form, f"as {count} existing tags, the newest '{newest}'" if count > 1 else f"as the tag '{newest}'"


def _forms(name: str) -> dict[str, str]:
    """Return every prefix a tag may have, and the form it stands for."""
    found = {prefix: prefix + "{version}" for prefix in _PREFIXES}
    spellings = dict.fromkeys([name, *(re.sub(r"[-_.]+", joint, name).lower() for joint in "-_.")])
    for spelling in spellings:
        form = "{name}" if spelling == name else spelling
        found |= {f"{spelling}{joint}": f"{form}{joint}{{version}}" for joint in _JOINTS}
    return found


def _rank(version: re.Match[str]) -> tuple[int, ...]:
    return (int(version["epoch"] or 0), *(int(part) for part in version["release"].split(".")))
