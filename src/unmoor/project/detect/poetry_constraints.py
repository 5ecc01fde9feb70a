"""Poetry's way of writing a dependency, translated to PEP 508 requirements and installer arguments.

Source of the rules: Poetry's documentation of dependency specification (caret, tilde, wildcard, multiple constraints,
git, path and url dependencies).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from unmoor.project.toml_file import dig_texts

__all__ = ["arguments_for", "to_specifier"]

_CLAUSE = re.compile(r"(===|~=|==|!=|>=|<=|\^|~|>|<|=)?\s*([^\s,|<>=!~^][^\s,|<>=~^]*)")
_RELEASE = re.compile(r"v?(?:(?P<epoch>\d+)!)?(?P<numbers>\d+(?:\.\d+)*)")


def to_specifier(constraint: str) -> str:
    """Translate a version constraint: ``^1.2`` to ``>=1.2,<2.0``; ``*`` to an empty specifier.

    Alternatives (``||``, as poetry 0.12 has them) cannot be said in PEP 508; they become the range from the first's
    lower to the last's upper bound.
    """
    ways = [_and(way) for way in re.split(r"\s*\|\|?\s*", constraint.strip()) if way]
    if not ways or not all(ways):
        return ""
    if len(ways) == 1:
        return ",".join(ways[0])
    lower = [each for each in ways[0] if each.startswith((">", "==", "~"))]
    upper = [each for each in ways[-1] if each.startswith("<")]
    return ",".join([each.replace("~=", ">=").replace("==", ">=").removesuffix(".*") for each in lower] + upper)


def arguments_for(name: str, spec: object) -> Iterator[str]:
    """Yield the installer arguments for one entry of a Poetry dependency table (one entry may list several)."""
    if isinstance(spec, list):
        for each in spec:
            yield from arguments_for(name, each)
    elif isinstance(spec, str):
        yield f"{name}{to_specifier(spec)}"
    elif isinstance(spec, Mapping):
        yield from _table(name, spec)


def _table(name: str, spec: Mapping[str, object]) -> Iterator[str]:
    extras = dig_texts(spec, "extras")
    named = f"{name}[{','.join(extras)}]" if extras else name
    marker = _marker(spec)
    if path := "".join(dig_texts(spec, "path")):
        path = path if path.startswith((".", "/")) else f"./{path}"
        yield from (("-e", path) if spec.get("develop") is True else (path,))
    elif place := _place(spec):
        yield f"{named} @ {place}{f' ; {marker}' if marker else ''}"
    else:
        version = "".join(dig_texts(spec, "version")[:1])
        yield f"{named}{to_specifier(version)}{f' ; {marker}' if marker else ''}"


def _place(spec: Mapping[str, object]) -> str:
    """Return the direct reference of a git or url dependency."""
    if url := "".join(dig_texts(spec, "url")):
        return url
    git = "".join(dig_texts(spec, "git"))
    if not git:
        return ""
    at = next((f"@{value}" for key in ("rev", "tag", "branch") for value in dig_texts(spec, key)), "")
    folder = "".join(dig_texts(spec, "subdirectory"))
    return f"git+{git}{at}{f'#subdirectory={folder}' if folder else ''}"


def _marker(spec: Mapping[str, object]) -> str:
    parts = [f"({each})" if " or " in each else each for each in dig_texts(spec, "markers")]
    for python in dig_texts(spec, "python"):
        parts += [_python_marker(clause) for clause in to_specifier(python).split(",") if clause]
    parts += [f'sys_platform == "{each}"' for each in dig_texts(spec, "platform")]
    return " and ".join(parts)


def _python_marker(clause: str) -> str:
    match = re.match(r"(===|~=|==|!=|>=|<=|>|<)(.+)", clause)
    if match is None:
        return ""
    variable = "python_full_version" if match[2].count(".") > 1 and not match[2].endswith(".*") else "python_version"
    return f'{variable} {match[1]} "{match[2]}"'


def _and(way: str) -> list[str]:
    found: list[str] = []
    for operator, version in _CLAUSE.findall(way):
        found += _clause(operator, version)
    return found


def _clause(operator: str, version: str) -> list[str]:
    if version == "*":
        return []
    match = _RELEASE.match(version)
    if operator in {"^", "~"} and match:
        numbers = [int(each) for each in match["numbers"].split(".")]
        next_up = _caret(numbers) if operator == "^" else _tilde(numbers)
        epoch = f"{match['epoch']}!" if match["epoch"] else ""
        return [f">={version}", f"<{epoch}{'.'.join(map(str, next_up))}"]
    if operator in {"", "="}:
        operator = "=="
    return [f"{operator}{version}"]


def _caret(numbers: list[int]) -> list[int]:
    """Return the next version that changes the leftmost number that is not zero."""
    index = next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)
    return [*numbers[:index], numbers[index] + 1, *([0] * (len(numbers) - index - 1))]


def _tilde(numbers: list[int]) -> list[int]:
    """Return the next minor version, or the next major where only that is named."""
    return [numbers[0] + 1] if len(numbers) == 1 else [numbers[0], numbers[1] + 1]
