"""Environments for programs, made from the one the face was started with. None has the credentials of an upload.

``own`` is for the project's own tools: everything but secrets. ``clean`` is for installs that nothing of the user's
may steer, ``building`` for builds: both are lists of what is let in, so that a secret with an unknown name stays out.
``for_git`` is for git itself. ``given`` are the names that the settings give back (``pass-env``), ``PREFIX_*`` for all
that begin so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

from unmoor.runtime.redact import holds_login, looks_secret

__all__ = [
    "building",
    "clean",
    "credentials",
    "for_git",
    "for_rehearsal",
    "installing",
    "is_credential",
    "own",
    "past_proxies",
    "readers",
    "secrets",
    "without_credentials",
]

# What programs that upload go by: who, with which password, and where to. The last is on its way to a worker.
_UPLOADS = re.compile(r"UNMOOR_\w+_(TOKEN|PASSWORD|USERNAME)|(TWINE|UV_PUBLISH)_\w+|UNMOOR_HANDOVER")
# Of these, what a company's index wants to be read: a rehearsal needs it too.
_READING = re.compile(r"UNMOOR_\w+_READ_(TOKEN|PASSWORD|USERNAME)")
# What credential helpers, ssh and gpg go by when git asks them.
_OF_GIT = re.compile(
    r"(GH|GITHUB|GITLAB|GITEA|FORGEJO|BITBUCKET|CI_JOB)_(ENTERPRISE_)?TOKEN|SYSTEM_ACCESSTOKEN|(GIT|SSH|GCM|GPG)_\w+"
)
# Where installers look, a login for it included: for what installs from the user's own indexes, and for nothing else.
_INSTALLERS = re.compile(
    r"(PIP|UV)_(INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS)|UV_INDEX_\w+_(USERNAME|PASSWORD)"
)
_PROXIES = re.compile(r"\w+_PROXY|\w+_proxy")

# What every program needs to find itself, its user, its language, its temporary folder and the network; what compilers
# go by; and what Windows cannot do without. As tox lets in by default, https://tox.wiki/en/stable/config.html#pass_env
_LET_IN = re.compile(
    r"PATH|HOME|USER|LOGNAME|USERNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|TERM|COLUMNS|CI|NO_COLOR"
    r"|XDG_(CACHE|CONFIG|DATA|STATE)_HOME|SOURCE_DATE_EPOCH|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE"
    r"|NIX_SSL_CERT_FILE|PIP_(CACHE_DIR|CERT|PROXY)|UV_(CACHE_DIR|LINK_MODE|NATIVE_TLS|PYTHON_INSTALL_DIR|SYSTEM_CERTS)"
    r"|CC|CXX|CPP|AR|AS|LD|NM|RANLIB|STRIP|FC|F77|F90|(C|CPP|CXX|LD|F|FC|ARCH|RUST)FLAGS|LDSHARED|CCSHARED|MAKE(FLAGS)?"
    r"|PKG_CONFIG(_PATH|_LIBDIR|_SYSROOT_DIR)?|(LD_|DYLD_)?LIBRARY_PATH|DYLD_FALLBACK_LIBRARY_PATH|NIX_LD\w*"
    r"|CPATH|C(PLUS)?_INCLUDE_PATH|CMAKE_\w+|(CARGO|RUSTUP)_HOME|JAVA_HOME|MACOSX_DEPLOYMENT_TARGET|SDKROOT"
    r"|DEVELOPER_DIR|_PYTHON_HOST_PLATFORM"
    r"|SYSTEM(ROOT|DRIVE)|WINDIR|COMSPEC|PATHEXT|OS|(COMMON)?PROGRAM(FILES(\(X86\))?|W6432|DATA)|ALLUSERSPROFILE"
    r"|(LOCAL)?APPDATA|USERPROFILE|HOME(DRIVE|PATH)|NUMBER_OF_PROCESSORS|PROCESSOR_\w+|MSYSTEM|PUBLIC"
    r"|INCLUDE|LIB|LIBPATH|VS\w*COMNTOOLS|VC\w*DIR|VSCMD_\w+|WINDOWSSDK\w*|UCRTVERSION|DISTUTILS_USE_SDK|MSSDK"
)
# And for builds: how the user's installer installs, and how git reads a repository, without a login in either.
_LET_INTO_BUILDS = re.compile(
    r"(PIP|UV)_\w+|GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|CEILING_DIRECTORIES|EXEC_PATH|SSL_CAINFO|SSL_CAPATH)"
)
_LOOPBACK = ("localhost", "127.0.0.1", "127.0.0.0/8", "::1")
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


def is_credential(name: str) -> bool:
    """Say whether a variable is one of those that only uploads need."""
    return bool(_UPLOADS.fullmatch(name))


def credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that say who uploads, with what, and where to."""
    return {name: value for name, value in environ.items() if is_credential(name)}


