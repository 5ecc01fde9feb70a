"""What the package is imported as, and where that lies: from the backend's settings, else from the folders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_table, dig_texts

__all__ = ["Package", "find", "locate", "roots"]

# Folders and modules at the top of a flat project that are never its package, unless it is called so itself.
_NOT_PACKAGES = frozenset(
    re.findall(
        r"\w+",
        """
    asv_bench bench benchmark benchmarks bin build changelog ci conf conftest dist doc docs downstream example
    examples hooks htmlcov man newsfragments node_modules noxfile release requirements scripts setup site tasks
    template templates test testing tests tools typings venv
""",
    )
)


@dataclass(frozen=True, slots=True)
class Package:
    """An import name and where it lies relative to the component: a folder, a ``.py`` file, or nothing found."""

    name: str
    path: str


def find(tree: ProjectFiles, backend: str, name: str, given: Sequence[str]) -> tuple[tuple[Package, ...], str]:
    """Return the packages of the project and the reason; ``given`` are the names that the settings state."""
    if given:
        return _located(tree, given), "set in [tool.unmoor]"
    names, reason = _declared(tree, backend)
    if names:
        return _located(tree, names), reason
    for root in roots(tree):
        # A folder that is there for packages has nothing else in it.
        others = frozenset[str]() if root else _NOT_PACKAGES - {_plain(name)}
        everything = backend == "setuptools" and root != ""
        found = list(_importable(tree.folder / root, others))
        if everything:
            found = [each for each in found if _is_packed(tree, each)]
        chosen = _choose(found, name, everything=everything)
        if chosen:
            where = f"in {root}/" if root else "beside pyproject.toml"
            return _located(tree, chosen), f"found {where}"
    return (), "nothing that can be imported was found; set 'imports'"


def roots(tree: ProjectFiles) -> tuple[str, ...]:
    """Return the folders that import names start from, by the backends' settings and by custom; ``""`` is the top."""
    stated = [
        *dig_texts(tree.pyproject, "tool", "setuptools", "packages", "find", "where"),
        *dig_texts(tree.pyproject, "tool", "setuptools", "package-dir", ""),
        *dig_texts(tree.pyproject, "tool", "pdm", "build", "package-dir"),
        *dig_texts(tree.pyproject, "tool", "uv", "build-backend", "module-root"),
        *dig_texts(tree.pyproject, "tool", "maturin", "python-source"),
        *_hatch_roots(tree),
        *_poetry_roots(tree),
        *re.findall(r"=\s*(\S+)", tree.setup_cfg.get("options", {}).get("package_dir", "")),
        *dig_texts(tree.setup_py, "package_dir", ""),
    ]
    below = (tree.folder / "src").is_dir()
    return tuple(
        dict.fromkeys(["" if each in {".", "./"} else each.strip("/") for each in stated] + ["src"] * below + [""])
    )


def locate(tree: ProjectFiles, name: str) -> str:
    """Return where an import name lies relative to the component; empty where it was not found."""
    inner = name.replace(".", "/")
    for root in roots(tree):
        base = PurePosixPath(root)
        for path in (base / inner / "__init__.py", base / f"{inner}.py"):
            if tree.has(str(path)):
                return str(path.parent if path.name == "__init__.py" else path)
    found = (PurePosixPath(root) / inner for root in roots(tree) if (tree.folder / root / inner).is_dir())
    return next((str(path) for path in found), "")


def _located(tree: ProjectFiles, names: Iterable[str]) -> tuple[Package, ...]:
    return tuple(Package(name, locate(tree, name)) for name in dict.fromkeys(names))


def _declared(tree: ProjectFiles, backend: str) -> tuple[list[str], str]:
    """Return the import names that the backend's own settings state, and which settings."""
    readers = {
        "flit-core": (_flit, "tool.flit.module"),
        "hatchling": (_hatch, "tool.hatch.build.targets.wheel"),
        "setuptools": (_setuptools, "setuptools' settings"),
        "poetry-core": (_poetry, "tool.poetry.packages"),
        "uv-build": (_uv, "tool.uv.build-backend"),
        "maturin": (_maturin, "tool.maturin"),
    }
    reader, where = readers.get(backend, (None, ""))
    return (list(reader(tree)), f"from {where}") if reader else ([], "")


def _flit(tree: ProjectFiles) -> Iterator[str]:
    yield from dig_texts(tree.pyproject, "tool", "flit", "module", "name")


def _hatch(tree: ProjectFiles) -> Iterator[str]:
    """Yield what ``packages`` name, or what ``only-include`` does once ``sources`` are taken off its paths."""
    wheel, shared = tree.tool("hatch", "build", "targets", "wheel"), tree.tool("hatch", "build")
    if packages := dig_texts(wheel, "packages") or dig_texts(shared, "packages"):
        yield from (PurePosixPath(path).stem for path in packages)
        return
    sources = _hatch_sources(tree)
    for path in dig_texts(wheel, "only-include") or dig_texts(shared, "only-include"):
        stated = PurePosixPath(path)
        root = next((each for each in sources if stated.is_relative_to(each)), None)
        if root is not None and stated == PurePosixPath(root):
            yield from _importable(tree.folder / root, frozenset())
        elif name := ".".join((stated.relative_to(root) if root else PurePosixPath(stated.name)).with_suffix("").parts):
            yield name


