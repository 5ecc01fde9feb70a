"""Whom outward stages speak to: the configured indexes and remote, or the rehearsal's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from unmoor.model import Finding

__all__ = ["Addresses", "Credential", "Index", "Targets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """User name and secret for one index, and where they come from. The secret never shows in a representation."""

    username: str
    secret: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A package index: ``upload_url`` takes files, ``simple_url`` serves them (PEP 503 and 691).

    ``identity`` is what evidence is bound to: the upload URL, or the rehearsal. ``passed_over`` are credentials that
    were found and are not for this index, each with the reason.
    """

    name: str
    upload_url: str
    simple_url: str
    identity: str
    credential: Credential | None = None
    passed_over: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What the run speaks to, in words; and the git remote it pushes to (a name, or the path of a repository)."""

    label: str
    remote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a live release goes, as a person would type it: upload URLs by index, in order, and the git remote.

    ``signed`` says whether its tags are.
    """

    indexes: Mapping[str, str]
    remote: str
    signed: bool = False

    @property
    def outward(self) -> Mapping[str, str]:
        """Every address by the stage that speaks to it."""
        return {**self.indexes, "release": self.remote}
