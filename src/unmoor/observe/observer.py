"""What the index and the remote say now, each question asked once a run.

The plan and several gates ask the same questions and run side by side; all of them see the same answer. A question
that was not answered is not repeated either: every repetition would cost its limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from unmoor.model import Component, Mode, Repository
from unmoor.request import Memory
from unmoor.targets import IndexFile, IndexProject
from unmoor.tools.git import Git

__all__ = ["Observer"]

# In seconds. A rehearsal asks out of courtesy; a live release depends on the answer.
_PATIENCE = {Mode.REHEARSAL: 5.0, Mode.LIVE: 20.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """The reader of the configured index and remote, for one run; ``memory`` is the run's own."""

    mode: Mode
    memory: Memory = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)

    def afresh(self) -> Observer:
        """Return a reader that asks everything anew: what was so a while ago is no reason to act on it."""
        return Observer(mode=self.mode, memory=Memory(), environ=self.environ)

    def remote_refs(self, repository: Repository) -> Mapping[str, str] | None:
        """Return the remote's branches and tags by full name; ``None`` without a remote or an answer."""
        if not repository.remote:
            return None
        git = Git(repository.root, self.environ)
        return self.memory.once(
            ("remote", repository.root, repository.remote),
            lambda: git.remote_refs(repository.remote, timeout=_PATIENCE[self.mode]),
        )

    def index_files(self, component: Component) -> tuple[IndexFile, ...]:
        """Return every file of the component on its main index, none where that does not know the project.

        Raises what ``index_project`` does.
        """
        return self.index_project(component).files

    def index_project(self, component: Component) -> IndexProject:
        """Return what its main index says of the component.

        Raises ``Unreachable`` when the index gives no answer, ``Blocked`` where nothing says what serves it.
        """
        from unmoor.indexes import configured, credentials, simple

        url, patience = configured.simple_url(component, "pypi"), _PATIENCE[self.mode]
        login = credentials.login("pypi", url, self.environ, live=self.mode is Mode.LIVE)
        return self.memory.once(
            ("index", url, component.name),
            lambda: simple.about(url, component.name, timeout=patience, login=login),
        )
