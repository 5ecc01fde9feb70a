"""A repository and the components in it, as resolved: what was set or detected, each value with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from unmoor.model.settings import Settings
from unmoor.model.tool_run import ToolRun

__all__ = [
    "NOTES_STYLES",
    "Backend",
    "Component",
    "DocsBuild",
    "NotesStyle",
    "Repository",
    "Requirements",
    "Resolved",
    "Tool",
    "VersionSource",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSource:
    """One place that states the version.

    ``kind`` is ``static`` (``project.version`` and its kin), ``attribute`` (``__version__ = "…"`` in a module),
    ``vcs`` (derived from tags), ``file`` (any other file, by ``search``) or ``computed`` (code decides; cannot be
    bumped). ``path`` is relative to the component; ``key`` names the value in it. ``value`` is what it says now.
    """

    kind: str
    path: str
    key: str = ""
    search: str = ""
    value: str = ""
    reason: str = ""

    @property
    def is_memory(self) -> bool:
        """Whether this is where bump-my-version remembers the version: it follows, and often lags behind."""
        return self.key.endswith("bumpversion.current_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One value as resolved, and where it comes from: for ``unmoor settings``."""

    key: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What a tool's environment needs, as arguments for ``uv pip install`` in the component's folder.

    ``project`` says whether the project itself is installed too (editable); ``reason`` where the list was found.
    """

    arguments: tuple[str, ...] = ()
    project: bool = False
    extras: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool the project uses: ``name`` of its adapter, the environment it needs, and why it is thought to be used.

    ``source`` says what it works on, relative to the component: the folder of the tests; the folder with Sphinx's
    ``conf.py`` or the file that configures another documentation engine; what a type checker is to be given where its
    own configuration does not say (paths, one a line); for ruff which of ``check`` and ``format`` the project uses.

    ``command`` is the command line that the project itself has for it, empty where convention has to do; ``folder``
    where that runs, relative to the component; ``environ`` what is set for it, ``terminal`` whether it is given a
    terminal. ``runs`` are those of a linter or type checker that the project has written down, ``pythons`` what to run
    it on, as ``3.12``, the best first. ``ways`` are other ways of running it that the project has written down, each
    with what would choose it.
    """

    name: str
    requirements: Requirements
    reason: str
    source: str = ""
    command: tuple[str, ...] = ()
    folder: str = ""
    environ: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    terminal: bool = False
    runs: tuple[ToolRun, ...] = ()
    pythons: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsBuild(Tool):
    """How the documentation is built: its engine as a tool, and what the project's own way of building it adds.

    ``strict`` says whether warnings fail, ``strict_reason`` why. ``builder`` and ``options`` are Sphinx's, as the
    project gives them; ``pythons`` those it builds on, best first, empty where it does not say. ``working_folder`` is
    where the engine runs, relative to the component; ``variables`` what is set for it; ``steps`` are scripts of the
    project that run there before it, each as what Python is given. ``unmade`` says why the
    environment that it needs is not made here, empty where it is.
    """

    strict: bool = True
    strict_reason: str = ""
    builder: str = "html"
    options: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    working_folder: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, ...], ...] = ()
    unmade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The build backend: ``name`` as people say it, ``requires`` from ``[build-system]``, and why."""

    name: str
    build_backend: str = ""
    requires: tuple[str, ...] = ()
    reason: str = ""


# How change notes can be kept, as the settings call it; each is read by the file of that name in ``planning/notes``.
NOTES_STYLES: tuple[str, ...] = (
    "towncrier",
    "none",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesStyle:
    """How the project keeps change notes: one of ``NOTES_STYLES``, where the fragments lie, and the changelog.

    ``unread`` names a tool whose notes were seen, and which nothing here reads.
    """

    style: str
    folder: str = ""
    changelog: str = ""
    reason: str = ""
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A clone as resolved: its top folder, the remote it is released to, the branches it is released from.

    ``remote`` is the remote's name, ``remote_address`` where that leads, without user name and password.
    ``own_sessions`` maps a stage to the project's own nox sessions for it; ``adopted`` says that its noxfile imports
    ``unmoor.sessions``. ``stage_sessions`` maps each stage to the session that carries it out.
    """

    root: Path
    remote: str = ""
    remote_address: str = ""
    branches: tuple[str, ...] = ()
    own_sessions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adopted: bool = False
    stage_sessions: Mapping[str, str] = field(default_factory=dict)

    def session(self, stage: str) -> str:
        """Return what nox calls a stage in this project; where it is left out, the last one that is not.

        The name of a stage that is left out may be that of a session of the project's own, and mean anything.
        """
        return self.stage_sessions.get(stage) or [stage, *self.stage_sessions.values()][-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A releasable package of a repository, as resolved.

    ``path`` is relative to the repository (``.`` for its root), ``folder`` the same as a path of this machine.
    ``tag_form`` is the name of its tags with ``{version}`` left open. ``requires`` names the components of the same
    repository that it depends on. ``archive_stages`` are the stages before the build that its settings let work on
    the sealed archives instead of the tree. ``settings_digest`` is the sha256 of what its stages go by.
    ``unused`` says of tools of ``lint`` and ``types`` that the project hints at why they are not run, by their names.
    """

    repository: Repository
    name: str
    folder: Path
    path: str = "."
    import_names: tuple[str, ...] = ()
    sources: tuple[VersionSource, ...] = ()
    tag_form: str = "{version}"
    settings: Settings = field(default_factory=Settings)
    settings_digest: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    backend: Backend = field(default_factory=lambda: Backend(name=""))
    notes: NotesStyle = field(default_factory=lambda: NotesStyle(style="none"))
    lint: tuple[Tool, ...] = ()
    types: tuple[Tool, ...] = ()
    unused: Mapping[str, str] = field(default_factory=dict)
    tests: Tool | None = None
    docs: DocsBuild | None = None
    pythons: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    archive_stages: tuple[str, ...] = ()
    resolved: tuple[Resolved, ...] = ()
