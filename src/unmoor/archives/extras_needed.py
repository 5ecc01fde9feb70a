"""Which extra of a project brings the modules that its imports and entry points did not find.

What only works with an extra is no fault of the archive: ``pip install name[extra]`` is how it is meant to be
installed (PEP 508, extras). Each extra is tried in an environment of its own, the one that asks for least first, then
all of them at once. Extras that are for the project's own developers bring everything, and prove nothing for its users.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from unmoor.archives.archive_file import Archive

__all__ = ["Extras", "Item", "find", "for_users"]

Extras = tuple[str, ...]
# ("import", module) or (group of the entry point, its name)
Item = tuple[str, str]

# As the first or the last word of an extra's name.
_FOR_DEVELOPERS = frozenset(
    re.findall(
        r"\w+",
        """
    bench benchmark benchmarks build check checks ci cov cover coverage dev devel develop development doc docs
    documentation lint linting mypy pytest qa release test testing tests type types typing unittest unittests
""",
    )
)


def for_users(archive: Archive) -> tuple[Extras, ...]:
    """Return the extras worth a try, each alone, then all of them: from the archive's metadata, the smallest first."""
    metadata, _ = parse_email(archive.text("METADATA" if archive.kind == "wheel" else "PKG-INFO"))
    names = [each for each in metadata.get("provides_extra", ()) if not _is_for_developers(each)]
    sizes = {name: _size(name, metadata.get("requires_dist", ())) for name in names}
    ordered = sorted(names, key=lambda name: sizes[name])
    return (*((name,) for name in ordered), *([tuple(ordered)] if len(ordered) > 1 else []))


def _is_for_developers(extra: str) -> bool:
    words = re.split(r"[-_.]+", extra.lower())
    return not _FOR_DEVELOPERS.isdisjoint((words[0], words[-1]))


def _size(extra: str, requirements: Sequence[str]) -> int:
    """Return how many requirements an extra has; one that takes in other extras of the project is a large one."""
    count = 0
    for text in requirements:
        try:
            each = Requirement(text)
        except InvalidRequirement:
            continue
        if each.marker and each.marker.evaluate({"extra": canonicalize_name(extra)}):
            count += 1 + 100 * len(each.extras)
    return count


def _failing(seen: Mapping[str, Any]) -> frozenset[Item]:
    """Return the imports and entry points that failed for want of a module, by the probe's answer."""
    imports = (("import", each["name"]) for each in seen["imports"] if each["missing"])
    points = ((each["group"], each["name"]) for each in seen["entry_points"] if each["missing"])
    return frozenset((*imports, *points))


def find(
    seen: Mapping[str, Any], worth: Sequence[Extras], look: Callable[[Extras], Mapping[str, Any]]
) -> dict[Item, Extras]:
    """Return the extras that each failing import and entry point of ``seen`` works with.

    ``look`` gives the probe's answer with some extras installed, empty where they cannot be.
    """
    open_ones = set(_failing(seen))
    found: dict[Item, Extras] = {}
    for extras in worth:
        if not open_ones:
            break
        if not (again := look(extras)):
            continue
        works = {("import", each["name"]) for each in again["imports"] if not each["error"]}
        works |= {(each["group"], each["name"]) for each in again["entry_points"] if not each["error"]}
        found |= dict.fromkeys(sorted(open_ones & works), extras)
        open_ones -= works
    return found
