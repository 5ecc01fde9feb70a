"""What ``.pre-commit-config.yaml`` or ``prek.toml`` says: its hooks, with all that decides which files they are given.

Read as pre-commit reads it (https://pre-commit.com/#adding-pre-commit-plugins-to-your-project); prek knows the same
keys in TOML, and globs beside regular expressions. A comment behind a revision (``# frozen: v1.2``) counts. What
cannot be read says nothing here: pre-commit itself says what is wrong with it, in the gate that runs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unmoor.errors import SettingsError
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_texts, read_toml

__all__ = ["FILES", "Hook", "HookConfiguration", "hook_configuration"]

FILES = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")
_RELEASE = re.compile(r"v?([0-9]+(?:\.[0-9]+)+\S*)")
_COMMENT = re.compile(r"#\s*(?:frozen:\s*)?(v?[0-9]+(?:\.[0-9]+)+\S*)\s*$")
# The stage that `pre-commit run --all-files` is about; the second is its name before pre-commit 3.2.
_USUAL = {"pre-commit", "commit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One hook: where it comes from, in which version, and what is stated for it.

    ``args`` and ``types_or`` are ``None`` where nothing is stated, so that what the hook's own repository says holds.
    ``manual`` says that it only runs where it is asked for.
    """

    id: str
    repository: str
    version: str = ""
    entry: str = ""
    language: str = ""
    args: tuple[str, ...] | None = None
    files: str = ""
    exclude: str = ""
    types: tuple[str, ...] | None = None
    types_or: tuple[str, ...] | None = None
    exclude_types: tuple[str, ...] = ()
    additional: tuple[str, ...] = ()
    pass_filenames: bool = True
    manual: bool = False
    python: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookConfiguration:
    """The file as a whole: its name (empty where there is none), what it passes over, its hooks, what is wrong."""

    name: str = ""
    files: str = ""
    exclude: str = ""
    hooks: tuple[Hook, ...] = ()
    problem: str = ""


def hook_configuration(tree: ProjectFiles) -> HookConfiguration:
    """Return what the project's pre-commit configuration says; a broken one has a ``problem`` and no hooks."""
    name = tree.first(*FILES)
    if not name:
        return HookConfiguration()
    try:
        table, comments = _toml(tree, name) if name.endswith(".toml") else _yaml(tree, name)
    except (SettingsError, ValueError, RecursionError) as error:
        what = str(error).strip().splitlines()
        return HookConfiguration(name=name, problem=f"{name} cannot be read: {what[0] if what else 'it is damaged'}")
    return HookConfiguration(
        name=name,
        files=_pattern(table, "files"),
        exclude=_pattern(table, "exclude"),
        hooks=tuple(_hooks(table, comments)),
    )


def _toml(tree: ProjectFiles, name: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    file = read_toml(tree.folder / name)
    return file.table, _revisions(file.text.splitlines())


def _yaml(tree: ProjectFiles, name: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    import yaml

    text = tree.text(name) or ""
    try:
        table = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    if not isinstance(table, dict):
        what = "it is no table"
        raise ValueError(what)  # noqa: TRY004 - what the file holds is a value, no argument
    return table, _revisions(text.splitlines())


def _revisions(lines: Sequence[str]) -> Mapping[str, str]:
    """Return the release that the comment behind a revision names, by the revision as it stands there."""
    found: dict[str, str] = {}
    for line in lines:
        comment = _COMMENT.search(line)
        key = re.match(r"""\s*(?:-\s*)?rev\s*[:=]\s*["']?([^\s"'#]+)""", line)
        if key and comment:
            found[key[1]] = comment[1]
    return found


def _hooks(table: Mapping[str, Any], comments: Mapping[str, str]) -> Iterator[Hook]:
    stages = dig_texts(table, "default_stages")
    python = dig(table, "default_language_version", "python")
    repositories = table.get("repos")
    for repository in repositories if isinstance(repositories, list) else ():
        revision = str(dig(repository, "rev") or "")
        release = _RELEASE.fullmatch(revision) or _RELEASE.fullmatch(comments.get(revision, ""))
        hooks = dig(repository, "hooks")
        for hook in hooks if isinstance(hooks, list) else ():
            if isinstance(hook, dict) and hook.get("id"):
                url = str(dig(repository, "repo") or "")
                yield _hook(hook, url, release[1] if release else "", stages, python)


def _hook(table: Mapping[str, Any], url: str, version: str, stages: Sequence[str], python: object) -> Hook:
    asked = set(dig_texts(table, "stages") or stages)
    return Hook(
        id=str(table["id"]),
        repository=url,
        version=version,
        entry=str(table.get("entry") or ""),
        language=str(table.get("language") or ""),
        args=_texts(table, "args"),
        files=_pattern(table, "files"),
        exclude=_pattern(table, "exclude"),
        types=_texts(table, "types"),
        types_or=_texts(table, "types_or"),
        exclude_types=_texts(table, "exclude_types") or (),
        additional=_texts(table, "additional_dependencies") or (),
        pass_filenames=table.get("pass_filenames") is not False,
        manual=bool(asked) and not asked & _USUAL,
        python=_version(table.get("language_version") or python),
    )


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    """Return a list as texts (YAML makes numbers of some), ``None`` where there is none."""
    value = table.get(key)
    return tuple(str(each) for each in value) if isinstance(value, list) else None


def _version(stated: object) -> str:
    """Return ``3.11`` of ``python3.11`` and ``3.11.4``; empty where it says only ``python3``, or nothing."""
    match = re.fullmatch(r"(?:python)?(3\.[0-9]+)(?:\.[0-9]+)?", str(stated or ""))
    return match[1] if match else ""


def _pattern(table: Mapping[str, Any], key: str) -> str:
    """Return a regular expression; one that cannot be compiled is left out, and globs (prek) are translated."""
    value = table.get(key)
    if isinstance(value, dict):
        globs = value.get("glob")
        value = "|".join(_of_glob(str(each)) for each in (globs if isinstance(globs, list) else [globs]))
    text = value if isinstance(value, str) else ""
    try:
        re.compile(text)
    except re.error:
        return ""
    return text


def _of_glob(text: str) -> str:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    words = re.split(r"(\*\*/|\*\*|[*?{},])", text)
    return f"^{''.join(parts.get(word, re.escape(word)) for word in words)}$"
