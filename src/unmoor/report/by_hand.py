"""How a person would finish a release that stopped after its first upload: plain twine and git commands.

For the day unmoor itself is what does not work. The commands name the sealed files, so the bytes stay the same; an
index of PyPI's kind takes identical bytes as already there.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from unmoor.evidence.store import Store
from unmoor.model import Mode, Plan

__all__ = ["commands"]


def commands(plan: Plan, state: Path, remote: str = "origin") -> list[str]:
    """Return the commands that are left, in order; empty for a rehearsal, and before anything was uploaded."""
    uploads = state / "uploads"
    if plan.mode is not Mode.LIVE or not (uploads.is_dir() and any(uploads.rglob("*.json"))):
        return []
    store = Store(state / "evidence")
    build = store.read("build").record
    if build is None:
        return []
    left = [f"(cd {shlex.quote(str(state / 'dist'))} && sha256sum --check SHA256SUMS)"]
    files = sorted(build.files, key=lambda each: (each.kind != "wheel", each.filename))
    for index in ("testpypi", "pypi"):
        record = store.read(index).record
        if record is None or not record.passed:
            paths = [shlex.quote(str(state / "dist" / each.filename)) for each in files]
            left += [f"twine upload --repository {index} {path}" for path in paths]
    tagged = store.read("release").record
    if tagged is None or not tagged.passed:
        release, commit = plan.release, build.facts.get("commit", "")
        tag, message = shlex.quote(release.tag), shlex.quote(f"{release.component} {release.version}")
        left.append(f"git tag --annotate --message {message} {tag} {commit} && git push {remote} refs/tags/{tag}")
    return left