def _hatch_sources(tree: ProjectFiles) -> tuple[str, ...]:
    """Return the folders that hatchling takes off the paths: a list of them, or a table of what takes their place."""
    tables = (tree.tool("hatch", "build", "targets", "wheel"), tree.tool("hatch", "build"))
    found = [*(path for table in tables for path in dig_texts(table, "sources"))]
    found += [path for table in tables for path, instead in dig_table(table, "sources").items() if not instead]
    return tuple(each.strip("/") for each in found)


def _hatch_roots(tree: ProjectFiles) -> Iterator[str]:
    yield from _hatch_sources(tree)
    for path in dig_texts(tree.pyproject, "tool", "hatch", "build", "targets", "wheel", "packages"):
        yield str(PurePosixPath(path).parent)


def _setuptools(tree: ProjectFiles) -> Iterator[str]:
    stated = [
        *dig_texts(tree.pyproject, "tool", "setuptools", "packages"),
        *tree.setup_cfg.get("options", {}).get("packages", "").split(),
        *dig_texts(tree.setup_py, "packages"),
    ]
    for name in stated:
        if name.replace(".", "").isidentifier() and "." not in name:
            yield name
    yield from dig_texts(tree.pyproject, "tool", "setuptools", "py-modules")
    yield from tree.setup_cfg.get("options", {}).get("py_modules", "").split()
    yield from dig_texts(tree.setup_py, "py_modules")


def _poetry(tree: ProjectFiles) -> Iterator[str]:
    for include, root in _poetry_packages(tree):
        parts = [part for part in PurePosixPath(include).parts if "*" not in part and not part.endswith(".pyi")]
        if parts:
            yield ".".join([*parts[:-1], parts[-1].removesuffix(".py")])
        elif root:
            yield from _importable(tree.folder / root, frozenset())


def _poetry_packages(tree: ProjectFiles) -> Iterator[tuple[str, str]]:
    """Yield what ``packages`` include, each with the folder that it is taken from."""
    listed = dig(tree.pyproject, "tool", "poetry", "packages")
    for each in listed if isinstance(listed, list) else []:
        for include in dig_texts(each, "include"):
            yield include, "".join(dig_texts(each, "from"))


def _poetry_roots(tree: ProjectFiles) -> Iterator[str]:
    yield from (root for _, root in _poetry_packages(tree) if root)


def _uv(tree: ProjectFiles) -> Iterator[str]:
    """Yield one name or several (django-stubs has two, and one of them is no identifier)."""
    yield from dig_texts(tree.pyproject, "tool", "uv", "build-backend", "module-name")


def _maturin(tree: ProjectFiles) -> Iterator[str]:
    """Yield what stands before the first dot: cryptography names its binary ``cryptography.hazmat.bindings._rust``."""
    for name in dig_texts(dig_table(tree.pyproject, "tool", "maturin"), "module-name"):
        yield name.partition(".")[0]


def _is_packed(tree: ProjectFiles, name: str) -> bool:
    """Say whether setuptools takes a package along, by the patterns that it is given to find packages."""
    of_toml = ("tool", "setuptools", "packages", "find")
    of_cfg = tree.setup_cfg.get("options.packages.find", {})
    include = [*dig_texts(tree.pyproject, *of_toml, "include"), *of_cfg.get("include", "").replace(",", " ").split()]
    exclude = [*dig_texts(tree.pyproject, *of_toml, "exclude"), *of_cfg.get("exclude", "").replace(",", " ").split()]
    wanted = not include or any(fnmatchcase(name, pattern) for pattern in include)
    return wanted and not any(fnmatchcase(name, pattern) for pattern in exclude)


def _importable(folder: Path, others: frozenset[str]) -> Iterator[str]:
    """Yield what could be imported from a folder: packages, packages in namespaces one level down, modules.

    ``others`` are names of what lies beside packages.
    """
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir()):
        name = entry.name.removesuffix(".py")
        if not name.isidentifier() or name.lower() in others:
            continue
        if (entry / "__init__.py").is_file() or (entry.suffix == ".py" and entry.is_file()):
            yield name
        elif entry.is_dir() and any(entry.glob("*.py")):
            yield name  # modules without an __init__.py: the package is an implicit one
        elif entry.is_dir():
            inner = sorted(path.parent.name for path in entry.glob("*/__init__.py"))
            yield from (f"{name}.{each}" for each in inner if each.isidentifier() and each not in others)


def _choose(found: list[str], name: str, *, everything: bool) -> list[str]:
    """Return the project's own among what was found: the one of its name, or the only one there is."""
    wanted = _plain(name)
    own = [each for each in found if _plain(each) == wanted]
    if everything and found:
        return own + [each for each in found if each not in own]
    in_namespace = [each for each in found if "." in each]
    return own[:1] or (
        found if len(found) == 1 and found != in_namespace else in_namespace if found == in_namespace else []
    )


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
