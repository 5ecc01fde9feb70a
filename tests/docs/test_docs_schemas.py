"""The JSON schemas that are handed out describe the files that are written, and refuse what is damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import msgspec
import pytest

from support.records import plan, record
from unmoor.chain import CHAIN
from unmoor.evidence import schemas
from unmoor.evidence.record import Attempt, GateRecord
from unmoor.evidence.statements import encode
from unmoor.model import Bump, Change, Edit, Finding, Outcome

GATE = GateRecord(
    name="tag-is-free",
    asserts="the tag is free",
    outcome=Outcome.FAILED,
    examined=3,
    unit="tags",
    problems=(Finding(message="it is taken", place="origin", hint="take another"),),
    tools={"git": "2.39"},
)
ATTEMPT = Attempt(started="2020-01-01T12:00:00Z", actor="Somebody", outcome=Outcome.ERROR, detail="interrupted")


def _evidence(stage: str) -> Any:
    return json.loads(encode(record(stage, gates=(GATE,), attempts=(ATTEMPT,), relied_on={"check": "f" * 64})))


def _plan() -> Any:
    change = Change(
        component="thing", bump=Bump.MINOR, category="feature", summary="More", issues=("12",), origin="a:1"
    )
    edit = Edit(path="pyproject.toml", what="version 0.9 → 1.0")
    made = plan()
    return json.loads(
        msgspec.json.encode(replace(made, releases=(replace(made.releases[0], changes=(change,), edits=(edit,)),)))
    )


@pytest.mark.parametrize("make", [schemas.evidence, schemas.plan])
def test_a_schema_is_one(make: Callable[[], dict[str, Any]]):
    written = json.loads(json.dumps(make()))
    assert written["$id"].startswith("urn:unmoor:schema:")
    jsonschema.Draft202012Validator.check_schema(written)


@pytest.mark.parametrize("stage", [*(stage.name for stage in CHAIN), "verdict"])
def test_evidence_of_every_stage_fits(stage):
    jsonschema.validate(_evidence(stage), schemas.evidence())


def test_a_plan_fits():
    jsonschema.validate(_plan(), schemas.plan())


@pytest.mark.parametrize(
    "path",
    [
        ("_type",),
        ("subject",),
        ("subject", 0, "digest"),
        ("predicate", "unmoor_record"),
        ("predicate", "unmoor_record", "format"),
        ("predicate", "unmoor_record", "outcome"),
        ("predicate", "unmoor_record", "gates", 0, "asserts"),
        ("predicate", "unmoor_record", "files", 0, "sha256"),
    ],
)
def test_evidence_that_lacks_something_does_not_fit(path):
    made = _evidence("build")
    *way, last = path
    inner = made
    for step in way:
        inner = inner[step]
    del inner[last]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, schemas.evidence())


@pytest.mark.parametrize("wrong", ["passd", "", 1, None])
def test_evidence_with_a_wrong_word_does_not_fit(wrong):
    made = _evidence("check")
    made["predicate"]["unmoor_record"]["outcome"] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, schemas.evidence())


def test_a_plan_of_nothing_does_not_fit():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({}, schemas.plan())
