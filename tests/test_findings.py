from __future__ import annotations

from unmoor.model import Finding, truncated


def test_few_findings_stay_as_they_are():
    findings = tuple(Finding(message=str(number)) for number in range(3))
    assert truncated(findings, 3) == findings


def test_of_many_the_first_are_shown_and_the_rest_is_counted_with_the_advice_of_its_first():
    found = truncated((Finding(message=str(number), hint=f"fix {number}") for number in range(12)), 2)
    assert [str(each) for each in found] == ["0 → fix 0", "1 → fix 1", "and 10 more → fix 2"]
