"""A pipeline whose gates and steps are stand-ins, so that it can be run in milliseconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from support.fakes import FakeClone, FakeGate, MemoryIndex, MemoryRemote
from support.faulted import built_release, release
from unmoor import gates, stages
from unmoor.context import Context
from unmoor.model import Distribution, Resolution, Target
from unmoor.pipeline import tree_gate
from unmoor.pipeline.open_plan import OpenPlan
from unmoor.rehearsal import select_targets
from unmoor.stages import Done

__all__ = ["built_release", "release"]


@dataclass
class FakeStep:
    """A step that remembers what it was given, says it is ``done`` already, or ends in ``end``."""

    given: list[tuple[Distribution, ...]] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    done: Done | None = None
    end: dict[str, BaseException] = field(default_factory=dict)
    files: tuple[Distribution, ...] | None = None

    def observe(self, _: Context) -> Done | None:
        return self.done

    def run(self, context: Context) -> Done:
        if (end := self.end.get(context.component.name) or self.end.get("")) is not None:
            raise end
        self.given.append(context.distributions)
        self.components.append(context.component.name)
        files = context.distributions if self.files is None else self.files
        return Done(how=Resolution.RAN, detail="done", files=files, facts={"commit": "c" * 40, "target": "memory"})


@dataclass
class Stand:
    """What stands in for the rest of unmoor: the step of every stage, a gate for every name, the targets."""

    step: FakeStep = field(default_factory=FakeStep)
    gates: dict[str, FakeGate] = field(default_factory=lambda: defaultdict(FakeGate))
    index: MemoryIndex = field(default_factory=MemoryIndex)
    remote: MemoryRemote = field(default_factory=MemoryRemote)


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Stand:
    """All gates pass and every step does nothing, until a test says otherwise."""
    made = Stand()

    @contextmanager
    def open_target(context: Context) -> Iterator[Context]:
        target = context.stage.target
        yield replace(
            context,
            index=made.index.as_index() if target is Target.INDEX else None,
            remote=made.remote if target is Target.REMOTE else None,
        )

    monkeypatch.setattr(gates, "load", lambda name: made.gates[name])
    monkeypatch.setattr(stages, "load", lambda _: made.step)
    monkeypatch.setattr(select_targets, "open_target", open_target)
    monkeypatch.setattr(tree_gate, "take_note", lambda _: None)
    monkeypatch.setattr(tree_gate, "judge_tree", lambda _: ((), 0))
    monkeypatch.setattr(OpenPlan, "clone", lambda *_: FakeClone(tmp_path))
    return made
