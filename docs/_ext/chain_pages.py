"""The chain, its gates and the upload rules as Markdown."""

from __future__ import annotations

from unmoor.chain import CHAIN
from unmoor.gates import load
from unmoor.indexes.rules import RULES
from unmoor.model import Stage

__all__ = ["cell", "gates_by_stage", "stages", "stages_in_short", "table", "upload_rules"]


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def cell(text: str) -> str:
    """Return a text fit for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def stages() -> str:
    """Return the table of the stages."""
    rows = [
        [
            f"[`{stage.name}`](#{stage.name})",
            cell(stage.summary),
            ", ".join(f"`{name}`" for name in stage.requires) or "nothing",
            stage.effect.name.lower(),
        ]
        for stage in CHAIN
    ]
    return table(["stage", "does", "requires", "effect"], rows)


def stages_in_short() -> str:
    """Return the table of the stages for the landing page, each with a link to where more is said."""
    rows = [
        [
            f"[`{stage.name}`](reference/stages-and-gates.md#{stage.name})",
            cell(stage.summary),
            stage.effect.name.lower(),
        ]
        for stage in CHAIN
    ]
    return table(["stage", "does", "effect"], rows)


def gates_by_stage() -> str:
    """Return a section a stage: its gates in order, around the step that acts."""
    return "\n\n".join(_stage(each) for each in CHAIN)


def _stage(stage: Stage) -> str:
    acts = [f"**the step: {stage.step}**"] if stage.step else []
    rows = [*map(_asserted, stage.before), *acts, *map(_asserted, stage.after)]
    listed = "\n".join(f"{number}. {row}" for number, row in enumerate(rows, 1))
    return f"### {stage.name}\n\n{stage.summary[0].upper()}{stage.summary[1:]}.\n\n{listed}"


def _asserted(name: str) -> str:
    return f"[`{name}`](#{name}): {load(name).ASSERTS}"


def upload_rules() -> str:
    """Return the table of the upload rules, each with its source."""
    rows = [[f"`{rule.name}`", cell(rule.asserts), cell(rule.source)] for rule in RULES]
    return f"{len(RULES)} rules, in the order in which the index would say so.\n\n" + table(
        ["rule", "asserts", "source"], rows
    )
