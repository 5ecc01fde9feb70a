"""What the words after ``--`` mean, for sessions and tasks alike; nothing here reads the environment.

unmoor's own words are taken out; what is left belongs to the project's own tools.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unmoor.chain import CHAIN
from unmoor.errors import SettingsError
from unmoor.model import Finding, Target
from unmoor.project.nearest_name import closest

__all__ = ["HELP", "VERBOSITY", "Arguments", "asked_for", "parse", "verbosity"]

_OPTIONS = {"--live": "VERSION", "--base": "TAG", "--approve": "DIGEST", "--send-again": "INDEX"}
# Words that take no value.
_FLAGS = ("--stop-at-first",)
_LOUDNESS = {"-q": -1, "--quiet": -1, "-v": 1, "--verbose": 1}
HELP = """\
nox -s STAGE -- [words]

Without --live everything belongs to a rehearsal, and nothing leaves this
machine.

  --live VERSION      the real thing, of this version
                      example: nox -s release -- --live 1.4.0
  --base TAG          the tag of the release before, where the rule leaves it
                      open; example: nox -s check -- --live 1.4.0 --base v1.3.0
  --approve DIGEST    approval by the archives' digest, as the run that stops
                      for it prints it; example: --approve 9c41e07b
  --send-again INDEX  send testpypi or pypi once more what it accepted and does
                      not show; example: --send-again pypi
  --stop-at-first     end a rehearsal at the first stage that does not pass
  -q, --quiet         show how it ended, what stopped it and what to do next
  -v, --verbose       show all about each gate
  -h, --help          this

In lint, tests and the like other words are for your own tools:
nox -s tests -- -k one"""
# How a command hands on to nox how much is to be shown: where all words after ``--`` may be for other tools.
VERBOSITY = "UNMOOR_VERBOSITY"
_INDEXES = tuple(stage.name for stage in CHAIN if stage.target is Target.INDEX)
_DIGEST = re.compile(r"(sha256:)?[0-9a-fA-F]{8,64}")
# Catches --lvie and -live, lets pytest's --basetemp and --lf pass.
_ALIKE = 0.8
_SESSION_FLAGS = ("--session", "--sessions")
# nox's short options that take no value may stand before -s in one word, and a session after it: -rs, -stests.
_SHORT = re.compile(r"-[rRNxvlh]*[se](?P<session>[^-].*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The words after ``--``: unmoor's own, and the rest."""

    live: str = ""
    base: str = ""
    approval: str = ""
    send_again: str = ""
    stop_at_first: bool = False
    rest: tuple[str, ...] = ()


def parse(words: Sequence[str], *, own_tools: bool) -> Arguments:
    """Return what the words mean; ``own_tools`` says that words that are not unmoor's may be left.

    ``-q`` and ``-v`` say how much is shown; where there are tools of the project's own they are for those.
    Raises ``SettingsError`` with every misspelt or incomplete option; a misspelt ``--live`` must never turn a
    release into a rehearsal, or the other way round, without a word.
    """
    found: dict[str, str] = {}
    rest: list[str] = []
    problems: list[Finding] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word == "--" and own_tools:
            # A further "--" says that the rest is none of unmoor's business, whatever it looks like.
            rest += ["--", *queue] if rest else queue
            break
        if word in _LOUDNESS and not own_tools:
            continue
        name, joined, value = word.partition("=")
        near = closest(name, (*_OPTIONS, *_FLAGS), alike=_ALIKE) if name.startswith("-") else ""
        if not near:
            rest.append(word)
            continue
        if not joined and near not in _FLAGS:
            value = queue.pop(0) if queue and not queue[0].startswith("-") else ""
        if problem := _slip(name, near, value, found, own_tools=own_tools):
            problems.append(problem)
        found[name] = value
    if rest and not own_tools:
        allowed = ", ".join([*(f"{name} {value}" for name, value in _OPTIONS.items()), *_FLAGS, "-q, -v"])
        what = f"unknown argument {rest[0]!r}"
        problems.append(Finding(message=what, place="command line", hint=f"after -- this takes {allowed}"))
    if problems:
        raise SettingsError(problems)
    return Arguments(
        live=found.get("--live", ""),
        base=found.get("--base", ""),
        approval=found.get("--approve", ""),
        send_again=found.get("--send-again", ""),
        stop_at_first="--stop-at-first" in found,
        rest=tuple(rest),
    )


def verbosity(words: Sequence[str]) -> int:
    """Return how much is to be shown, by the last of the words that says so: -1 for less, 1 for more, else 0."""
    return next((_LOUDNESS[word] for word in reversed(words) if word in _LOUDNESS), 0)


def _slip(name: str, meant: str, value: str, found: Mapping[str, str], *, own_tools: bool) -> Finding | None:
    """Return what is wrong with an option that is, or looks like, one of unmoor's."""
    where = "command line"
    if name != meant:
        other = "; write another -- before it if it is for another tool" if own_tools else ""
        return Finding(message=f"unknown option {name!r}", place=where, hint=f"did you mean {meant!r}?{other}")
    if bool(value) is (name in _FLAGS):
        takes, written = ("needs a", f"{name} {_OPTIONS[name]}") if not value else ("takes no", name)
        return Finding(message=f"{name} {takes} value", place=where, hint=f"write {written}")
    if name == "--approve" and not _DIGEST.fullmatch(value):
        hint = "at least 8 of the hexadecimal digits that the run without it prints"
        return Finding(message=f"{value!r} is no digest of archives", place=f"{where}: {name}", hint=hint)
    if name == "--send-again" and value not in _INDEXES:
        hint = f"one of {', '.join(_INDEXES)}"
        return Finding(message=f"{value!r} is no stage that uploads", place=f"{where}: {name}", hint=hint)
    if name in found:
        return Finding(message=f"{name} is given twice", place=where, hint="name it once")
    return None


def asked_for(argv: Sequence[str], named: str) -> frozenset[str]:
    """Return the sessions named on nox's command line, or in ``NOXSESSION`` (``named``); empty when none were."""
    before_posargs = list(argv[: argv.index("--")] if "--" in argv else argv)
    asked: set[str] = set()
    taking = False
    for word in before_posargs:
        flag, joined, value = word.partition("=")
        short = _SHORT.fullmatch(word)
        if flag in _SESSION_FLAGS or short:
            taking = True
            if named_here := (short["session"] if short else value if joined else ""):
                asked.add(named_here)
        elif word.startswith("-"):
            taking = False
        elif taking:
            asked.add(word)
    return frozenset(asked) or frozenset(name.strip() for name in named.split(",") if name.strip())
