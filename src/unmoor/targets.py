"""Whom outward stages speak to: the configured indexes and remote, or the rehearsal's."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Credential", "Index", "Targets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """User name and secret for one index, and where they come from. The secret never shows in a representation."""

    username: str
    secret: str
    source: str

    def __repr__(self) -> str:
        return f"Credential(username={self.username!r}, source={self.source!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A package index: ``upload_url`` takes files, ``simple_url`` serves them (PEP 503 and 691).

    ``main_url`` is the simple API that dependencies come from when something is installed from this index.
    ``permanent`` says that what is uploaded stays for ever.
    """

    name: str
    upload_url: str
    simple_url: str
    main_url: str
    credential: Credential | None = None
    permanent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The indexes by stage name, the remote to push to (a name or a path git understands), and what they are called."""

    label: str
    testpypi: Index
    pypi: Index
    remote: str

    def index(self, stage: str) -> Index:
        """Return the index that the stage publishes to."""
        return {"testpypi": self.testpypi, "pypi": self.pypi}[stage]
