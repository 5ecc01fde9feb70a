"""Environments for programs, made from the one the face was started with.

Three kinds: ``own`` for the project's own tools (everything but secrets), ``clean`` for installs and builds that
must not be steered by the user's settings, and ``git`` for git itself. None of them has the credentials of an upload.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from unmoor.runtime.redact import looks_secret

__all__ = ["clean", "credentials", "for_git", "own", "past_proxies", "readers", "without_credentials"]

# What programs that upload go by: who, with which password, and where to. The last is on its way to a worker.
_UPLOADS = re.compile(r"UNMOOR_\w+_(TOKEN|PASSWORD|USERNAME)|(TWINE|UV_PUBLISH)_\w+|UNMOOR_HANDOVER")
# Of these, what a company's index wants to be read: a rehearsal needs it too.
_READING = re.compile(r"UNMOOR_\w+_READ_(TOKEN|PASSWORD|USERNAME)")

# Certificate and proxy settings say how to reach the network at all, not where to go: they always stay.
_KEPT = frozenset(
    {
        "PIP_CERT",
        "PIP_PROXY",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "UV_CACHE_DIR",
        "UV_NATIVE_TLS",
        "UV_PYTHON_INSTALL_DIR",
        "UV_SYSTEM_CERTS",
    }
)
_LOOPBACK = ("localhost", "127.0.0.1", "127.0.0.0/8", "::1")
_STEERING = (
    "CONDA_",
    "GIT_",
    "HATCH_",
    "NOX",
    "PIP_",
    "PIPX_",
    "PYTHON",
    "SETUPTOOLS_",
    "UNMOOR_",
    "UV_",
    "VIRTUAL_ENV",
)
# Set by a surrounding virtual environment, test runner or nox worker; misleading for a program with its own.
_INHERITED = frozenset(
    {"NOXSESSION", "NOX_CURRENT_SESSION", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PYTEST_CURRENT_TEST"}
)
# What `git rev-parse --local-env-vars` lists, and two that the receiving end of a push sets: they are about the
# repository that git was called in. Identity and configuration set by the user stay, GIT_CONFIG_COUNT too.
_LEFT_BY_GIT = frozenset(
    {
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)


# Where gpg's agent, which is no child of ours, would ask for a passphrase: over whatever is on the screen there.
_TERMINAL = "GPG_TTY"


def credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that say who uploads, with what, and where to."""
    return {name: value for name, value in environ.items() if _UPLOADS.fullmatch(name)}


def readers(environ: Mapping[str, str]) -> dict[str, str]:
    """Return those of the ``credentials`` that are for reading an index, which a rehearsal needs too."""
    return {name: value for name, value in environ.items() if _READING.fullmatch(name)}


def without_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the variables that only uploads need."""
    return {name: value for name, value in environ.items() if not _UPLOADS.fullmatch(name)}


def own(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the project's own tools: the user's, less secrets and inherited venv traces."""
    return {
        name: value
        for name, value in without_credentials(environ).items()
        if name not in _INHERITED and not looks_secret(name)
    }


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without anything that steers pip, uv, twine, git or Python, and without secrets.

    Where it names a proxy, what is on this machine is reached past it.
    """
    kept = {
        name: value
        for name, value in without_credentials(environ).items()
        if name in _KEPT or not (name.startswith(_STEERING) or looks_secret(name))
    } | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_NO_CONFIG": "1"}
    return _past_named_proxies(kept)


def _past_named_proxies(environ: dict[str, str]) -> dict[str, str]:
    # Without a proxy there is nothing to say, and Python would take these variables for all there is to know.
    named = any(name.lower().endswith("_proxy") and name.lower() != "no_proxy" for name in environ)
    return past_proxies(environ) if named else environ


def past_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return ``environ`` with this machine added to what is not reached through a proxy."""
    # Some programs read the one name first, some the other; neither may hide what the other says.
    upper, lower = environ.get("NO_PROXY", ""), environ.get("no_proxy", "")
    return {**environ, "NO_PROXY": _with_loopback(upper or lower), "no_proxy": _with_loopback(lower or upper)}


def _with_loopback(exceptions: str) -> str:
    """Return the list of exceptions with our own at its end; ``*`` stands for everything only by itself."""
    if exceptions.strip() == "*":
        return exceptions
    stated = [each.strip() for each in exceptions.split(",") if each.strip()]
    return ",".join(dict.fromkeys((*stated, *_LOOPBACK)))


def for_git(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for git: of no surrounding git, without credentials, no prompts, untranslated messages.

    Where it names a proxy, what is on this machine is reached past it.
    """
    kept = {
        name: value
        for name, value in without_credentials(environ).items()
        if name not in _LEFT_BY_GIT and name != _TERMINAL and not name.startswith("GIT_ALTERNATE_")
    }
    return _past_named_proxies(kept) | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "GIT_OPTIONAL_LOCKS": "0"}
