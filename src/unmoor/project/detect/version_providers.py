"""Where each build backend takes a dynamic version from, by its own settings; code that computes one is never run.

Sources: the documentation of hatchling, hatch-vcs, setuptools, setuptools-scm, flit, poetry, pdm-backend, maturin and
scikit-build-core on dynamic versions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from unmoor.model import Backend, VersionSource
from unmoor.project.detect.build_backend import requires
from unmoor.project.detect.packages import Package, locate, roots
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_texts, read_toml
from unmoor.project.version_locator import filled, search_text

__all__ = ["computed", "provided"]

_HATCH = r"(?i)^(__version__|VERSION)(?: ?: ?str)? *= *(['\"])v?(?P<version>.+?)\2"
_SCIKIT = r"(?i)^(__version__|VERSION)(?: ?: ?str)? *= *(['\"])(?P<version>[^'\"]+)\2"
# Build requirements that derive the version from tags, whatever the backend.
_FROM_TAGS = (
    "setuptools-scm",
    "vcs-versioning",
    "hatch-vcs",
    "flit-scm",
    "versioneer",
    "versioningit",
    "setuptools-git-versioning",
    "poetry-dynamic-versioning",
    "uv-dynamic-versioning",
    "hatch-regex-commit",
    "pbr",
)
_FLIT_FILES = ("__init__.py", "version.py", "_version.py", "__version__.py")


def provided(tree: ProjectFiles, build: Backend, packages: tuple[Package, ...]) -> VersionSource:
    """Return where the dynamic version comes from; ``computed``, with advice, where that cannot be told."""
    name = build.name
    if name == "in-tree":
        name = requires(build, *_PROVIDERS)
    provider = _PROVIDERS.get(name)
    found = provider(tree, build, packages) if provider else None
    if found is None and (plugin := requires(build, *_FROM_TAGS)):
        return _vcs(plugin, f"'{plugin}' is among the build requirements")
    return found or computed(f"'version' is dynamic, and what {build.name} makes it from is not known here")


def computed(why: str, path: str = "pyproject.toml", key: str = "") -> VersionSource:
    """Return a source that only code can tell, with what to do about it."""
    advice = "it cannot be read or bumped; state it literally, derive it from tags, or bump it by hand"
    return VersionSource(kind="computed", path=path, key=key, reason=f"{why}: {advice}")


def _vcs(provider: str, reason: str, path: str = "pyproject.toml") -> VersionSource:
    return VersionSource(kind="vcs", path=path, key=provider, reason=f"from tags: {reason}")


def _attribute(tree: ProjectFiles, path: str, key: str, reason: str) -> VersionSource | None:
    found = filled(VersionSource(kind="attribute", path=path, key=key, reason=reason), tree.text(path))
    return found if found.value else None


def _by_pattern(tree: ProjectFiles, path: str, pattern: str, reason: str) -> VersionSource:
    text = tree.text(path) or ""
    search = search_text(text, pattern)
    named = re.match(r"(\w+)\s*[:=]", search) if path.endswith(".py") else None
    kind, key = ("attribute", named[1]) if named else ("file", "")
    found = filled(VersionSource(kind=kind, path=path, key=key, search=search, reason=reason), text)
    return found if search and found.value else computed(f"{reason}, where no literal version was found", path)


def _flit(tree: ProjectFiles, _build: Backend, packages: tuple[Package, ...]) -> VersionSource | None:
    for package in packages[:1]:
        paths = [package.path] if package.path.endswith(".py") else [f"{package.path}/{name}" for name in _FLIT_FILES]
        for path in paths:
            if found := _attribute(tree, path, "__version__", "flit reads __version__ of the module"):
                return found
        return computed("flit reads __version__ of the module, and it is no literal", paths[0], "__version__")
    return None


def _hatch(tree: ProjectFiles, build: Backend, _packages: tuple[Package, ...]) -> VersionSource | None:
    table = tree.tool("hatch", "version")
    source = "".join(dig_texts(table, "source")) or "regex"
    path = "".join(dig_texts(table, "path"))
    if source == "vcs" or (plugin := requires(build, source)) in _FROM_TAGS:
        return _vcs("hatch-vcs" if source == "vcs" else plugin, f"tool.hatch.version.source = '{source}'")
    if source == "regex" and path:
        pattern = dig(table, "pattern")
        return _by_pattern(tree, path, pattern if isinstance(pattern, str) else _HATCH, "tool.hatch.version.path")
    if source in {"code", "env"}:
        return computed(f"tool.hatch.version.source = '{source}'", path or "pyproject.toml")
    return None


def _setuptools(tree: ProjectFiles, build: Backend, _packages: tuple[Package, ...]) -> VersionSource | None:
    stated = dig(tree.pyproject, "tool", "setuptools", "dynamic", "version")
    attr, files = "".join(dig_texts(stated, "attr")), dig_texts(stated, "file")
    where = "tool.setuptools.dynamic.version"
    written = tree.setup_cfg.get("metadata", {}).get("version", "")
    if not attr and not files and written:
        where = "setup.cfg: metadata.version"
        attr = written.removeprefix("attr:").strip() if written.startswith("attr:") else ""
        files = (written.removeprefix("file:").strip(),) if written.startswith("file:") else ()
    if attr:
        return _module_attribute(tree, attr, where)
    if files:
        source = VersionSource(kind="file", path=files[0], search="{version}", reason=where)
        return filled(source, tree.text(files[0]))
    if tags := _setuptools_tags(tree):
        return tags
    if not requires(build, *_FROM_TAGS) and tree.has("setup.py"):
        return computed("setup.py computes the version", "setup.py")
    return None


def _setuptools_tags(tree: ProjectFiles) -> VersionSource | None:
    for table in ("setuptools_scm", "setuptools-scm", "vcs-versioning", "versioneer"):
        if isinstance(dig(tree.pyproject, "tool", table), Mapping):
            return _vcs(table.replace("_", "-"), f"[tool.{table}]")
    if "use_scm_version" in (tree.text("setup.py") or ""):
        return _vcs("setuptools-scm", "use_scm_version in setup.py", "setup.py")
    return _vcs("versioneer", "[versioneer] in setup.cfg", "setup.cfg") if "versioneer" in tree.setup_cfg else None


def _module_attribute(tree: ProjectFiles, attr: str, where: str) -> VersionSource:
    """Setuptools' ``attr``: a literal is read from the source, anything else it would import."""
    module, _, key = attr.rpartition(".")
    for path in _files_of(tree, module):
        if found := _attribute(tree, path, key, f"{where} = '{attr}'"):
            return found
    return computed(
        f"{where} = '{attr}', which is no literal", next(iter(_files_of(tree, module)), "pyproject.toml"), key
    )


