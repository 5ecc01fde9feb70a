"""Plans that are open, made by hand: releases of components that are only words and a state folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from support.fakes import FakeObserver
from support.records import plan
from unmoor.model import Component, Mode, Plan, Release, Repository
from unmoor.model.settings import Settings
from unmoor.pipeline.open_plan import OpenPlan, opened
from unmoor.state.layout import StateLayout

THING = "thing"


def component(root: Path, name: str = THING, **changes: Any) -> Component:
    """Return a component that is at home at ``root``."""
    words: dict[str, Any] = {
        "repository": Repository(root=root),
        "name": name,
        "folder": root,
        "import_names": (name,),
        "settings": Settings(),
    }
    return Component(**{**words, **changes})


def release(name: str = THING, waits_for: Sequence[str] = (), **changes: Any) -> Release:
    """Return the release of ``name`` 1.0."""
    words = {"current": "0.9", "version": "1.0", "rule": "named", "tag": f"{name}-v1.0"}
    return Release(component=name, waits_for=tuple(waits_for), **{**words, **changes})


def open_by_hand(
    top: Path,
    waits_for: Mapping[str, Sequence[str]] | None = None,
    *,
    mode: Mode = Mode.REHEARSAL,
    observer: Any = None,
    components: Mapping[str, Mapping[str, Any]] | None = None,
    **changes: Any,
) -> OpenPlan:
    """Open a plan of the components named, each with those it waits for; state lies below ``top``.

    ``components`` are changes of single components, ``changes`` of the plan.
    """
    names = waits_for or {THING: ()}
    made: Plan = plan(mode, **{"releases": tuple(release(name, waits) for name, waits in names.items()), **changes})
    own = components or {}
    parts = tuple(component(top, name, **own.get(name, {})) for name in names)
    return opened(made, parts, StateLayout(top / "unmoor"), observer or FakeObserver())
