"""Environments and installs: nothing of the project stands in for a program, nothing local goes through a proxy."""

from __future__ import annotations

import netrc as standard_netrc
import sys
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest

from support.distributions import wheel
from support.indexes import post, running
from support.login_wall import login_wall
from support.proxy import counting_proxy
from support.simple_index import nobody
from support.tool_environments import empty_environment
from unmoor.errors import ToolFailed
from unmoor.model import Findings
from unmoor.runtime import environment, http
from unmoor.tools import uv
from unmoor.tools.netrc import netrc


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_an_index_on_loopback_is_asked_past_a_proxy_and_others_are_not(
    installer: str, tmp_path: Path, environ: Mapping[str, str]
) -> None:
    with running(tmp_path / "root") as (index, target), counting_proxy() as proxy:
        assert post(target, wheel(tmp_path)).status_code == 200
        before = len(index.requests)
        env = environment.clean({**environ, **proxy.environ, "PIP_PROXY": proxy.url})
        env |= {"PIP_RETRIES": "0", "UV_HTTP_RETRIES": "0"}
        made = uv.create(tmp_path / "env", sys.executable, env, installer=installer)

        def install(name: str, url: str) -> None:
            words = ["--no-deps", "--no-cache-dir", "--index-url", url, name]
            uv.pip_install(made, words, env=env, installer=installer)

        install("tiny-thing", target.simple_url)
        assert proxy.asked == []
        assert len(index.requests) > before
        with pytest.raises(ToolFailed):
            install("other-thing", "https://index.example.invalid/simple/")
        assert set(proxy.asked) == {"CONNECT index.example.invalid:443"}


def test_a_module_of_the_project_does_not_stand_in_for_venv_or_pip(tmp_path: Path, environ: Mapping[str, str]) -> None:
    for name in ("venv", "pip"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('run by mistake')\n")
    (tmp_path / "none.txt").write_text("")
    with chdir(tmp_path):
        made = uv.create(tmp_path / "made", sys.executable, environ, installer="pip")
        uv.pip_install(made, ["-r", "none.txt"], env=environ, installer="pip")
    assert made.python.exists()


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_login_is_for_its_index_and_in_no_argument_and_no_file_that_stays(
    installer: str, tmp_path: Path, environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "install.log"
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    with running(tmp_path / "root") as (_, target), login_wall(target.simple_url) as wall:
        assert post(target, wheel(tmp_path)).status_code == 200
        env = environment.clean(environ) | {"UV_HTTP_RETRIES": "0", "PIP_RETRIES": "0"}
        made = uv.create(tmp_path / "env", sys.executable, env, installer=installer)
        login = http.Login(address=wall.simple_url, username=wall.username, password=wall.password)
        words = ["--no-deps", "--no-cache-dir", "tiny-thing"]
        given = {"env": env, "installer": installer, "index_url": wall.simple_url, "log": log}
        uv.pip_install(made, words, **given, login=login)
    assert [path for path in wall.asked if path.endswith(".whl")]
    assert "pip install" in log.read_text()
    assert wall.password not in log.read_text()
    assert list((tmp_path / "tmp").rglob("netrc*")) == []


def test_the_file_with_a_login_is_for_this_user_alone_and_read_back_as_it_was() -> None:
    login = http.Login(address="https://h.example.invalid:8443/simple/", username="a b", password='p"a\\s#% é')  # noqa: S106
    with netrc(login) as given:
        path = Path(given["NETRC"])
        assert path.stat().st_mode & 0o077 == 0
        found = standard_netrc.netrc(str(path)).authenticators("h.example.invalid")
    assert found == ("a b", "", 'p"a\\s#% é')
    assert not path.parent.exists()
    with netrc(None) as given:
        assert given == {}


def test_an_install_without_a_network_says_that_it_was_one(tmp_path: Path, environ: Mapping[str, str]) -> None:
    made = uv.create(tmp_path / "env", sys.executable, environ)
    found = ["--find-links", str(wheel(tmp_path).parent), "--no-deps", "tiny-thing"]
    env = {**environ, "UV_HTTP_RETRIES": "0"}
    done = uv.pip_install(made, [*found, "--index-url", nobody()], env=env)
    assert done.err.splitlines()[-1] == uv.FROM_CACHE
    again = uv.pip_install(made, [*found, "--no-index"], env=env)
    assert uv.FROM_CACHE not in again.err


@pytest.mark.parametrize("from_cache", [True, False])
def test_what_a_tool_found_names_its_python_and_an_environment_from_the_cache(
    tmp_path: Path, environ: Mapping[str, str], *, from_cache: bool
) -> None:
    tools = empty_environment(tmp_path, environ)
    (tools.environment.folder / "pyvenv.cfg").write_text("home = elsewhere\nversion = 3.12.1\n")
    made = replace(tools, environment=replace(tools.environment, from_cache=from_cache))
    told = made.telling(Findings(examined=1, tools={"ruff": "1.0"}))
    assert told.tools == {"python": "3.12.1", "ruff": "1.0"}
    notices = [each.message for each in told.notices]
    said = "there was no network: what a test names was installed from uv's cache"
    assert notices == ([said] if from_cache else [])
