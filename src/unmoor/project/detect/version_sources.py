"""Every place that states the version: first the one the build backend reads, then those that must agree with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from packaging.version import InvalidVersion, Version

from unmoor.model import Backend, VersionSource
from unmoor.model.settings import VersionFile
from unmoor.project.detect.metadata import origin_of
from unmoor.project.detect.packages import Package
from unmoor.project.detect.version_providers import computed, provided
from unmoor.project.project_files import ProjectFiles, parse_ini
from unmoor.project.toml_file import dig, dig_texts, read_toml
from unmoor.project.version_locator import filled, search_text

__all__ = ["sources"]

_SET = "set in [tool.unmoor]"
_FILES = ("VERSION", "VERSION.txt", "version.txt", ".version")
# What code that reads the version from tags says: a tool that does it, or git itself.
_ASKS_GIT = re.compile(
    r"""\b(?:setuptools_scm|vcs_versioning|versioningit|versioneer|dunamai|setuptools_git_versioning)\b"""
    r"""|\bgit["',\s]+describe\b"""
)
_STATEMENTS = ("__init__.py", "__about__.py", "__version__.py", "_version.py", "version.py", "about.py")


def sources(
    tree: ProjectFiles,
    build: Backend,
    packages: tuple[Package, ...],
    metadata: Mapping[str, object],
    files: Sequence[VersionFile],
) -> tuple[VersionSource, ...]:
    """Return the version sources, the one that decides first; ``files`` are those that the settings add.

    Where code computes the version, the literal that all others agree on decides in its place, for that is what the
    code reads; or the tags, where it asks git for them. What it really makes is compared after the build.
    """
    first = _deciding(tree, build, packages, metadata)
    others = [*_others(tree, packages, first, files)]
    if first.kind == "computed":
        others += _read_by_setup_py(tree)
        first, others = _in_place_of(first, others, tree)
    found = {(first.path, first.key or first.search): first}
    for other in others:
        found.setdefault((other.path, other.key or other.search), other)
    return tuple(found.values())


def _in_place_of(
    computed: VersionSource, others: list[VersionSource], tree: ProjectFiles
) -> tuple[VersionSource, list[VersionSource]]:
    """Return what decides where code computes the version, and the other places; itself where nothing else can."""
    stated = [(each, version) for each in others if not each.is_memory and (version := _version(each.value))]
    chosen = [each for each, _ in stated if each.reason == _SET]
    if chosen or len({version for _, version in stated}) == 1:
        first = (chosen or [each for each, _ in stated])[0]
        why = first.reason if chosen else "the one literal, where code computes the version"
        where = f"{computed.path}{f': {computed.key}' if computed.key else ''}"
        return replace(first, reason=f"{why} ({where})"), [each for each in others if each is not first]
    tool = _ASKS_GIT.search(tree.text(computed.path) or "") if computed.path.endswith(".py") else None
    if tool is None:
        return computed, others
    reason = f"from tags: {computed.path} computes it, and asks {' '.join(tool[0].split())}"
    return VersionSource(kind="vcs", path=computed.path, key=computed.key, reason=reason), others


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _read_by_setup_py(tree: ProjectFiles) -> Iterator[VersionSource]:
    """Yield the file with nothing but the version in it that setup.py names."""
    code = tree.text("setup.py") or ""
    for path in _FILES:
        if re.search(rf"""['"/]{re.escape(path)}['"]""", code) and _version((tree.text(path) or "").strip()):
            yield filled(_other("file", path, "", search="{version}"), tree.text(path))


def _deciding(
    tree: ProjectFiles, build: Backend, packages: tuple[Package, ...], metadata: Mapping[str, object]
) -> VersionSource:
    version, origin = metadata.get("version"), origin_of(tree)
    enabled = dig(tree.pyproject, "tool", "poetry-dynamic-versioning", "enable") is True
    if not isinstance(version, str) or enabled:
        return provided(tree, build, packages)
    if origin != "setup":
        key = "project.version" if origin == "project" else "tool.poetry.version"
        return VersionSource(kind="static", path="pyproject.toml", key=key, value=version, reason="stated literally")
    if "version" in tree.setup_cfg.get("metadata", {}):
        return VersionSource(
            kind="static", path="setup.cfg", key="metadata.version", value=version, reason="stated literally"
        )
    found = _in_setup_py(tree)
    return found or computed("setup.py computes the version", "setup.py")


