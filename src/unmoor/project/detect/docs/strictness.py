"""Whether warnings fail: as the settings say, else as the project builds its documentation itself, else yes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unmoor.project.detect.docs.named_parts import states
from unmoor.project.detect.docs.written_builds import WrittenBuild
from unmoor.project.project_files import ProjectFiles
from unmoor.project.yaml_file import read_yaml

__all__ = ["strictness"]

# sphinx-quickstart writes the Makefile and sets no options in it: only one that somebody has added says anything.
_OPTIONS = re.compile(r"^\s*SPHINXOPTS\s*[:?+]?=.*(?:\s|=|'|\")(?:-[a-zA-VX-Z]*W|--fail-on-warning)", re.MULTILINE)


def strictness(
    tree: ProjectFiles, engine: str, source: str, builds: Sequence[WrittenBuild], *, given: bool | None
) -> tuple[bool, str]:
    """Return whether warnings fail, and the reason.

    One strict build is enough, because then warnings stop somebody there; where builds are written down and none is
    strict, the project lives with its warnings.
    """
    if given is not None:
        return given, "set in [tool.unmoor.docs]"
    option = "-W" if engine == "sphinx" else "--strict"
    own = [each for each in builds if each.engine == engine]
    for build in own:
        if build.strict:
            return True, f"{build.command} builds with {option}"
    if where := _configured(tree, engine, source):
        return True, where
    if own:
        return False, f"{own[0].command} builds without {option}"
    return True, "no build is written down that would say otherwise"


def _configured(tree: ProjectFiles, engine: str, source: str) -> str:
    if engine != "sphinx":
        return f"strict: true in {source}" if read_yaml(tree, source).get("strict") is True else ""
    if states(tree, source, "nitpicky"):
        return f"nitpicky = True in {source}/conf.py"
    files = ("Makefile", f"{source}/Makefile", f"{source.rpartition('/')[0]}/Makefile".lstrip("/"))
    return next((f"SPHINXOPTS in {name}" for name in files if _OPTIONS.search(tree.text(name) or "")), "")
