"""The reference of the Python face names everything that may be imported, and nothing that is not there."""

from __future__ import annotations

import inspect
import re

import pytest

import unmoor.errors
import unmoor.sessions
import unmoor.tasks
from support.pages import pages

PAGE = next(page for page in pages() if page.name == "docs/reference/python.md")
SHOWN = set(re.findall(r"^`{4}\{py:\w+\} (\w+).*\n:module: (.+)$", PAGE.text, re.MULTILINE))


@pytest.mark.parametrize("module", [unmoor.sessions, unmoor.tasks, unmoor.errors], ids=lambda module: module.__name__)
def test_every_public_name_is_shown(module):
    assert {name for name, where in SHOWN if where == module.__name__} == {*module.__all__}


def test_signatures_and_exit_codes_are_the_codes():
    for function in (unmoor.sessions.register, unmoor.sessions.gate):
        for each in inspect.signature(function).parameters.values():
            assert re.search(rf"\{{py:function\}} {function.__name__}\(.*\b{each.name}\b", PAGE.text)
            assert f"- `{each.name}`: `{each.annotation}`" in PAGE.text
    assert re.search(r"\{py:exception\} Incomplete\n(.*\n)+?.*Exit code 4\.", PAGE.text)