def _others(
    tree: ProjectFiles, packages: tuple[Package, ...], first: VersionSource, files: Sequence[VersionFile]
) -> Iterator[VersionSource]:
    yield from _in_packages(tree, packages, first)
    yield from _in_pyproject(tree)
    if "version" in tree.setup_cfg.get("metadata", {}) and not _is_reference(tree.setup_cfg["metadata"]["version"]):
        yield _other("static", "setup.cfg", "metadata.version", value=tree.setup_cfg["metadata"]["version"])
    if (found := _in_setup_py(tree)) is not None:
        yield found
    for each in files:
        source = VersionSource(kind="file", path=each.path, search=each.search, reason=_SET)
        yield filled(source, tree.text(each.path))
    yield from _in_bumpversion(tree)


def _in_packages(tree: ProjectFiles, packages: tuple[Package, ...], first: VersionSource) -> Iterator[VersionSource]:
    written = set(_written_by_build(tree))
    for package in packages:
        names = [package.path] if package.path.endswith(".py") else [f"{package.path}/{name}" for name in _STATEMENTS]
        for path in names:
            text = tree.text(path) if package.path and path not in written else None
            if not text or "__version__" not in text or "generated by" in text[:400]:
                continue
            found = filled(_other("attribute", path, "__version__"), text)
            if first.kind in {"vcs", "computed"} and not re.search(r"[1-9]", found.value.partition("+")[0]):
                continue  # a placeholder such as 0.0.0, which the build replaces
            if found.value[:1].isdigit():
                yield found


def _written_by_build(tree: ProjectFiles) -> Iterator[str]:
    """Yield the files that a version plug-in writes during the build: they state nothing of their own."""
    for table in ("setuptools_scm", "setuptools-scm"):
        for key in ("version_file", "write_to"):
            yield from dig_texts(tree.pyproject, "tool", table, key)
    yield from dig_texts(tree.pyproject, "tool", "hatch", "build", "hooks", "vcs", "version-file")
    yield from dig_texts(tree.pyproject, "tool", "pdm", "version", "write_to")


def _in_pyproject(tree: ProjectFiles) -> Iterator[VersionSource]:
    for keys in (("tool", "poetry", "version"), ("tool", "commitizen", "version")):
        for value in dig_texts(tree.pyproject, *keys):
            yield _other("static", "pyproject.toml", ".".join(keys), value=value)


def _in_setup_py(tree: ProjectFiles) -> VersionSource | None:
    value = tree.setup_py.get("version")
    if not isinstance(value, str):
        return None
    search = search_text(tree.text("setup.py") or "", rf"version\s*=\W*(?P<version>{re.escape(value)})")
    if not search:
        return None
    return VersionSource(kind="file", path="setup.py", search=search, value=value, reason="stated literally")


def _in_bumpversion(tree: ProjectFiles) -> Iterator[VersionSource]:
    """Yield the version that bump-my-version's own settings believe in; the files these name are its adapter's."""
    for path in ("pyproject.toml", ".bumpversion.toml"):
        table = tree.pyproject if path == "pyproject.toml" else _toml(tree, path)
        for value in dig_texts(table, "tool", "bumpversion", "current_version"):
            yield _other("static", path, "tool.bumpversion.current_version", value=value)
    for path in (".bumpversion.cfg", "setup.cfg"):
        if stated := parse_ini(tree.folder / path).get("bumpversion", {}).get("current_version"):
            yield _other("static", path, "bumpversion.current_version", value=stated)


def _toml(tree: ProjectFiles, path: str) -> Mapping[str, object]:
    return read_toml(tree.folder / path).table if tree.has(path) else {}


def _other(kind: str, path: str, key: str, value: str = "", search: str = "") -> VersionSource:
    return VersionSource(kind=kind, path=path, key=key, search=search, value=value, reason="states the version too")


def _is_reference(value: str) -> bool:
    return value.startswith(("attr:", "file:"))
