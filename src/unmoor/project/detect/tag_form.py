"""The form of release tags, as the tags that exist show it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_texts

__all__ = ["configured_prefix", "moving", "tag_form"]

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


# Where a plug-in that derives the version from tags is told what they look like: table, key, and how to read it.
# Documentation: setuptools-scm (tag_regex, git_describe_command), hatch-vcs (tag-pattern, raw-options), pdm-backend
# (tag_regex, tag_filter), versioningit (tag2version.rmprefix), uv-dynamic-versioning (pattern-prefix).
_SCM = (("tag_regex", "regex"), ("git_describe_command", "command"), ("scm.git.describe_command", "command"))
_TOLD: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("tool.hatch.version.raw-options", _SCM),
    ("tool.hatch.version", (("tag-pattern", "regex"),)),
    ("tool.setuptools_scm", _SCM),
    ("tool.setuptools-scm", _SCM),
    ("tool.vcs-versioning", _SCM),
    ("tool.pdm.version", (("tag_filter", "glob"), ("tag_regex", "regex"))),
    ("tool.versioningit.vcs", (("match", "glob"),)),
    ("tool.versioningit.tag2version", (("rmprefix", "text"),)),
    ("tool.uv-dynamic-versioning", (("pattern-prefix", "text"),)),
)
_MATCH = re.compile(r"--match[=\s]+(?P<quote>[\"']?)(?P<glob>[^\"'\s]+)(?P=quote)")
_GLOB = re.compile(r"[*?\[]")
_ANY_CASE = re.compile(r"\(\?[a-z]+\)")
_OPTIONAL_V = re.compile(r"(?:\(\?:)?\[?[vV]{1,2}\]?\)?\?$")


def configured_prefix(tree: ProjectFiles) -> tuple[str, str]:
    """Return what the project's tags begin with, as it tells the tool that reads them, and where; empty if nowhere.

    In a repository of several packages this is what tells their tags apart. A pattern that is no plain text before the
    version says nothing.
    """
    for table, keys in _TOLD:
        for key, kind in keys:
            value = dig(tree.pyproject, *table.split("."), *key.split("."))
            words = " ".join(dig_texts(tree.pyproject, *table.split("."), *key.split(".")))
            if isinstance(value, str | list) and (found := _prefix(words, kind)):
                return found, f"{table}.{key}"
    return "", ""


def _prefix(told: str, kind: str) -> str:
    if kind == "text":
        return told
    if kind == "command":
        found = _MATCH.search(told)
        return _prefix(found["glob"], "glob") if found else ""
    if kind == "glob":
        before = _GLOB.split(told, maxsplit=1)[0]
        return before if before != told else ""
    before, named, _ = _ANY_CASE.sub("", told).partition("(?P<version>")
    before = _OPTIONAL_V.sub("", before.removeprefix("^")) if before.endswith("?") else before.removeprefix("^")
    plain = re.sub(r"\\([/_.\-@=+ ])", r"\1", before)
    return plain if named and not re.search(r"[\\()\[\]{}|*+?^$]", plain) else ""


def moving(parts: Mapping[str, Collection[int]]) -> set[str]:
    """Return the tags that move along with the releases of a line, as those of actions do: ``v2``, or ``v1.4``.

    ``parts`` are the numbers of each tag's version. One number alone moves where most tags have more; two do where a
    fuller tag names the very version as well.
    """
    if not parts:
        return set()
    counts = Counter(map(len, parts.values()))
    usual = max(counts, key=lambda length: (counts[length], length))
    full = {_trimmed(each) for each in parts.values() if len(each) >= usual}
    return {tag for tag, each in parts.items() if len(each) < usual and (len(each) == 1 or _trimmed(each) in full)}


def _trimmed(numbers: Collection[int]) -> tuple[int, ...]:
    found = [*numbers]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def tag_form(tags: Collection[str], name: str, told: tuple[str, str] = ("", "")) -> tuple[str, str]:
    """Return the form that the newest release among ``tags`` was given, and the reason; ``name`` is the component's.

    The newest is the one of the highest version: projects change their habit, and the last one holds. ``told`` is what
    tags begin with by the project's own configuration, and where that stands: nothing else is looked at then.
    """
    prefix, where = told
    forms = {each: each + "{version}" for each in dict.fromkeys((prefix, f"{prefix}v"))} if prefix else _forms(name)
    if prefix:
        found, reason = _newest_form(tags, forms)
        return found or prefix + "{version}", f"{where} says so" if not found else f"{reason}; {where} says so"
    found, reason = _newest_form(tags, forms)
    return found or _DEFAULT, reason


def _newest_form(tags: Collection[str], forms: Mapping[str, str]) -> tuple[str, str]:
    """Return the form of the newest release among those, empty for none, and the reason."""
    seen = [
        (_rank(version), form, tag)
        for tag in tags
        for prefix, form in forms.items()
        if tag.startswith(prefix) and (version := _VERSION.fullmatch(tag, len(prefix)))
    ]
    # A bare number such as 20240131 is a date more often than a release: it counts only where nothing else does.
    seen = [each for each in seen if len(each[0]) > _BARE] or seen
    moved = moving({tag: rank[1:] for rank, _, tag in seen})
    seen = [each for each in seen if each[2] not in moved] or seen
    if not seen:
        return "", "no release has been tagged yet" if not tags else "none of the tags looks like a release"
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
