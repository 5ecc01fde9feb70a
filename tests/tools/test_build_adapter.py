"""The build adapter believes files, not words. The backends here live in the project itself, so nothing is fetched."""

from __future__ import annotations

import json

import pytest

from unmoor.errors import ToolFailed, ToolTimeout
from unmoor.tools.build import build

_BACKEND = """
import io, os, tarfile, time, zipfile
from pathlib import Path

def build_sdist(folder, config_settings=None):
    {sdist}
    name = "tiny-1.0.tar.gz"
    with tarfile.open(Path(folder, name), "w:gz") as out:
        for path in ("pyproject.toml", "backend.py", "PKG-INFO"):
            content = Path(path).read_bytes() if Path(path).exists() else b"Name: tiny"
            item = tarfile.TarInfo("tiny-1.0/" + path)
            item.size = len(content)
            out.addfile(item, io.BytesIO(content))
    return name

def build_wheel(folder, config_settings=None, metadata_directory=None):
    {wheel}
    name = "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder, name), "w") as out:
        out.writestr("environment.json", __import__("json").dumps(dict(os.environ, CWD=os.getcwd())))
    return name
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (folder / "pyproject.toml").write_text(system)

    def make(*, sdist="pass", wheel="pass"):
        (folder / "backend.py").write_text(_BACKEND.format(sdist=sdist, wheel=wheel))
        return folder

    return make


@pytest.fixture
def run(project, environ, tmp_path):
    def go(env=None, timeout=120.0, **parts):
        out, log = tmp_path / "out", tmp_path / "build.log"
        return build(project(**parts), out, env=environ | (env or {}), epoch=1577836800, log=log, timeout=timeout)

    return go


def test_wheel_from_the_sdist_in_a_scrubbed_environment(run, tmp_path):
    import zipfile

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "tiny-0.9.tar.gz").write_bytes(b"stale")
    wheel, sdist = run({"TWINE_PASSWORD": "x" * 12, "MY_TOKEN": "y" * 12, "GIT_DIR": "/elsewhere", "PIP_TIMEOUT": "9"})
    assert (wheel.name, sdist.name) == ("tiny-1.0-py3-none-any.whl", "tiny-1.0.tar.gz")
    assert sorted(path.name for path in wheel.parent.iterdir()) == [wheel.name, sdist.name]
    with zipfile.ZipFile(wheel) as archive:
        seen = json.loads(archive.read("environment.json"))
    assert seen["SOURCE_DATE_EPOCH"] == "1577836800"
    assert seen["PIP_TIMEOUT"] == "9"
    assert not {"TWINE_PASSWORD", "MY_TOKEN", "GIT_DIR"} & seen.keys()
    # Built from the unpacked sdist, not from the tree.
    assert seen["CWD"] != str(tmp_path / "project")


def test_a_backend_that_fails_is_quoted(run):
    with pytest.raises(ToolFailed, match="no such thing as a free lunch") as caught:
        run(sdist='raise ValueError("no such thing as a free lunch")')
    assert caught.value.log
    assert "Traceback" not in str(caught.value)


def test_a_backend_that_leaves_more_than_it_says(run):
    with pytest.raises(ToolFailed, match="instead of one wheel and one sdist"):
        run(wheel='Path(folder, "tiny-1.0-py2-none-any.whl").write_bytes(b"x")')


def test_a_backend_that_leaves_an_empty_file(run):
    with pytest.raises(ToolFailed):
        run(wheel='Path(folder, "tiny-1.0-py3-none-any.whl").touch(); return "tiny-1.0-py3-none-any.whl"')


def test_a_backend_that_hangs(run):
    with pytest.raises(ToolTimeout):
        run(sdist="time.sleep(600)", timeout=3.0)
