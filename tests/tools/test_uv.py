"""Environments and installs: nothing of the project stands in for a program, nothing local goes through a proxy."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

import pytest

from support.distributions import wheel
from support.indexes import post, running
from support.proxy import counting_proxy
from unmoor.errors import ToolFailed
from unmoor.runtime import environment
from unmoor.tools import uv


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
