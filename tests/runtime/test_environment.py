from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest

from unmoor.runtime import environment

GIVEN = {
    "PATH": "/usr/bin",
    "LANG": "C.UTF-8",
    "HTTPS_PROXY": "http://proxy.invalid",
    "SSL_CERT_FILE": "/certs",
    "UV_CACHE_DIR": "/cache",
    "UV_INDEX_URL": "http://elsewhere.invalid",
    "PIP_INDEX_URL": "http://elsewhere.invalid",
    "PYTHONPATH": "/stray",
    "VIRTUAL_ENV": "/venv",
    "NOXSESSION": "tests",
    "TWINE_USERNAME": "me",
    "TWINE_PASSWORD": "x",
    "UNMOOR_PYPI_TOKEN": "x",
    "GITHUB_TOKEN": "x",
    "GIT_DIR": "/elsewhere/.git",
    "GIT_INDEX_FILE": "/elsewhere/index",
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_SSH_COMMAND": "ssh -i key",
    "MY_SETTING": "kept",
}


def test_a_projects_own_tools_see_everything_but_secrets_and_traces_of_other_environments() -> None:
    gone = set(GIVEN) - set(environment.own(GIVEN))
    assert gone == {
        "PYTHONPATH",
        "VIRTUAL_ENV",
        "NOXSESSION",
        "TWINE_USERNAME",
        "TWINE_PASSWORD",
        "UNMOOR_PYPI_TOKEN",
        "GITHUB_TOKEN",
    }


def test_a_clean_environment_is_steered_by_nothing() -> None:
    seen = environment.clean(GIVEN)
    assert set(seen) & set(GIVEN) == {"PATH", "LANG", "HTTPS_PROXY", "SSL_CERT_FILE", "UV_CACHE_DIR"}
    assert (seen["UV_NO_CONFIG"], seen["PIP_CONFIG_FILE"]) == ("1", os.devnull)


def test_who_uploads_is_nobodys_business() -> None:
    named = {"UNMOOR_COMPANY_INDEX_PASSWORD", "UNMOOR_PYPI_USERNAME", "UV_PUBLISH_TOKEN", "UV_PUBLISH_USERNAME"}
    named |= {"TWINE_USERNAME", "TWINE_REPOSITORY_URL", "UNMOOR_HANDOVER"}
    given = dict.fromkeys(named, "x")
    others = {"UNMOOR_STATE": "/state", "UNMOOR_RUN": "1", "UV_INDEX_COMPANY_PASSWORD": "x", "GITHUB_TOKEN": "x"}
    assert environment.credentials(given | others) == given
    assert environment.without_credentials(given | others) == others
    makers = (environment.own, environment.clean, environment.building)
    for made in (*(make(given, ("UNMOOR_*", *named)) for make in makers), environment.for_git(given)):
        assert not set(made) & named
    assert environment.secrets(given, tuple(named)) == given


_LOGIN = "https://me:pass@index.invalid/simple/"
_SECRET = {
    **dict.fromkeys(("GPG_PASSPHRASE", "SIGNING_KEY", "COSIGN_KEY", "PYPI_PASS", "MYSQL_PWD", "JWT"), "x"),
    **dict.fromkeys(("SESSION_COOKIE", "SENTRY_DSN", "SLACK_WEBHOOK_URL", "DB_CONNECTION_STRING", "KUBECONFIG"), "x"),
    "GH_TOKEN": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "DATABASE_URL": "postgres://me:pass@db.invalid/x",
}
_OF_INSTALLERS = {"PIP_INDEX_URL": _LOGIN, "UV_INDEX": f"company={_LOGIN}", "UV_INDEX_COMPANY_PASSWORD": "x"}
_HARMLESS = {"PWD": "/x", "OLDPWD": "/x", "SSH_AUTH_SOCK": "/x", "HTTPS_PROXY": "http://me:pass@proxy.invalid:3128"}
_HARMLESS |= {"TOKENIZERS_PARALLELISM": "false", "HOMEPAGE": "https://x.invalid/@me", "REMOTE": "ssh://git@x.invalid/y"}


def test_tests_and_documentation_have_everything_but_the_secrets() -> None:
    assert environment.own({**_SECRET, **_OF_INSTALLERS, **_HARMLESS}) == _HARMLESS


def test_sessions_of_the_projects_own_also_have_what_they_install_with() -> None:
    given = {**_SECRET, **_OF_INSTALLERS, **_HARMLESS}
    assert environment.secrets(given) == _SECRET
    assert set(environment.secrets(given, ("JWT", "DATABASE_*"))) == set(_SECRET) - {"JWT", "DATABASE_URL"}


def test_a_rehearsal_is_started_with_no_secret_that_nothing_in_it_needs() -> None:
    needed = {"UNMOOR_PYPI_READ_PASSWORD": "x", "GH_TOKEN": "x", **_OF_INSTALLERS, **_HARMLESS, "JWT": "x"}
    assert environment.for_rehearsal({**_SECRET, "UNMOOR_PYPI_TOKEN": "x", **needed}, ("JWT",)) == needed | {
        "GPG_PASSPHRASE": "x"
    }


