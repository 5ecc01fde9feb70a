"""The commands of invoke tasks: what ``tasks.py`` gives to ``c.run``, read without importing it.

https://docs.pyinvoke.org/en/stable/getting-started.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

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
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and any(_is_task(each) for each in node.decorator_list):
            yield from _of_task(tree, file, node, values)


def _is_task(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(function).rpartition(".")[2] == "task"


def _of_task(tree: ProjectFiles, file: str, task: ast.FunctionDef, values: Values) -> Iterator[ProjectCommand]:
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
        if ast.unparse(call.func) == f"{context}.run":
            line = inner.of(call.args[0])
            below = "/".join(folder for first, last, folder in folders if first <= call.lineno <= last)
            setting = Setting(origin=Origin.INVOKE, name=task.name, place=f"{file}:{call.lineno}", folder=below)
            if isinstance(line, str) and UNKNOWN not in setting.folder:
                yield from commands_of(tree, line, setting)


def _folder(node: ast.expr, context: str, values: Values) -> str:
    """Return the folder that ``with c.cd(…)`` goes to."""
    if not isinstance(node, ast.Call) or ast.unparse(node.func) != f"{context}.cd" or not node.args:
        return ""
    found = values.of(node.args[0])
    return found.strip("./") if isinstance(found, str) else UNKNOWN
