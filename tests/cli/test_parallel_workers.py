from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from unmoor.cli import parallel_workers


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def canary() -> dict[str, str]:
    return {"UNMOOR_PYPI_TOKEN": f"canary-{secrets.token_hex(12)}", "TWINE_USERNAME": "ü\udcff"}


def test_what_is_laid_out_is_taken_up_by_every_worker() -> None:
    given, environ = canary(), {"PATH": "here"}
    parallel_workers.lay_out(environ, given)
    for _ in range(2):
        worker = dict(environ)
        assert parallel_workers.take_up(worker) == given
        assert worker == {"PATH": "here"}


def test_neither_half_says_anything_alone(tmp_path: Path) -> None:
    given, environ = canary(), {}
    parallel_workers.lay_out(environ, given)
    (folder,) = tmp_path.glob("unmoor-*/handover-*")
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o077, file.stat().st_mode & 0o077) == (0, 0)
    secret = given["UNMOOR_PYPI_TOKEN"].encode()
    half = environ["UNMOOR_HANDOVER"].partition(":")[0]
    for text in (file.read_bytes(), bytes.fromhex(half), json.dumps(environ).encode()):
        assert secret not in text
        assert b"TOKEN" not in text


def test_what_is_taken_back_is_gone(tmp_path: Path) -> None:
    environ = {"PATH": "here"}
    parallel_workers.lay_out(environ, canary())
    parallel_workers.take_back(environ)
    parallel_workers.take_back(environ)
    assert (environ, list(tmp_path.glob("unmoor-*/handover-*"))) == ({"PATH": "here"}, [])


@pytest.mark.parametrize("spoilt", ["", ":", "zz:/nowhere", "00:/nowhere", "no"])
def test_what_cannot_be_read_is_nothing(spoilt: str) -> None:
    assert parallel_workers.take_up({"UNMOOR_HANDOVER": spoilt}) == {}


def test_without_credentials_nothing_is_written(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    parallel_workers.lay_out(environ, {})
    assert list(tmp_path.iterdir()) == []
    assert "UNMOOR_HANDOVER" not in environ
