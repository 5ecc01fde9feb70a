"""The project's test suite: whether there is one, where, and what its environment needs."""

from __future__ import annotations

from collections.abc import Sequence

from unmoor.model import Tool
from unmoor.model.settings import TestSettings
from unmoor.project.detect.requirement_lists import RequirementList
from unmoor.project.detect.requirements import chosen, naming, stated
from unmoor.project.project_files import ProjectFiles, parse_ini
from unmoor.project.toml_file import dig

__all__ = ["test_suite"]

_USUAL = ("tests", "test", "testing", "pytest", "test*", "unittest*", "dev", "dev*", "ci")
_FOLDERS = ("tests", "test", "testing")  # click, urllib3, pluggy


def test_suite(tree: ProjectFiles, lists: Sequence[RequirementList], given: TestSettings) -> Tool | None:
    """Return how the tests are run, or ``None`` where there are none."""
    folder = next((name for name in _FOLDERS if (tree.folder / name).is_dir()), "")
    reason = "tests.command is set" if given.command else _configured(tree)
    if not reason and folder:
        reason = f"the folder {folder}/"
    if not reason:
        return None
    named = naming(lists, "pytest", usual=_USUAL)
    needs = stated(given.groups, given.extras, given.requirements, "[tool.unmoor.tests]") or chosen(named, "pytest")
    return Tool(name="pytest", requirements=needs, reason=reason, source=folder)


def _configured(tree: ProjectFiles) -> str:
    """Return where pytest is configured, in the order in which pytest looks."""
    for name in ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"):
        if tree.has(name):
            return name
    for table in ("tool.pytest", "tool.pytest.ini_options"):
        if isinstance(dig(tree.pyproject, *table.split(".")), dict):
            inner = "tool.pytest.ini_options" if dig(tree.pyproject, "tool", "pytest", "ini_options") else table
            return f"[{inner}] in pyproject.toml"
    if tree.has("tox.ini") and "pytest" in parse_ini(tree.folder / "tox.ini"):
        return "[pytest] in tox.ini"
    return "[tool:pytest] in setup.cfg" if "tool:pytest" in tree.setup_cfg else ""
