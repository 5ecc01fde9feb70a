"""Gates: one file each, named as an assertion that reads true when it passes.

To add one: write ``gates/<room>/<name with underscores>.py`` with ``ASSERTS`` (one sentence) and
``check(context) -> Findings``, and name it in ``unmoor.chain``. The contract tests run over this registry.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol, cast

from unmoor.chain import CHAIN

if TYPE_CHECKING:
    from unmoor.context import Context
    from unmoor.model import Findings

__all__ = ["REGISTRY", "ROOMS", "Gate", "load"]


class Gate(Protocol):
    """The module of a gate, as a plug-in."""

    @property
    def ASSERTS(self) -> str:  # noqa: N802 - a constant of the module
        """What is true when the gate passes, in one sentence."""

    # Optional: SCOPE, a ``Scope``; a gate about the repository is asked once for all its components.

    def check(self, context: Context) -> Findings:
        """Look, and say what was examined and found."""


ROOMS: tuple[str, ...] = ("source", "quality", "archives", "publication")

# In the order in which a release meets them.
REGISTRY: tuple[str, ...] = tuple(dict.fromkeys(gate for stage in CHAIN for gate in stage.gates))


def load(name: str) -> Gate:
    """Import and return the gate called ``name``, from whichever room it lives in; raises ``KeyError`` without one."""
    for room in ROOMS:
        module = f"unmoor.gates.{room}.{name.replace('-', '_')}"
        if find_spec(module) is not None:
            return cast("Gate", import_module(module))
    raise KeyError(name)
