"""Records as in-toto Statements (v1), readable by anyone's tools.

Gates become the *Test Result* predicate (v0.1), the build *SLSA Provenance* (v1), the verdict an SLSA
*Verification Summary* (v1); publications and the tag have a predicate of our own. SLSA asks vendors to prefix
fields they add; ours is ``unmoor_record`` and holds the record whole, so that reading one back loses nothing, with
a checksum over the statement as it was before the checksum came in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from unmoor import __version__
from unmoor.chain import CHAIN
from unmoor.evidence.binding import digest_of
from unmoor.evidence.record import Record
from unmoor.model import Effect, Outcome

__all__ = ["FORMAT", "PUBLICATION", "STATEMENT", "TEST_RESULT", "VERDICT", "Damaged", "decode", "encode", "schema"]

STATEMENT = "https://in-toto.io/Statement/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
PROVENANCE = "https://slsa.dev/provenance/v1"
VERDICT = "https://slsa.dev/verification_summary/v1"
PUBLICATION = "urn:unmoor:publication:v1"
FORMAT = "1"
_STAGES = {each.name: each for each in CHAIN}
_BUILDER = "urn:unmoor:builder:local:v1"
_VERIFIER = "urn:unmoor:verifier:v1"


class Damaged(ValueError):
    """A file that should hold a record does not."""


def encode(record: Record) -> bytes:
    """Return the record as an in-toto Statement, as indented JSON ending in a newline."""
    kind, predicate = _predicate(record)
    predicate["unmoor_record"] = {"format": FORMAT, "unmoor": __version__, **msgspec.to_builtins(record)}
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": dict(digest)} for name, digest in record.subjects.items()],
        "predicateType": kind,
        "predicate": predicate,
    }
    predicate["unmoor_record"]["checksum"] = digest_of(statement)
    return msgspec.json.format(msgspec.json.encode(statement), indent=1) + b"\n"


def decode(content: bytes) -> Record:
    """Read a record back from its Statement; raise ``Damaged`` where that is not possible.

    The checksum inside shows damage of any kind; it does not keep anybody from writing another file.
    """
    try:
        statement = msgspec.json.decode(content)
        record = statement["predicate"]["unmoor_record"]
        if record.get("format") != FORMAT:
            raise Damaged(f"its format is {record.get('format')!r}, this unmoor reads {FORMAT!r}")
        if record.pop("checksum") != digest_of(statement):
            raise Damaged("its checksum is another one")
        own = {key: value for key, value in record.items() if key not in ("format", "unmoor")}
        return msgspec.convert(own, Record)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(str(error)) from error


def schema() -> dict[str, Any]:
    """Return the JSON schema of ``unmoor_record``, derived from the types."""
    return msgspec.json.schema(Record)


def _predicate(record: Record) -> tuple[str, dict[str, Any]]:
    if record.stage == "verdict":
        return VERDICT, _verdict(record)
    stage = _STAGES.get(record.stage)
    if stage is None or stage.effect is Effect.NONE:
        return TEST_RESULT, _test_result(record)
    if stage.effect is Effect.LOCAL:
        return PROVENANCE, _provenance(record)
    return PUBLICATION, _publication(record)


def _publication(record: Record) -> dict[str, Any]:
    return {
        "target": record.facts.get("target", ""),
        "how": str(record.how),
        "result": _result(record),
        "files": [{"name": each.filename, "digest": {"sha256": each.sha256}} for each in record.files],
    }


def _result(record: Record) -> str:
    if not record.passed:
        return "FAILED"
    return "WARNED" if record.notices else "PASSED"


def _test_result(record: Record) -> dict[str, Any]:
    names: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for gate in record.gates:
        if not gate.holds:
            names["failedTests"].append(gate.name)
        elif gate.outcome is Outcome.PASSED and not gate.notices:
            names["passedTests"].append(gate.name)
        else:
            names["warnedTests"].append(gate.name)
    settings = record.inputs.get("settings", "")
    environment = record.facts.get("environment", "")
    configuration = [
        {"name": name, "digest": {"sha256": digest}}
        for name, digest in (("settings", settings), ("environment", environment))
        if digest
    ]
    return {"result": _result(record), "configuration": configuration, **names}


def _provenance(record: Record) -> dict[str, Any]:
    commit = {"gitCommit": record.facts.get("commit", ""), "gitTree": record.facts.get("tree", "")}
    tools = {name: version for gate in record.gates for name, version in gate.tools.items()}
    return {
        "buildDefinition": {
            "buildType": "urn:unmoor:build:v1",
            "externalParameters": {"component": record.component, "version": record.version},
            "internalParameters": {"mode": str(record.mode), "sourceDateEpoch": record.inputs.get("epoch", "")},
            "resolvedDependencies": [
                {"name": "source", "digest": {k: v for k, v in commit.items() if v}},
                *({"uri": f"pkg:pypi/{name}@{version}"} for name, version in _versions(record, "dependencies")),
            ],
        },
        "runDetails": {
            "builder": {
                "id": _BUILDER,
                "version": {"unmoor": __version__, **tools, **dict(_versions(record, "builder"))},
            },
            "metadata": {k: v for k, v in (("startedOn", record.started), ("finishedOn", record.finished)) if v},
        },
    }


def _versions(record: Record, fact: str) -> Iterator[tuple[str, str]]:
    """Yield the names and versions that a fact lists as ``name==version``; names as package URLs have them."""
    for each in record.facts.get(fact, "").split():
        name, _, version = each.partition("==")
        yield re.sub(r"[-_.]+", "-", name).lower(), quote(version, safe="")


def _verdict(record: Record) -> dict[str, Any]:
    return {
        "verifier": {"id": _VERIFIER},
        "timeVerified": record.finished or record.started,
        "resourceUri": f"pkg:pypi/{record.component}@{record.version}",
        "policy": {"uri": "urn:unmoor:chain:v1", "digest": _digest(record.inputs.get("settings", ""))},
        "inputAttestations": [
            {"uri": f"evidence/{name}.json", "digest": {"sha256": digest}} for name, digest in record.relied_on.items()
        ],
        "verificationResult": "PASSED" if record.passed else "FAILED",
        "verifiedLevels": ["SLSA_BUILD_LEVEL_0" if record.passed else "FAILED"],
        "slsaVersion": "1.0",
    }


def _digest(value: str) -> Mapping[str, str]:
    return {"sha256": value} if value else {}
