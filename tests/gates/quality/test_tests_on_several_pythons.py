"""One record a Python: what several machines have proven merges by copying, and is not run again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from support.gating import make_context
from support.repositories import Repository
from support.tool_environments import script
from unmoor.chain import stage
from unmoor.context import Context
from unmoor.evidence.record import GateRecord, Record
from unmoor.model import Outcome, Requirements, Tool
from unmoor.pipeline.gate_runner import run_gate
from unmoor.tools import tool_environment, uv
from unmoor.tools.interpreters import OWN

OTHER = "3.77"
ON_EACH = f"1 test on each of Python {OWN}, {OTHER}"
# A pytest that is quick: it notes that it ran, and goes by what stands in the test file.
PYTEST = """
printf . >> {runs}
for word in "$@"; do case $word in --junitxml=*) record=${{word#--junitxml=}};; esac; done
test -e tests/conftest.py && exit 4
printf 'tiny_thing\\t{package}\\n' > "$UNMOOR_PROBE/1"
printf 'CPython {python} Linux\\npytest==8.0\\n' > "$UNMOOR_PROBE/1.environment"
if grep -q wrong tests/test_it.py; then why='<failure message="wrong"/>'; fi
echo "<testsuites><testcase file='tests/test_it.py' name='test_it' line='1'>$why</testcase></testsuites>" > "$record"
test -z "$why"
"""
Machine = Callable[..., Context]


@pytest.fixture
def project(tiny: Repository) -> Repository:
    tiny.write("tests/test_it.py", "right")
    tiny.commit("Tests")
    return tiny


@pytest.fixture
def runs(tmp_path: Path) -> Callable[[], int]:
    """Return how often the suite has run so far."""
    return lambda: len((tmp_path / "runs").read_text()) if (tmp_path / "runs").exists() else 0


@pytest.fixture
def machine(project: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return the stage's context on a machine that has some of the project's two Pythons, and a state of its own."""
    made = uv.Environment(tmp_path / "tools")
    (made.folder / "lib/python3/site-packages").mkdir(parents=True)
    package = project.folder / "src/tiny_thing/__init__.py"
    script(made.scripts / "pytest", PYTEST.format(runs=tmp_path / "runs", package=package, python=f"{OWN}.0"))
    monkeypatch.setattr(tool_environment, "_furnish", lambda *_: made)

    def context(
        name: str, here: tuple[str, ...] = (OWN, OTHER), *, only: str = "", live: bool = False, asked: bool = False
    ) -> Context:
        path = str(made.python)
        monkeypatch.setattr(uv, "find_python", lambda version, _: path if version in here else None)
        plain = make_context(project, live=live, state=tmp_path / name, key="same")
        needs = Requirements(arguments=("borrowed",), project=True, reason="a test")
        tests = Tool(name="pytest", requirements=needs, reason="a test", source="")
        component = replace(plain.component, tests=tests, pythons=(OWN, OTHER))
        environ = {**plain.environ, **({"UNMOOR_PYTHONS": only} if only else {})}
        inputs = {"tree": plain.plan.tree}
        return replace(plain, component=component, stage=stage("tests"), environ=environ, inputs=inputs, asked=asked)

    return context


def judged(context: Context) -> GateRecord:
    return run_gate("tests-pass", context)[0]


def part(context: Context, python: str) -> Record:
    record = context.store.read("tests", python).record
    assert record is not None
    return record


def merge(tmp_path: Path, *names: str) -> None:
    for name in names:
        shutil.copytree(tmp_path / name / "evidence", tmp_path / "merged" / "evidence", dirs_exist_ok=True)


def test_each_python_leaves_a_record_of_what_it_ran_on(machine: Machine) -> None:
    context = machine("here", (OWN,))
    gate = judged(context)
    record = part(context, OWN)
    assert record.passed
    assert (record.gates[0].examined, record.gates[0].unit) == (1, f"tests on Python {OWN}")
    assert record.facts["python"].startswith(f"CPython {OWN}")
    assert record.facts["distributions"] == "pytest==8.0"
    assert len(record.facts["environment"]) == 64
    assert record.inputs == context.inputs
    assert gate.relied_on == {f"tests.{OWN}": context.store.read("tests", OWN).digest}
    assert gate.tools == {"python": record.facts["python"], "pytest": "8.0"}


def test_two_machines_with_a_python_each_prove_the_stage_together(
    machine: Machine, runs: Callable[[], int], tmp_path: Path
) -> None:
    for name, here in (("one", OWN), ("two", OTHER)):
        gate = judged(machine(name, (here,), only=here, live=True))
        left = OTHER if here == OWN else OWN
        assert (gate.outcome, gate.elsewhere) == (Outcome.PASSED, f"left to other machines: Python {left}")
    assert runs() == 2
    merge(tmp_path, "one", "two")
    gate = judged(machine("merged", (), live=True))
    assert (gate.outcome, gate.elsewhere, gate.counted) == (
        Outcome.PASSED,
        "",
        ON_EACH,
    )
    assert set(gate.relied_on) == {f"tests.{OWN}", f"tests.{OTHER}"}
    assert runs() == 2


def test_an_interpreter_that_appears_is_run_and_one_that_goes_leaves_its_evidence(
    machine: Machine, runs: Callable[[], int]
) -> None:
    assert judged(machine("here", (OWN,), live=True)).outcome is Outcome.FAILED
    gate = judged(machine("here", (OTHER,), live=True))
    assert (gate.outcome, gate.counted) == (Outcome.PASSED, ON_EACH)
    assert runs() == 2


def test_a_failure_on_another_machine_is_not_passed_over(machine: Machine, project: Repository, tmp_path: Path) -> None:
    judged(machine("one", (OWN,)))
    failing = machine("two", (OTHER,))
    good = (project.folder / "tests/test_it.py").read_text()
    project.write("tests/test_it.py", "wrong")
    assert judged(failing).outcome is Outcome.FAILED
    project.write("tests/test_it.py", good)
    merge(tmp_path, "one", "two")
    gate = judged(machine("merged", (OWN,)))
    assert gate.outcome is Outcome.FAILED
    assert f"the tests failed on Python {OTHER} elsewhere: 1 test failed" in str(gate.problems)
    again = judged(machine("merged", (OWN, OTHER)))
    assert again.outcome is Outcome.PASSED
    (attempt,) = part(machine("merged"), OTHER).attempts
    assert (attempt.outcome, attempt.detail) == (Outcome.FAILED, "1 test failed")


def test_a_narrowed_run_leaves_no_record_of_any_python(machine: Machine) -> None:
    context = replace(machine("here", (OWN,)), posargs=("-k", "it"))
    assert judged(context).outcome is Outcome.PASSED
    assert not (context.state / "evidence").exists()


def test_a_python_that_cannot_run_leaves_a_record_too(machine: Machine, project: Repository) -> None:
    project.write("tests/conftest.py", "")
    context = machine("here", (OWN,))
    assert judged(context).outcome is Outcome.ERROR
    assert part(context, OWN).outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("only", "says"),
    [
        ("3.1", "UNMOOR_PYTHONS names 3.1, which the tests are not to run on"),
        (f"{OWN}, {OTHER}", f"not run: no Python {OTHER} on this machine"),
    ],
)
def test_a_machine_that_cannot_do_its_share_does_not_pass(machine: Machine, only: str, says: str) -> None:
    gate = judged(machine("here", (OWN,), only=only))
    assert gate.outcome is Outcome.FAILED
    assert says in str(gate.problems[-1])
