"""Sealed archives for tests that only ask which bytes they are."""

from __future__ import annotations

from pathlib import Path

from support.records import SDIST, WHEEL
from unmoor.archives.seal import seal
from unmoor.model import Distribution

NAMES = (WHEEL.filename, SDIST.filename)


def sealed_archives(dist: Path, content: str) -> tuple[Distribution, ...]:
    """Seal archives of that content in the folder ``dist``, as a build does; return them."""
    made = dist.with_name(f"{dist.name}-{content}")
    made.mkdir(parents=True)
    for name in NAMES:
        (made / name).write_text(f"{content} {name}")
    return seal([made / name for name in NAMES], dist)
