"""What tox environments of either syntax come down to, and what both share: factors, Pythons, placeholders."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from unmoor.project.detect.commands.command import SCRATCH, SITE_PACKAGES
from unmoor.project.detect.commands.words import UNKNOWN

__all__ = [
    "ROOT",
    "ToxEnvironment",
    "expanded",
    "factors",
    "filled_in",
    "folder_of",
    "from_root",
    "grouped",
    "python_of",
]

# Stands for tox's root until it is known from which folder a path is seen.
ROOT = "\1"

_PYTHON = re.compile(r"(?:py|python)?(?P<major>[23])\.?(?P<minor>\d{1,2})?(?P<build>t)?")
_OTHER_PYTHON = re.compile(r"(?:pypy|graalpy|jython|rustpython|cython)[0-9.]*")
_INNERMOST = re.compile(r"(?<!\\)\{([^{}]*)\}")
_SCRATCH = frozenset(
    {
        *("envtmpdir", "env_tmp_dir", "envdir", "env_dir", "envlogdir", "env_log_dir", "toxworkdir", "work_dir"),
        *("temp_dir", "distdir", "dist_dir"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxEnvironment:
    """One environment, or several that differ in their Python alone; ``deps`` are lines as in a requirements file."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    deps: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    project: bool = True
    pythons: tuple[str, ...] = ()
    folder: str = ""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra: bool = False
    needs: tuple[str, ...] = ()


@lru_cache(maxsize=1000)
def expanded(text: str) -> tuple[str, ...]:
    """Return the names that a generative list stands for: ``py{310,311}-{a,b}``, ``3.1{0-4}``, parted by commas."""
    parts = [part.strip() for part in re.split(r"[,\n](?![^{]*\})", text)]
    return tuple(name for part in parts if part for name in _alternatives(re.sub(r"\s+", "", part)))


def _alternatives(part: str) -> Iterator[str]:
    pieces = re.split(r"\{([^{}]*)\}", part)
    choices = [[each] if index % 2 == 0 else _choices(each) for index, each in enumerate(pieces)]
    for combination in itertools.islice(itertools.product(*choices), 1000):
        yield "".join(combination)


def _choices(text: str) -> list[str]:
    found: list[str] = []
    for each in text.split(","):
        bounds = re.fullmatch(r"(\d+)-(\d+)", each)
        found += map(str, range(int(bounds[1]), min(int(bounds[2]), int(bounds[1]) + 99) + 1)) if bounds else [each]
    return found


def python_of(factor: str) -> str | None:
    """Return the version a factor names, empty for any Python; ``None`` where it names something else."""
    if factor in {"py", "python", "py3", "python3"}:
        return ""
    found = _PYTHON.fullmatch(factor)
    if not found or (not factor.startswith("py") and not found["minor"]):
        return None
    return f"{found['major']}.{found['minor']}{found['build'] or ''}" if found["minor"] else ""


def factors(name: str) -> tuple[str, ...]:
    """Return the factors of an environment that are no Pythons."""
    return tuple(each for each in name.split("-") if python_of(each) is None)


def grouped(names: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """Return environments by their factors, with the Pythons of each; those of other interpreters are left out."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        rest = factors(name)
        if any(_OTHER_PYTHON.fullmatch(each) for each in rest):
            continue
        pythons = found.setdefault(rest, [])
        versions = [python for each in name.split("-") if (python := python_of(each)) and not python.endswith("t")]
        pythons += [each for each in versions if each not in pythons]
    return dict(sorted(found.items(), key=lambda item: len(item[0])))


def filled_in(text: str, value: Callable[[str], str | None]) -> str:
    """Put in what stands in braces, the innermost first; ``value`` knows what is special to a syntax."""
    for _ in range(100):
        match = _INNERMOST.search(text)
        if match is None:
            break
        found = value(match[1])
        text = f"{text[: match.start()]}{_general(match[1]) if found is None else found}{text[match.end() :]}"
    return text.replace("\2", "{").replace("\3", "}")


def _general(inside: str) -> str:  # noqa: PLR0911 - one line a name
    """Return what both syntaxes put in for a name; the placeholders of the run stay, with other braces for now."""
    name, colon, default = inside.partition(":")
    if name == "posargs":
        return default
    if name == "tty":
        return default.rpartition(":")[2]
    if name == "env":
        return default.partition(":")[2] if colon else ""
    if name in _SCRATCH:
        return SCRATCH.replace("{", "\2").replace("}", "\3")
    if name in {"envsitepackagesdir", "env_site_packages_dir"}:
        return SITE_PACKAGES.replace("{", "\2").replace("}", "\3")
    if name in {"toxinidir", "tox_root", "config_dir", "change_dir", "changedir"}:
        return ROOT
    if name in {"envpython", "env_python", "basepython", "base_python"}:
        return "python"
    if inside in {"/", ":"}:
        return inside
    return UNKNOWN


def folder_of(text: str) -> str:
    """Return ``change_dir`` relative to the root, unknown where it is a folder of tox's own."""
    plain = text.replace(f"{ROOT}/", "").replace(ROOT, "")
    if SCRATCH in plain or plain.startswith(("/", "..")):
        return UNKNOWN
    return "/".join(part for part in plain.split("/") if part not in {"", "."})


def from_root(text: str, folder: str) -> str:
    """Return a text with tox's root as it is seen from ``folder``."""
    up = "/".join([".."] * len([part for part in folder.split("/") if part]))
    if up:
        return text.replace(ROOT, up)
    return (
        re.sub(f"{ROOT}(?=$|[:;,\\s\"'])", ".", text)
        .replace(f"{ROOT}{os.sep}", "")
        .replace(f"{ROOT}/", "")
        .replace(ROOT, ".")
    )
