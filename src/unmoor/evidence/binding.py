"""What evidence is bound to, and whether it still counts.

Before the build: the content of the tree, the version and the settings. The build: the planned commit's making.
After it: the sha256 of the archives and the identity of whom they go to. A changed input makes evidence void, and
the reason names it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from unmoor import __version__
from unmoor.evidence.record import Kept
from unmoor.model import Distribution, Effect, Plan, Stage

if TYPE_CHECKING:
    from unmoor.project.types import Project

__all__ = ["NOT_PASSED", "digest_of", "files_digest", "inputs_of", "why_other", "why_void"]

NOT_PASSED = "it did not pass last time"
_SAID = {
    "tree": "the tree changed",
    "commit": "the commit changed",
    "settings": "the settings changed",
    "version": "the version changed",
    "edits": "the plan's edits changed",
    "files": "the archives changed",
    "index": "the index is another one",
    "tag": "the tag is another one",
    "remote": "the remote is another one",
    "unmoor": "unmoor was updated",
    "plan": "the plan is another one",
    "branch": "the branch changed",
}


def digest_of(value: object) -> str:
    """Return the sha256 of a value's canonical JSON, in hex."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def files_digest(files: Sequence[Distribution]) -> str:
    """Return one digest over the names and digests of a set of archives."""
    return digest_of(sorted((each.filename, each.sha256) for each in files))


def inputs_of(
    stage: Stage, project: Project, plan: Plan, *, files: Sequence[Distribution], target: str
) -> dict[str, str]:
    """Return what evidence of the stage is bound to; ``target`` is whom an outward stage speaks to."""
    release = plan.release
    common = {
        "unmoor": __version__,
        "mode": str(plan.mode),
        "version": release.version,
        "settings": project.settings_digest,
    }
    if stage.effect is Effect.NONE:
        bound = {"tree": plan.tree}
        if stage.name == "check":
            # Its gates ask about history, branch, tags, remote and index: it is good for one plan, and one day.
            bound |= {"commit": plan.commit, "branch": plan.branch, "plan": plan.key}
        if stage.name == "tests" and project.settings.tests.against == "wheel":
            bound["files"] = files_digest(files)
        return common | bound
    if stage.effect is Effect.LOCAL:
        edits = digest_of([(edit.path, edit.what) for edit in release.edits])
        return common | {"commit": plan.commit, "tree": plan.tree, "edits": edits, "epoch": str(plan.epoch)}
    sealed = {"files": files_digest(files)}
    if stage.step == "publish":
        return common | sealed | {"index": target}
    return common | sealed | {"tag": release.tag, "remote": target}


def why_void(kept: Kept, inputs: Mapping[str, str]) -> str:
    """Say why kept evidence does not count for these inputs; an empty string when it does."""
    if kept.damage:
        return f"the evidence {kept.damage}"
    if kept.record is None:
        return "no evidence yet"
    if not kept.record.finished:
        at = kept.record.detail if kept.record.detail not in {"", "begun"} else ""
        return f"the last attempt stopped at {at}" if at else "the last attempt was interrupted"
    changed = [_SAID.get(name, f"{name} changed") for name in inputs if kept.record.inputs.get(name) != inputs[name]]
    if changed:
        return changed[0] if len(changed) == 1 else f"{changed[0]}, and more"
    if not kept.record.passed:
        return NOT_PASSED
    return ""


def why_other(kept: Kept, files: Sequence[Distribution]) -> str:
    """Say why kept evidence is not about exactly these archives; an empty string when it is."""
    held = kept.record.files if kept.record else ()
    return "" if files_digest(held) == files_digest(files) else _SAID["files"]
