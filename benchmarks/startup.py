"""What unmoor adds to `nox -l` and `invoke --list`, against the same project without it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from timing import in_turn

RUNS = 21
LIMIT_MS = 30.0
SLOW = ("requests", "urllib3", "yaml", "jinja2", "rich", "pypi_simple", "twine", "readme_renderer")

PLAIN = {
    "noxfile.py": "import nox\n\n@nox.session\ndef lint(session):\n    pass\n",
    "tasks.py": "from invoke import task\n\n@task\ndef hello(c):\n    pass\n",
}
WITH = {
    "noxfile.py": PLAIN["noxfile.py"].replace("lint", "own") + "\nimport unmoor.sessions\nunmoor.sessions.register()\n",
    "tasks.py": "from unmoor.tasks import namespace as ns\n",
}


def project(folder: Path, files: dict[str, str]) -> Path:
    """Write a project that has just a noxfile and a tasks file."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / "pyproject.toml").write_text('[project]\nname = "it"\nversion = "1"\n')
    return folder


def slow_modules(face: str) -> list[str]:
    """Return the slow modules that importing a face loads, beyond what its runner loads."""
    runner = "nox" if face.endswith("sessions") else "invoke"
    code = f"import sys, {runner}; a = set(sys.modules); import {face}; print(*(set(sys.modules) - a))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return sorted({name.split(".")[0] for name in said} & set(SLOW))


def main() -> int:
    """Measure, print, and say whether the limit holds."""
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        plain = project(Path(scratch) / "plain", PLAIN)
        adopted = project(Path(scratch) / "adopted", WITH)
        commands = {"nox -l": ["-m", "nox", "-l"], "invoke --list": ["-m", "invoke", "--list"]}
        for shown, arguments in commands.items():
            command = [sys.executable, *arguments]
            ours, theirs = in_turn(command, command, (adopted, plain), RUNS)
            added = (ours.median - theirs.median) * 1000
            failed |= added > LIMIT_MS
            print(
                f"{shown:<14} plain {theirs.median * 1000:6.1f} ms   with unmoor {ours.median * 1000:6.1f} ms   "
                f"added {added:5.1f} ms (limit {LIMIT_MS:g})   ratio {ours.median / theirs.median:.2f}"
            )
    for face in ("unmoor.sessions", "unmoor.tasks"):
        loaded = slow_modules(face)
        failed |= bool(loaded)
        print(f"{face:<16} slow modules loaded: {', '.join(loaded) or 'none'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
