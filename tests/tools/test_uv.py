from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

from unmoor.tools import uv


def test_a_module_of_the_project_does_not_stand_in_for_venv_or_pip(tmp_path: Path, environ: Mapping[str, str]) -> None:
    for name in ("venv", "pip"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('run by mistake')\n")
    (tmp_path / "none.txt").write_text("")
    with chdir(tmp_path):
        made = uv.create(tmp_path / "made", sys.executable, environ, installer="pip")
        uv.pip_install(made, ["-r", "none.txt"], env=environ, installer="pip")
    assert made.python.exists()
