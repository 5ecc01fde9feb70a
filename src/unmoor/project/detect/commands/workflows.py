"""The commands that CI runs: the steps of GitHub's workflows and the jobs of GitLab, with what was installed before.

What an expression stands for is known only where it names a value of the job's own matrix: then it is the first of its
values; a Python is none. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.indirect import followed
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.shell import Setting, commands_of
from unmoor.project.detect.commands.words import UNKNOWN
from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_table, dig_texts
from unmoor.project.yaml_file import yaml_table

__all__ = ["commands"]

_Table = Mapping[str, object]
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_GITLAB = ".gitlab-ci.yml"
_LARGE = 200_000
# Keys of GitLab's file that are no jobs.
_NO_JOBS = frozenset({"default", "variables", "include", "stages", "workflow", "image", "services", "cache", "spec"})


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield the commands of every job, by the names of the files."""
    files = sorted(tree.folder.glob(".github/workflows/*.y*ml"))
    for path in files:
        name = path.relative_to(tree.folder).as_posix()
        table = _table(tree.text(name))
        for job, steps in dig_table(table, "jobs").items():
            if isinstance(steps, Mapping):
                yield from _of_github(tree, name, table, job, steps)
    table = _table(tree.text(_GITLAB))
    for job, keys in table.items():
        if isinstance(keys, Mapping) and job not in _NO_JOBS and not str(job).startswith("."):
            yield from _of_gitlab(tree, table, str(job), keys)


def _table(text: str | None) -> _Table:
    """Return a workflow as a table; an empty one where it is none, or too large to be written by hand."""
    return yaml_table(text) if text and len(text) <= _LARGE else {}


def _of_github(tree: ProjectFiles, file: str, workflow: _Table, job: str, keys: _Table) -> Iterator[ProjectCommand]:
    steps = keys.get("steps")
    defaults = [*dig_texts(keys, "defaults", "run", "working-directory")]
    defaults += dig_texts(workflow, "defaults", "run", "working-directory")
    values = _matrix(keys)
    base = Setting(
        origin=Origin.WORKFLOW,
        name=job,
        place=file,
        environ={**_variables(workflow, "env"), **_variables(keys, "env")},
        pythons=_pythons(steps, {**_variables(workflow, "env"), **_variables(keys, "env")}),
        needs=_needs(keys),
    )
    needs = Installed(tree, f"the job {job!r} in {file}")
    for step in steps if isinstance(steps, list) else []:
        text = dig(step, "run")
        if not isinstance(text, str) or dig(step, "shell") in {"python", "cmd"}:
            continue
        folder = next(iter((*dig_texts(step, "working-directory"), *defaults)), "")
        here = replace(
            base, folder=_folder(_filled_in(folder, values)), environ={**base.environ, **_variables(step, "env")}
        )
        for each in commands_of(tree, _filled_in(text, values), here, needs):
            yield each
            yield from followed(tree, each, needs)


def _of_gitlab(tree: ProjectFiles, table: _Table, job: str, keys: _Table) -> Iterator[ProjectCommand]:
    inherited = [dig_table(table, name) for name in dig_texts(keys, "extends")]
    levels = [keys, *inherited, dig_table(table, "default"), table]
    lines = [
        line
        for part in ("before_script", "script")
        for line in next((_all_texts(each.get(part)) for each in levels if part in each), [])
    ]
    environ = {name: value for each in reversed(levels) for name, value in _variables(each, "variables").items()}
    setting = Setting(origin=Origin.WORKFLOW, name=job, place=_GITLAB, environ=environ, needs=_needs(keys, image=False))
    needs = Installed(tree, f"the job {job!r} in {_GITLAB}")
    for each in commands_of(tree, "\n".join(lines), setting, needs):
        yield each
        yield from followed(tree, each, needs)


def _all_texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for each in value for text in _all_texts(each)] if isinstance(value, list) else []


def _needs(keys: _Table, *, image: bool = True) -> tuple[str, ...]:
    """Return what a job has beside it: services by name, and the image of a container."""
    services = keys.get("services")
    names = services if isinstance(services, Mapping | list) else ()
    found = [f"the service {each if isinstance(each, str) else dig(each, 'name')}" for each in names]
    container = dig(keys, "container", "image") or keys.get("container")
    return (*found, *([f"the container {container}"] if image and isinstance(container, str) else []))


def _matrix(keys: _Table) -> dict[str, str]:
    """Return the first value of each of a job's own variables; which Python it is stays open."""
    found: dict[str, str] = {}
    for name, values in dig_table(keys, "strategy", "matrix").items():
        first = values[0] if isinstance(values, list) and values else None
        if isinstance(first, str) and "python" not in name.lower() and name not in {"include", "exclude", "os"}:
            found[f"matrix.{name}"] = first
    return found


def _pythons(steps: object, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the Pythons that a job sets up by their numbers; one out of its matrix stays open."""
    values = {f"env.{name}": value for name, value in environ.items()}
    found: list[str] = []
    for step in steps if isinstance(steps, list) else []:
        if re.search(r"/setup-(?:python|uv)@", str(dig(step, "uses"))):
            stated = dig(step, "with", "python-version")
            lines = stated if isinstance(stated, list) else _filled_in(str(stated), values).split()
            found += [match[1] for line in lines if (match := re.fullmatch(r"(3\.[0-9]+)(?:\.[0-9x]+)?", str(line)))]
    return tuple(dict.fromkeys(found))


def _filled_in(text: str, values: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: values.get(match[1].strip(), UNKNOWN), text)


def _variables(keys: _Table, name: str) -> dict[str, str]:
    pairs = dig_table(keys, name).items()
    return {str(name): str(value) for name, value in pairs if isinstance(value, str | int) and "${{" not in str(value)}


def _folder(path: str) -> str:
    if UNKNOWN in path or path.startswith(("/", "~", "..")):
        return UNKNOWN
    return "/".join(part for part in path.split("/") if part not in {"", "."})
