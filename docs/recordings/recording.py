"""Run real commands in a real project and keep what they print, for the pages to include.

``python docs/recordings/recording.py`` makes the text files again that the tutorial includes. Nothing in them is
written by hand; only paths of the machine are shortened.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from unmoor.indexes import known

__all__ = ["Stage", "sample", "tidy"]

# How this machine reaches the network, and where its Pythons are; nothing else of its environment gets in.
_KEPT = (
    "UV_",
    "PIP_",
    "SSL_",
    "REQUESTS_CA_",
    "CURL_CA_",
    "HTTP",
    "http",
    "NO_PROXY",
    "no_proxy",
    "PYENV",
    "LANG",
    "TMPDIR",
)
HERE = Path(__file__).parent
NAME = "tidewater-sample"
LICENCE = (
    "MIT License\n\nPermission is hereby granted, free of charge, to any person, to deal in this without restriction.\n"
)
TEST = 'from tidewater_sample import hello\n\n\ndef test_hello() -> None:\n    assert "tidewater" in hello()\n'
TOWNCRIER = f"""
[tool.towncrier]
name = "{NAME}"
directory = "newsfragments"
filename = "CHANGELOG.md"
title_format = "## {{version}} ({{project_date}})"
start_string = "<!-- towncrier release notes start -->\\n"
"""
NOXFILE = "import unmoor.sessions\nunmoor.sessions.register()\n"
TASKS = "from unmoor.tasks import namespace\nns = namespace\n"
CHANGELOG = "# Changelog\n\n<!-- towncrier release notes start -->\n"


class Stage:
    """A folder to act in, with an environment that knows neither this machine's settings nor its credentials."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.folder = scratch
        home = scratch / "home"
        home.mkdir()
        cache = os.environ.get("UV_CACHE_DIR") or str(Path("~/.cache/uv").expanduser())
        tools = str(Path(sys.executable).parent)
        self.env: Mapping[str, str] = {
            **{name: value for name, value in os.environ.items() if name.startswith(_KEPT)},
            "HOME": str(home),
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "UV_CACHE_DIR": cache,
            "NO_COLOR": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONUNBUFFERED": "1",
        }
        (home / ".gitconfig").write_text(
            "[user]\n  name = A. Maintainer\n  email = maintainer@example.invalid\n[init]\n  defaultBranch = main\n"
        )

    def run(self, command: str, *, ok: Sequence[int] = (0,)) -> str:
        """Run a command line and return what it printed; an exit status that is not in ``ok`` raises."""
        done = subprocess.run(  # noqa: S603 - words of our own
            shlex.split(command),
            cwd=self.folder,
            env=dict(self.env),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
        )
        if done.returncode not in ok:
            raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}")
        return tidy(done.stdout, self.scratch)

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        """Add to a file of the project."""
        file = self.folder / path
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def tidy(text: str, scratch: Path) -> str:
    """Return what was printed without the machine's paths, and without the addresses of package registries."""
    for index in known.NAMES:
        for address in (known.upload_url(index), known.simple_url(index)):
            text = text.replace(address, f"the address of {index}")
    return text.replace(str(scratch.resolve()), "~").replace(str(scratch), "~")


def sample(stage: Stage, name: str = NAME) -> None:
    """Make the tutorial's project, as its first commands do."""
    stage.run(f"uv init --quiet --lib --build-backend hatch --author-from none --no-pin-python {name}")
    stage.folder = stage.scratch / name
    stage.run("git add --all")
    stage.run("git commit --quiet -m First")


def described(stage: Stage) -> None:
    """Say what the project is for, in place of what uv writes there."""
    text = (stage.folder / "pyproject.toml").read_text(encoding="utf-8")
    stage.write("pyproject.toml", text.replace("Add your description here", "Says hello, to rehearse a release of it"))


def releasable(stage: Stage) -> None:
    """Add what the first rehearsal finds missing, as the tutorial does."""
    stage.write("LICENSE", LICENCE)
    described(stage)
    stage.write("tests/test_hello.py", TEST)
    stage.run("uv add --quiet --dev pytest")