def _files_of(tree: ProjectFiles, module: str) -> list[str]:
    path = locate(tree, module)
    candidates = [path if path.endswith(".py") else f"{path}/__init__.py"] if path else []
    candidates += [f"{root}/{module.replace('.', '/')}.py".lstrip("/") for root in roots(tree)]
    return [each for each in candidates if tree.has(each)]


def _pdm(tree: ProjectFiles, _build: Backend, _packages: tuple[Package, ...]) -> VersionSource | None:
    table = tree.tool("pdm", "version")
    source, path = "".join(dig_texts(table, "source")), "".join(dig_texts(table, "path"))
    if source == "scm":
        return _vcs("pdm-backend", "tool.pdm.version.source = 'scm'")
    if source == "file" and path:
        return _by_pattern(tree, path, _HATCH, "tool.pdm.version.path")
    return computed(f"tool.pdm.version.source = '{source}'") if source else None


def _poetry(tree: ProjectFiles, _build: Backend, _packages: tuple[Package, ...]) -> VersionSource | None:
    if dig(tree.pyproject, "tool", "poetry-dynamic-versioning", "enable") is True:
        return _vcs("poetry-dynamic-versioning", "[tool.poetry-dynamic-versioning]")
    value = tree.tool("poetry").get("version")
    if isinstance(value, str):
        return VersionSource(
            kind="static", path="pyproject.toml", key="tool.poetry.version", value=value, reason="stated for poetry"
        )
    return None


def _maturin(tree: ProjectFiles, _build: Backend, _packages: tuple[Package, ...]) -> VersionSource | None:
    if not tree.has("Cargo.toml"):
        return None
    value = dig(read_toml(tree.folder / "Cargo.toml").table, "package", "version")
    if not isinstance(value, str):
        return computed("maturin reads the version of Cargo.toml, which has none of its own", "Cargo.toml")
    return VersionSource(
        kind="static", path="Cargo.toml", key="package.version", value=value, reason="maturin reads it from Cargo.toml"
    )


def _scikit(tree: ProjectFiles, _build: Backend, _packages: tuple[Package, ...]) -> VersionSource | None:
    table = tree.tool("scikit-build", "metadata", "version")
    provider, path = "".join(dig_texts(table, "provider")), "".join(dig_texts(table, "input"))
    if provider.endswith("setuptools_scm"):
        return _vcs("setuptools-scm", "tool.scikit-build.metadata.version.provider")
    if provider.endswith("regex") and path:
        pattern = "".join(dig_texts(table, "regex")).replace("(?P<value>", "(?P<version>") or _SCIKIT
        return _by_pattern(tree, path, pattern, "tool.scikit-build.metadata.version")
    return None


_PROVIDERS: Mapping[str, Callable[[ProjectFiles, Backend, tuple[Package, ...]], VersionSource | None]] = {
    "flit-core": _flit,
    "hatchling": _hatch,
    "setuptools": _setuptools,
    "pdm-backend": _pdm,
    "poetry-core": _poetry,
    "maturin": _maturin,
    "scikit-build-core": _scikit,
}