def test_builds_and_trials_have_what_is_let_in_and_nothing_with_an_unknown_name() -> None:
    unknown = {"OUR_DEPLOY_THING": "x", "BUILD_NUMBER": "7", "VAULT": "x"}
    needed = dict.fromkeys(("PATH", "HOME", "LC_CTYPE", "TMPDIR", "CC", "CFLAGS", "SystemRoot", "ftp_proxy"), "x")
    given = {**unknown, **needed, **_SECRET, **_OF_INSTALLERS, "UV_INDEX_STRATEGY": "first-index", "PIP_CERT": "/c"}
    trial, build = environment.clean(given), environment.building(given)
    assert set(trial) & set(given) == {*needed, "PIP_CERT"}
    # Requirements of builds come from where the user's installer installs from.
    assert set(build) & set(given) == {*needed, *_OF_INSTALLERS, "PIP_CERT", "UV_INDEX_STRATEGY"}
    assert {name: build[name] for name in _OF_INSTALLERS} == _OF_INSTALLERS


@pytest.mark.parametrize("make", [environment.own, environment.clean, environment.building])
def test_the_settings_give_back_by_name(make: Callable[..., dict[str, str]]) -> None:
    given = {"MYLIB_ROOT": "/x", "MYLIB_TOKEN": "x", "DATABASE_URL": "postgres://a:b@c.invalid", "OTHER_TOKEN": "x"}
    assert set(make(given, ("MYLIB_*", "DATABASE_URL"))) & set(given) == set(given) - {"OTHER_TOKEN"}
    assert not {"MYLIB_TOKEN", "DATABASE_URL"} & set(make(given, ("DATABASE", "MYLIB")))


def test_git_forgets_every_variable_that_is_about_one_repository() -> None:
    said = subprocess.run(["git", "rev-parse", "--local-env-vars"], check=True, capture_output=True, text=True)
    # Configuration by number is what users write; git hands it on to other repositories as well.
    local = set(said.stdout.split()) - {"GIT_CONFIG_COUNT"} | {"GIT_NAMESPACE", "GIT_QUARANTINE_PATH"}
    assert local >= {"GIT_COMMON_DIR", "GIT_SHALLOW_FILE", "GIT_CONFIG_PARAMETERS"}
    names = ("GIT_AUTHOR_NAME", "GIT_COMMITTER_EMAIL", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "SSH_AUTH_SOCK")
    names += ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0")
    kept = dict.fromkeys((*names, "GIT_SSL_CAINFO", "GITHUB_TOKEN"), "kept")
    seen = environment.for_git(dict.fromkeys(local, "left") | kept)
    assert {name: value for name, value in seen.items() if value in {"left", "kept"}} == kept


def test_git_has_what_lets_it_speak_to_a_forge_and_no_other_secret() -> None:
    helped = dict.fromkeys(("GH_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN", "SSH_AUTH_SOCK", "GPG_PASSPHRASE"), "x")
    others = {name: value for name, value in _SECRET.items() if name not in helped}
    seen = environment.for_git({**others, **_OF_INSTALLERS, **_HARMLESS, **helped})
    assert {name for name in seen if name in {*_SECRET, *_OF_INSTALLERS, *_HARMLESS, *helped}} == {*_HARMLESS, *helped}


def test_git_forgets_the_repository_it_was_called_from_and_asks_nothing() -> None:
    seen = environment.for_git(GIVEN | {"GPG_TTY": "/dev/pts/0"})
    assert "GPG_TTY" not in seen
    assert "GIT_DIR" not in seen
    assert "GIT_INDEX_FILE" not in seen
    assert (seen["GIT_AUTHOR_NAME"], seen["GIT_SSH_COMMAND"]) == ("Somebody", "ssh -i key")
    assert (seen["GIT_TERMINAL_PROMPT"], seen["LC_ALL"]) == ("0", "C.UTF-8")


@pytest.mark.parametrize(
    ("given", "upper", "lower"),
    [
        ({}, "", ""),
        ({"no_proxy": "a.invalid"}, "a.invalid,", "a.invalid,"),
        ({"NO_PROXY": "a.invalid", "no_proxy": "b.invalid"}, "a.invalid,", "b.invalid,"),
    ],
)
def test_where_there_is_a_proxy_this_machine_is_an_exception(given: dict[str, str], upper: str, lower: str) -> None:
    seen = environment.clean({"https_proxy": "http://proxy.invalid", **given})
    assert (seen["NO_PROXY"], seen["no_proxy"]) == tuple(
        f"{own}localhost,127.0.0.1,127.0.0.0/8,::1" for own in (upper, lower)
    )
    assert environment.clean(seen) == seen


def test_exceptions_from_a_proxy_are_not_made_up() -> None:
    # Where only the system knows a proxy, a variable would make Python forget it.
    assert not {"NO_PROXY", "no_proxy"} & set(environment.clean({"PATH": "/usr/bin"}))
    assert environment.clean({"HTTP_PROXY": "http://proxy.invalid", "NO_PROXY": "*"})["no_proxy"] == "*"
