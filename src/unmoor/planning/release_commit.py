"""The intent of a release as trailers of its commit: a claim that is made anew from the repository and must match.

    Release: name==1.4.0
    Base: v1.3.0
    Plan: 9c41...

``Release`` and ``Base`` stand once for each release of the commit, in the same order; the base is ``none`` for a first
release, ``undecided`` where the rule leaves it open and it is named later. ``Plan`` is the sha256 over
those, over the files that the commit adds, changes and removes, and over its day: all of them can be read off the
commit itself, so that no file of the machine it was made on is needed to see whether it still is what was planned.
Nothing is ever taken from a trailer: it is compared, and that is all. git-interpret-trailers(1) has the form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from packaging.utils import canonicalize_name

from unmoor.model import Finding, Release
from unmoor.planning.versions.pep440 import try_parse
from unmoor.tools.git import Git

__all__ = ["Claim", "claim_of", "differences", "edited", "message"]

_NO_BASE = "none"
_UNDECIDED = "undecided"
_HINT = "release what it says, or correct its message with git commit --amend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a commit says that it releases: ``releases`` are name, version and base tag (empty for none) of each."""

    commit: str
    releases: tuple[tuple[str, str, str], ...]
    plan: str


def message(releases: Sequence[Release], edits: Mapping[str, str], day: str, *, alone: bool) -> str:
    """Return the message of the commit that prepares ``releases``; ``edits`` and ``day`` are as ``edited`` has them.

    ``alone`` says that the repository holds no other component, so that the version says enough.
    """
    named = [(each.component, each.version, _UNDECIDED if each.base_candidates else each.base_tag) for each in releases]
    subject = ", ".join(version if alone else f"{name} {version}" for name, version, _ in named)
    trailers = [
        line for name, version, base in named for line in (f"Release: {name}=={version}", f"Base: {base or _NO_BASE}")
    ]
    return "\n".join([f"Release {subject}", "", *trailers, f"Plan: {_digest(named, edits, day)}", ""])


def _digest(releases: Sequence[tuple[str, str, str]], edits: Mapping[str, str], day: str) -> str:
    said = json.dumps([sorted(releases), sorted(edits.items()), day], ensure_ascii=False)
    return hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()


def edited(git: Git, *about: str) -> dict[str, str]:
    """Return what a difference adds (``A``), changes (``M``) and removes (``D``), by path.

    ``about`` are the words for ``git diff``: ``--cached`` and ``HEAD``, two commits, ``--`` and paths.
    """
    said = git.run("diff", "--name-status", "--no-renames", "--no-ext-diff", "-z", *about).out.split("\0")
    return dict(zip(said[1::2], said[:-1:2], strict=True))


def claim_of(git: Git, commit: str, name: str, *, since: str = "") -> Claim | None:
    """Return the newest claim about the component ``name`` in ``commit`` and its ancestors that ``since`` has not."""
    form = "--format=%H%n%at%n%(trailers:only=true,unfold=true)"
    # Whether a line is a trailer is git's to say; this only spares reading the whole history.
    chosen = ("--regexp-ignore-case", "--grep=^Release: ", "-z", form)
    span = [commit, *([f"^{since}"] if since else [])]
    for entry in git.run("-c", "log.showSignature=false", "log", *chosen, "--end-of-options", *span, "--").out.split(
        "\0"
    ):
        found = _claim(entry)
        if found and any(canonicalize_name(each) == canonicalize_name(name) for each, _, _ in found.releases):
            return found
    return None


def _claim(entry: str) -> Claim | None:
    commit, _, rest = entry.lstrip("\n").partition("\n")
    said: dict[str, list[str]] = {"release": [], "base": [], "plan": []}
    for line in rest.splitlines()[1:]:
        key, _, value = line.partition(":")
        said.get(key.strip().lower(), []).append(value.strip())
    bases = [*said["base"], *[_NO_BASE] * len(said["release"])]
    releases = [
        (name, version, "" if base == _NO_BASE else base)
        for (name, _, version), base in zip((each.partition("==") for each in said["release"]), bases, strict=False)
    ]
    return Claim(commit=commit, releases=tuple(releases), plan=(said["plan"] or [""])[0]) if releases else None


def differences(git: Git, claim: Claim, release: Release, commit: str) -> tuple[list[Finding], list[Finding]]:
    """Return where a claim and the release of ``commit`` differ: what cannot both be right, and what is worth a look.

    A version that was claimed by an ancestor and is another now is only worth a look: it may have been given up.
    """
    place = f"commit {claim.commit[:12]}"
    version, base = next((found[1], found[2]) for found in claim.releases if _is(found[0], release.component))
    if try_parse(version) != try_parse(release.version):
        what = f"says that it releases {version!r}, not {release.version!r}"
        finding = Finding(message=what, place=place, hint=_HINT)
        return ([finding], []) if claim.commit == commit else ([], [finding])
    problems: list[Finding] = []
    remarks: list[Finding] = []
    if base not in (release.base_tag, _UNDECIDED):
        what = f"says that {version!r} follows {base or 'no release'}, and it follows {release.base_tag or 'none'}"
        amend = f"correct its message with git commit --amend: Base: {release.base_tag or _NO_BASE}"
        finding = Finding(message=what, place=place, hint=f"name it with --base {base}, or {amend}" if base else amend)
        (problems if claim.commit == commit else remarks).append(finding)
    if claim.plan and claim.plan != _anew(git, claim):
        what = "is not what was planned any more: it was amended, squashed or edited after it was prepared"
        remarks.append(Finding(message=what, place=place, hint="see that it holds the edits of the release alone"))
    return problems, remarks


def _is(one: str, other: str) -> bool:
    return canonicalize_name(one) == canonicalize_name(other)


def _anew(git: Git, claim: Claim) -> str:
    """Return the digest of the plan as the commit itself says it: files, and the UTC day of its author's date."""
    said = git.run("show", "-s", "--format=%at %P", "--end-of-options", claim.commit).out.split()
    edits = edited(git, said[1], claim.commit, "--") if len(said) > 1 else {}
    return _digest(claim.releases, edits, datetime.fromtimestamp(int(said[0]), UTC).date().isoformat())
