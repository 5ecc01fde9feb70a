"""There is a credential for the index, before anything is sent to it."""

from __future__ import annotations

from unmoor.context import Context
from unmoor.model import Finding, Findings

ASSERTS = "a credential for the index is at hand"


def check(context: Context) -> Findings:
    """Look whether a credential was found for the index; it is named by its source, never by its value."""
    index = context.index
    if index is None:
        return Findings()
    if index.credential is None:
        name = f"UNMOOR_{index.name.upper()}_TOKEN"
        problem = Finding(
            message=f"there is no credential for {index.name}",
            hint=f"set {name} to an API token of that index, or add the section [{index.name}] to ~/.pypirc",
        )
        return Findings(examined=1, unit="credential", problems=(problem,))
    said = Finding(message=f"user {index.credential.username!r}, from {index.credential.source}")
    return Findings(examined=1, unit="credential", notices=(said,) if context.live else ())
