"""The build backend: which it is, by ``[build-system]`` or by its absence (PEP 517, PEP 518)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unmoor.model import Backend, Finding
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig_table, dig_texts

__all__ = ["backend", "backend_problems", "requires"]

# The first part of the build-backend's module, or all of it, the name people call it by, and a project that has it.
_NAMES = {
    "hatchling": "hatchling",  # structlog
    "setuptools": "setuptools",  # pluggy
    "flit_core": "flit-core",  # click
    "flit": "flit-core",  # ipyoptimade 0.2
    "flit_scm": "flit-core",  # exceptiongroup
    "poetry.core": "poetry-core",  # rich
    "poetry": "poetry-core",  # together 1.1
    "poetry_dynamic_versioning": "poetry-core",  # bmt
    "pdm.backend": "pdm-backend",  # typer
    "pdm": "pdm-backend",  # flufl.lock 7
    "uv_build": "uv-build",  # django-stubs
    "maturin": "maturin",  # cryptography
    "scikit_build_core": "scikit-build-core",  # pyzmq
    "mesonpy": "meson-python",  # scipy
    "pbr": "setuptools",  # stevedore
}
_REQUIRED = {
    "setuptools": "setuptools",
    "hatchling": "hatchling",
    "flit-core": "flit-core",
    "poetry-core": "poetry-core",
}
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def backend(tree: ProjectFiles) -> Backend:
    """Return the build backend of the project, with the reason."""
    system = dig_table(tree.pyproject, "build-system")
    needs = dig_texts(system, "requires")
    if not system:
        old = tree.first("setup.py", "setup.cfg")
        where = (
            f"there is no [build-system]; {old} is setuptools'" if old else "without [build-system] setuptools is used"
        )
        return Backend(
            name="setuptools", build_backend="setuptools.build_meta:__legacy__", requires=("setuptools",), reason=where
        )
    module = dig_texts(system, "build-backend")[:1]
    if not module:
        reason = "[build-system] names no build-backend, so setuptools is used"
        return Backend(
            name="setuptools",
            build_backend="setuptools.build_meta:__legacy__",
            requires=needs or ("setuptools",),
            reason=reason,
        )
    path = dig_texts(system, "backend-path")  # as yarl does
    if path:
        over = next((name for name in _REQUIRED if name in {normalized(each) for each in needs}), "")
        reason = f"build-backend '{module[0]}' lies in the project (backend-path {', '.join(path)})"
        return Backend(
            name="in-tree", build_backend=module[0], requires=needs, reason=reason + (f", over {over}" if over else "")
        )
    name = _name(module[0])
    reason = f"build-backend = '{module[0]}'" + ("" if name in _NAMES.values() else ", which is not known here")
    return Backend(name=name, build_backend=module[0], requires=needs, reason=reason)


def requires(build: Backend, *names: str) -> str:
    """Return the first of these packages that the build requires, or an empty string; names normalized."""
    needed = {normalized(each) for each in build.requires}
    return next((name for name in names if name in needed), "")


def normalized(requirement: str) -> str:
    """Return the name a requirement starts with, normalized as PEP 503 says; empty where it starts with none."""
    match = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else ""


def backend_problems(tree: ProjectFiles) -> Iterator[Finding]:
    """Yield what is wrong with ``[build-system]`` in a way that no build could survive."""
    found = tree.pyproject.get("build-system")
    if found is None:
        return
    where = "pyproject.toml: build-system"
    if not isinstance(found, dict):
        yield Finding(message="'build-system' is not a table", place=where, hint="write [build-system]")
    elif not isinstance(found.get("requires"), list):
        hint = 'add for example requires = ["setuptools"]'
        yield Finding(message="'requires' is missing or no list", place=f"{where}.requires", hint=hint)


def _name(module: str) -> str:
    words = module.partition(":")[0].split(".")
    for length in range(len(words), 0, -1):
        if (prefix := ".".join(words[:length])) in _NAMES:
            return _NAMES[prefix]
    return words[0]
