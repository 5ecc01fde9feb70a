from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from support.archived import component_of
from unmoor.model.settings import Settings
from unmoor.tools import nox


def test_a_module_of_the_project_does_not_stand_in_for_nox(tmp_path: Path, environ: Mapping[str, str]) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "noxfile.py").write_text(
        'import nox\n\n@nox.session(venv_backend="none")\ndef lint(session):\n    pass\n'
    )
    (folder / "nox.py").write_text("raise SystemExit('the project ran by mistake')\n")
    component = component_of(folder, "thing", (), Settings(), ())
    found = nox.examine(component, ["lint"], environ, live=False, log=tmp_path / "log", seconds=60)
    assert (found.examined, found.problems) == (1, ())
