"""What users hold in their hands: it changes only on purpose, with a message that names the new word.

When this test fails, a user's noxfile, tasks, settings, scripts or kept evidence would break. Keep the old word
working with a clear error that names the new one, say it in a change note, and only then change the list here.
"""

from __future__ import annotations

import inspect
import json

import unmoor.sessions
from support.records import record
from unmoor import chain, errors, tasks
from unmoor.evidence import statements
from unmoor.model import Mode, Outcome, Resolution
from unmoor.project.settings.schema import keys

SESSIONS = ("check", "lint", "tests", "docs-strict", "build", "testpypi", "pypi", "release")
TASKS = {
    "rehearse": ("--jobs", "--quiet", "--stage", "--stop-at-first", "--verbose"),
    "note": ("--issue", "--kind", "--text"),
    "notes": ("--since",),
    "changelog": ("--draft", "--version"),
    "bump": ("--commit", "--dry-run", "--part", "--to"),
    "plan": ("--json",),
    "status": ("--json", "--live"),
    "report": ("--format", "--live", "--out"),
    "settings": ("--json",),
}
EXIT_CODES = {"PASS": 0, "CRASH": 1, "GATE_FAILED": 2, "UNCONFIGURED": 3, "INCOMPLETE": 4}
STATEMENT = ("_type", "predicate", "predicateType", "subject")
RECORD = {
    *("actor", "attempts", "checksum", "code", "component", "detail", "facts", "files", "finished", "format", "gates"),
    *("how", "inputs", "mode", "outcome", "part", "relied_on", "seconds", "stage", "started", "subjects", "unmoor"),
    "version",
}
SETTINGS = {
    *("tag", "branches", "remote", "imports", "notes", "changelog", "version-files", "gates", "disable"),
    *("version-files[].path", "version-files[].search", "critical-paths", "required-files", "lint", "types"),
    *(
        "installer",
        "lock",
        "types-requirements",
        "approval",
        "zero-major",
        "bump-commit",
        "prerelease-notes",
        "bumpversion",
        "archive-allow",
        "executables",
    ),
    *("remote-lock", "sign-tags", "pass-env"),
    *("secrets", "secrets[].path", "secrets[].reason"),
    *("tests.command", "tests.pythons", "tests.groups", "tests.extras", "tests.requirements", "tests.coverage"),
    *("tests.against", "tests.parallel", "tests.seconds"),
    *("docs.engine", "docs.source", "docs.strict", "docs.groups", "docs.extras", "docs.requirements", "docs.seconds"),
    *("install.imports", "install.extras", "install.seconds", "install.import-seconds"),
    "evidence.days",
    *("sizes.wheel-notice", "sizes.sdist-notice", "sizes.wheel-limit", "sizes.sdist-limit", "sizes.growth"),
    *("indexes.testpypi.upload-url", "indexes.testpypi.simple-url", "indexes.testpypi.visible-seconds"),
    *("indexes.pypi.upload-url", "indexes.pypi.simple-url", "indexes.pypi.visible-seconds"),
    *("commands", "commands[].name", "commands[].run", "commands[].stage", "commands[].asserts", "commands[].seconds"),
    *("waivers", "waivers[].gate", "waivers[].reason", "waivers[].by", "waivers[].until"),
}
WORDS = {"ran", "cached", "already there", "passed", "failed", "error", "waived", "skipped", "rehearsal", "live"}


def test_sessions_have_their_names_and_order() -> None:
    assert tuple(stage.name for stage in chain.CHAIN) == SESSIONS


def test_tasks_have_their_names_and_options() -> None:
    found = {}
    for name in tasks.namespace.task_names:
        arguments = tasks.namespace[name].get_arguments()
        found[str(name)] = tuple(sorted(f"--{each.name}".replace("_", "-") for each in arguments))
    assert found == TASKS


def test_the_public_functions_take_what_they_took() -> None:
    assert str(inspect.signature(unmoor.sessions.register)) == (
        "(root: 'str | Path | None' = None, *, leave_out: 'Collection[str]' = (), "
        "names: 'Mapping[str, str] | None' = None) -> 'None'"
    )
    assert list(inspect.signature(unmoor.sessions.gate).parameters) == ["stage"]
    assert unmoor.sessions.__all__ == ["gate", "register"]
    assert tasks.__all__ == ["namespace"]


def test_settings_have_their_keys() -> None:
    assert {key.name for key in keys()} == SETTINGS


def test_exit_codes_mean_what_they_meant() -> None:
    assert {code.name: int(code) for code in errors.Exit} == EXIT_CODES


def test_evidence_has_its_format() -> None:
    statement = json.loads(statements.encode(record()))
    assert tuple(sorted(statement)) == STATEMENT
    assert set(statement["predicate"]["unmoor_record"]) >= RECORD
    assert statement["predicate"]["unmoor_record"]["format"] == "1"
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert {str(word) for kind in (Resolution, Outcome, Mode) for word in kind} == WORDS
