"""tox environments in TOML: ``env_run_base``, ``env.NAME``, and tables that stand for a value (``replace = …``)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from unmoor.project.detect.commands import tox_environment as shared
from unmoor.project.detect.commands.tox_environment import ToxEnvironment
from unmoor.project.detect.commands.words import UNKNOWN
from unmoor.project.toml_file import dig, dig_table

__all__ = ["environments"]

_Table = Mapping[str, object]
_RUN = "env_run_base"


def environments(table: _Table) -> list[ToxEnvironment]:
    """Return the environments of a table as ``tox.toml`` is one."""
    listed = [*_names(table.get("env_list"))]
    named = dig_table(table, "env")
    bases = {f"{base}-": keys for base, keys in dig_table(table, "env_base").items() if isinstance(keys, Mapping)}
    plain = [name for name in listed if name not in named and not name.startswith(tuple(bases))]
    found = []
    if _RUN in table:
        groups = shared.grouped(plain) or {(): []}
        found += [_Reading(table, {}, key, pythons).environment(listed) for key, pythons in groups.items()]
    for name, own in named.items():
        for key, pythons in shared.grouped([name]).items():
            found.append(_Reading(table, own if isinstance(own, Mapping) else {}, key, pythons).environment(listed))
    for base, own in bases.items():
        found.append(_Reading(table, own, (base.rstrip("-"),), ()).environment(listed))
    return found


def _names(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else []:
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping) and isinstance(product := each.get("product"), list):
            for parts in itertools.islice(itertools.product(*map(_part, product)), 1000):
                yield "-".join(parts)


def _part(value: object) -> list[str]:
    if isinstance(value, Mapping):
        start, stop = value.get("start"), value.get("stop")
        if isinstance(start, int) and isinstance(stop, int):
            return [f"{value.get('prefix', '')}{number}" for number in range(start, min(stop, start + 99) + 1)]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


class _Reading:
    """One environment while it is read: its own table before the base, with what tox puts in."""

    def __init__(self, table: _Table, own: _Table, key: tuple[str, ...], pythons: Sequence[str]) -> None:
        self._whole = table
        self._own = own
        self._key, self._pythons = key, tuple(pythons)
        self._name = "-".join(key) or "py"
        variables = self._get("set_env", "setenv")
        self._variables: dict[str, str] = {}
        for name, value in variables.items() if isinstance(variables, Mapping) else ():
            self._variables[name] = "".join(self._texts(value)[:1])

    def environment(self, listed: Sequence[str]) -> ToxEnvironment:
        """Return what has been read."""
        folder = shared.folder_of(self._text("change_dir"))
        skipped = self._get("skip_install") is True or self._get("package") == "skip" or self._whole.get("no_package")
        base = [python for each in self._texts(self._get("base_python")) if (python := shared.python_of(each))]
        return ToxEnvironment(
            name=self._name,
            commands=tuple(
                tuple(shared.from_root(word, folder) for word in words if word)
                for option in ("commands_pre", "commands")
                for words in self._commands(option)
            ),
            deps=tuple(shared.from_root(each, "") for each in self._texts(self._get("deps")) if UNKNOWN not in each),
            groups=tuple(self._texts(self._get("dependency_groups"))),
            extras=tuple(self._texts(self._get("extras"))),
            project=not skipped,
            pythons=self._pythons or tuple(base),
            folder=folder,
            environ={name: shared.from_root(text, folder) for name, text in self._variables.items()},
            extra=bool(listed) and bool(self._key) and not any(shared.factors(each) == self._key for each in listed),
        )

    def _get(self, *names: str) -> object:
        bases = self._own.get("base")
        inherited = [dig_table(self._whole, "env", each) for each in bases] if isinstance(bases, list) else []
        tables = [self._own, *inherited, dig_table(self._whole, _RUN)]
        return next((table[name] for table in tables for name in names if name in table), None)

    def _text(self, name: str) -> str:
        value = self._get(name)
        return self._filled(value) if isinstance(value, str) else ""

    def _commands(self, name: str) -> Iterator[list[str]]:
        value = self._get(name)
        for each in value if isinstance(value, list) else []:
            if isinstance(each, list):
                words = [word for part in each for word in self._texts(part)]
                yield words[1:] if words[:1] == ["-"] else words
            elif isinstance(each, Mapping) and each.get("replace") == "ref":
                found = dig(self._whole, *_path(each.get("of")))
                yield from ([word for part in one for word in self._texts(part)] for one in _lists(found))

    def _texts(self, value: object, depth: int = 0) -> list[str]:
        if isinstance(value, str):
            return [self._filled(value)]
        if isinstance(value, list) and depth < 5:  # noqa: PLR2004 - deeper than anybody writes
            return [text for each in value for text in self._texts(each, depth + 1)]
        if isinstance(value, Mapping):
            return self._replaced(value, depth)
        return []

    def _replaced(self, value: _Table, depth: int) -> list[str]:
        if value.get("replace") == "ref":
            return self._texts(dig(self._whole, *_path(value.get("of"))), depth + 1) if depth < 5 else []  # noqa: PLR2004
        if value.get("replace") == "env":
            default = value.get("default", "")
            return [self._variables.get(str(value.get("name")), default if isinstance(default, str) else "")]
        if value.get("replace") == "if":
            return self._texts(value.get("else"), depth + 1)
        if value.get("replace") == "posargs":
            return self._texts(value.get("default"), depth + 1)
        return self._texts(value.get("value"), depth + 1)

    def _filled(self, text: str) -> str:
        def special(inside: str) -> str | None:
            if inside in {"envname", "env_name"}:
                return self._name
            variable, _, default = inside.removeprefix("env:").partition(":")
            return self._variables.get(variable, default) if inside.startswith("env:") else None

        return shared.filled_in(text, special)


def _path(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _lists(value: object) -> Iterator[list[object]]:
    return (each for each in value if isinstance(each, list)) if isinstance(value, list) else iter(())
