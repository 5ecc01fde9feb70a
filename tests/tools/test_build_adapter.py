"""The build adapter believes files, not words. The backends here live in the project itself, so nothing is fetched."""

from __future__ import annotations

import json

import pytest

from support.distributions import metadata
from support.distributions import wheel as distribution
from support.simple_index import nobody
from unmoor.errors import Broken, Exit, ToolFailed, ToolTimeout
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

    def make(*, sdist="pass", wheel="pass", requires=""):
        (folder / "pyproject.toml").write_text(system.replace("[]", f"[{requires}]", 1))
        (folder / "backend.py").write_text(_BACKEND.format(sdist=sdist, wheel=wheel))
        return folder

    return make


@pytest.fixture
def run(project, environ, tmp_path):
    def go(env=None, timeout=120.0, installer="uv", **parts):
        out, log, words = tmp_path / "out", tmp_path / "build.log", {"epoch": 1577836800, "timeout": timeout}
        return build(project(**parts), out, env=environ | (env or {}), log=log, installer=installer, **words)

    return go


def test_wheel_from_the_sdist_in_a_scrubbed_environment(run, tmp_path):
    import zipfile

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "tiny-0.9.tar.gz").write_bytes(b"stale")
    built = run({"TWINE_PASSWORD": "x" * 12, "MY_TOKEN": "y" * 12, "GIT_DIR": "/elsewhere", "PIP_TIMEOUT": "9"})
    wheel, sdist = built.wheel, built.sdist
    assert (wheel.name, sdist.name) == ("tiny-1.0-py3-none-any.whl", "tiny-1.0.tar.gz")
    assert sorted(path.name for path in wheel.parent.iterdir()) == [wheel.name, sdist.name]
    with zipfile.ZipFile(wheel) as archive:
        seen = json.loads(archive.read("environment.json"))
    assert seen["SOURCE_DATE_EPOCH"] == "1577836800"
    assert seen["PIP_TIMEOUT"] == "9"
    assert not {"TWINE_PASSWORD", "MY_TOKEN", "GIT_DIR"} & seen.keys()
    # Built from the unpacked sdist, not from the tree.
    assert seen["CWD"] != str(tmp_path / "project")


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_what_the_archives_were_built_with_is_told(installer, run, tmp_path):
    found = str(distribution(tmp_path, metadata(drop=["Requires-Dist"])).parent)
    env = {"UV_FIND_LINKS": found, "UV_NO_INDEX": "1", "PIP_FIND_LINKS": found, "PIP_NO_INDEX": "1"}
    built = run(env, installer=installer, requires='"tiny-thing"')
    assert built.dependencies == ("tiny-thing==1.2.0",)
    names = [each.partition("==")[0] for each in built.builder]
    assert names == ["build", "python", *(["uv"] if installer == "uv" else [])]
    assert not built.from_cache


def test_requirements_that_cannot_be_installed_are_told_in_the_installers_words(run):
    with pytest.raises(ToolFailed, match=r"the build failed: .*no-such-thing was not found") as caught:
        run({"UV_NO_INDEX": "1"}, requires='"no-such-thing"')
    assert "Traceback" not in str(caught.value)


def test_a_build_without_a_network_says_so(run, tmp_path):
    found = str(distribution(tmp_path, metadata(drop=["Requires-Dist"])).parent)
    env = {"UV_FIND_LINKS": found, "UV_DEFAULT_INDEX": nobody(), "UV_HTTP_RETRIES": "0"}
    built = run(env, requires='"tiny-thing"')
    assert built.from_cache
    assert len(built.dependencies) == 1


def test_a_backend_that_fails_is_quoted(run):
    with pytest.raises(ToolFailed, match="no such thing as a free lunch") as caught:
        run(sdist='raise ValueError("no such thing as a free lunch")')
    assert caught.value.log
    assert "Traceback" not in str(caught.value)
    assert caught.value.code is Exit.GATE_FAILED


def test_a_build_that_lacks_a_network_says_nothing_about_the_project(run, tmp_path):
    env = {"UV_DEFAULT_INDEX": nobody(), "UV_HTTP_RETRIES": "0", "UV_CACHE_DIR": str(tmp_path / "empty")}
    with pytest.raises(ToolFailed) as caught:
        run(env, requires='"tiny-thing"')
    assert caught.value.code is Exit.CRASH


def test_a_backend_that_leaves_more_than_it_says(run):
    with pytest.raises(Broken, match="instead of one wheel and one sdist"):
        run(wheel='Path(folder, "tiny-1.0-py2-none-any.whl").write_bytes(b"x")')


def test_a_backend_that_leaves_an_empty_file(run):
    with pytest.raises(ToolFailed):
        run(wheel='Path(folder, "tiny-1.0-py3-none-any.whl").touch(); return "tiny-1.0-py3-none-any.whl"')


def test_a_backend_that_hangs(run):
    with pytest.raises(ToolTimeout):
        run(sdist="time.sleep(600)", timeout=3.0)
