"""What each key of ``[tool.unmoor]`` means, in one sentence, and the words it may take: the text of the reference."""

from __future__ import annotations

from collections.abc import Mapping

from unmoor.chain import CHAIN
from unmoor.model import NOTES_STYLES

__all__ = ["CHOICES", "GATES", "INDEXES", "MEANINGS", "RENAMED", "STAGES"]

INDEXES = ("testpypi", "pypi")
STAGES = tuple(stage.name for stage in CHAIN)
# In the order in which a release meets them; some gates belong to several stages.
GATES = tuple(dict.fromkeys(gate for stage in CHAIN for gate in stage.gates))

# Words that settings had once, and what they are called now: a kept word is never silently ignored.
RENAMED: Mapping[str, str] = {"leave-out": "disable"}

CHOICES: Mapping[str, tuple[str, ...]] = {
    "notes": NOTES_STYLES,
    "lint": ("ruff", "black", "isort", "flake8", "pre-commit"),
    "types": ("mypy", "pyright"),
    "installer": ("uv", "pip"),
    "approval": ("version", "digest", "environment"),
    "zero-major": ("minor", "major"),
    "bump-commit": ("together", "own"),
    "prerelease-notes": ("keep", "collect"),
    "bumpversion": ("follow", "ignore"),
    "disable": GATES,
    "tests.against": ("tree", "wheel"),
    "docs.engine": ("sphinx", "mkdocs", "properdocs", "zensical", "none"),
    "commands.stage": STAGES,
}

MEANINGS: Mapping[str, str] = {
    "tag": "Form of release tags, with `{version}` and, for several packages, `{name}`; by default like existing tags.",
    "branches": "Branches that may be released from, as names or patterns; by default the remote's default branch.",
    "remote": "The git remote that is asked and pushed to; by default `origin`.",
    "imports": "What the package is imported as; by default from the build backend's settings and the folders.",
    "notes": "How change notes are kept; by default towncrier where it is configured.",
    "changelog": "The changelog file; by default the one that is there.",
    "version-files": "Further files that state the version and are to follow it.",
    "version-files.path": "The file.",
    "version-files.search": "The text in it that states the version, with `{version}` where the version stands.",
    "gates": "The project's own nox sessions that join, by name, `[]` for none; by default the well-known ones.",
    "disable": "Built-in gates that do not apply to this project.",
    "critical-paths": "Files, folders or patterns in which unfinished work blocks a release.",
    "required-files": "Files or folders that a release must have.",
    "lint": "Linters to run; by default those the project uses.",
    "types": "Type checkers to run; by default those the project uses.",
    "types-requirements": "Requirements of the type checkers besides what is detected; `--group NAME`, `-r FILE` too.",
    "installer": "What makes and fills environments.",
    "lock": "The lock that tests, type checkers and documentation are installed by, `none` for no one; by default "
    "the nearest `uv.lock`, `poetry.lock`, `pdm.lock` or `pylock.toml`.",
    "approval": "What approves a live publication: naming the version, naming the digest, or the CI environment.",
    "zero-major": "What a breaking change bumps before 1.0.",
    "bump-commit": "Whether version and changelog are one commit or the version has its own.",
    "prerelease-notes": "Whether a pre-release keeps its notes for the final release, or collects them for good.",
    "bumpversion": (
        "Whether the files that the project's own bump-my-version configuration names follow the version; one that is"
        " out of date is not used anyway."
    ),
    "sign-tags": "Whether release tags are signed with git's own signing settings.",
    "remote-lock": "Whether a live release holds a lock on the remote: for where several machines may release by hand.",
    "archive-allow": "Files or patterns that may be in an archive although they look like strays.",
    "executables": "Files or patterns that may be executable in an archive.",
    "pass-env": "Variables that builds, tests and own sessions get although they look secret; also as `PREFIX_*`.",
    "secrets": "Places where something that looks like a secret is none.",
    "secrets.path": "The file or pattern.",
    "secrets.reason": "Why it is no secret.",
    "tests.command": "The command that runs the tests, as a list of words; by default `pytest`.",
    "tests.pythons": "Python versions to test on; by default all that the project supports.",
    "tests.groups": "Dependency groups the tests need; by default the group that names pytest.",
    "tests.extras": "Extras of the project the tests need.",
    "tests.requirements": "Requirements of the tests besides these, or in place of what is detected; `-r FILE` too.",
    "tests.coverage": "Least coverage in percent; 0 for no demand.",
    "tests.parallel": "Whether the suite may run on two Pythons at once: it uses no fixed port and writes no file.",
    "tests.against": "Whether the tests import the package from the tree or from the sealed wheel.",
    "tests.seconds": "Limit of one test run, in seconds.",
    "docs.engine": "What builds the documentation, `none` where nothing is to be built; by default the one configured.",
    "docs.source": "Folder of Sphinx's `conf.py`, or the configuration file of another engine.",
    "docs.strict": "Whether warnings fail; by default as the project builds its documentation itself, else yes.",
    "docs.groups": "Dependency groups the documentation needs; by default the group that names the engine.",
    "docs.extras": "Extras of the project the documentation needs.",
    "docs.requirements": "Requirements of the documentation, likewise.",
    "docs.seconds": "Limit of one documentation build, in seconds.",
    "install.imports": "Further modules that an installed archive must be able to import.",
    "install.extras": "Extras that each archive is also installed with; by default all it has, `[]` for none.",
    "install.seconds": "Limit of one installation, in seconds.",
    "install.import-seconds": "Limit of importing the installed package, in seconds.",
    "sizes.wheel-notice": "Size in bytes above which a wheel is remarked on.",
    "sizes.sdist-notice": "Size in bytes above which an sdist is remarked on.",
    "sizes.wheel-limit": "Size in bytes above which a wheel is refused; 0 for no limit.",
    "sizes.sdist-limit": "Size in bytes above which an sdist is refused; 0 for no limit.",
    "sizes.growth": "How many times as large as in the last release an archive may be; below its notice: remarked on.",
    "evidence.days": "How many days evidence counts for before the first upload; 0 for without end.",
    "indexes.testpypi.upload-url": "Where the trial upload goes; by default TestPyPI.",
    "indexes.testpypi.simple-url": "The simple API it is read back from; needed beside upload-url.",
    "indexes.testpypi.visible-seconds": "Limit of waiting until it shows what was uploaded, in seconds.",
    "indexes.pypi.upload-url": "Where the upload goes; by default PyPI.",
    "indexes.pypi.simple-url": "The simple API it is read back and dependencies come from; needed beside upload-url.",
    "indexes.pypi.visible-seconds": "Limit of waiting until it shows what was uploaded, in seconds.",
    "commands": "Gates of the project's own: any command.",
    "commands.name": "The name of the gate, in kebab-case.",
    "commands.run": "The command as a list of words; it sees no shell.",
    "commands.stage": "The stage it belongs to.",
    "commands.asserts": "What holds when it passes, in one sentence.",
    "commands.seconds": "Its limit in seconds.",
    "waivers": "Gates that may fail, each with a reason and a person; a waiver never covers a crash.",
    "waivers.gate": "The gate.",
    "waivers.reason": "Why it may fail.",
    "waivers.by": "Who says so.",
    "waivers.until": "The last day it holds, as YYYY-MM-DD; empty for good.",
}
