"""MANIFEST.in: lines that do nothing are named, and those that do are left alone."""

from __future__ import annotations

import pytest

from unmoor.project.detect.manifest import manifest_faults

FILES = ("README.md", "CHANGES.rst", "docs/conf.py", "docs/a/b.rst", "src/pkg/__init__.py", "src/pkg/data.json", "x.c")


@pytest.mark.parametrize(
    "line",
    [
        "include README.md CHANGES.*",
        "include *.md",
        "include docs/conf.py",
        "include docs/**/*.rst",
        "recursive-include docs *.py *.png",
        "recursive-include src *.json",
        "recursive-include src/pkg *",
        "global-include *.json",
        "graft docs",
        "graft docs/a/",
        "prune gone",
        "exclude gone.txt",
        "global-exclude *.py[cod] __pycache__",
        "recursive-exclude * *.so",
        "# include gone.txt",
        "",
        "include README.md \\\n    CHANGES.rst",
        "include [A-Z]*.md",
        "include [!a]*.rst",
    ],
)
def test_a_line_that_does_something(line):
    assert list(manifest_faults(line, FILES)) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("include README.rst", "'README.rst' matches no file"),
        ("include README.md NEWS", "'NEWS' matches no file"),
        ("include *.json", "'*.json' matches no file"),
        ("recursive-include doc *", "'doc *' matches no file"),
        ("recursive-include docs *.png *.jpg", "'docs *.png *.jpg' matches no file"),
        ("recursive-include docs", "'recursive-include' lacks what it is about"),
        ("graft tests", "'tests' matches no file"),
        ("global-include *.h", "'*.h' matches no file"),
        ("includes README.md", "'includes' is no command of MANIFEST.in, so the line is passed over"),
    ],
)
def test_a_line_that_does_nothing(line, expected):
    assert list(manifest_faults(f"include README.md\n\n{line}\n", FILES)) == [(3, expected)]
