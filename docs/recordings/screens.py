"""Record what people see in the situations that matter: at 80 and at 120 columns, with colour, without, and in CI.

``python docs/recordings/screens.py`` makes the files of ``screens/`` again. What is coloured is kept with its escape
sequences, and drawn when the pages are built.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from recording import LICENCE, NOXFILE, TEST, Stage, described, sample

__all__ = ["screens"]

HERE = Path(__file__).parent / "screens"
_LINT = '\n[tool.unmoor]\nlint = ["ruff"]\ntypes = []\n'
_COLOUR = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
# What nox says of itself, the same in every recording.
_NOX = re.compile(r"^nox > (?:Ran|\*|Session|Running).*\n", re.MULTILINE)


def _seen(stage: Stage, name: str, command: str, *, width: int, ok: tuple[int, ...], **environ: str) -> None:
    before = stage.env
    plain = {key: value for key, value in before.items() if not (environ.get("FORCE_COLOR") and key == "NO_COLOR")}
    stage.env = {**plain, "COLUMNS": str(width), **environ}
    said = stage.run(command, ok=ok)
    stage.env = before
    if "FORCE_COLOR" not in environ:
        # A section's mark on GitLab begins with an escape sequence that only its page understands.
        said = said.replace("\x1b[0K", "").replace("\r", "")
    (HERE / f"{name}.txt").write_text(f"$ {command}\n{_NOX.sub('', said).strip()}\n", encoding="utf-8")


def screens() -> None:
    """Go through the situations in one project, which is mended on the way."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        stage = Stage(Path(scratch))
        sample(stage)
        for width in (80, 120):
            _seen(stage, f"help-{width}", "unmoor --help", width=width, ok=(0,))
        _seen(stage, "help-of-one", "unmoor rehearse --help", width=80, ok=(0,))
        stage.write("LICENSE", LICENCE)
        described(stage)
        stage.append("pyproject.toml", _LINT)
        stage.write("noxfile.py", NOXFILE)
        stage.write("tests/test_hello.py", f"import os\n\n{TEST.replace('tidewater', 'ebb')}")
        stage.run("uv add --quiet --dev pytest")
        stage.run("git add --all")
        stage.run("git commit --quiet -m 'With tests'")
        for width in (80, 120):
            _seen(stage, f"lint-{width}", "nox -s lint", width=width, ok=(1,))
        _seen(stage, "lint-colour", "nox -s lint", width=80, ok=(1,), **_COLOUR)
        _seen(stage, "failure-80", "nox -s tests", width=80, ok=(1,))
        _seen(stage, "failure-120-colour", "nox -s tests", width=120, ok=(1,), **_COLOUR)
        _seen(stage, "github", "nox -s lint", width=120, ok=(1,), CI="true", GITHUB_ACTIONS="true")
        _seen(stage, "gitlab", "nox -s lint", width=120, ok=(1,), CI="true", GITLAB_CI="true")
        stage.write("tests/test_hello.py", TEST)
        stage.write("pyproject.toml", (stage.folder / "pyproject.toml").read_text().replace(_LINT, "\n"))
        stage.run("git add --all")
        stage.run("git commit --quiet -m 'Without a linter'")
        for width in (80, 120):
            _seen(stage, f"live-stop-{width}", "nox -s release -- --live 0.1.0", width=width, ok=(1,))
        _seen(stage, "rehearsal-colour", "unmoor rehearse -j 1", width=80, ok=(0,), **_COLOUR)


if __name__ == "__main__":
    screens()
