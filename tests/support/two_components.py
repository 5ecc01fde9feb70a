"""Two packages in one repository, the second built on the first; and as a program, their rehearsal stage by stage.

``python two_components.py REPOSITORY [LINE]`` carries every stage out and prints how each release ended, as JSON. At
the first progress line that holds ``LINE`` it kills itself, as a lost machine would.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from unmoor.chain import CHAIN
from unmoor.model import Component
from unmoor.observe.repository import refs
from unmoor.pipeline.open_plan import open_components
from unmoor.pipeline.run_releases import carry_out_plan
from unmoor.project.load import load
from unmoor.request import Memory, Request

FIRST, SECOND, THIRD = (f"unmoor-sample-{name}-that-nobody-publishes" for name in ("first", "second", "third"))
_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "0.1.0"
description = "A sample"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.{minor}"
authors = [{{ name = "Somebody" }}]
classifiers = ["Programming Language :: Python :: 3"]

[project.urls]
Source = "https://example.invalid/{name}"

[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]

[tool.unmoor]
tag = "{{name}}-v{{version}}"
lint = []
types = []
disable = ["tests-pass"]
docs = {{ engine = "none" }}
"""


def files() -> dict[str, str]:
    """Return the files of the repository by path."""
    found = {".gitignore": "__pycache__/\n"}
    for name in (FIRST, SECOND, THIRD):
        module, top = name.replace("-", "_"), f"packages/{name}"
        found[f"{top}/pyproject.toml"] = _PYPROJECT.format(name=name, module=module, minor=sys.version_info.minor)
        found[f"{top}/README.md"] = "# A sample\n"
        found[f"{top}/LICENSE"] = "MIT License\n"
        found[f"{top}/src/{module}/__init__.py"] = '"""A sample."""\n'
    return found


def components(root: Path, environ: Mapping[str, str]) -> tuple[Component, ...]:
    """Return the components: the second builds on the first, the third stands alone."""
    seen = refs(root, environ)
    first, second, third = (load(root, root / "packages" / name, seen) for name in (FIRST, SECOND, THIRD))
    return first, replace(second, requires=(FIRST,)), third


def main(root: Path, fatal: str = "") -> None:
    """Carry every stage of the chain out, and print how each release ended."""

    def say(line: str) -> None:
        if fatal and fatal in line:
            os.kill(os.getpid(), signal.SIGKILL)

    environ = dict(os.environ)
    request = Request(
        stop_at_first=True, start=root, environ=environ, asked=False, say=say, memory=Memory(), run="test"
    )
    opened = open_components(components(root, environ), request)
    ended = {}
    for stage in CHAIN:
        for each in carry_out_plan(stage, opened, request).results:
            what = str(each.how) if each.code == 0 else f"{int(each.code)} {each.why if each.withheld else ''}".strip()
            ended.setdefault(stage.name, {})[each.component] = what
    print(json.dumps(ended))  # noqa: T201 - the program's answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
