"""Lines for a POSIX shell as simple commands, each with its folder, variables and what was installed before it.

Read, never run: both ways of an ``if`` are taken, a variable that nothing sets is empty as in a shell, and what only
running could tell (``$(…)``) is marked as unknown. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.words import UNKNOWN, started
from unmoor.project.project_files import ProjectFiles

__all__ = ["Setting", "commands_of", "commands_of_words", "simple_commands"]

_COMPUTED = re.compile(r"\$\(\(?[^()]*(?:\([^()]*\)[^()]*)*\)\)?|`[^`]*`")
_VARIABLE = re.compile(
    r"\$(?:\{(?P<braced>[A-Za-z_]\w*|[@*#?0-9])(?:(?P<how>:?[-=+])(?P<other>[^{}]*))?\}|(?P<plain>[A-Za-z_]\w*|[@*#?0-9]))"
)
_ODD = re.compile(r"\$\{[^}]*\}")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_SEPARATOR = re.compile(r"[;&|()\n]+")
_NOT_COMMANDS = frozenset({"for", "case", "function", "select", "fi", "done", "esac", "}", ")", "in"})
_ASSIGNED = re.compile(r"(?:export\s+|readonly\s+|local\s+)?([A-Za-z_]\w*)=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where commands stand and what their runner gives them; it becomes part of each."""

    origin: Origin
    name: str
    place: str
    folder: str = ""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    pythons: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    extra: bool = False
    terminal: bool = False


def commands_of(
    tree: ProjectFiles, text: str, setting: Setting, installed: Installed | None = None
) -> Iterator[ProjectCommand]:
    """Yield the commands of a script that do something else than install."""
    row = installed or Installed(tree, setting.place)
    folder, environ = setting.folder, dict(setting.environ)
    for words in simple_commands(text, environ):
        if words[0] in {"cd", "pushd"}:
            folder = _into(folder, words[1] if len(words) > 1 else "")
        elif words[0] in {"export", "set"}:
            pairs = (each.partition("=") for each in words[1:] if "=" in each and not each.startswith("-"))
            environ |= {name: value for name, _, value in pairs if UNKNOWN not in value}
        else:
            here = replace(setting, folder=folder, environ=environ)
            yield from commands_of_words(words, here, row)


def commands_of_words(words: Sequence[str], setting: Setting, installed: Installed) -> Iterator[ProjectCommand]:
    """Yield the command that the words come down to, unless it installs something: then that is noted."""
    if installed.by(tuple(word for word in words if UNKNOWN not in word), setting.folder):
        return
    found = started(tuple(words))
    if not found.words or UNKNOWN in setting.folder:
        return
    environ = {**setting.environ, **found.environ}
    for launcher in found.launchers:
        if "--no-sync" not in launcher and not environ.get("UV_NO_SYNC"):
            installed.by_launcher(launcher)
    yield ProjectCommand(
        words=found.words,
        origin=setting.origin,
        name=setting.name,
        place=setting.place,
        requirements=installed.requirements,
        pythons=setting.pythons,
        folder=setting.folder,
        environ=tuple((name, value) for name, value in environ.items() if UNKNOWN not in value),
        interpreter=found.interpreter,
        filled_in=found.filled_in,
        needs=setting.needs,
        extra=setting.extra,
        terminal=setting.terminal,
    )


def simple_commands(text: str, variables: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield the words of each simple command; ``variables`` are known, those that the text sets are added."""
    known = dict(variables)
    for line in _lines(text):
        filled = _filled_in(line, known)
        for words in _simple(filled):
            assigned = _ASSIGNED.fullmatch(
                " ".join(words[:2]) if words[0] in {"export", "local", "readonly"} else words[0]
            )
            if assigned and len(words) <= (2 if words[0] in {"export", "local", "readonly"} else 1):
                # The first value stands: what a condition puts in its place later is for another machine.
                known.setdefault(assigned[1], assigned[2])
                if words[0] != "export":
                    continue
            yield words


def _lines(text: str) -> Iterator[str]:
    """Yield logical lines: continued ones joined, here-documents left out."""
    until = ""
    for line in text.replace("\r\n", "\n").replace("\\\n", " ").split("\n"):
        if until:
            until = "" if line.strip() == until else until
            continue
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()
        heredoc = _HEREDOC.search(line)
        until = heredoc[2] if heredoc else ""


def _filled_in(line: str, known: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match["braced"] or match["plain"]
        found = known.get(name, "")
        if match["how"] and "+" in match["how"]:
            return match["other"] if found else ""
        return found or match["other"] or ""

    # The arguments of the script itself: nobody gives any.
    line = re.sub(r"\"\$[@*]\"|\"\$\{[@*][^}]*\}\"", "", _COMPUTED.sub(UNKNOWN, line))
    return _ODD.sub(UNKNOWN, _VARIABLE.sub(value, line))


def _simple(line: str) -> Iterator[tuple[str, ...]]:
    reader = shlex.shlex(line, posix=True, punctuation_chars=";&|()<>")
    reader.whitespace_split = True
    reader.commenters = "#"
    try:
        tokens = [*reader]
    except ValueError:
        return
    words: list[str] = []
    skip = False
    for token in [*tokens, ";"]:
        if _SEPARATOR.fullmatch(token):
            if words and words[0] not in _NOT_COMMANDS:
                yield tuple(words)
            words, skip = [], False
        elif set(token) <= set("<>&"):
            # A redirection, with the number before it and the file behind it.
            skip = True
            words = words[:-1] if words and words[-1] in {"1", "2"} else words
        elif skip:
            skip = False
        elif token not in {"then", "else", "do", "if", "elif", "while", "until", "!", "{"} or words:
            words.append(token)


def _into(folder: str, path: str) -> str:
    """Return the folder that ``cd`` leads to; unknown where it leaves the project or is not known."""
    if UNKNOWN in path or path.startswith(("/", "~")) or path == "-":
        return UNKNOWN
    parts = [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return UNKNOWN
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
