"""Where Sphinx's ``conf.py`` lies: in one of the usual folders, else wherever one is that really is Sphinx's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from unmoor.project.project_files import ProjectFiles

__all__ = ["sphinx_folder"]

# click, flit, trio, scipy, pytest
_USUAL = ("docs", "doc", "docs/source", "doc/source", "doc/en")
_DEEP = 4
# A conf.py of anything else has none of these; https://www.sphinx-doc.org/en/master/usage/configuration.html
_KEYS = re.compile(
    r"^(?:extensions|html_theme|master_doc|root_doc|templates_path|exclude_patterns|source_suffix)\b\s*[=.+]"
    r"|^\s*(?:import|from) sphinx\b",
    re.MULTILINE,
)
_NOT_OURS = frozenset({"node_modules", "site-packages", "_build", "build", "dist", "venv", "env", "vendor", "_vendor"})
_TRIALS = re.compile(r"(?:^|[/_-])(?:tests?|testing|fixtures?|examples?|templates?|cookiecutter|roots)(?:$|[/_-])|\{\{")


def sphinx_folder(tree: ProjectFiles) -> str:
    """Return the folder that holds ``conf.py``, relative to the component; empty where there is none."""
    if usual := next((each for each in _USUAL if tree.has(f"{each}/conf.py")), ""):
        return usual
    found = [each for each in _folders(tree.folder) if _KEYS.search(tree.text(f"{each}/conf.py") or "")]
    return min(found, key=lambda each: ("doc" not in each.lower(), each.count("/"), each), default="")


def _folders(top: Path) -> Iterator[str]:
    """Yield the folders below ``top`` with a ``conf.py``, but for hidden ones, environments and trial projects."""
    for folder, names, files in os.walk(top):
        here = Path(folder).relative_to(top).as_posix()
        names[:] = sorted(
            each
            for each in names
            if not each.startswith(".") and each not in _NOT_OURS and not _TRIALS.search(each.lower())
        )
        if here.count("/") >= _DEEP - 1 or "pyvenv.cfg" in files:
            names[:] = []
        if "conf.py" in files and here != ".":
            yield here
