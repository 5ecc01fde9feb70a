"""What the world says now, asked once a process: the remote's references, the main index's files of the project.

Several gates ask the same questions and run side by side; each question is asked once for a plan, and all of them
see the same answer. A question that was not answered is not repeated either: every repetition would cost its limit.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from unmoor.runtime.http import Unreachable
from unmoor.tools.git import Git

if TYPE_CHECKING:
    from packaging.version import Version

    from unmoor.context import Context
    from unmoor.indexes.simple import IndexFile
    from unmoor.model import Component

__all__ = ["index_files", "remote_refs", "sealed_digests", "tagged_versions"]

_REHEARSAL_SECONDS = 5.0
_LIVE_SECONDS = 20.0
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class _Kept:
    lock: threading.Lock
    answer: object = None
    error: Unreachable | None = None
    asked: bool = False


_questions: dict[tuple[str, ...], _Kept] = {}
_guard = threading.Lock()


def _once(key: tuple[str, ...], ask: Callable[[], _Answer]) -> _Answer:
    with _guard:
        kept = _questions.setdefault(key, _Kept(threading.Lock()))
    with kept.lock:
        if not kept.asked:
            try:
                kept.answer = ask()
            except Unreachable as error:
                kept.error = error
            kept.asked = True
    if kept.error is not None:
        said = kept.error.problems[0]
        raise Unreachable(said.what, hint=said.hint)
    return kept.answer  # type: ignore[return-value]  # what ask() returned for this very key


def remote_refs(context: Context) -> Mapping[str, str] | None:
    """Return the configured remote's branches and tags by full name; ``None`` without a remote or an answer."""
    project = context.project
    if not project.remote:
        return None
    seconds = _LIVE_SECONDS if context.live else _REHEARSAL_SECONDS
    git = Git(project.root, context.environ)
    key = ("refs", str(project.root), project.remote, context.plan.key)
    return _once(key, lambda: git.remote_refs(project.remote, timeout=seconds))


def index_files(context: Context) -> tuple[IndexFile, ...]:
    """Return every file of the project on the main index, none where it does not know the project.

    Raises ``Unreachable`` when the index gives no answer, ``Blocked`` where nothing says what serves it.
    """
    from unmoor.indexes import configured

    url, name = configured.simple_url(context.project, "pypi"), context.project.component.name
    seconds = _LIVE_SECONDS if context.live else _REHEARSAL_SECONDS
    return _once(("index", url, name, context.plan.key), lambda: _ask_index(url, name, seconds))


def _ask_index(url: str, name: str, seconds: float) -> tuple[IndexFile, ...]:
    from unmoor.indexes import simple

    return simple.files(url, name, timeout=seconds)


def sealed_digests(context: Context) -> Mapping[str, str]:
    """Return the sha256 of this release's sealed archives by file name, nothing where none are sealed here."""
    found = {each.filename: each.sha256 for each in context.distributions}
    try:
        listed = (context.dist / "SHA256SUMS").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return found
    for line in listed.splitlines():
        digest, _, name = line.partition(" ")
        found[name.strip().removeprefix("*")] = digest
    return found


def tagged_versions(component: Component, tags: Iterable[str]) -> dict[str, Version]:
    """Return the tags that have the component's form, and the version each of them names."""
    from unmoor.planning.versions.pep440 import try_parse

    before, _, after = component.tag_form.replace("{name}", component.name).partition("{version}")
    shape = re.compile(f"{re.escape(before)}(?P<version>.+){re.escape(after)}")
    found = {}
    for tag in tags:
        if (match := shape.fullmatch(tag)) and (version := try_parse(match["version"])) is not None:
            found[tag] = version
    return found
