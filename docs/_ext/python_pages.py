"""The Python face as Markdown: what may be imported from unmoor, its signatures and docstrings read off the code.

Each name becomes an object of Sphinx's Python domain, so that it is in the index and links to its source.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

import unmoor.sessions
import unmoor.tasks
from unmoor import errors
from unmoor.errors import Exit, UnmoorError

__all__ = ["error_classes", "exit_codes", "helpers", "sessions", "tasks"]


def sessions() -> str:
    """Return what ``unmoor.sessions`` offers."""
    return "\n\n".join(_function(unmoor.sessions, name) for name in reversed(unmoor.sessions.__all__))


def tasks() -> str:
    """Return the collection of tasks, with the names in it."""
    names = ", ".join(f"[`{name}`](tasks.md#{name})" for name in unmoor.tasks.namespace.task_names)
    return _object("data", "namespace", "unmoor.tasks", f"An `invoke.Collection` of {names}.")


def exit_codes() -> str:
    """Return the exit codes as they are called in Python."""
    members = "\n".join(f"- `Exit.{each.name}` is {int(each)}" for each in Exit)
    return _object("class", "Exit", "unmoor.errors", f"{inspect.getdoc(Exit)}\n\n{members}")


def error_classes() -> str:
    """Return every error that is raised on purpose, each below the one it is a kind of."""
    named = [getattr(errors, name) for name in errors.__all__]
    classes = [each for each in named if inspect.isclass(each) and issubclass(each, UnmoorError)]
    return "\n\n".join(_error(each) for each in sorted(classes, key=lambda each: len(each.__mro__)))


def helpers() -> str:
    """Return the functions that go with the errors."""
    named = [name for name in errors.__all__ if inspect.isfunction(getattr(errors, name))]
    return "\n\n".join(_function(errors, name) for name in named)


def _function(module: object, name: str) -> str:
    function: Callable[..., object] = getattr(module, name)
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
    plain = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    types = "\n".join(f"- `{each.name}`: `{each.annotation}`" for each in parameters)
    return _object("function", f"{name}{plain}", function.__module__, f"{inspect.getdoc(function)}\n\n{types}")


def _error(each: type[UnmoorError]) -> str:
    above = f"A kind of `{each.__base__.__name__}`. " if each.__base__ not in (None, Exception) else ""
    return _object(
        "exception", each.__name__, each.__module__, f"{inspect.getdoc(each)}\n\n{above}Exit code {int(each.code)}."
    )


def _object(kind: str, signature: str, module: str, said: str) -> str:
    return f"````{{py:{kind}}} {signature}\n:module: {module}\n\n{said}\n````"
