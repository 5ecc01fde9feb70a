"""Which remote a project is released to and from which branches, by what its repository shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Refs", "branches", "remote"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """Tags, local branches, the current branch, remotes, their branches, and their default branches where known.

    ``addresses`` are those that the remotes are pushed to, without what is secret in them.
    """

    tags: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    current: str = ""
    remotes: tuple[str, ...] = ()
    remote_heads: tuple[str, ...] = ()
    defaults: Mapping[str, str]
    addresses: Mapping[str, str] = field(default_factory=dict)


def remote(refs: Refs, given: str) -> tuple[str, str]:
    """Return the remote to ask and push to, and the reason; empty where there is none or no way to choose."""
    if given:
        known = given in refs.remotes
        return given, "set in [tool.unmoor]" + ("" if known else ", but this clone has no remote of that name")
    for name in ("origin", "upstream"):
        if name in refs.remotes:
            return name, f"the remote '{name}'"
    if len(refs.remotes) == 1:
        return refs.remotes[0], "the only remote"
    why = "there is no remote" if not refs.remotes else f"none of {', '.join(refs.remotes)} is 'origin': set 'remote'"
    return "", why


def branches(refs: Refs, name: str, given: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return the branches that may be released from, and the reason; ``name`` is the remote's."""
    if given:
        return tuple(given), "set in [tool.unmoor]"
    if default := refs.defaults.get(name):
        return (default,), f"the default branch of '{name}'"
    for usual in ("main", "master"):
        if usual in refs.heads or f"{name}/{usual}" in refs.remote_heads:
            return (usual,), f"the remote's default branch is not known here; '{usual}' exists"
    if refs.current:
        return (refs.current,), "the current branch, for want of a better sign"
    return (), "no branch was found: set 'branches'"
