"""What the steps before a command install, in any installer's words: they are the environment that it runs in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from unmoor.model import Requirements
from unmoor.project.detect.build_backend import normalized
from unmoor.project.detect.commands.words import plain_words
from unmoor.project.detect.metadata import metadata
from unmoor.project.detect.requirement_lists import RequirementList, requirement_lists
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_table, dig_texts

__all__ = ["Installed", "own_extras"]

_OWN = re.compile(r"(?:\.{1,2}/?|\./|\.)(?:\[(?P<extras>[^\]]*)\])?")
_OWN_LINE = re.compile(r"^(?:-e\s*|--editable[=\s])?\.(?:\[(?P<extras>[^\]]*)\])?\s*(?:#.*)?$", re.MULTILINE)
_ARCHIVE = re.compile(r"(?:.*/)?(?:dist/|wheelhouse/).*|.*\.(?:whl|tar\.gz)(?:\[(?P<extras>[^\]]*)\])?")
# Options of pip and uv with a value that says nothing of what is installed.
_PASSED_OVER = frozenset(
    {
        *("--target", "-t", "--prefix", "--root", "--src", "--python", "-p", "--progress-bar", "--log", "--cert"),
        *("--cache-dir", "--upgrade-strategy", "-P", "--upgrade-package", "--report", "--retries", "--timeout"),
        *("--no-binary", "--only-binary", "--config-settings", "-C", "--trusted-host", "--resolution", "--index-url"),
        *("-i", "--extra-index-url", "--find-links", "-f", "--refresh-package", "--reinstall-package", "--link-mode"),
        *("--exclude-newer", "--prerelease", "--package", "--directory", "--project", "--color", "--index"),
    }
)
_MANAGERS = frozenset({"uv", "poetry", "pdm", "rye"})


class Installed:
    """What has been installed so far in a row of commands; nothing is known until the first that installs."""

    def __init__(self, tree: ProjectFiles, where: str, start: Requirements | None = None) -> None:
        """Begin with what the runner installs by itself, if it says; ``where`` is the reason to be given."""
        self._tree, self._where = tree, where
        self._arguments = list(start.arguments) if start else []
        self._extras = list(start.extras) if start else []
        self._project = start.project if start else False
        self._known = start is not None

    @property
    def requirements(self) -> Requirements | None:
        """All of it together."""
        if not self._known:
            return None
        return Requirements(
            arguments=tuple(self._arguments),
            project=self._project,
            extras=tuple(dict.fromkeys(self._extras)),
            reason=self._where,
        )

    def by(self, words: tuple[str, ...], folder: str = "") -> bool:
        """Take in what these words install, run in ``folder``; say whether they are an installation at all."""
        plain = plain_words(words)
        first = plain[0].replace("\\", "/").rpartition("/")[2] if plain else ""
        if first == "uv" and plain[1:2] == ("pip",):
            first, plain = "pip", plain[1:]
        if re.fullmatch(r"pip[0-9.]*", first) and plain[1:2] == ("install",):
            self.by_pip(plain[2:], folder)
        elif first in _MANAGERS and plain[1:2] and plain[1] in {"sync", "install"}:
            self._by_manager(first, plain[2:])
        else:
            return False
        return True

    def by_launcher(self, words: tuple[str, ...]) -> None:
        """Take in what a launcher installs before it starts a command: ``uv run --group tests``, ``uvx --with``."""
        if words[:2] == ("uv", "run") or words[:1] == ("uv",):
            self._by_uv(words[1:])
        elif words[:2] in {("poetry", "run"), ("pdm", "run")} and not self._known:
            self._by_manager(words[0], ())

    def by_pip(self, words: Sequence[str], folder: str = "") -> None:
        """Take in what ``pip install`` is given."""
        left = [word for word in words if word]
        while left:
            word = left.pop(0)
            name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
            if re.match(r"-[rce][^-\s]", word):
                name, value, equals = word[:2], word[2:], "="
            if name in {"-r", "--requirement", "-c", "--constraint", "--group", "-e", "--editable", "--extra"}:
                value = value if equals else (left.pop(0) if left else "")
                self._option(name, value, folder)
            elif name == "--all-extras":
                self._extras += own_extras(self._tree)
            elif name in _PASSED_OVER:
                del left[: 0 if equals else 1]
            elif not word.startswith("-"):
                self._requirement(word, folder)

    def _option(self, name: str, value: str, folder: str) -> None:
        if name in {"-e", "--editable"}:
            self._requirement(value, folder, editable=True)
        elif name == "--extra":
            self._extras.append(value)
        elif name == "--group":
            if dig(self._tree.pyproject, "dependency-groups", value) is not None:
                self._add("--group", value)
        elif self._tree.has(path := _below(folder, value)):
            self._add("-r" if name in {"-r", "--requirement"} else "-c", path)
            if own := _OWN_LINE.search(self._tree.text(path) or ""):
                self._project = True
                self._extras += _separate([own["extras"] or ""])

    def _requirement(self, word: str, folder: str, *, editable: bool = False) -> None:
        plain = word.removeprefix("file://")
        own = _OWN.fullmatch(plain) if not folder else None
        if own or _ARCHIVE.fullmatch(plain):
            self._project = self._known = True
            inner = re.search(r"\[([^\]]*)\]", plain)
            self._extras += [each.strip() for each in inner[1].split(",") if each.strip()] if inner else []
        elif re.match(r"\.{0,2}/|\.\.?$", plain) or (editable and "+" not in plain):
            path = _below(folder, re.sub(r"\[.*", "", plain))
            if path and (self._tree.folder / path).is_dir():
                self._add(*(("-e",) if editable else ()), f"./{path}")
        elif re.match(r"[A-Za-z0-9]", plain) and plain != "pip":
            self._add(plain)

    def _by_manager(self, name: str, words: Sequence[str]) -> None:
        # What manages the environment was put there to do so, and is none of what the project needs.
        self._arguments = [each for each in self._arguments if normalized(each) != name]
        if name == "poetry":
            self._by_poetry(words)
        elif name == "pdm":
            self._by_pdm(words)
        else:
            self._by_uv(words)

    def _by_uv(self, words: Sequence[str]) -> None:
        """``uv sync`` and ``uv run``: the project, its default groups, and what the options add or leave out.

        https://docs.astral.sh/uv/concepts/projects/sync/
        """
        options = _options(words)
        lists = _lists(self._tree)
        groups = {each.name: each for each in lists if each.kind == "dependency group"}
        default = dig(self._tree.pyproject, "tool", "uv", "default-groups")
        chosen = [*groups] if default == "all" else [*(dig_texts({"": default}, "") or ("dev",))]
        if {"--no-dev", "--no-default-groups"} & options.keys() or "--only-group" in options:
            chosen = []
        chosen += [*groups] if "--all-groups" in options else []
        chosen += [*options.get("--group", ()), *options.get("--only-group", ())]
        chosen = [each for each in chosen if each not in options.get("--no-group", ())]
        self._project = self._known = True
        for name in dict.fromkeys(chosen):
            if name in groups:
                self._add(*groups[name].arguments)
        if "--no-dev" not in options:
            for listed in lists:
                if listed.kind == "uv list":
                    self._add(*listed.arguments)
        self._extras += own_extras(self._tree) if "--all-extras" in options else options.get("--extra", [])
        for each in options.get("--with", ()):
            self._add(*[part for part in each.split(",") if part])
        for each in options.get("--with-requirements", ()):
            if self._tree.has(each):
                self._add("-r", each)

    def _by_poetry(self, words: Sequence[str]) -> None:
        options = _options(words)
        listed = [each for each in _lists(self._tree) if each.kind in {"Poetry group", "dependency group"}]
        tables = dig_table(self._tree.pyproject, "tool", "poetry", "group")
        asked = _separate(options.get("--with", ()))
        only = _separate(options.get("--only", ()))
        without = _separate(options.get("--without", ()))
        every = "--all-groups" in options
        for each in listed:
            optional = dig(tables, each.name, "optional") is True and not every and each.name not in asked
            if each.name not in without and (each.name in only if only else not optional):
                self._add(*each.arguments)
        self._project = self._known = True
        self._extras += own_extras(self._tree) if "--all-extras" in options else []
        self._extras += _separate([*options.get("--extras", ()), *options.get("-E", ())])

    def _by_pdm(self, words: Sequence[str]) -> None:
        options = _options(words)
        asked = _separate([*options.get("-G", ()), *options.get("--group", ()), *options.get("-dG", ())])
        every = ":all" in asked or "--dev" in options or "-d" in options or not asked
        self._project = self._known = True
        for each in _lists(self._tree):
            if each.kind in {"dependency group", "PDM group"} and (each.name in asked or every):
                self._add(*each.arguments)
        extras = own_extras(self._tree)
        self._extras += [each for each in extras if ":all" in asked or each in asked]

    def _add(self, *words: str) -> None:
        """Add the words of one requirement or list, once."""
        self._known = True
        if not _holds(self._arguments, words):
            self._arguments += words


def own_extras(tree: ProjectFiles) -> list[str]:
    """Return the names of all extras the project has."""
    return [*dig_table(metadata(tree), "optional-dependencies")]


def _lists(tree: ProjectFiles) -> tuple[RequirementList, ...]:
    return requirement_lists(tree, metadata(tree))


_WITH_VALUE = frozenset(
    {
        *("--group", "--only-group", "--no-group", "--extra", "--with", "--without", "--only", "-G", "-dG", "-E"),
        *("--extras", "--with-requirements", "--python", "-p", "--package", "--no-extra"),
    }
)


def _options(words: Sequence[str]) -> dict[str, list[str]]:
    """Return options by name, with the values of those that have one."""
    found: dict[str, list[str]] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            continue
        values = found.setdefault(name, [])
        if equals:
            values.append(value)
        elif name in _WITH_VALUE and left:
            values.append(left.pop(0))
    return found


def _separate(values: Iterable[str]) -> list[str]:
    return [part for value in values for part in re.split(r"[,\s]+", value) if part]


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    return any(tuple(words[index : index + len(part)]) == tuple(part) for index in range(len(words)))


def _below(folder: str, path: str) -> str:
    """Return a path of ``folder`` as seen from the component; an empty text where it leads out of that."""
    parts: list[str] = []
    for part in [*folder.split("/"), *path.split("/")]:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
