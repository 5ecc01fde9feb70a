"""Files chosen as pre-commit chooses them."""

from __future__ import annotations

import subprocess

import pytest

from support.tool_environments import empty_environment
from unmoor.model import FileSelection, ToolRun
from unmoor.tools import file_selection
from unmoor.tools.file_selection import argument_lists, selected

_FILES = {
    "a.py": "",
    "b.pyi": "",
    "c.ipynb": "{}",
    "docs/conf.py": "",
    "docs/page.md": "",
    "script": "#!/usr/bin/env python3\n",
    "ignored.py": "",
    ".gitignore": "ignored.py\n",
    "pyproject.toml": "",
    "with space.py": "",
}


@pytest.fixture
def tools(tmp_path, environ):
    made = empty_environment(tmp_path / "room", environ)
    for name, text in _FILES.items():
        path = made.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    made.folder.joinpath("script").chmod(0o755)
    made.folder.joinpath("link.py").symlink_to("a.py")
    subprocess.run(["git", "init", "--quiet", made.folder], check=True)
    subprocess.run(["git", "add", "."], cwd=made.folder, check=True)
    made.folder.joinpath("new.py").write_text("")
    made.folder.joinpath("b.pyi").unlink()
    return made


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (
            FileSelection(types=("file",), types_or=("python", "pyi", "jupyter")),
            {"a.py", "c.ipynb", "docs/conf.py", "script", "with space.py", "new.py"},
        ),
        (FileSelection(types=("python",), files=("^docs/",)), {"docs/conf.py"}),
        (FileSelection(types=("python",), exclude=("^docs/", "script")), {"a.py", "with space.py", "new.py"}),
        (FileSelection(types=("file",), files=(r"\.", "a"), types_or=("toml", "markdown")), {"docs/page.md"}),
        (
            FileSelection(types=("text",), exclude_types=("python", "json")),
            {".gitignore", "docs/page.md", "pyproject.toml"},
        ),
    ],
)
def test_files_are_chosen_by_pattern_and_type(tools, selection, names):
    assert set(selected(tools, selection)) == names


def test_a_long_list_is_shared_out_unless_it_is_judged_as_a_whole(tools, monkeypatch):
    monkeypatch.setattr(file_selection, "_LONGEST", 15)
    run = ToolRun(arguments=("-x",), selection=FileSelection(types=("python",)))
    portions = list(argument_lists(tools, run))
    assert len(portions) > 1
    assert all(portion[0] == "-x" for portion in portions)
    (whole,) = argument_lists(tools, run, whole=True)
    assert sorted(whole) == sorted(["-x", *(name for portion in portions for name in portion[1:])])


def test_no_file_is_no_run(tools):
    run = ToolRun(arguments=("-x",), selection=FileSelection(files=("^nowhere",)))
    assert list(argument_lists(tools, run)) == []
    assert list(argument_lists(tools, ToolRun(arguments=("-x", "src")))) == [("-x", "src")]
