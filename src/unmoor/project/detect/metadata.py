"""The core metadata as the project states it, in the shape of ``[project]`` (PEP 621) whatever the backend reads.

Poetry's own table, ``setup.cfg`` and the literal part of ``setup.py`` are translated; what cannot be known without
running code is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from unmoor.model import Finding
from unmoor.project.detect.poetry_constraints import arguments_for, to_specifier
from unmoor.project.line_numbers import line_of
from unmoor.project.packages_below import where_to_go
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_table, dig_texts

__all__ = ["metadata", "metadata_problems", "origin_of"]

# PEP 508, section Names.
_NAME = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE)


def origin_of(tree: ProjectFiles) -> str:
    """Return what the metadata comes from: ``project``, ``poetry``, ``setup``, or an empty string."""
    if "project" in tree.pyproject:
        return "project"
    if tree.tool("poetry").get("name"):
        return "poetry"
    return "setup" if tree.first("setup.py", "setup.cfg") else ""


def metadata(tree: ProjectFiles) -> Mapping[str, object]:
    """Return the metadata in the shape of ``[project]``; keys without a value are absent."""
    match origin_of(tree):
        case "project":
            return dig_table(tree.pyproject, "project")
        case "poetry":
            return _filled(_poetry(tree.tool("poetry")))
        case "setup":
            return _filled(_setup(tree))
        case _:
            return {}


def metadata_problems(tree: ProjectFiles) -> Iterator[Finding]:
    """Yield what makes the metadata unusable: no name, no version, or two statements of it."""
    origin, found = origin_of(tree), metadata(tree)
    where = {"project": "pyproject.toml", "poetry": "pyproject.toml"}.get(origin, tree.first("setup.cfg", "setup.py"))
    if not origin:
        yield Finding(
            message="describes no package: there is neither [project] nor [tool.poetry], setup.cfg or setup.py",
            place="pyproject.toml",
            hint=where_to_go(tree.folder) or "add [project] with name and version",
        )
        return
    if origin == "project" and not isinstance(tree.pyproject["project"], Mapping):
        yield Finding(message="'project' is not a table", place=where, hint="write [project]")
        return
    yield from _name_problems(tree, origin, found, where)
    if origin == "project":
        yield from _version_problems(tree, found)


def _name_problems(tree: ProjectFiles, origin: str, found: Mapping[str, object], where: str) -> Iterator[Finding]:
    prefix = {"project": "project.", "poetry": "tool.poetry.", "setup": ""}[origin]
    name = found.get("name")
    if name is None:
        hint = 'add name = "…" under [project]'
        if origin == "setup":
            hint = "state the name literally, in setup.cfg under [metadata] or in pyproject.toml under [project]"
        yield Finding(message="the project has no name", place=_place(tree, where, f"{prefix}name"), hint=hint)
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        hint = "use letters A-Z, digits, '.', '-' and '_', and begin and end with a letter or digit"
        yield Finding(
            message=f"{name!r} is no name of a package", place=_place(tree, where, f"{prefix}name"), hint=hint
        )


def _version_problems(tree: ProjectFiles, found: Mapping[str, object]) -> Iterator[Finding]:
    version, dynamic = found.get("version"), "version" in dig_texts(found, "dynamic")
    place = _place(tree, "pyproject.toml", "project.version")
    if version is not None and not isinstance(version, str):
        yield Finding(message=f"got {version!r}, expected a text", place=place, hint=f'write version = "{version}"')
    if version is not None and dynamic:
        hint = "remove one of the two: 'version', or \"version\" from 'dynamic'"
        yield Finding(message="the version is stated and declared dynamic at once", place=place, hint=hint)
    if version is None and not dynamic:
        hint = 'add version = "…", or dynamic = ["version"] where the build backend finds it'
        yield Finding(message="there is no version, and 'dynamic' does not name it", place=place, hint=hint)


def _poetry(table: Mapping[str, object]) -> dict[str, object]:
    dependencies = dig_table(table, "dependencies")
    optional = {name for name, spec in dependencies.items() if dig(spec, "optional") is True}
    urls = {key.title(): table[key] for key in ("homepage", "repository", "documentation") if key in table}
    plain = {
        key: table.get(key)
        for key in ("name", "version", "description", "license", "readme", "keywords", "classifiers")
    }
    needed = [
        argument
        for name, spec in dependencies.items()
        if name != "python" and name not in optional
        for argument in arguments_for(name, spec)
    ]
    return plain | {
        "authors": [_person(each) for each in dig_texts(table, "authors")],
        "maintainers": [_person(each) for each in dig_texts(table, "maintainers")],
        "urls": urls | dict(dig_table(table, "urls")),
        "requires-python": to_specifier("".join(dig_texts(dependencies, "python"))),
        "dependencies": needed,
        "optional-dependencies": {
            extra: [
                argument
                for name in names
                for argument in arguments_for(name, _without_optional(dependencies.get(name)))
            ]
            for extra, names in ((key, dig_texts(table, "extras", key)) for key in dig_table(table, "extras"))
        },
        "scripts": dict(dig_table(table, "scripts")),
    }


def _without_optional(spec: object) -> object:
    if isinstance(spec, Mapping):
        return {key: value for key, value in spec.items() if key != "optional"}
    return spec or "*"


def _person(text: str) -> dict[str, str]:
    match = re.fullmatch(r"\s*(.*?)\s*(?:<(.+?)>)?\s*", text)
    name, email = (match[1], match[2]) if match else (text, None)
    return {"name": name} | ({"email": email} if email else {})


def _setup(tree: ProjectFiles) -> dict[str, object]:
    """Setuptools' own files: an argument of ``setup()`` gives way to the same key in ``setup.cfg``."""
    said, given = tree.setup_cfg.get("metadata", {}), tree.setup_py
    options, extras = tree.setup_cfg.get("options", {}), tree.setup_cfg.get("options.extras_require", {})
    version = said.get("version", given.get("version"))
    written = isinstance(version, str) and not version.startswith(("attr:", "file:"))
    urls = {"Homepage": said.get("url") or given.get("url"), **dict(_urls(said)), **dig_table(given, "project_urls")}
    given_extras = dig_table(given, "extras_require")
    return {
        "name": said.get("name") or given.get("name"),
        "version": version if written else None,
        "dynamic": None if written else ["version"],
        "description": said.get("description") or given.get("description"),
        "readme": _long_description(said) or tree.first("README.md", "README.rst"),
        "license": said.get("license") or given.get("license"),
        "authors": [_filled({"name": said.get("author") or given.get("author"), "email": said.get("author_email")})],
        "classifiers": _listed(said.get("classifiers")) or list(dig_texts(given, "classifiers")),
        "requires-python": options.get("python_requires") or given.get("python_requires"),
        "dependencies": _listed(options.get("install_requires")) or list(dig_texts(given, "install_requires")),
        "optional-dependencies": {name: _listed(value) for name, value in extras.items()}
        or {name: list(dig_texts(given_extras, name)) for name in given_extras},
        "urls": _filled(urls),
    }


def _long_description(said: Mapping[str, str]) -> object:
    """Return what ``long_description`` states: files, divided by commas, or the text itself."""
    text, kind = said.get("long_description", "").strip(), said.get("long_description_content_type", "").strip()
    if not text.startswith("file:"):
        # What "attr:" names is known to a build alone.
        return None if text.startswith("attr:") else _filled({"text": text, "content-type": kind}) if text else None
    files = [file for each in text.removeprefix("file:").split(",") if (file := each.strip())]
    return {"file": files, "content-type": kind} if kind else files


def _urls(said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for line in _listed(said.get("project_urls")):
        label, _, url = line.partition("=")
        yield label.strip(), url.strip()


def _listed(value: str | None) -> list[str]:
    return [line.strip() for line in (value or "").splitlines() if line.strip() and not line.strip().startswith("#")]


def _filled(table: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in table.items() if value not in (None, "", [], {}, [{}])}


def _place(tree: ProjectFiles, file: str, key: str) -> str:
    line = line_of(tree.toml.text, key) if file == "pyproject.toml" else 0
    return f"{file}:{line}: {key}" if line else f"{file}: {key}"
