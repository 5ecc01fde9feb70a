"""Environments and installs: nothing of the project stands in for a program, nothing local goes through a proxy."""

from __future__ import annotations

import netrc as standard_netrc
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

import pytest

from support.distributions import wheel
from support.indexes import post, running
from support.login_wall import login_wall
from support.proxy import counting_proxy
from unmoor.errors import ToolFailed
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
