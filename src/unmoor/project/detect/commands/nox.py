"""The commands of nox sessions, read from ``noxfile.py`` without importing it, with what each installs before them.

Functions of the file that take the session are followed. https://nox.thea.codes/en/stable/config.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from unmoor.model import Requirements
from unmoor.project.detect.commands.command import Origin, ProjectCommand
from unmoor.project.detect.commands.installs import Installed
from unmoor.project.detect.commands.python_values import NOT_KNOWN, Values
from unmoor.project.detect.commands.shell import Setting, commands_of_words
from unmoor.project.detect.commands.words import UNKNOWN
from unmoor.project.project_files import ProjectFiles

__all__ = ["commands"]

_FILE = "noxfile.py"
_DECORATORS = frozenset({"nox.session", "session", "nox_uv.session", "nox_poetry.session"})
_RUNS = frozenset({"run", "run_always", "run_install"})
_DEPTH = 4


def commands(tree: ProjectFiles) -> Iterator[ProjectCommand]:
    """Yield what every session runs, in the order of the file."""
    text = tree.text(_FILE)
    try:
        module = ast.parse(text or "")
    except (SyntaxError, ValueError, RecursionError):
        return
    values = Values(tree)
    for node in module.body:
        values.bind(node)
    functions = {node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
    defaults = _defaults(module, values)
    for function in functions.values():
        for given in _sessions(function, values):
            yield from _Session(tree, functions, function, given, defaults).commands(values)


def _sessions(function: ast.FunctionDef, values: Values) -> Iterator[Mapping[str, object]]:
    """Yield the arguments of each decorator that makes a session of the function."""
    for decorator in function.decorator_list:
        called = decorator if isinstance(decorator, ast.Call) else None
        if ast.unparse(called.func if called else decorator) in _DECORATORS:
            keywords = called.keywords if called else []
            given = {each.arg: values.of(each.value) for each in keywords if each.arg}
            if called and called.args:
                given.setdefault("python", values.of(called.args[0]))
            yield given


def _defaults(module: ast.Module, values: Values) -> tuple[str, ...] | None:
    """Return the sessions that a bare ``nox`` runs, ``None`` where that is all of them."""
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "nox.options.sessions":
            found = values.of(node.value)
            return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list | tuple) else None
    return None


@dataclass(slots=True)
class _Session:
    """One session while its function is read from top to bottom."""

    tree: ProjectFiles
    functions: Mapping[str, ast.FunctionDef]
    function: ast.FunctionDef
    given: Mapping[str, object]
    defaults: tuple[str, ...] | None

    def commands(self, values: Values) -> Iterator[ProjectCommand]:
        """Yield what the session runs."""
        given = self.given.get("name")
        name = given if isinstance(given, str) else self.function.name
        python = self.given.get("python", self.given.get("py"))
        versions = python if isinstance(python, list | tuple) else [python]
        extra = self.given.get("default") is False or (self.defaults is not None and name not in self.defaults)
        setting = Setting(
            origin=Origin.NOX,
            name=name,
            place=f"{_FILE}:{self.function.lineno}",
            pythons=tuple(each for each in versions if isinstance(each, str) and each[:1].isdigit()),
            extra=extra,
        )
        # A session of nox-uv says in the decorator what is installed; one with no environment has what is there.
        start = None if python is False else Requirements()
        needs = Installed(self.tree, f"the nox session {name!r}", start)
        groups, extras = _all_texts(self.given.get("uv_groups")), _all_texts(self.given.get("uv_extras"))
        if groups or extras:
            options = [word for group in groups for word in ("--group", group)]
            options += [word for extra in extras for word in ("--extra", extra)]
            needs.by(("uv", "sync", "--no-default-groups", *options))
        yield from self._body(self.function, values, setting, needs, 0)

    def _body(
        self, function: ast.FunctionDef, values: Values, setting: Setting, needs: Installed, depth: int
    ) -> Iterator[ProjectCommand]:
        state = _State(setting, values.within(_parametrized(function, values)))
        arguments = function.args.posonlyargs + function.args.args
        session = arguments[0].arg if arguments else "session"
        for node in _statements(function.body, state.values):
            state.values.bind(node)
            for call in _calls(node):
                yield from self._call(call, session, state, needs, depth)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                state.variable(node, session)

    def _call(
        self, call: ast.Call, session: str, state: _State, needs: Installed, depth: int
    ) -> Iterator[ProjectCommand]:
        name = ast.unparse(call.func)
        words = [word for each in call.args for word in state.values.texts(each)]
        if name in {f"{session}.{each}" for each in _RUNS}:
            environ = state.environ(call)
            setting = replace(state.setting, environ={**state.setting.environ, **environ})
            yield from commands_of_words(words, setting, needs)
        elif name == f"{session}.install":
            needs.by_pip([word for word in words if UNKNOWN not in word], state.setting.folder)
        elif name in {f"{session}.chdir", f"{session}.cd"} and words:
            state.setting = replace(state.setting, folder=words[0].strip("./") if UNKNOWN not in words[0] else UNKNOWN)
        elif name == f"{session}.env.update" and call.args:
            state.variables(state.values.of(call.args[0]))
        elif name in self.functions and depth < _DEPTH and words:
            inner = self.functions[name]
            names = _bound(inner, call, state.values)
            yield from self._body(inner, state.values.within(names), state.setting, needs, depth + 1)


@dataclass(slots=True)
class _State:
    """What a function has set so far."""

    setting: Setting
    values: Values

    def environ(self, call: ast.Call) -> dict[str, str]:
        """Return the variables that a call sets for its command."""
        found = next((self.values.of(each.value) for each in call.keywords if each.arg == "env"), {})
        return _texts(found)

    def variable(self, node: ast.Assign, session: str) -> None:
        """Take in ``session.env["NAME"] = …``."""
        target = node.targets[0]
        if isinstance(target, ast.Subscript) and ast.unparse(target.value) == f"{session}.env":
            name = self.values.of(target.slice)
            self.variables({name: self.values.of(node.value)})

    def variables(self, found: object) -> None:
        """Take in variables for all commands that follow."""
        self.setting = replace(self.setting, environ={**self.setting.environ, **_texts(found)})


def _texts(found: object) -> dict[str, str]:
    if not isinstance(found, Mapping):
        return {}
    pairs = ((name, str(value)) for name, value in found.items() if isinstance(value, str | int))
    return {name: value for name, value in pairs if isinstance(name, str) and UNKNOWN not in value}


def _all_texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []


def _statements(body: Sequence[ast.stmt], values: Values) -> Iterator[ast.stmt]:
    """Yield simple statements in order; of an ``if`` the way that is known to be taken, else both."""
    for node in body:
        if isinstance(node, ast.If):
            known = values.of(node.test)
            yield from _statements(node.body, values) if known is NOT_KNOWN or known else ()
            yield from _statements(node.orelse, values) if known is NOT_KNOWN or not known else ()
        elif isinstance(node, ast.With):
            for item in node.items:
                yield ast.Expr(item.context_expr)
            yield from _statements(node.body, values)
        elif isinstance(node, ast.For | ast.While):
            yield from _statements(node.body, values)
        elif isinstance(node, ast.Try):
            yield from _statements([*node.body, *node.orelse, *node.finalbody], values)
        else:
            yield node
            if isinstance(node, ast.Return | ast.Raise):
                return


def _calls(node: ast.stmt) -> Iterator[ast.Call]:
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield from (each for each in ast.walk(node) if isinstance(each, ast.Call))


def _parametrized(function: ast.FunctionDef, values: Values) -> dict[str, object]:
    """Return the first value of each parameter that the session is repeated for, and the defaults of the others."""
    found: dict[str, object] = {}
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("parametrize"):
            names = values.of(decorator.args[0]) if decorator.args else None
            choices = values.of(decorator.args[1]) if len(decorator.args) > 1 else None
            if isinstance(names, str) and "," not in names and isinstance(choices, list) and choices:
                found[names] = choices[0]
    return found


def _bound(function: ast.FunctionDef, call: ast.Call, values: Values) -> dict[str, object]:
    """Return the parameters of a function as a call binds them."""
    arguments = [each.arg for each in function.args.posonlyargs + function.args.args]
    defaults = function.args.defaults
    found = {
        name: values.of(default)
        for name, default in zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True)
    }
    for each, kw_default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        found[each.arg] = values.of(kw_default) if kw_default else NOT_KNOWN
    found |= {name: values.of(each) for name, each in zip(arguments, call.args, strict=False)}
    found |= {each.arg: values.of(each.value) for each in call.keywords if each.arg}
    if function.args.vararg:
        rest = call.args[len(arguments) :]
        found[function.args.vararg.arg] = [word for each in rest for word in values.texts(each)]
    return found
