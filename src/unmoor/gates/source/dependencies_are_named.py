"""Every dependency is a name with a range, as an index takes it.

An index refuses metadata with a direct reference (``name @ git+https://…``), and does so after everything else has
passed; Poetry's path and git dependencies become such references when they are built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unmoor.context import Context
from unmoor.model import Finding, Findings
from unmoor.project.detect.declared import Declared, declared
from unmoor.project.toml_file import dig, dig_table, dig_texts

__all__ = ["ASSERTS", "check"]

ASSERTS = "every dependency is a valid name and range, none a direct reference"
_LATER = ("dependencies", "optional-dependencies")
_ELSEWHERE = ("git", "path", "url", "file")
_RELEASED = "depend on a released version by name, and release the other package first"


def check(context: Context) -> Findings:
    """Read the dependencies and extras as declared; what only a build knows is judged on the archives."""
    component = context.component
    pyproject = declared(component)
    problems: list[Finding] = []
    notices: list[Finding] = []
    lists = list(_lists(pyproject, component.metadata))
    for key, texts in lists:
        _judge(pyproject, key, texts, problems, notices)
    problems += _poetry(pyproject)
    notices += _sources(pyproject, [text for _, texts in lists for text in texts])
    dynamic = [name for name in _LATER if name in dig_texts(pyproject.standard, "dynamic")]
    if dynamic:
        message = f"{' and '.join(dynamic)} come from the build; read from the built archive later"
        notices.append(Finding(message=message, place=pyproject.place("project.dynamic")))
    examined = 1 + sum(len(texts) for _, texts in lists) + len(dig_table(pyproject.poetry, "dependencies"))
    return Findings(
        examined=examined, unit="declarations", problems=tuple(dict.fromkeys(problems)), notices=tuple(notices)
    )


def _lists(pyproject: Declared, metadata: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every list of requirements by its key; Poetry's own table has another shape and is read apart."""
    if pyproject.poetry.get("dependencies") and not pyproject.standard:
        return
    table = pyproject.standard or metadata
    prefix = "project." if pyproject.standard else ""
    yield f"{prefix}dependencies", dig_texts(table, "dependencies")
    for extra in dig_table(table, "optional-dependencies"):
        yield f"{prefix}optional-dependencies.{extra}", dig_texts(table, "optional-dependencies", extra)


def _judge(
    pyproject: Declared, key: str, texts: tuple[str, ...], problems: list[Finding], notices: list[Finding]
) -> None:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    seen: set[tuple[str, str, frozenset[str]]] = set()
    for text in texts:
        place = pyproject.place(key if pyproject.standard else "", text)
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            first = str(error).split("\n", 1)[0]
            hint = "write it as name[extra]>=version; marker"
            problems.append(Finding(message=f"{text!r} is no valid dependency: {first}", place=place, hint=hint))
            continue
        if requirement.url:
            message = f"the dependency {requirement.name!r} is a direct reference, which an index refuses"
            problems.append(Finding(message=message, place=place, hint=_RELEASED))
        same = (canonicalize_name(requirement.name), str(requirement.marker or ""), frozenset(requirement.extras))
        if same in seen:
            message = f"{requirement.name!r} is named more than once for the same environments"
            notices.append(Finding(message=message, place=place, hint="put the ranges together"))
        seen.add(same)


def _poetry(pyproject: Declared) -> Iterator[Finding]:
    """Yield Poetry's dependencies that come from elsewhere than an index, each alternative of a list included."""
    if pyproject.standard:
        return  # then Poetry's table only says where to find a dependency while developing
    for name, spec in dig_table(pyproject.poetry, "dependencies").items():
        for each in spec if isinstance(spec, list) else [spec]:
            if kind := next((key for key in _ELSEWHERE if dig(each, key)), ""):
                message = f"the dependency {name!r} is taken from a {kind}, which an index refuses"
                place = pyproject.place(f"tool.poetry.dependencies.{name}")
                yield Finding(message=message, place=place, hint=_RELEASED)


def _sources(pyproject: Declared, texts: list[str]) -> Iterator[Finding]:
    """Yield the dependencies that uv takes from elsewhere while developing: users will get the index's."""
    for name, spec in dig_table(pyproject.file.table, "tool", "uv", "sources").items():
        named = any(text.lower().startswith(name.lower()) for text in texts)
        for each in spec if isinstance(spec, list) else [spec]:
            if named and any(dig(each, key) for key in _ELSEWHERE):
                message = f"uv takes {name!r} from elsewhere; who installs the release gets the index's"
                yield Finding(message=message, place=pyproject.place(f"tool.uv.sources.{name}"))
                break
