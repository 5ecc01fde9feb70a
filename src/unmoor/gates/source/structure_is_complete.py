"""The files that make a package whole are there: readme, licence, the modules, the typing marker, what is required.

``py.typed`` decides whether type checkers look at the installed package at all (PEP 561); a classifier alone does not.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

from unmoor.context import Context
from unmoor.model import Finding, Findings, truncated
from unmoor.project.detect.declared import declared
from unmoor.project.detect.manifest import manifest_faults
from unmoor.project.detect.readme import readme_files
from unmoor.project.toml_file import dig_texts, read_text
from unmoor.tools.git import Git

__all__ = ["ASSERTS", "check"]

ASSERTS = "readme, licence, modules, typing marker and required files are there"
_README = re.compile(r"readme(\.\w+)*", re.IGNORECASE)
_LICENCE = re.compile(r"(licen[cs]e|copying|unlicense|licen[cs]es)([.\-_].*)?", re.IGNORECASE)
_MANIFEST = "MANIFEST.in"
# A backend in the project's own tree may wrap setuptools.
_READING = frozenset({"setuptools", "in-tree"})
_TYPED = "Typing :: Typed"


def check(context: Context) -> Findings:
    """Look at the files git knows or would take up, in the component's folder and, for the licence, at the top."""
    component = context.component
    listed = (
        Git(component.repository.root, context.environ)
        .run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        .out
    )
    paths = [path for path in dict.fromkeys(listed.split("\0")) if path and (component.repository.root / path).exists()]
    prefix = "" if component.path == "." else f"{component.path}/"
    own = [path.removeprefix(prefix) for path in paths if path.startswith(prefix)]
    problems = []
    stated = {posixpath.normpath(path) for path in readme_files(component.metadata)}
    if not any(_README.fullmatch(path) or path in stated for path in own):
        problems.append(Finding(message="there is no readme", hint="add README.md"))
    tops = {path.split("/")[0] for path in [*own, *paths]}
    if not any(_LICENCE.fullmatch(name) for name in tops):
        problems.append(Finding(message="there is no licence file", hint="add LICENSE"))
    problems += [
        Finding(message=f"the required file {pattern!r} is not there", hint="add it and commit it")
        for pattern in component.settings.required_files
        if not any(PurePosixPath(path).match(pattern) if "*" in pattern else path == pattern for path in own)
    ]
    problems += _unreadable(context, listed.split("\0"))
    notices = [*_look_alikes(own), *_manifest(context, own)]
    _modules(context, own, problems, notices)
    return Findings(examined=len(own), unit="files", problems=tuple(problems), notices=tuple(notices))


def _unreadable(context: Context, names: list[str]) -> list[Finding]:
    """Name the files that no other gate could look into: git's names come as UTF-8, with a mark where they are not."""
    root = context.component.repository.root
    return [
        Finding(message="the name of this file is not UTF-8", place=name, hint="rename it: no archive can hold it")
        for name in names
        if "\ufffd" in name and not (root / name).exists()
    ]


def _look_alikes(paths: list[str]) -> list[Finding]:
    """Name the files of which Windows and macOS can have only one: their names differ in case, or in how ü is spelt."""
    seen: dict[str, str] = {}
    found = []
    for path in paths:
        first = seen.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if first != path:
            message = f"its name is that of {first!r} where case does not count"
            found.append(Finding(message=message, place=path, hint="rename one of them"))
    return list(truncated(found))


def _manifest(context: Context, own: list[str]) -> Iterator[Finding]:
    """Yield what MANIFEST.in says in vain: single lines where setuptools reads it, all of it for another backend."""
    component = context.component
    text = read_text(component.folder / _MANIFEST)
    if text is None or _MANIFEST not in own:
        return
    place = posixpath.normpath(posixpath.join(component.path, _MANIFEST))
    if component.backend.name not in _READING:
        hint = "remove it, and say in the backend's own settings what goes into an sdist"
        yield Finding(message=f"{component.backend.name} does not read {_MANIFEST}", place=place, hint=hint)
        return
    faults = [
        Finding(message=what, place=f"{place}:{number}", hint="correct the line, or remove it")
        for number, what in manifest_faults(text, own)
    ]
    yield from truncated(faults)


def _modules(context: Context, own: list[str], problems: list[Finding], notices: list[Finding]) -> None:
    """See that every import name has its module, and that the typing marker and the classifier agree."""
    component = context.component
    names = component.settings.imports or component.import_names
    if not names:
        notices.append(Finding(message="no import name is known", hint="set `imports` in [tool.unmoor]"))
    folders: list[str] = []
    for name in names:
        place = name.replace(".", "/")
        found = sorted({folder for path in own if (folder := _folder(path, place))}, key=len)
        if not found and not any(_is_module(path, place) for path in own):
            message = f"the module {name!r} is nowhere in the tree"
            problems.append(Finding(message=message, hint="correct `imports` in [tool.unmoor], or commit it"))
        folders += found
    pyproject = declared(component)
    typed = _TYPED in dig_texts(component.metadata, "classifiers")
    marked = [path for path in own if path.endswith("/py.typed") and any(path.startswith(each) for each in folders)]
    if typed and folders and not marked:
        place = pyproject.place("project.classifiers" if pyproject.standard else "tool.poetry.classifiers", _TYPED)
        hint = f"add an empty {folders[0]}py.typed"
        problems.append(Finding(message=f"{_TYPED!r} is said, but there is no 'py.typed'", place=place, hint=hint))
    if marked and not typed and "classifiers" not in dig_texts(component.metadata, "dynamic"):
        message = "the package is typed, but does not say so"
        notices.append(Finding(message=message, place=marked[0], hint=f"add the classifier {_TYPED!r}"))


def _folder(path: str, place: str) -> str:
    """Return the package's folder, with its slash, where ``path`` lies in it; tests and examples do not count."""
    before, found, _ = f"/{path}".partition(f"/{place}/")
    outside = before.strip("/").split("/")[0] in {"tests", "test", "docs", "doc", "examples", "testing"}
    return f"{before}/{place}/".lstrip("/") if found and not outside else ""


def _is_module(path: str, place: str) -> bool:
    """Say whether ``path`` is a module of that name: Python, or the source of a compiled one."""
    return bool(re.search(rf"(^|/){re.escape(place)}\.(py|pyi|pyx|c|cc|cpp|rs|so|pyd)$", path))
