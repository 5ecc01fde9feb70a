"""What evidence is bound to: each stage names it in the chain, here stands where it comes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from unmoor import __version__
from unmoor.model import Bound, Component, Distribution, Plan, Release, Stage

__all__ = ["JUDGED_BY", "binds_files", "digest_of", "files_digest", "inputs_of", "same_content", "seal_digest"]

# Who judged, and by which settings: it says nothing about what was judged.
JUDGED_BY = (Bound.UNMOOR, Bound.SETTINGS)
# What makes bytes, and nothing else: a seal holds whatever else has changed since.
_MAKES_BYTES = (Bound.MODE, Bound.VERSION, Bound.COMMIT, Bound.TREE, Bound.EDITS, Bound.EPOCH)


def digest_of(value: object) -> str:
    """Return the sha256 of a value's canonical JSON, in hex."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def files_digest(files: Sequence[Distribution]) -> str:
    """Return one digest over the names and digests of a set of archives."""
    return digest_of(sorted((each.filename, each.sha256) for each in files))


def seal_digest(inputs: Mapping[str, str]) -> str:
    """Return one digest over those inputs of a build that make its bytes what they are."""
    return digest_of({name: inputs[name] for name in _MAKES_BYTES if name in inputs})


def same_content(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether two sets of inputs are of the same content, whoever looked at it, by which settings and plan.

    A plan is another one as soon as somebody makes a tag; what was looked at is the same.
    """
    names = (one.keys() | other.keys()) - set(map(str, (*JUDGED_BY, Bound.PLAN)))
    return all(one.get(name) == other.get(name) for name in names)


def binds_files(stage: Stage, component: Component) -> bool:
    """Say whether the stage works on the sealed archives: it always does, or the component's settings have it so."""
    return Bound.FILES in stage.binds or stage.name in component.archive_stages


def inputs_of(
    stage: Stage,
    component: Component,
    release: Release,
    plan: Plan,
    *,
    files: Sequence[Distribution] = (),
    target: str = "",
) -> dict[str, str]:
    """Return what evidence of the stage is bound to, by name; ``target`` is whom an outward stage speaks to."""
    # What is written into a changelog carries the day.
    edits = [(edit.path, edit.what) for edit in release.edits] + ([("date", plan.date)] if release.edits else [])
    values: Mapping[Bound, Callable[[], str]] = {
        Bound.UNMOOR: lambda: __version__,
        Bound.MODE: lambda: str(plan.mode),
        Bound.VERSION: lambda: release.version,
        Bound.SETTINGS: lambda: component.settings_digest,
        Bound.TREE: lambda: plan.tree,
        Bound.COMMIT: lambda: plan.commit,
        Bound.BRANCH: lambda: plan.branch,
        Bound.PLAN: lambda: plan.key,
        Bound.EDITS: lambda: digest_of(edits),
        Bound.EPOCH: lambda: str(plan.epoch),
        Bound.FILES: lambda: files_digest(files),
        Bound.INDEX: lambda: target,
        Bound.TAG: lambda: release.tag,
        Bound.REMOTE: lambda: target,
    }
    bound = (
        stage.binds if Bound.FILES in stage.binds or not binds_files(stage, component) else (*stage.binds, Bound.FILES)
    )
    return {str(each): values[each]() for each in bound}
