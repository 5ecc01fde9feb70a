"""The commands of invoke tasks: what ``tasks.py`` gives to ``c.run``, read without importing it.

https://docs.pyinvoke.org/en/stable/getting-started.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.python_values import Values
from unmoor.project.detect.commands.shell import Setting, commands_of
from unmoor.project.detect.commands.words import UNKNOWN
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands"]

_FILES = ("tasks.py", "tasks/__init__.py")


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield what every task runs, in the order of the file."""
    file = tree.first(*_FILES)
    try:
        module = ast.parse(tree.text(file) or "") if file else ast.Module(body=[], type_ignores=[])
    except (SyntaxError, ValueError, RecursionError):
        return
    values = Values(tree)
    for node in module.body:
        values.bind(node)
    taken = {
        alias.asname or alias.name
        for node in module.body
        if isinstance(node, ast.ImportFrom) and node.module == "invocations.pytest"
        for alias in node.names
        if alias.name == "test"
    }
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and any(_is_task(each) for each in node.decorator_list):
            yield from _of_task(tree, file, node, values, taken)


def _is_task(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(function).rpartition(".")[2] == "task"


def _of_task(
    tree: ProjectFiles, file: str, task: ast.FunctionDef, values: Values, taken: AbstractSet[str]
) -> Iterator[ProjectCommand]:
    """Yield what one task runs; ``taken`` are the names that the shared task ``invocations.pytest.test`` has here."""
    arguments = task.args.posonlyargs + task.args.args
    context = arguments[0].arg if arguments else ""
    defaults = task.args.defaults
    named = zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True)
    inner = values.within({each.arg: values.of(default) for each, default in named})
    folders: list[tuple[int, int, str]] = []
    for node in ast.walk(task):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            inner.bind(node)
        if isinstance(node, ast.With):
            found = [_folder(each.context_expr, context, inner) for each in node.items]
            folders += [(node.lineno, node.end_lineno or node.lineno, each) for each in found if each]
    calls = [each for each in ast.walk(task) if isinstance(each, ast.Call) and each.args]
    for call in sorted(calls, key=lambda each: each.lineno):
        name = ast.unparse(call.func)
        if name != f"{context}.run" and name not in taken:
            continue
        given = {each.arg: inner.of(each.value) for each in call.keywords if each.arg}
        line = _shared(given) if name in taken else inner.of(call.args[0])
        setting = Setting(
            origin=Origin.INVOKE,
            name=task.name,
            place=f"{file}:{call.lineno}",
            folder="/".join(folder for first, last, folder in folders if first <= call.lineno <= last),
            terminal=given.get("pty", name in taken) is True,
        )
        if isinstance(line, str) and UNKNOWN not in setting.folder:
            yield from commands_of(tree, line, setting)


def _shared(given: Mapping[str, object]) -> str:
    """Return the line that the shared task runs, as its library has it (https://github.com/pyinvoke/invocations)."""
    capture, opts = given.get("capture", "sys"), given.get("opts", "")
    words = ["pytest", *(["--verbose"] if given.get("verbose", True) is True else [])]
    words += [f"--capture={capture}"] if isinstance(capture, str) else []
    return " ".join([*words, opts if isinstance(opts, str) else UNKNOWN])


def _folder(node: ast.expr, context: str, values: Values) -> str:
    """Return the folder that ``with c.cd(…)`` goes to."""
    if not isinstance(node, ast.Call) or ast.unparse(node.func) != f"{context}.cd" or not node.args:
        return ""
    found = values.of(node.args[0])
    return found.strip("./") if isinstance(found, str) else UNKNOWN