def _last_words(text: str, name: str = NAME) -> str:
    """Return the last words; nox's own summary, which may come before or after them, is no part."""
    lines = text.splitlines()
    start = max(number for number, line in enumerate(lines) if line.startswith(f"{name} "))
    return "\n".join(line for line in lines[start:] if not line.startswith("nox > ")) + "\n"


def _keep(name: str, command: str, text: str) -> None:
    (HERE / f"{name}.txt").write_text(f"$ {command}\n{text.strip()}\n", encoding="utf-8")


def for_readme(text: str) -> str:
    """Return what the README shows of a recorded rehearsal: of what would stop the live release, the first two."""
    lines = text.strip().splitlines()[1:]
    start, end = lines.index("Live would stop at:"), next(n for n, line in enumerate(lines) if line[:7] == "Nothing")
    hints = [number for number in range(start, end) if lines[number].lstrip().startswith("→")]
    return "\n".join([*lines[: hints[1] + 1], "  …", *lines[end:]] if len(hints) > 2 else lines)  # noqa: PLR2004


def readme() -> None:
    """Put the recorded rehearsal into the README, which a forge shows as it is."""
    file = HERE.parents[1] / "README.md"
    before, _, rest = file.read_text(encoding="utf-8").partition(f"```text\n{NAME} ")
    _, _, after = rest.partition("\n```\n")
    shown = for_readme((HERE / "second.txt").read_text(encoding="utf-8"))
    file.write_text(f"{before}```text\n{shown}\n```\n{after}", encoding="utf-8")


def tutorial() -> None:
    """Go through the tutorial and keep what its commands print."""
    with tempfile.TemporaryDirectory() as scratch:
        stage = Stage(Path(scratch))
        sample(stage)
        _keep("first", "unmoor rehearse", _last_words(stage.run("unmoor rehearse", ok=(2,))))
        releasable(stage)
        _keep("second", "unmoor rehearse", _last_words(stage.run("unmoor rehearse")))
        _keep("again", "unmoor rehearse", _last_words(stage.run("unmoor rehearse")))
        stage.append("pyproject.toml", TOWNCRIER)
        stage.write("CHANGELOG.md", CHANGELOG)
        note = 'unmoor note "Say hello to a person by name."'
        _keep("note", note, stage.run(note))
        stage.run("git add --all")
        stage.run("git commit --quiet -m 'Licence, tests, change notes'")
        _keep("plan", "unmoor plan", stage.run("unmoor plan"))
        _keep("status", "unmoor status", stage.run("unmoor status", ok=(4,)))
        stage.write("noxfile.py", NOXFILE)
        stage.write("tasks.py", TASKS)
        stage.run("git add --all")
        stage.run("git commit --quiet -m 'Release with unmoor'")
        _keep("sessions", "nox -l", stage.run("nox -l"))
        _keep("third", "nox -s release", _last_words(stage.run("nox -s release")))
        _keep("bump", "unmoor bump --to 0.1.0 --commit", stage.run("unmoor bump --to 0.1.0 --commit"))
        _keep("log", "git log --oneline --stat -1", stage.run("git log --oneline --stat -1"))


def tagged() -> None:
    """Rehearse a project whose version comes from git tags, and keep the last words."""
    name = "tidewater-tagged"
    with tempfile.TemporaryDirectory() as scratch:
        stage = Stage(Path(scratch))
        sample(stage, name)
        pyproject = (stage.folder / "pyproject.toml").read_text(encoding="utf-8")
        pyproject = pyproject.replace('version = "0.1.0"', 'dynamic = ["version"]')
        pyproject = pyproject.replace('requires = ["hatchling"]', 'requires = ["hatchling", "hatch-vcs"]')
        stage.write("pyproject.toml", f'{pyproject}\n[tool.hatch.version]\nsource = "vcs"\n')
        described(stage)
        stage.write("LICENSE", LICENCE)
        stage.run("git add --all")
        stage.run("git commit --quiet -m 'Version from git tags'")
        stage.run("git tag v1.3.2")
        stage.write("README.md", f"# {name}\n")
        stage.run("git commit --quiet --all -m 'Say what it is'")
        _keep("tagged", "unmoor rehearse", _last_words(stage.run("unmoor rehearse"), name))


if __name__ == "__main__":
    tutorial()
    readme()
    tagged()
