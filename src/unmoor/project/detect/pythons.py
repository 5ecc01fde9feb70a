"""The Python versions that the project says it supports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from unmoor.project.toml_file import dig_texts

__all__ = ["supported"]

_CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.[0-9]+)")
# The releases in use when nothing but a lower bound is stated.
_IN_USE = tuple(f"3.{minor}" for minor in range(9, 15))


def supported(metadata: Mapping[str, object], given: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return the versions as ``3.x``, lowest first, and the reason; ``given`` are those that the settings state."""
    if given:
        return tuple(given), "set in [tool.unmoor.tests]"
    bound = "".join(dig_texts(metadata, "requires-python"))
    classified = {match[1] for each in dig_texts(metadata, "classifiers") if (match := _CLASSIFIER.fullmatch(each))}
    named = tuple(each for each in sorted(classified, key=_minor) if _admits(bound, each))
    if named:
        return named, "from the classifiers" + (f", within requires-python '{bound}'" if bound else "")
    if not bound:
        return _IN_USE, "neither classifiers nor requires-python say: every release in use"
    return tuple(each for each in _IN_USE if _admits(bound, each)), f"requires-python = '{bound}'"


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def _admits(bound: str, version: str) -> bool:
    """Say whether some release of ``version`` satisfies ``requires-python``."""
    if not bound:
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        allowed = SpecifierSet(bound)
    except InvalidSpecifier:
        return True
    # The first release of a series may be excluded (>=3.10.2), the later ones not; so two are tried.
    return allowed.contains(f"{version}.0", prereleases=True) or allowed.contains(f"{version}.99", prereleases=True)
