"""Settings, evidence and plan as tables, read off the code's own schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain_pages import cell, table

from unmoor.evidence import schemas as files
from unmoor.project.settings.schema import keys

__all__ = ["evidence", "plan", "schemas", "settings"]


def schemas() -> Mapping[str, dict[str, Any]]:
    """Return the JSON schemas by name."""
    return {"evidence": files.evidence(), "plan": files.plan()}


def settings() -> str:
    """Return every key of ``[tool.unmoor]``: first those of the table itself, then a section a sub-table."""
    sections: dict[str, list[list[str]]] = {"": []}
    for key in keys():
        section, _, name = key.name.rpartition(".")
        words = f"{key.type}: {', '.join(f'`{each}`' for each in key.choices)}" if key.choices else key.type
        if len(key.choices) > 10:  # noqa: PLR2004 - a list of that length has a page of its own
            words = f"{key.type}: the name of a [gate](stages-and-gates.md)"
        sections.setdefault(section, []).append([f"`{name}`", words, key.default, cell(key.meaning)])
    parts = []
    for section, rows in sections.items():
        written = f"[[tool.unmoor.{section[:-2]}]]" if section.endswith("[]") else f"[tool.unmoor.{section}]"
        heading = "## `[tool.unmoor]`" if not section else f"## `{written}`"
        parts.append(f"{heading}\n\n" + table(["key", "type", "default", "meaning"], rows))
    return "\n\n".join(parts)


def evidence() -> str:
    """Return the fields of the record in an evidence file, a table a type."""
    return _types(files.evidence(), "Record")


def plan() -> str:
    """Return the fields of a plan file, a table a type."""
    return _types(files.plan(), "Plan")


def _types(schema: Mapping[str, Any], first: str) -> str:
    defs = schema["$defs"]
    names = [first, *(name for name in defs if name not in (first, "Statement"))]
    return "\n\n".join(_type(name, defs[name]) for name in names)


def _type(name: str, schema: Mapping[str, Any]) -> str:
    said = [" ".join(part.split()) for part in schema.get("description", "").split("\n\n")]
    lines = [f"### {name}", "", "\n\n".join(said), ""]
    if "enum" in schema:
        words = (f"`{each}`" if each != "" else "nothing" for each in schema["enum"])
        return "\n".join([*lines, f"One of {', '.join(words)}."])
    required = schema.get("required", ())
    rows = [
        [f"`{field}`", _shape(of), "required" if field in required else ""]
        for field, of in schema.get("properties", {}).items()
    ]
    return "\n".join([*lines, table(["field", "type", ""], rows)])


def _shape(of: Mapping[str, Any]) -> str:
    if "$ref" in of:
        name = of["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if of.get("type") == "array":
        return f"list of {_shape(of['items'])}"
    if of.get("type") == "object" and isinstance(of.get("additionalProperties"), Mapping):
        return f"by name, {_shape(of['additionalProperties'])}"
    return str(of.get("type", "anything"))
