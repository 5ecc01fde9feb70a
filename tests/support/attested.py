"""Evidence as others read it: with the package of in-toto, whose messages refuse what they do not know."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from unmoor.evidence import statements

PREDICATES = {
    "https://slsa.dev/provenance/v1": provenance_pb2.Provenance,
    "https://in-toto.io/attestation/test-result/v0.1": test_result_pb2.TestResult,
    "https://slsa.dev/verification_summary/v1": vsa_pb2.VerificationSummary,
}


def parsed(content: bytes) -> tuple[str, Any]:
    """Read a statement as others do; return its predicate's type and the predicate as its own message."""
    statement = json_format.Parse(content, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    predicate = json.loads(content)["predicate"]
    # A field that a vendor adds with its prefix is allowed to be unknown; nothing else is.
    del predicate["unmoor_record"]
    kind = statement.predicate_type
    if kind == statements.VERDICT:
        # The specification has a list here, the package's message one string.
        (predicate["verifiedLevels"],) = predicate["verifiedLevels"]
    return kind, json_format.ParseDict(predicate, PREDICATES[kind]()) if kind in PREDICATES else predicate
