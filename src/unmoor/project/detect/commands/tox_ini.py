"""tox environments in INI: sections that take over from ``[testenv]``, conditions, values of other sections."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from unmoor.project.detect.commands import tox_environment as shared
from unmoor.project.detect.commands.tox_environment import ToxEnvironment
from unmoor.project.detect.commands.words import UNKNOWN, split

__all__ = ["environments"]

_Sections = Mapping[str, Mapping[str, str]]
_OTHER = re.compile(r"\{\[(?P<section>[^\]]+)\](?P<key>[^{}]+)\}")
_CONDITION = re.compile(r"(?P<condition>[\w.!,{}-]+):(?:\s+(?P<rest>.*))?$")
# More environments than these are those of a repository with many packages.
_MANY = 50
# Names of keys, as tox has them now and as it had them.
_KEYS = {
    "set_env": "setenv",
    "change_dir": "changedir",
    "base_python": "basepython",
    "env_list": "envlist",
    "no_package": "skipsdist",
}


def environments(sections: _Sections, top: str) -> list[ToxEnvironment]:
    """Return the environments of the sections; ``top`` is the section of tox itself."""
    listed = shared.expanded(_conditional(_value(sections, top, "envlist"), ()))
    named = {name: section for section in sections if re.match(r"testenv:[^.]", section) for name in _names(section)}
    plain = [name for name in listed if name not in named]
    found = []
    if "testenv" in sections:
        # Without a list, and beside named ones, `tox -e py` is still there.
        groups = shared.grouped(plain) or {(): []}
        some = itertools.islice(groups.items(), _MANY)
        found += [_environment(sections, top, "testenv", key, pythons, listed) for key, pythons in some]
    for section in itertools.islice(dict.fromkeys(named.values()), _MANY):
        groups = shared.grouped(name for name, where in named.items() if where == section)
        found += [_environment(sections, top, section, key, pythons, listed) for key, pythons in groups.items()]
    return found


def _names(section: str) -> tuple[str, ...]:
    return shared.expanded(section.partition(":")[2])


def _environment(
    sections: _Sections, top: str, section: str, key: tuple[str, ...], pythons: Sequence[str], listed: Sequence[str]
) -> ToxEnvironment:
    name = "-".join(key) or "py"
    active = (*key, *(f"py{each.replace('.', '')}" for each in pythons[-1:]), *pythons[-1:])

    def lines(option: str) -> list[str]:
        return [line.strip() for line in value(option).splitlines() if line.strip()]

    def value(option: str) -> str:
        raw = _conditional(_value(sections, section, option), active)
        filled = (shared.filled_in(line, lambda inside: _special(inside, name, variables)) for line in raw.split("\n"))
        return "\n".join(filled)

    variables: dict[str, str] = {}
    for line in _conditional(_value(sections, section, "setenv"), active).splitlines():
        variable, equals, text = line.partition("=")
        if equals:
            filled = shared.filled_in(text.strip(), lambda inside: _special(inside, name, variables))
            variables[variable.strip()] = filled
    folder = shared.folder_of(value("changedir"))
    seen = {variable: shared.from_root(text, folder) for variable, text in variables.items()}
    skipped = {value("skip_install").lower(), value("package").lower(), _value(sections, top, "skipsdist").lower()}
    base = [python for each in shared.expanded(value("basepython")) if (python := shared.python_of(each))]
    return ToxEnvironment(
        name=name,
        commands=tuple(
            words
            for option in ("commands_pre", "commands")
            for line in re.sub(r"\\\s*\n", " ", value(option)).splitlines()
            if (words := split(re.sub(r"^\s*[-!]\s*", "", shared.from_root(line, folder))))
        ),
        deps=tuple(shared.from_root(line, "") for line in lines("deps") if UNKNOWN not in line),
        groups=tuple(_separate(value("dependency_groups"))),
        extras=tuple(_separate(value("extras"))),
        project=not {"true", "skip"} & skipped or value("usedevelop").lower() == "true",
        pythons=tuple(pythons) or tuple(base),
        folder=folder,
        environ=seen,
        # What tox-docker starts beside it. https://tox-docker.readthedocs.io/
        needs=tuple(f"the container {each}" for each in _separate(value("docker"))),
        extra=bool(listed) and not any(shared.factors(each) == key for each in listed) and bool(key),
    )


def _value(sections: _Sections, section: str, key: str) -> str:
    """Return an option's raw text, of ``[testenv]`` where the section has none, values of other sections put in."""
    old = {new: known for new, known in _KEYS.items() if known == key}
    names = (key, *old)
    places = [section, "testenv"] if section.startswith("testenv") else [section]
    places[1:1] = [each for each in _list(sections.get(section, {}).get("base", "")) if each in sections]
    raw = next((sections[place][name] for place in places for name in names if name in sections.get(place, {})), "")
    for _ in range(8):
        filled = _OTHER.sub(lambda match: _of_other(sections, match["section"], match["key"]), raw)
        if filled == raw:
            break
        raw = filled
    return raw[:100_000]


def _of_other(sections: _Sections, section: str, key: str) -> str:
    table = sections.get(section, {})
    names = (key, *(new for new, old in _KEYS.items() if old == key), _KEYS.get(key, key))
    return next((table[name] for name in names if name in table), "")


def _list(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]


def _separate(text: str) -> Iterator[str]:
    return (part for part in re.split(r"[,\s]+", text) if part)


def _conditional(raw: str, active: Sequence[str]) -> str:
    """Return the lines whose condition on factors holds, without it."""
    kept = []
    for line in raw.splitlines():
        said = re.sub(r"(^|\s)#.*$", "", line)
        condition = _CONDITION.match(said.strip())
        if condition is None:
            kept.append(said)
        elif _holds(condition["condition"], active):
            kept.append(condition["rest"] or "")
    return "\n".join(kept)


def _holds(condition: str, active: Sequence[str]) -> bool:
    return any(
        all((part.lstrip("!") in active) != part.startswith("!") for part in each.split("-"))
        for each in shared.expanded(condition)
    )


def _special(inside: str, name: str, variables: Mapping[str, str]) -> str | None:
    if inside in {"envname", "env_name"}:
        return name
    if inside.startswith("env:"):
        variable, _, default = inside.removeprefix("env:").partition(":")
        return variables.get(variable, default)
    return None
