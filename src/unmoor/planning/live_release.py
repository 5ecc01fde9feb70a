"""What must be true of a live release before anything is asked or done: nothing about it is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unmoor.errors import Blocked, UnmoorError
from unmoor.model import Finding
from unmoor.planning.base_tag import by_rule
from unmoor.planning.version_facts import VersionFacts
from unmoor.planning.versions import tags
from unmoor.planning.versions.next_version import Choice
from unmoor.planning.versions.pep440 import is_publishable, next_free, parse, try_parse

if TYPE_CHECKING:
    from packaging.version import Version

__all__ = ["base_tag", "named"]


def named(facts: VersionFacts, said: str) -> Choice:
    """Return the version to release, and the rule; ``said`` is the version as the user named it.

    Raises ``UnmoorError`` where none was named, ``Blocked`` listing every place that disagrees.
    """
    if not said:
        raise UnmoorError("a live release names its version", hint="nox -s release -- --live VERSION")
    version = parse(said, where="--live")
    problems = [*_unpublishable(version), *_disagreeing(facts, version)]
    if problems:
        raise Blocked.of(problems)
    if not facts.derived:
        return Choice(version=str(facts.stated), rule="it was named, and the tree states it")
    tag = next((tag for tag, each in facts.here.items() if each == version), "")
    why = f"the tag {tag} is on this commit" if tag else "its tag makes it so"
    return Choice(version=str(version), rule=f"it was named, and {why}")


def _unpublishable(version: Version) -> list[Finding]:
    if is_publishable(str(version)):
        return []
    kind = "a local version" if version.local else "a development version"
    return [Finding(message=f"{str(version)!r} is {kind}, which is not published", hint="name a release")]


def _disagreeing(facts: VersionFacts, version: Version) -> list[Finding]:
    problems = []
    for source in facts.component.sources:
        if source.kind == "vcs" or source.is_memory or (not source.value and source.kind == "computed"):
            continue
        if try_parse(source.value) != version:
            where = f"{source.path}: {source.key}" if source.key else source.path
            hint = f"commit the bump first: unmoor bump --to {version}"
            problems.append(Finding(message=f"states {source.value!r}, not {str(version)!r}", place=where, hint=hint))
    if not facts.derived and facts.stated is None:
        hint = "state it as project.version or __version__, or derive it from git tags"
        problems.append(Finding(message="nothing in the tree states the version", hint=hint))
    if facts.derived:
        others = [tag for tag, each in facts.here.items() if each != version]
        if others and version not in facts.here.values():
            problems.append(
                Finding(message=f"this commit is tagged {others[-1]!r}", hint=f"name it: --live {others[-1]}")
            )
        elif facts.last is not None and version < facts.last and version not in facts.here.values():
            hint = f"name a greater version, such as {next_free(str(facts.last), map(str, facts.used))}"
            problems.append(Finding(message=f"{str(version)!r} is less than the last release {facts.last}", hint=hint))
    return problems


def base_tag(facts: VersionFacts, base: str, version: str) -> str:
    """Return the tag of the release that ``version`` follows, empty for a first release.

    It is the one that ``base`` (a tag or a version) names, by default the one of the rule. Raises ``UnmoorError``
    where the rule leaves it open and none was named, ``Blocked`` where it is not known here or on the remote, or is
    not before ``version``.
    """
    if base:
        tag, place = _find(facts, base), "--base"
    else:
        found = by_rule(facts, version, of_commit=True)
        if found.candidates:
            what = f"which release {version} follows is not clear: {found.why}"
            raise UnmoorError(what, hint=f"name it: add --base {found.candidates[0]}")
        if not found.tag:
            return ""
        tag, place = found.tag, "the base by the rule"
    problems = []
    if tag not in facts.tagged:
        others = [each for each, released in facts.tagged.items() if released != parse(version)]
        hint = f"fetch the tags; known are {', '.join(others[-3:]) or 'none'}"
        problems.append(Finding(message=f"there is no release tag for the base {base!r}", place=place, hint=hint))
    else:
        if base and facts.tagged[tag] >= parse(version):
            hint = "name the release that this one follows"
            problems.append(Finding(message=f"the base {tag!r} is not before {version!r}", place=place, hint=hint))
        if facts.observed.remote_refs is not None and f"refs/tags/{tag}" not in facts.observed.remote_refs:
            hint = f"push it first: git push {facts.component.repository.remote or 'origin'} refs/tags/{tag}"
            problems.append(Finding(message=f"the base {tag!r} is not on the remote", place=place, hint=hint))
    if problems:
        raise Blocked.of(problems)
    return tag


def _find(facts: VersionFacts, base: str) -> str:
    if base in facts.tagged:
        return base
    wanted = try_parse(base)
    form = tags.form_of(facts.component)
    found = [tag for tag, each in facts.tagged.items() if each == wanted]
    found.sort(key=lambda tag: (not tags.is_of_form(form, tag), tag))
    if len({facts.commits[tag] for tag in found}) > 1:
        what = f"the base {base!r} is ambiguous: {', '.join(found)}"
        raise UnmoorError(what, place="--base", hint=f"name the tag itself, such as --base {found[0]}")
    return found[0] if found else base
