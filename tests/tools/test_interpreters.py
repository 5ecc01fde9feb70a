from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.tool_environments import script
from unmoor.runtime import process
from unmoor.tools import interpreters, offered_pythons
from unmoor.tools.interpreters import OWN


@pytest.fixture
def env(tmp_path):
    return {"PATH": os.pathsep.join([str(tmp_path / "bin"), "/usr/bin", "/bin"]), "HOME": str(tmp_path / "home")}


def _python(path: Path, said: str) -> str:
    script(path, f"echo {said}")
    return str(path)


def test_the_running_interpreter_is_found_at_its_own_place(env):
    found = interpreters.find(OWN, env)
    assert found is not None
    assert Path(found).exists()
    assert interpreters.find(OWN, env) == found


def test_one_on_the_path_is_found(env, tmp_path):
    expected = _python(tmp_path / "bin/python3.77", "CPython 3.77")
    assert interpreters.find("3.77", env) == expected


def test_one_that_is_not_what_its_name_says_is_not_taken(env, tmp_path):
    _python(tmp_path / "bin/python3.77", "CPython 3.11")
    assert interpreters.find("3.77", env) is None


def test_one_that_does_not_run_is_not_taken(env, tmp_path):
    script(tmp_path / "bin/python3.77", "exit 127")
    assert interpreters.find("3.77", env) is None


def test_shims_are_passed_over_and_the_newest_of_what_pyenv_has_is_taken(env, tmp_path):
    env["PATH"] = os.pathsep.join([str(tmp_path / "root/shims"), env["PATH"]])
    env["PYENV_ROOT"] = str(tmp_path / "root")
    _python(tmp_path / "root/shims/python3.77", "CPython 3.77")
    _python(tmp_path / "root/versions/3.77.9/bin/python3.77", "CPython 3.77")
    expected = _python(tmp_path / "root/versions/3.77.10/bin/python3.77", "CPython 3.77")
    assert interpreters.find("3.77", env) == expected


@pytest.mark.parametrize(
    ("version", "place", "said"),
    [
        ("3.77", ".local/share/uv/python/cpython-3.77.1-linux-x86_64-gnu/bin/python3.77", "CPython 3.77"),
        ("3.77", ".local/share/mise/installs/python/3.77.0/bin/python3.77", "CPython 3.77"),
        ("3.77t", ".pyenv/versions/3.77.0t/bin/python3.77t", "CPython 3.77"),
        ("pypy3.77", ".pyenv/versions/pypy3.77-7.3/bin/pypy3.77", "PyPy 3.77"),
    ],
)
def test_what_version_managers_installed_is_found(env, tmp_path, version, place, said):
    expected = _python(tmp_path / "home" / place, said)
    assert interpreters.find(version, env) == expected


def test_uv_is_asked_last(env, tmp_path):
    script(tmp_path / "uv", "echo /somewhere/python3.77")
    assert interpreters.find("3.77", env, str(tmp_path / "uv")) == "/somewhere/python3.77"
    script(tmp_path / "no", "exit 2")
    assert interpreters.find("3.78", env, str(tmp_path / "no")) is None


@pytest.mark.parametrize("version", ["", "nonsense", ">=3", "--help", "3.12; rm"])
def test_what_is_no_version_is_not_looked_for(env, tmp_path, version):
    script(tmp_path / "uv", "echo /somewhere/python")
    assert interpreters.find(version, env, str(tmp_path / "uv")) is None


# ── offered to nox ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_python_off_the_path_is_offered_under_its_name_and_starts_where_it_is(env, tmp_path):
    where = _python(tmp_path / "home/.pyenv/versions/3.77.1/bin/python3.77", "I am at $0")
    path = offered_pythons.path_with(["3.77", "3.78", ">=3.77"], env)
    folder, rest = path.split(os.pathsep, 1)
    assert rest == env["PATH"]
    assert [each.name for each in Path(folder).iterdir()] == ["python3.77"]
    # No link: an environment made from one would remember the link's place, which is gone tomorrow.
    assert not (Path(folder) / "python3.77").is_symlink()
    assert process.run([Path(folder) / "python3.77"], env=env).out.strip() == f"I am at {where}"


def test_what_is_on_the_path_is_not_offered_and_a_shim_is_not_on_it(env, tmp_path):
    _python(tmp_path / "bin/python3.77", "CPython 3.77")
    _python(tmp_path / "home/.pyenv/versions/3.77.1/bin/python3.77", "CPython 3.77")
    assert offered_pythons.path_with(["3.77"], env) == env["PATH"]
    shims = {**env, "PATH": str(tmp_path / "shims")}
    _python(tmp_path / "shims/python3.77", "CPython 3.77")
    assert offered_pythons.path_with(["3.77"], shims).endswith(os.pathsep + shims["PATH"])


@pytest.mark.parametrize(("text", "known"), [("3", True), ("python3.12", True), ("pypy-3.11", True), (">=3.12", False)])
def test_what_nox_may_be_told_is_understood_or_left_to_nox(text, known):
    assert interpreters.is_version(text) is known


def test_a_major_version_is_any_of_its_minor_ones(env, tmp_path):
    expected = _python(tmp_path / "bin/python7", "CPython 7.3")
    assert interpreters.find("7", env) == expected
