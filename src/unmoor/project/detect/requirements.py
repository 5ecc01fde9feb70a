"""Which requirements a tool's environment is given: those the settings state, else the list that names the tool."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from unmoor.model import Requirements
from unmoor.project.detect.requirement_lists import RequirementList

__all__ = ["as_settings", "chosen", "joined", "naming", "stated", "wanted"]


def stated(
    groups: Sequence[str], extras: Sequence[str], requirements: Sequence[str], where: str
) -> Requirements | None:
    """Return what the settings ask for, or ``None`` where they leave it to detection."""
    if not (groups or extras or requirements):
        return None
    words = [word for group in groups for word in ("--group", group)]
    for each in requirements:
        # `-r FILE` is two words for an installer, `name ; marker` is one.
        words += shlex.split(each) if each.startswith("-") else [each]
    return Requirements(arguments=tuple(words), project=True, extras=tuple(extras), reason=f"set in {where}")


def as_settings(needs: Requirements) -> list[str]:
    """Return the lines of settings that ask for these requirements."""
    groups: list[str] = []
    rest: list[str] = []
    words = list(needs.arguments)
    while words:
        word = words.pop(0)
        if word == "--group" and words:
            groups.append(words.pop(0))
        elif word in {"-r", "-c", "-e"} and words:
            rest.append(f"{word} {words.pop(0)}")
        else:
            rest.append(word)
    named = (("groups", groups), ("extras", needs.extras), ("requirements", rest))
    return [f"{key} = {json.dumps(list(values), ensure_ascii=False)}" for key, values in named if values]


def naming(lists: Sequence[RequirementList], *tools: str, usual: Sequence[str]) -> RequirementList | None:
    """Return the list that is most plainly for the tool among those that name it.

    ``tools`` are its names, the plainest first; ``usual`` are the names such a list often has, best first, as patterns.
    """
    kinds = list(dict.fromkeys(each.kind for each in lists))

    def order(each: RequirementList) -> tuple[int, int, int, int, str]:
        # What kind of list it is says more than whether it names the tool or only its plug-ins.
        first = next(index for index, tool in enumerate(tools) if _names(each, tool))
        place, length, name = _rank(each.name, usual)
        return kinds.index(each.kind), place, first, length, name

    return min((each for each in lists if any(_names(each, tool) for tool in tools)), key=order, default=None)


def chosen(found: RequirementList | None, alone: str) -> Requirements:
    """Return the requirements of a list together with the project; just ``alone`` where there is no list."""
    if found is None:
        reason = f"no list of requirements names {alone}, so it is installed by itself"
        return Requirements(arguments=(alone,), project=True, reason=reason)
    return Requirements(arguments=found.arguments, project=True, extras=found.extras, reason=str(found))


def joined(first: Requirements, second: Requirements) -> Requirements:
    """Return both together."""
    return Requirements(
        arguments=first.arguments + second.arguments,
        project=first.project or second.project,
        extras=tuple(dict.fromkeys(first.extras + second.extras)),
        reason=f"{first.reason} and {second.reason}",
    )


def wanted(lists: Sequence[RequirementList], tool: str) -> tuple[str, RequirementList | None]:
    """Return the requirement on a tool, one that pins it to a single version before others, and its list."""
    found = [(each.packages[tool], each) for each in lists if tool in each.packages]
    pinned = [(requirement, each) for requirement, each in found if re.search(r"==\s*[0-9][^*,]*$", _bare(requirement))]
    return next(iter(pinned or found), ("", None))


def _bare(requirement: str) -> str:
    return requirement.partition(";")[0].strip()


def _names(found: RequirementList, tool: str) -> bool:
    """Say whether a list names a tool; ``tool*`` stands for the tool and all its plug-ins."""
    if tool.endswith("*"):
        return any(name == tool[:-1] or name.startswith(f"{tool[:-1]}-") for name in found.packages)
    return tool in found.packages


def _rank(name: str, usual: Sequence[str]) -> tuple[int, int, str]:
    """Rank a list by its name: in the order of the usual names, the shortest first where a pattern fits several."""
    plain = _plain(name)
    place = next((index for index, pattern in enumerate(usual) if fnmatchcase(plain, pattern)), len(usual))
    return place, len(plain), plain


def _plain(name: str) -> str:
    """Reduce ``requirements-dev.txt``, ``docs/requirements.txt`` and ``requirements/test.txt`` to what they are for."""
    path = PurePosixPath(name)
    if path.suffix != ".txt":
        return name.lower()
    stem = re.sub(r"requirements?", "", path.stem).strip("-_. ")
    return (stem or str(path.parent).removeprefix("requirements").strip(".")).lower()
