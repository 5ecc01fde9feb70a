"""A module that a type checker lacks is answered with the list that would bring it."""

from __future__ import annotations

import pytest

from unmoor.model import Component, Finding, Repository
from unmoor.tools.type_advice import advice

_LISTS = """
[dependency-groups]
docs = ["sphinx", "PyYAML"]
stubs = ["types-toml"]

[project.optional-dependencies]
gcp = ["google-cloud-secret-manager>=2"]
"""


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ('Cannot find implementation or library stub for module named "sphinx.util"  [x]', '["--group docs"]'),
        ('Import "yaml" could not be resolved  [reportMissingImports]', '["--group docs"]'),
        ('Library stubs not installed for "toml"  [import-untyped]', '["--group stubs"]'),
        ('Cannot find … library stub for module named "google.cloud.secretmanager.v1"  [x]', '[".[gcp]"]'),
        ('Cannot find … library stub for module named "nowhere"  [x]', ""),
        ("Incompatible types in assignment", ""),
    ],
)
def test_the_list_that_names_it_is_said_with_the_setting(tmp_path, message, found):
    (tmp_path / "pyproject.toml").write_text(f"[project]\nname = 'thing'\nversion = '1'\n{_LISTS}")
    component = Component(repository=Repository(root=tmp_path), name="thing", folder=tmp_path)
    told = advice(component, (Finding(message=message), Finding(message=message)))
    assert [each.hint for each in told] == ([f"say types-requirements = {found} in [tool.unmoor]"] if found else [])
