"""Settings, evidence and plan as tables, read off the code's own schemas; the settings with an example of each key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chain_pages import cell, table

from unmoor.evidence import schemas as files
from unmoor.project.settings.schema import Key, keys

__all__ = ["evidence", "plan", "schemas", "setting_examples", "settings"]

_EXAMPLES = Path(__file__).parents[1] / "tables" / "settings.toml"
# The schema's words for a type, in TOML's; and what it says of a default that is no value.
_TOML = {
    "text": "string",
    "true or false": "boolean",
    "whole number": "integer",
    "number": "number",
    "list of texts": "array of strings",
    "list of tables": "array of tables",
}
_NO_VALUE = {"detected": "what is detected", "empty": "none"}


def schemas() -> Mapping[str, dict[str, Any]]:
    """Return the JSON schemas by name."""
    return {"evidence": files.evidence(), "plan": files.plan()}


def settings() -> str:
    """Return every key of ``[tool.unmoor]``: first those of the table itself, then a section a sub-table."""
    sections: dict[str, list[Key]] = {"": []}
    for key in keys():
        sections.setdefault(key.name.rpartition(".")[0], []).append(key)
    examples = setting_examples()
    return "\n\n".join(_section(_written(name), listed, examples) for name, listed in sections.items())


def setting_examples() -> Mapping[str, str]:
    """Return the example of each table of settings, by its header as it is written."""
    text = _EXAMPLES.read_text(encoding="utf-8")
    found = re.findall(r"^(\[+tool\.unmoor[^]]*\]+)\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    return {header: f"{header}\n{body.strip()}" for header, body in found}


def _written(section: str) -> str:
    """Return the header of a section as it stands in the file: doubled for a table that may be there several times."""
    if section.endswith("[]"):
        return f"[[tool.unmoor.{section[:-2]}]]"
    return f"[tool.unmoor.{section}]" if section else "[tool.unmoor]"


def _section(header: str, listed: Sequence[Key], examples: Mapping[str, str]) -> str:
    rows = [_setting(key) for key in listed]
    shown = f"```toml\n{examples[header]}\n```" if header in examples else ""
    return f"## `{header}`\n\n" + table(["key", "type", "meaning"], rows) + f"\n\nFor example:\n\n{shown}"


def _setting(key: Key) -> list[str]:
    """Return the row of a key: its type in TOML's words; a default that is found out, in the words of its meaning."""
    words = _TOML[key.type]
    if len(key.choices) > 10:  # noqa: PLR2004 - a list of that length has a page of its own
        words += ": names of [gates](stages-and-gates.md)"
    elif key.choices:
        words += f": {', '.join(f'`{each}`' for each in key.choices)}"
    meaning, _, found = key.meaning.partition("; by default ")
    default = found.rstrip(".") or _NO_VALUE.get(key.default, f"`{key.default}`")
    said = (
        f"{meaning.rstrip('.')}. *Required.*"
        if key.default == "required"
        else f"{meaning.rstrip('.')}. Default: {default}."
    )
    return [f"`{key.name.rpartition('.')[2]}`", words, cell(said)]


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
