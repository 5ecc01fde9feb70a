"""Releases as a run leaves them: a plan, archives and evidence in the state folder of a real repository."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from support.records import plan, record
from support.repositories import Repository
from support.sealing import sealed_archives
from unmoor.archives.seal import unseal
from unmoor.chain import CHAIN
from unmoor.evidence.binding import binds_files, inputs_of
from unmoor.evidence.verdict import VERDICT
from unmoor.model import Mode, Release
from unmoor.observe.repository import load
from unmoor.rehearsal import select_targets
from unmoor.state import plans
from unmoor.state.evidence_store import EvidenceStore
from unmoor.state.layout import StateLayout

STAGES = tuple(stage.name for stage in CHAIN)


def keep(
    repository: Repository,
    version: str = "1.2.0",
    mode: Mode = Mode.REHEARSAL,
    *,
    passed: Iterable[str] = STAGES,
    begun: Iterable[str] = (),
    verdict: bool = True,
    **changes: Any,
) -> Path:
    """Leave what a release of the tree as it is leaves when the stages ``passed``; return its folder.

    ``begun`` names the indexes that uploads were begun to, ``changes`` are of every record.
    """
    component = load(repository.folder, repository.environ)
    git = repository.door
    release = Release(component=component.name, current="1.1.0", version=version, rule="named", tag=f"v{version}")
    commit = git.head()
    identities = select_targets.identities(component, mode)
    made = plan(
        mode,
        addresses={component.name: identities} if mode is Mode.LIVE else {},
        commit=commit,
        tree=git.working_tree(),
        branch=git.branch(),
        epoch=git.commit_time(commit),
        releases=(release,),
        key=f"{version}{mode}",
    )
    layout = StateLayout.of(git.common_dir(), repository.environ)
    state = layout.release(release, mode)
    plans.keep(state / "plan.json", made)
    shutil.rmtree(state / "dist-tested", ignore_errors=True)
    unseal(state / "dist")
    files = sealed_archives(state / "dist", "tested")
    store = EvidenceStore(state / "evidence", component.name)
    passed = tuple(passed)
    for stage in CHAIN:
        target = identities.get(stage.name, "")
        bound = files if binds_files(stage, component) else ()
        inputs = inputs_of(stage, component, release, made, files=bound, target=target)
        if stage.name in passed:
            words: dict[str, Any] = {"component": component.name, "version": version, "mode": mode, "files": files}
            words |= {"inputs": inputs, "facts": {"commit": commit, "target": target}}
            store.write(record(stage.name, **{**words, **changes}))
    if verdict and len(passed) == len(CHAIN):
        store.write(record(VERDICT, component=component.name, version=version, mode=mode, files=files))
    for index in begun:
        for number, each in enumerate(files):
            path = state / "uploads" / index / f"{each.filename}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            said = {"sha256": each.sha256, "index": identities[index], "started": f"2026-11-21T19:00:0{number}Z"}
            path.write_text(json.dumps(said))
    return state
