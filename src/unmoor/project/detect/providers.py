"""Which list of requirements gives a module, a plug-in or a theme: names of distributions follow those of modules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unmoor.project.detect.requirement_lists import RequirementList

__all__ = ["choosing", "gives", "giving"]

# Modules whose distribution is called quite differently.
_ELSEWHERE = {
    "pymdownx": ("pymdown-extensions", "mkdocs-material", "zensical"),
    "material": ("mkdocs-material", "zensical"),
    "materialx": ("mkdocs-materialx",),
    "notfound": ("sphinx-notfound-page",),
    "hoverxref": ("sphinx-hoverxref",),
    "recommonmark": ("recommonmark",),
    "yaml": ("pyyaml",),
    "git": ("gitpython",),
    "PIL": ("pillow",),
    "bs4": ("beautifulsoup4",),
    "dateutil": ("python-dateutil",),
    "attr": ("attrs",),
    "sklearn": ("scikit-learn",),
    "cv2": ("opencv-python",),
    "pkg_resources": ("setuptools",),
}
# First parts that belong to many distributions.
_SHARED = frozenset({"sphinx", "sphinxcontrib", "sphinxext", "mkdocs", "google", "azure", "zope", "backports"})
_AFFIXES = re.compile(
    r"^(?:mkdocs|sphinx|sphinxcontrib|sphinxext|python|pytest|markdown)-|-(?:plugin|theme|extension|extensions)$"
)


def gives(package: str, module: str) -> bool:
    """Say whether a distribution (its normalized name) is plainly the one that brings a module or a plug-in."""
    first = re.split(r"[./]", module)[0]
    if package in _ELSEWHERE.get(first, ()):
        return True
    names = {_plain(module)} | (set() if first in _SHARED else {_plain(first)})
    return bool({package, _bare(package)} & (names | {_bare(each) for each in names}))


def giving(lists: Sequence[RequirementList], module: str) -> tuple[RequirementList, ...]:
    """Return the lists that name a distribution which brings ``module``, the smallest first."""
    found = [each for each in lists if any(gives(package, module) for package in each.packages)]
    return tuple(sorted(found, key=lambda each: len(each.packages)))


def choosing(found: RequirementList, table: str) -> str:
    """Return the one line of settings that chooses a list, under ``table``."""
    if found.kind == "dependency group":
        line = f'groups = ["{found.name}"]'
    elif found.kind == "extra":
        line = f'extras = ["{found.name}"]'
    elif found.kind == "requirements file":
        line = f'requirements = ["-r {found.name}"]'
    else:
        words = ", ".join(f'"{word}"' for word in found.arguments)
        line = f"requirements = [{words}]"
    return f"say {line} under [{table}]"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _bare(name: str) -> str:
    """Take off what plug-ins of a kind have in common: ``mkdocs-git-authors-plugin`` is ``git-authors``."""
    return _AFFIXES.sub("", _AFFIXES.sub("", name)) or name
