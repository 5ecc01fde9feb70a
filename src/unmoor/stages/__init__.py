"""The steps: what a stage does between its gates. One file each; publishing to any index is one.

A step can look whether its work is already done, whoever did it, and do it. Its module has ``observe(context)``,
which returns ``None`` or what was found, and ``run(context)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from unmoor.model import Distribution, Resolution

if TYPE_CHECKING:
    from unmoor.context import Context

__all__ = ["REGISTRY", "Done", "Step", "load"]

# A step as the chain names it, and its module.
REGISTRY: Mapping[str, str] = {
    "build": "unmoor.stages.build.build_archives",
    "publish": "unmoor.stages.publish",
    "tag": "unmoor.stages.tag",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a step leaves: whether it ran or was found done, the archives, and facts for later stages."""

    how: Resolution
    detail: str
    files: tuple[Distribution, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


class Step(Protocol):
    """The module of a step, as a plug-in."""

    observe: Callable[[Context], Done | None]
    run: Callable[[Context], Done]


def load(name: str) -> Step:
    """Import and return the step called ``name``."""
    return cast("Step", import_module(REGISTRY[name]))