def readers(environ: Mapping[str, str]) -> dict[str, str]:
    """Return those of the ``credentials`` that are for reading an index, which a rehearsal needs too."""
    return {name: value for name, value in environ.items() if _READING.fullmatch(name)}


def without_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the variables that only uploads need."""
    return {name: value for name, value in environ.items() if not is_credential(name)}


def secrets(environ: Mapping[str, str], given: Iterable[str] = ()) -> dict[str, str]:
    """Return the variables that the project's own sessions are to run without; the settings of installers stay.

    Credentials of uploads are among them, whatever is ``given``.
    """
    back = tuple(given)
    return {
        name: value
        for name, value in environ.items()
        if is_credential(name)
        or (_is_secret(name, value) and not _INSTALLERS.fullmatch(name) and not _is_given(name, back))
    }


def for_rehearsal(environ: Mapping[str, str], given: Iterable[str] = ()) -> dict[str, str]:
    """Return what a rehearsal is started with: no secrets but those of git, installers, and for reading an index."""
    left_out = {
        name for name in secrets(environ, given) if not _OF_GIT.fullmatch(name) and not _READING.fullmatch(name)
    }
    return {name: value for name, value in environ.items() if name not in left_out}


def own(environ: Mapping[str, str], given: Iterable[str] = ()) -> dict[str, str]:
    """Return the environment for the project's own tools: the user's, less secrets and inherited venv traces.

    A proxy stays with the password it may hold: without it there is no network.
    """
    back = tuple(given)
    return {
        name: value
        for name, value in without_credentials(environ).items()
        if name not in _INHERITED and (not _is_secret(name, value) or _is_given(name, back))
    }


def installing(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that name the user's own indexes, with the login for them, if there is one."""
    return {name: value for name, value in environ.items() if _INSTALLERS.fullmatch(name)}


def clean(environ: Mapping[str, str], given: Iterable[str] = ()) -> dict[str, str]:
    """Return an environment of what is let in: nothing that steers pip, uv, twine, git or Python, and no secrets.

    Where it names a proxy, what is on this machine is reached past it.
    """
    kept = _let_in(environ, tuple(given))
    kept |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_NO_CONFIG": "1"}
    return _past_named_proxies(kept)


def _past_named_proxies(environ: dict[str, str]) -> dict[str, str]:
    # Without a proxy there is nothing to say, and Python would take these variables for all there is to know.
    named = any(name.lower().endswith("_proxy") and name.lower() != "no_proxy" for name in environ)
    return past_proxies(environ) if named else environ


def building(environ: Mapping[str, str], given: Iterable[str] = ()) -> dict[str, str]:
    """Return an environment of what is let in for a build: as ``clean``, but from where the user's installer installs.

    Requirements of a build may lie on an index with a login. It is let in, and the build backend can read it: both
    are started by one program.
    """
    back = tuple(given)
    of_tools = {
        name: value
        for name, value in without_credentials(environ).items()
        if _INSTALLERS.fullmatch(name) or (_LET_INTO_BUILDS.fullmatch(name) and not _is_secret(name, value))
    }
    # Backends ask git for the version; what they are let in is decided here.
    made = {name: value for name, value in (_let_in(environ, back) | of_tools).items() if name not in _LEFT_BY_GIT}
    return _past_named_proxies(made | for_git({}))


def _let_in(environ: Mapping[str, str], given: tuple[str, ...]) -> dict[str, str]:
    return {
        name: value
        for name, value in without_credentials(environ).items()
        # Windows does not tell upper case from lower.
        if _LET_IN.fullmatch(name.upper()) or _PROXIES.fullmatch(name) or _is_given(name, given)
    }


def _is_secret(name: str, value: str) -> bool:
    return not _PROXIES.fullmatch(name) and (looks_secret(name) or holds_login(value))


def _is_given(name: str, given: tuple[str, ...]) -> bool:
    return any(name.startswith(each[:-1]) if each.endswith("*") else name == each for each in given)


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
    """Return an environment for git: of no surrounding git, no prompts, untranslated messages.

    Of secrets it has what lets it speak to a forge or sign; its hooks and filters have that too. Where it names a
    proxy, what is on this machine is reached past it.
    """
    kept = {
        name: value
        for name, value in without_credentials(environ).items()
        if name not in _LEFT_BY_GIT
        and name != _TERMINAL
        and not name.startswith("GIT_ALTERNATE_")
        and (_OF_GIT.fullmatch(name) or not _is_secret(name, value))
    }
    return _past_named_proxies(kept) | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "GIT_OPTIONAL_LOCKS": "0"}
