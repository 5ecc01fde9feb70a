from __future__ import annotations

from unmoor.model import Finding, Findings
from unmoor.tools.joint_findings import together


def test_several_tools_read_as_one_line():
    problem = Finding(message="bad")
    both = together(
        [
            Findings(examined=17, unit="files mypy", tools={"mypy": "1"}),
            Findings(examined=5, unit="files pyright", problems=(problem,), tools={"pyright": "2"}),
        ]
    )
    assert f"{both.examined} {both.unit}" == "17 files mypy, 5 pyright"
    assert both.problems == (problem,)
    assert both.tools == {"mypy": "1", "pyright": "2"}


def test_one_tool_that_examined_nothing_is_not_covered_by_the_others():
    both = together([Findings(examined=17, unit="files mypy"), Findings(examined=0, unit="files pyright")])
    assert (both.examined, both.unit) == (0, "files pyright")
