"""The JSON schemas of the files that others read: an evidence file and a plan file, derived from the types."""

from __future__ import annotations

from typing import Any

import msgspec

from unmoor.evidence.statements import FORMAT, STATEMENT, schema
from unmoor.model import Plan

__all__ = ["evidence", "plan"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_GIT = {"type": "string", "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$"}


def evidence() -> dict[str, Any]:
    """Return the schema of an evidence file: an in-toto Statement whose predicate has our record in it."""
    made = schema()
    own = {
        "format": {"const": FORMAT},
        "unmoor": {"type": "string", "description": "The version that wrote it."},
        "checksum": _SHA256 | {"description": "Of the statement's canonical JSON without this very field."},
    }
    digest = {
        "type": "object",
        "minProperties": 1,
        "properties": {"sha256": _SHA256, "gitCommit": _GIT, "gitTree": _GIT},
    }
    subject = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "digest": digest},
        "required": ["name", "digest"],
    }
    predicate = {
        "type": "object",
        "properties": {
            "unmoor_record": {
                "allOf": [
                    {"$ref": "#/$defs/Record"},
                    {"type": "object", "properties": own, "required": list(own)},
                ]
            }
        },
        "required": ["unmoor_record"],
    }
    statement = {
        "title": "Statement",
        "description": "An in-toto Statement v1.",
        "type": "object",
        "properties": {
            "_type": {"const": STATEMENT},
            "subject": {"type": "array", "items": subject, "minItems": 1},
            "predicateType": {"type": "string"},
            "predicate": predicate,
        },
        "required": ["_type", "subject", "predicateType", "predicate"],
    }
    defs = {"Statement": statement, **made["$defs"]}
    return {"$schema": _DRAFT, "$id": "urn:unmoor:schema:evidence:v1", "$ref": "#/$defs/Statement", "$defs": defs}


def plan() -> dict[str, Any]:
    """Return the schema of ``plan.json``."""
    made = msgspec.json.schema(Plan)
    return {"$schema": _DRAFT, "$id": "urn:unmoor:schema:plan:v1", **made}
