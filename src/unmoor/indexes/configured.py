"""Where a project's indexes are: as its settings say, else the well-known ones, and never half of each.

Else files would be looked up where they do not go, and private dependencies where anybody may register them.
"""

from __future__ import annotations

from unmoor.errors import Blocked
from unmoor.indexes import known
from unmoor.model import Component
from unmoor.model.settings import IndexSettings

__all__ = ["main_url", "simple_url", "upload_url", "visible_seconds"]


def upload_url(component: Component, name: str) -> str:
    """Return the URL that takes the project's uploads to the index of that name."""
    return _settings(component, name).upload_url or known.upload_url(name)


def simple_url(component: Component, name: str) -> str:
    """Return the simple API that serves what is uploaded; raise ``Blocked`` where only the upload's address is set."""
    return _stated(component, name) or known.simple_url(name)


def main_url(component: Component) -> str:
    """Return the simple API that dependencies come from, empty for the installer's own default.

    Raises ``Blocked`` where the project has a main index of its own and nothing says what serves it.
    """
    return _stated(component, "pypi")


def visible_seconds(component: Component, name: str) -> float:
    """Return how long to wait until the index of that name shows what was uploaded to it."""
    return _settings(component, name).visible_seconds


def _stated(component: Component, name: str) -> str:
    """Return the simple URL of the settings, empty where the index is the well-known one."""
    chosen = _settings(component, name)
    if chosen.simple_url or not chosen.upload_url or known.same(chosen.upload_url, known.upload_url(name)):
        return chosen.simple_url
    raise Blocked(
        f"the simple API of the index {name!r} is not known: files go to an address of your own",
        place=f"[tool.unmoor.indexes.{name}]",
        hint=f"set simple-url in [tool.unmoor.indexes.{name}] to the address that serves what is uploaded there",
    )


def _settings(component: Component, name: str) -> IndexSettings:
    return component.settings.indexes.get(name) or IndexSettings()
