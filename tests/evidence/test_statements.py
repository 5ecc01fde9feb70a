"""Records survive being written as attestations, and the attestations are what in-toto's own package takes."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.attested import parsed
from support.records import STAGES, record, records
from unmoor.evidence import statements
from unmoor.evidence.record import GateRecord
from unmoor.model import Finding, Outcome

SLOW = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)


@SLOW
@given(records())
def test_a_record_comes_back_as_it_was(made: Any) -> None:
    assert statements.decode(statements.encode(made)) == made


@pytest.mark.parametrize("stage", STAGES)
def test_every_kind_of_stage_parses_with_in_toto(stage: str) -> None:
    @SLOW
    @given(records(st.just(stage)))
    def parses(made: Any) -> None:
        kind, _ = parsed(statements.encode(made))
        assert kind == {
            "build": statements.PROVENANCE,
            "testpypi": statements.PUBLICATION,
            "pypi": statements.PUBLICATION,
            "release": statements.PUBLICATION,
            "verdict": statements.VERDICT,
        }.get(stage, statements.TEST_RESULT)

    parses()


def test_gates_are_named_where_they_belong() -> None:
    notice = (Finding(message="look"),)
    gates = [
        GateRecord(name="good", asserts="", outcome=Outcome.PASSED),
        GateRecord(name="remarked", asserts="", outcome=Outcome.PASSED, notices=notice),
        GateRecord(name="waived", asserts="", outcome=Outcome.WAIVED),
        GateRecord(name="skipped", asserts="", outcome=Outcome.SKIPPED),
        GateRecord(name="bad", asserts="", outcome=Outcome.FAILED),
        GateRecord(name="broken", asserts="", outcome=Outcome.ERROR),
    ]
    _, result = parsed(statements.encode(record(gates=tuple(gates))))
    assert list(result.passed_tests) == ["good"]
    assert list(result.warned_tests) == ["remarked", "waived", "skipped"]
    assert list(result.failed_tests) == ["bad", "broken"]
    assert result.result == "WARNED"
    assert result.configuration[0].digest["sha256"] == "e" * 64


def test_the_environment_that_tests_ran_in_is_named_by_its_digest() -> None:
    _, result = parsed(statements.encode(record("tests", part="3.12", facts={"environment": "f" * 64})))
    assert {each.name: each.digest["sha256"] for each in result.configuration} == {
        "settings": "e" * 64,
        "environment": "f" * 64,
    }


@pytest.mark.parametrize("changes", [{"outcome": Outcome.FAILED}, {"outcome": Outcome.ERROR}, {"finished": ""}])
@pytest.mark.parametrize("stage", ["check", "pypi", "verdict"])
def test_what_did_not_pass_says_so_to_others(stage: str, changes: dict[str, Any]) -> None:
    content = json.loads(statements.encode(record(stage, **changes)))["predicate"]
    assert content.get("result", content.get("verificationResult")) == "FAILED"


def test_provenance_names_source_builder_and_times() -> None:
    tools = GateRecord(name="x", asserts="", outcome=Outcome.PASSED, tools={"build": "1.6"})
    facts = {
        **record().facts,
        "dependencies": "hatchling==1.27.0 Trove_Classifiers==2026.1+x",
        "builder": "python==3.12.1 uv==0.9",
    }
    _, provenance = parsed(statements.encode(record("build", gates=(tools,), facts=facts)))
    source, *used = provenance.build_definition.resolved_dependencies
    assert [each.uri for each in used] == ["pkg:pypi/hatchling@1.27.0", "pkg:pypi/trove-classifiers@2026.1%2Bx"]
    assert provenance.run_details.builder.version["python"] == "3.12.1"
    assert dict(source.digest) == {"gitCommit": "c" * 40, "gitTree": "d" * 40}
    assert provenance.run_details.builder.version["build"] == "1.6"
    assert provenance.run_details.metadata.finished_on.ToJsonString() == "2020-01-01T12:00:00Z"


def test_the_verdict_lists_what_it_is_about() -> None:
    made = record("verdict", relied_on={"build": "1" * 64, "pypi": "2" * 64})
    _, summary = parsed(statements.encode(made))
    assert summary.resource_uri == "pkg:pypi/thing@1.0"
    assert {each.uri: each.digest["sha256"] for each in summary.input_attestations} == {
        "evidence/build.json": "1" * 64,
        "evidence/pypi.json": "2" * 64,
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b'{"predicate": null}',
        b'{"predicate": {"unmoor_record": []}}',
        b'{"predicate": {"unmoor_record": {"format": "1"}}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_anything_else_is_damage(content: bytes) -> None:
    with pytest.raises(statements.Damaged):
        statements.decode(content)


def test_another_format_is_named() -> None:
    content = statements.encode(record()).replace(b'"format": "1"', b'"format": "9"')
    with pytest.raises(statements.Damaged, match="its format is '9', this unmoor reads '1'"):
        statements.decode(content)


def test_the_schema_describes_the_record() -> None:
    schema = statements.schema()
    assert schema["$ref"] == "#/$defs/Record"
    assert {"stage", "outcome", "inputs", "gates"} <= set(schema["$defs"]["Record"]["properties"])
    assert msgspec.json.encode(schema)
