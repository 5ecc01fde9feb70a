"""The commands of a Makefile's targets, variables put in, each behind what its prerequisites install.

https://www.gnu.org/software/make/manual/make.html
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting, commands_of
from unmoor.project.detect.commands.words import UNKNOWN
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands", "run"]

_FILES = ("GNUmakefile", "makefile", "Makefile")
_RULE = re.compile(r"(?P<targets>[^\s:=#][^:=#]*?)\s*::?(?![=:])\s*(?P<rest>[^#]*)")
_ASSIGNMENT = re.compile(r"(?:export\s+|override\s+)?(?P<name>[\w.]+)\s*(?P<how>[?:+!]{0,3}=)\s*(?P<value>[^#]*)")
_VARIABLE = re.compile(r"\$[({]([\w.]+)[)}]")
_CALL = re.compile(r"\$\([^()]*(?:\([^()]*\)[^()]*)*\)")


@dataclass(slots=True)
class _Target:
    line: int
    prerequisites: list[str]
    recipe: list[str] = field(default_factory=list)


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of every target, in the order of the file."""
    file = tree.first(*_FILES)
    if not file:
        return
    targets, variables = _read(tree.text(file) or "")
    for name, target in targets.items():
        needs = Installed(tree, f"the target {name!r} of {file}")
        setting = Setting(origin=Origin.MAKE, name=name, place=f"{file}:{target.line}")
        for each in _before(targets, name, ()):
            # What other targets run is told with them; what they install is there when this one runs.
            deque(_of_target(tree, targets[each], variables, setting, needs), maxlen=0)
        yield from _of_target(tree, target, variables, setting, needs)


def run(tree: ProjectFiles, name: str, setting: Setting, installed: Installed) -> Iterator[ProjectCommand]:
    """Yield what ``make NAME`` runs, the targets before it included, as commands of ``setting``."""
    file = tree.first(*_FILES)
    targets, variables = _read(tree.text(file) or "") if file else ({}, {})
    for each in (*_before(targets, name, ()), name) if name in targets else ():
        yield from _of_target(tree, targets[each], variables, setting, installed)


def _of_target(
    tree: ProjectFiles, target: _Target, variables: Mapping[str, str], setting: Setting, needs: Installed
) -> Iterator[ProjectCommand]:
    for line in target.recipe:
        # Each line has a shell of its own, so a `cd` ends with it.
        yield from commands_of(tree, _filled_in(line, variables), setting, needs)


def _read(text: str) -> tuple[dict[str, _Target], dict[str, str]]:
    targets: dict[str, _Target] = {}
    variables = {"CURDIR": ".", "PYTHON": "python", "MAKE": "make"}
    current: list[_Target] = []
    for number, line in enumerate(re.sub(r"\\\n\t?", " ", text).split("\n"), 1):
        if line.startswith("\t"):
            for each in current:
                each.recipe.append(line.strip())
            continue
        said = line.strip()
        assignment = _ASSIGNMENT.fullmatch(said)
        rule = _RULE.match(line)
        if assignment:
            if assignment["how"] != "?=" or assignment["name"] not in variables:
                variables[assignment["name"]] = assignment["value"].strip()
        elif rule and not line.startswith((" ", ".")):
            current = []
            for name in rule["targets"].split():
                listed, _, inline = rule["rest"].partition(";")
                target = targets.setdefault(name, _Target(number, []))
                target.prerequisites += [] if _ASSIGNMENT.match(rule["rest"]) else listed.split()
                target.recipe += [inline.strip()] if inline.strip() else []
                current.append(target)
        elif said and not said.startswith("#") and not re.match(r"(?:if|else|endif|include|-include)", said):
            current = []
    return targets, variables


def _before(targets: Mapping[str, _Target], name: str, above: tuple[str, ...]) -> Iterator[str]:
    """Yield the targets that come before one, in order, each as often as it is named."""
    for each in targets[name].prerequisites:
        if each in targets and each not in above and len(above) < 10:  # noqa: PLR2004 - deeper than anybody writes
            yield from _before(targets, each, (*above, name))
            yield each


def _filled_in(line: str, variables: Mapping[str, str]) -> str:
    """Put in the values of variables, empty ones for those that are not set; ``$$`` is for the shell."""
    text = re.sub(r"^[@\-+\s]+", "", line).replace("$$", "\2")
    for _ in range(8):
        filled = _VARIABLE.sub(lambda match: variables.get(match[1], ""), text).replace("$$", "\2")
        if filled == text:
            break
        text = filled[:10_000]
    return re.sub(r"\$[@<^*?]", "", _CALL.sub(UNKNOWN, text)).replace("\2", "$")
