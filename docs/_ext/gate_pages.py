"""A page a gate: what it asserts and why, from the code; an example of failing and of mending, from a table.

``tests/docs/test_gate_pages.py`` carries each example out, and holds that the gate says what is recorded here.
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import ModuleType

from unmoor.chain import CHAIN, STOPS_A_FINISH
from unmoor.gates import REGISTRY, load
from unmoor.project.settings.contradictions import contradictions

__all__ = ["RECORDINGS", "Entry", "contents", "entries", "page", "parts", "sections"]

_DOCS = Path(__file__).parents[1]
_TABLE = _DOCS / "tables" / "gates.toml"
RECORDINGS = _DOCS / "recordings" / "gates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the table: the example in words, how to mend it, and what else to know.

    ``narrower`` are settings that allow one place and leave the gate in force.
    """

    name: str
    example: str
    mend: str
    also: str = ""
    narrower: tuple[str, ...] = ()

    @property
    def asserts(self) -> str:
        """What is true when the gate passes."""
        return load(self.name).ASSERTS

    @property
    def why(self) -> str:
        """What the gate's module says about it."""
        return inspect.getdoc(load(self.name)) or ""

    @property
    def says(self) -> str:
        """What the gate was recorded to say to the example."""
        return (RECORDINGS / f"{self.name}.txt").read_text(encoding="utf-8").strip()


@cache
def entries() -> Mapping[str, Entry]:
    """Return the entries of the table by the gate's name."""
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["gate"]
    return {row["name"]: Entry(**{**row, "narrower": tuple(row.get("narrower", ()))}) for row in rows}


def parts() -> dict[str, partial[str]]:
    """Return what fills the page of each gate, by the words of its mark."""
    return {f"gate {name}": partial(page, name) for name in REGISTRY}


def contents() -> str:
    """Return the table of contents of the pages, for the navigation."""
    listed = "\n".join(f"gates/{name}" for name in REGISTRY)
    return f"```{{toctree}}\n:hidden:\n\n{listed}\n```"


def sections() -> str:
    """Return a short section a gate, for the list of all: its page has the rest."""
    return "\n\n".join(map(_section, REGISTRY))


def _section(name: str) -> str:
    more = f"[Why, an example, how to mend it](gates/{name}.md)"
    return f"### {name}\n\n*Asserts: {load(name).ASSERTS}.*\n\nBelongs to {_stages(name)}. {more}."


def page(name: str) -> str:
    """Return the page of a gate, from its heading to its source."""
    entry = entries()[name]
    said = [
        f"# {name}",
        f"*Asserts: {entry.asserts}.*",
        f"Belongs to {_stages(name, up='../')}.",
        f"## Why\n\n{entry.why}",
        f"## When it fails\n\n{entry.example} The gate says:",
        f"```text\n{entry.says}\n```",
        f"## How to mend it\n\n{entry.mend}",
        f"## To let it pass, or leave it out\n\n{_ways(entry)}",
        f"## The gate itself\n\n{_source(name)}",
    ]
    return "\n\n".join(said)


def _stages(name: str, up: str = "") -> str:
    where = f"{up}stages-and-gates.md" if up else ""
    return ", ".join(f"[`{stage.name}`]({where}#{stage.name})" for stage in CHAIN if name in stage.gates)


def _ways(entry: Entry) -> str:
    """Return how the gate is let pass or left out, or that it cannot be: the settings themselves are asked."""
    said = []
    if entry.narrower:
        listed = ", ".join(f"[`{key}`](../settings.md#{_anchor(key)})" for key in entry.narrower)
        said.append(f"What is about this very matter, and leaves the gate in force: {listed}.")
    if any(contradictions({"disable": [entry.name]})):
        said.append("It can neither be disabled nor waived: it guards what cannot be undone.")
    else:
        waiver = f'gate = "{entry.name}"\nreason = "why it may fail"\nby = "A. Maintainer"\nuntil = "2027-03-31"'
        said += [
            "A [waiver](../../how-to/own-gates-and-waivers.md) lets a failure pass, for a reason and until a day:",
            f"```toml\n[[tool.unmoor.waivers]]\n{waiver}\n```",
            "Where it does not apply to the project at all:",
            f'```toml\n[tool.unmoor]\ndisable = ["{entry.name}"]\n```',
        ]
    said += [entry.also] if entry.also else []
    if entry.name in STOPS_A_FINISH:
        said.append("It is one of the few that stop a release even after PyPI holds a file of it.")
    return "\n\n".join(said)


def _anchor(key: str) -> str:
    """Return the anchor of the section of the settings' reference that a key stands in."""
    return "toolunmoor" + key.rpartition(".")[0].replace(".", "")


def _source(name: str) -> str:
    """Return the gate's function as an object of Python, which links to its source."""
    module: ModuleType = inspect.getmodule(load(name).check) or load(name)  # type: ignore[assignment]
    said = inspect.getdoc(load(name).check) or ""
    return f"````{{py:function}} check(context)\n:module: {module.__name__}\n\n{said}\n````"
