"""The project's own nox sessions, read from its ``noxfile.py`` without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from unmoor.chain import CHAIN, stage_of_session
from unmoor.errors import SettingsError
from unmoor.model import Effect, Finding
from unmoor.project.detect.stage_sessions import stage_sessions, well_known
from unmoor.project.project_files import ProjectFiles

__all__ = ["Noxfile", "by_stage", "called_stages", "read_noxfile", "unexplained"]

# As packaging writes it; by itself jsonschema; the others are what nox-uv and nox-poetry ask for.
_SESSION = frozenset({"nox.session", "session", "nox_uv.session", "nox_poetry.session"})
_REGISTER = frozenset({"unmoor.sessions.register", "sessions.register", "register"})
_GATE = frozenset({"unmoor.sessions.gate", "sessions.gate", "gate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noxfile:
    """What a noxfile defines: its sessions, each with the Pythons it names literally, and whether it adopts unmoor.

    ``stages`` maps the sessions that unmoor's decorator joins to the stage it names literally. ``names`` and
    ``left_out`` are what ``unmoor.sessions.register`` is told, where that stands there literally.
    """

    sessions: Mapping[str, tuple[str, ...]]
    stages: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    adopted: bool = False
    exists: bool = False


def read_noxfile(tree: ProjectFiles) -> Noxfile:
    """Read ``noxfile.py``; one that cannot be parsed has no sessions (nox itself will say why)."""
    text = tree.text("noxfile.py")
    if text is None:
        return Noxfile(sessions={})
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return Noxfile(sessions={}, exists=True)
    sessions: dict[str, tuple[str, ...]] = {}
    stages: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            for arguments in _decorators(node, _SESSION, "python"):
                given = _literal(arguments.get("name"))
                name = given if isinstance(given, str) else node.name
                sessions[name] = _texts(_literal(arguments.get("python") or arguments.get("py")))
                for stage in (_literal(each.get("stage")) for each in _decorators(node, _GATE, "stage")):
                    stages |= {name: stage} if isinstance(stage, str) else {}
    names, left_out = _registered(module)
    return Noxfile(
        sessions=sessions,
        stages=stages,
        names=names,
        left_out=left_out,
        adopted=any(map(_adopts, ast.walk(module))),
        exists=True,
    )


def called_stages(noxfile: Noxfile, own_sessions: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what nox calls the stages, beside sessions of which ``own_sessions`` prove one each."""
    taken = [name for name in noxfile.sessions if name not in own_sessions.get(name, ())]
    return stage_sessions(taken, noxfile.names, noxfile.left_out)


def by_stage(noxfile: Noxfile, gates: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """Sort sessions into the stages they belong to: those that ``gates`` names, ``None`` for the well-known names.

    Raises ``SettingsError`` with the names in ``gates`` that say nothing about their stage, where there is no unmoor
    in the noxfile that could say it; where there is, the sessions themselves know, once they are registered.
    """
    found: dict[str, list[str]] = {}
    unsorted = []
    # A noxfile may make sessions in ways that only running it shows, so names in the settings are taken on trust.
    by_name = well_known(noxfile.sessions) if gates is None else {name: stage_of_session(name) for name in gates}
    for name, known in (by_name | dict.fromkeys(noxfile.stages)).items():
        stage = noxfile.stages.get(name) or known
        if stage:
            found.setdefault(stage, []).append(name)
        elif not noxfile.adopted:
            unsorted.append(unexplained(name))
    if unsorted:
        raise SettingsError(unsorted)
    return {stage: tuple(names) for stage, names in found.items()}


def unexplained(session: str) -> Finding:
    """Return what is wrong with a session that the settings name and nothing sorts into a stage, and what to do."""
    proving = ", ".join(stage.name for stage in CHAIN if stage.effect is Effect.NONE)
    return Finding(
        message=f"the name {session!r} does not say which stage it proves",
        place="pyproject.toml: tool.unmoor.gates",
        hint=f'put @unmoor.sessions.gate("STAGE") above it in noxfile.py, STAGE being one of {proving}; '
        "or give it a well-known name, such as lint, tests or docs",
    )


def _decorators(node: ast.FunctionDef, names: frozenset[str], first: str) -> Iterator[dict[str, ast.expr]]:
    """Yield the arguments of each decorator of these names, called or bare; ``first`` is what the first one means."""
    for decorator in node.decorator_list:
        called = decorator if isinstance(decorator, ast.Call) else None
        function = called.func if called else decorator
        if ast.unparse(function) in names:
            given = {each.arg: each.value for each in called.keywords if each.arg} if called else {}
            if called and called.args:
                given.setdefault(first, called.args[0])
            yield given


def _adopts(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name == "unmoor.sessions" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        names = {alias.name for alias in node.names}
        return node.module == "unmoor.sessions" or (node.module == "unmoor" and "sessions" in names)
    return False


def _registered(module: ast.Module) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the names and the stages left out that a call of ``register`` is given."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _REGISTER:
            given = {each.arg: _literal(each.value) for each in node.keywords}
            names, left_out = given.get("names"), given.get("leave_out")
            said = names.items() if isinstance(names, dict) else ()
            return {str(stage): str(name) for stage, name in said}, _texts(left_out)
    return {}, ()


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError):
        return None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple | set) else ()
