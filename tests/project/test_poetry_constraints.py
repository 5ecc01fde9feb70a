"""Poetry's constraints mean the same in PEP 508; the examples are those of Poetry's own documentation."""

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from unmoor.project.detect.poetry_constraints import arguments_for, to_specifier

TABLE = [
    ("^1.2.3", ">=1.2.3,<2.0.0"),
    ("^1.2", ">=1.2,<2.0"),
    ("^1", ">=1,<2"),
    ("^0.2.3", ">=0.2.3,<0.3.0"),
    ("^0.0.3", ">=0.0.3,<0.0.4"),
    ("^0.0", ">=0.0,<0.1"),
    ("^0", ">=0,<1"),
    ("^1.0b1", ">=1.0b1,<2.0"),
    ("^1!2.0", ">=1!2.0,<1!3.0"),
    ("~1.2.3", ">=1.2.3,<1.3"),
    ("~1.2", ">=1.2,<1.3"),
    ("~1", ">=1,<2"),
    ("*", ""),
    ("", ""),
    ("1.*", "==1.*"),
    ("1.2.3", "==1.2.3"),
    ("=1.2.3", "==1.2.3"),
    ("==1.2.3", "==1.2.3"),
    (">= 1.2, < 1.5", ">=1.2,<1.5"),
    (">=1.2 <1.5", ">=1.2,<1.5"),
    ("!=1.4", "!=1.4"),
    ("~=1.4", "~=1.4"),
    ("^1.0 || ^3.0", ">=1.0,<4.0"),
    ("1.0 || >=2", ">=1.0"),
    ("* || ^2", ""),
]


@pytest.mark.parametrize(("constraint", "specifier"), TABLE)
def test_a_constraint_is_translated(constraint: str, specifier: str) -> None:
    assert to_specifier(constraint) == specifier
    assert SpecifierSet(specifier) is not None


ENTRIES = [
    ("x", "^1.2", ["x>=1.2,<2.0"]),
    ("x", "*", ["x"]),
    ("x", {"version": "^1", "extras": ["a", "b"]}, ["x[a,b]>=1,<2"]),
    ("x", {"version": "1.0", "optional": True}, ["x==1.0"]),
    (
        "x",
        {"version": "*", "markers": "os_name == 'nt' or os_name == 'x'"},
        ["x ; (os_name == 'nt' or os_name == 'x')"],
    ),
    ("x", {"version": ">=1", "python": "^3.9"}, ['x>=1 ; python_version >= "3.9" and python_version < "4.0"']),
    ("x", {"version": ">=1", "python": ">=3.9.1"}, ['x>=1 ; python_full_version >= "3.9.1"']),
    ("x", {"version": ">=1", "platform": "linux"}, ['x>=1 ; sys_platform == "linux"']),
    (
        "x",
        [{"version": "<2", "python": "<3.12"}, {"version": ">=2", "python": ">=3.12"}],
        ['x<2 ; python_version < "3.12"', 'x>=2 ; python_version >= "3.12"'],
    ),
    ("x", {"git": "https://example.invalid/x.git", "rev": "abc"}, ["x @ git+https://example.invalid/x.git@abc"]),
    (
        "x",
        {"git": "https://example.invalid/x.git", "subdirectory": "py", "extras": ["a"]},
        ["x[a] @ git+https://example.invalid/x.git#subdirectory=py"],
    ),
    ("x", {"url": "https://example.invalid/x.whl"}, ["x @ https://example.invalid/x.whl"]),
]


@pytest.mark.parametrize(("name", "spec", "arguments"), ENTRIES)
def test_an_entry_becomes_requirements(name: str, spec: object, arguments: list[str]) -> None:
    assert list(arguments_for(name, spec)) == arguments
    assert all(Requirement(each).name == name for each in arguments)


@pytest.mark.parametrize(
    ("spec", "arguments"),
    [
        ({"path": "../x", "develop": True}, ["-e", "../x"]),
        ({"path": "packages/x"}, ["./packages/x"]),
        (7, []),
    ],
)
def test_an_entry_that_is_a_folder_or_nothing(spec: object, arguments: list[str]) -> None:
    assert list(arguments_for("x", spec)) == arguments
