"""Secrets known to this process, and their removal from anything that is printed or kept.

A secret is registered when it is read, and what the environment holds when a run begins; from then on every text that
leaves through a door of ``runtime`` has it replaced, in the forms that programs write it in. Tokens that a provider has
minted are known by their form alone. Texts shorter than six characters are never masked: an empty or tiny "secret"
would shred every log.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote

__all__ = ["holds_login", "looks_secret", "names_a_place", "redact", "register", "register_all"]

_SHORTEST = 6
# A guess needs more: what a variable holds may be a word that every other line has, too.
_SHORTEST_GUESS = 8
_MASK = "[hidden]"
# Without the scheme before it: looking for that first takes quadratic time on long words. A password may hold an "@".
_USERINFO = re.compile(r"://[^/\s\"']+@")
# A user alone is a login over HTTP, where it is a token; over ssh it is "git".
_LOGIN = re.compile(r"(?P<web>https?)?://(?P<user>[^/\s:@]*)(?::(?P<password>[^/\s]+))?@", re.IGNORECASE)
_QUERY = re.compile(
    r"(?P<name>[?&][\w.-]{0,40}?(?:token|secret|passw(?:or)?d|signature|credential|api_?key|access_?key)[\w.-]{0,20}=)"
    r"[^&\s\"'<>#]+",
    re.IGNORECASE,
)
# Indexes, GitHub, GitLab, npm, AWS, Slack, Google, Stripe, JSON web tokens: each begins with what its maker put there.
_MINTED = re.compile(
    r"pypi-AgE[\w-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|gl(?:pat|ptt|dt|rt|cbt)-[\w.-]{20,}"
    r"|npm_[A-Za-z0-9]{36}|(?<![A-Z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9])|xox[abeoprs]-[\w-]{10,}"
    r"|AIza[\w-]{35}|[rs]k_live_\w{20,}|(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
    r"|-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?:(?:\\[nr]|\s)*[A-Za-z0-9+/=]{16,})+"
)
_SECRET_NAME = re.compile(
    r"TOKEN(?!IZ)|SECRET|PASSW|PASSPHRASE|CREDENTIAL|APIKEY|ACCESSKEY|PRIVATEKEY|JWT|COOKIE|WEBHOOK|CONNECTION_?STRING"
    r"|KUBECONFIG|(^|_)(PASS|PWD|KEY|PAT|AUTH|CREDS?|DSN|CONN_STR)($|_)",
    re.IGNORECASE,
)
# Where the shell is, and where an agent listens.
_NO_SECRET = frozenset({"PWD", "OLDPWD", "SSH_AUTH_SOCK"})
_PLACE = re.compile(r"(FILE|PATH|DIR|SOCK|KUBECONFIG|NETRC)$", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{1,15}|[A-Z]{1,15}|[\d.:]{1,15}|[~./\\].*|[A-Za-z]:\\.*")
_known: set[str] = set()


def looks_secret(name: str) -> bool:
    """Say whether an environment variable of this name should be kept from programs that do not need it."""
    return name.upper() not in _NO_SECRET and bool(_SECRET_NAME.search(name))


def names_a_place(name: str) -> bool:
    """Say whether a variable that looks secret holds only where the secret lies."""
    return bool(_PLACE.search(name))


def holds_login(value: str) -> bool:
    """Say whether a value is, or holds, an address with a password or a token in it."""
    return any(found["password"] or (found["web"] and found["user"]) for found in _LOGIN.finditer(value))


def register(secret: str) -> None:
    """Remember ``secret`` so that ``redact`` hides it from now on, in every form it is likely to appear in."""
    if len(secret) >= _SHORTEST:
        _known.update(form for form in _forms(secret) if len(form) >= _SHORTEST)


def register_all(environ: Mapping[str, str]) -> None:
    """Remember what the variables hold that look secret, and every password in an address.

    Plain words, numbers and paths are left alone, and what a variable that is no secret holds too.
    """
    harmless = {value for name, value in environ.items() if not looks_secret(name)}
    for name, value in environ.items():
        if looks_secret(name) and not names_a_place(name) and value not in harmless and _is_guessed(value.strip()):
            register(value.strip())
        for found in _LOGIN.finditer(value):
            part = found["password"] or (found["user"] if found["web"] else "")
            for form in {part, unquote(part)}:
                if _is_guessed(form):
                    register(form)


def redact(text: str) -> str:
    """Return ``text`` without registered secrets, minted tokens, and what addresses hold of users and secrets."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, _MASK)
    text = _MINTED.sub(_MASK, text)
    return _QUERY.sub(rf"\g<name>{_MASK}", _USERINFO.sub("://", text))


def _is_guessed(value: str) -> bool:
    return len(value) >= _SHORTEST_GUESS and not _WORD.fullmatch(value)


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as programs write it: as it is, in URLs, in JSON, Python, shell and HTML, and in base64."""
    yield secret
    # Half a character stands for a byte that is no UTF-8.
    odd = "surrogatepass"
    for quoted in (quote(secret, "", errors=odd), quote(secret, errors=odd), quote_plus(secret, errors=odd)):
        yield quoted
        yield re.sub("%..", lambda found: found[0].lower(), quoted)
    for escaped in (json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        yield escaped[1:-1]
        yield escaped[1:-1].replace("/", "\\/")
    yield repr(secret)[1:-1]
    yield ascii(secret)[1:-1]
    yield shlex.quote(secret).removeprefix("'").removesuffix("'")
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    encoded = secret.encode(errors=odd)
    # The same bytes look different in base64 at each of three offsets; the ends depend on the neighbours, so drop them.
    for offset in range(3):
        inner = base64.b64encode(b"\0" * offset + encoded).decode()[4 if offset else 0 :].rstrip("=")[:-1]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")
