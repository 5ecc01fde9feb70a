"""A written command line as words: launchers taken off, so that the program that does the work comes first."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

__all__ = ["UNKNOWN", "Started", "plain_words", "split", "started"]

# Stands in a text for a part of it that cannot be known without running something; no file has it.
UNKNOWN = "\0"

_ENVIRONMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_PYTHON = re.compile(r"(?:python[0-9.]*w?|pypy[0-9.]*|py)(?:\.exe)?")
_PYTHON_WITH_VALUE = frozenset({"-W", "-X"})
# Words that stand before a command and change nothing in it; of a shell, and of programs that start another one.
_PREFIXES = frozenset({"env", "exec", "time", "command", "-", "@", "!", "xvfb-run", "dbus-run-session", "nice"})
_KEYWORDS = frozenset({"if", "then", "else", "elif", "do", "while", "until", "{", "("})
# Options with a value, of launchers and of `coverage run`.
_WITH_VALUE = frozenset(
    {
        *("--with", "--with-requirements", "--with-editable", "--group", "--extra", "--python", "-p", "--package"),
        *("--no-group", "--only-group", "--project", "--directory", "--env-file", "--index", "--no-extra", "-e"),
        *("-G", "-v", "--env", "--isolated-env", "--from", "-E", "--resolution", "--prerelease", "-C", "-i"),
    }
)
_OF_COVERAGE = frozenset({"--rcfile", "--source", "--omit", "--include", "--data-file", "--context", "--concurrency"})


@dataclass(frozen=True, slots=True)
class Started:
    """A command without what starts it: ``launchers`` are the words taken off, one list for each of them."""

    words: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    interpreter: tuple[str, ...] = ()
    launchers: tuple[tuple[str, ...], ...] = ()
    filled_in: bool = True


def split(line: str) -> tuple[str, ...]:
    """Return the words of a shell's line, none where its quotes do not close."""
    try:
        return tuple(shlex.split(line, comments=True))
    except ValueError:
        return ()


def plain_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without variables set before them and without launchers."""
    return started(words).words


def started(words: tuple[str, ...]) -> Started:
    """Return the command that the words come down to, once all that only starts it is taken off."""
    known = tuple(word for word in words if UNKNOWN not in word)
    # What is not known of the program itself leaves nothing to be said.
    if words and words[0] not in known and not _ENVIRONMENT.match(words[0]):
        return Started((), filled_in=False)
    done = Started(known, filled_in=known == words)
    while done.words and (rest := _without_first(done)) is not None:
        done = rest
    return done


def _without_first(done: Started) -> Started | None:
    """Take off what comes first, ``None`` where that is the program itself."""
    words = done.words
    first = words[0].replace("\\", "/").rpartition("/")[2]
    if assigned := _ENVIRONMENT.fullmatch(words[0]):
        return replace(done, words=words[1:], environ={**done.environ, assigned[1]: assigned[2]})
    if first in _PREFIXES or first in _KEYWORDS:
        return replace(done, words=_past_options(words[1:], frozenset({"-s", "-n"})))
    if first == "timeout":
        return replace(done, words=_past_options(words[1:], frozenset({"-s", "-k"}))[1:])
    if take := _LAUNCHERS.get(first):
        return take(done)
    return _from_python(done) if _PYTHON.fullmatch(first) else None


def _from_python(done: Started) -> Started | None:
    """Take off ``python … -m``; a script stays behind its Python."""
    options: list[str] = []
    words = list(done.words[1:])
    while words and words[0].startswith("-") and words[0] not in {"-m", "-c", "-"}:
        count = 2 if words[0] in _PYTHON_WITH_VALUE else 1
        options += words[:count]
        words = words[count:]
    if words[:1] != ["-m"] or len(words) < 2:  # noqa: PLR2004 - `-m` and a module
        return None
    return replace(done, words=tuple(words[1:]), interpreter=(*options, "-m"))


def _from_runner(*names: str) -> Callable[[Started], Started | None]:
    """Return what takes off a launcher with one of these words behind its own options, such as ``uv run``."""

    def take(done: Started) -> Started | None:
        behind = _past_options(done.words[1:], _WITH_VALUE)
        if not behind or behind[0] not in names:
            return None
        rest = _past_options(behind[1:], _WITH_VALUE)
        taken = done.words[: len(done.words) - len(rest)]
        module = {"-m", "--module"} & set(taken)
        return replace(
            done,
            words=rest,
            launchers=(*done.launchers, taken),
            interpreter=("-m",) if module else done.interpreter,
        )

    return take


def _from_coverage(done: Started) -> Started | None:
    """Take off ``coverage run … -m``, which puts the folder on the path as ``python -m`` does."""
    if done.words[1:2] != ("run",):
        return None
    rest = _past_options(done.words[2:], _OF_COVERAGE, ends=("-m", "--module"))
    taken = done.words[: len(done.words) - len(rest)]
    if not rest:
        return None
    if rest[0] in {"-m", "--module"}:
        return replace(done, words=rest[1:], interpreter=("-m",), launchers=(*done.launchers, taken))
    return (
        replace(done, words=("python", *rest), launchers=(*done.launchers, taken)) if rest[0].endswith(".py") else None
    )


def _from_tool(done: Started) -> Started:
    rest = _past_options(done.words[1:], _WITH_VALUE)
    return replace(done, words=rest, launchers=(*done.launchers, done.words[: len(done.words) - len(rest)]))


_LAUNCHERS: Mapping[str, Callable[[Started], Started | None]] = {
    "uv": _from_runner("run"),
    "poetry": _from_runner("run"),
    "pdm": _from_runner("run"),
    "hatch": _from_runner("run"),
    "pipenv": _from_runner("run"),
    "rye": _from_runner("run"),
    "pixi": _from_runner("run"),
    "pipx": _from_runner("run"),
    "uvx": _from_tool,
    "coverage": _from_coverage,
}


def _past_options(words: tuple[str, ...], with_value: frozenset[str], ends: tuple[str, ...] = ()) -> tuple[str, ...]:
    while words and words[0].startswith("-") and words[0] not in ends:
        if words[0] == "--":
            return words[1:]
        words = words[2:] if words[0] in with_value else words[1:]
    return words
