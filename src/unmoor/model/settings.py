"""``[tool.unmoor]`` decoded, or its defaults; empty means "detect it"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "CommandGate",
    "DocsSettings",
    "EvidenceSettings",
    "IndexSettings",
    "InstallSettings",
    "SecretAllowance",
    "Settings",
    "SizeSettings",
    "TestSettings",
    "VersionFile",
    "Waiver",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A gate that may fail: who says so, why, and until which day (ISO, empty for good). Never covers a crash."""

    gate: str
    reason: str
    by: str
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGate:
    """A gate of the project's own: any command; exit status 0 passes, 2 fails, 3 is unconfigured, else an error."""

    name: str
    run: tuple[str, ...]
    stage: str = "check"
    asserts: str = ""
    seconds: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretAllowance:
    """A place where something that looks like a secret is none: a path pattern, and the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFile:
    """A further file that states the version: ``search`` is its text with ``{version}`` where the version stands."""

    path: str
    search: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSettings:
    """How the tests run: ``pythons`` empty for all supported ones; ``requirements`` are uv/pip arguments.

    ``parallel`` says that the suite may run on two Pythons at once: no fixed ports, no files in the tree.
    """

    command: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    coverage: float = 0.0
    against: str = "tree"
    parallel: bool = False
    seconds: float = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsSettings:
    """How the documentation is built: ``engine`` empty for the detected one, ``none`` where there is none.

    ``strict`` says whether warnings fail; ``None`` leaves it to how the project builds its documentation itself.
    """

    engine: str = ""
    source: str = ""
    strict: bool | None = None
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    seconds: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallSettings:
    """What an installed archive must show; limits in seconds."""

    imports: tuple[str, ...] = ()
    extras: tuple[str, ...] | None = None
    seconds: float = 30.0
    import_seconds: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeSettings:
    """Sizes in bytes: above the notices it is said, above the limits (0 for none) it fails.

    ``growth`` is how many times as large as in the last release an archive may be that is above its notice; 0 for any.
    """

    wheel_notice: int = 1_000_000
    sdist_notice: int = 500_000
    wheel_limit: int = 0
    sdist_limit: int = 0
    growth: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """An index by its two URLs; empty means the well-known one of that name.

    ``visible_seconds`` is how long a live release waits there for what was uploaded.
    """

    upload_url: str = ""
    simple_url: str = ""
    visible_seconds: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSettings:
    """How long evidence counts before the first upload, in days; 0 for without end."""

    days: float = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``[tool.unmoor]`` decoded; empty means "detect it"."""

    tag: str = ""
    branches: tuple[str, ...] = ()
    remote: str = ""
    imports: tuple[str, ...] = ()
    notes: str = ""
    changelog: str = ""
    version_files: tuple[VersionFile, ...] = ()
    gates: tuple[str, ...] | None = None
    disable: tuple[str, ...] = ()
    critical_paths: tuple[str, ...] = ()
    required_files: tuple[str, ...] = ()
    lint: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    types_requirements: tuple[str, ...] = ()
    installer: str = "uv"
    lock: str = ""
    approval: str = "version"
    zero_major: str = "minor"
    bump_commit: str = "together"
    prerelease_notes: str = "keep"
    bumpversion: str = "follow"
    sign_tags: bool = False
    remote_lock: bool = False
    archive_allow: tuple[str, ...] = ()
    executables: tuple[str, ...] = ()
    pass_env: tuple[str, ...] = ()
    secrets: tuple[SecretAllowance, ...] = ()
    tests: TestSettings = field(default_factory=TestSettings)
    docs: DocsSettings = field(default_factory=DocsSettings)
    install: InstallSettings = field(default_factory=InstallSettings)
    sizes: SizeSettings = field(default_factory=SizeSettings)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    indexes: Mapping[str, IndexSettings] = field(default_factory=dict)
    commands: tuple[CommandGate, ...] = ()
    waivers: tuple[Waiver, ...] = ()
