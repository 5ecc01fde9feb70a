"""What a program says where somebody else did not answer: a sign of the network, and none of the project.

Rehearsed without a network that is *not rehearsed*, by name, and never *failed*; live it blocks. Programs have no exit
status for it, so their words are all there is: those of the C library's resolver (``gai_strerror``), of ``strerror``,
of curl and git, of urllib3 and requests, of uv (reqwest). What lies on this machine is not the network: a refusal by
``localhost`` is a test's own server, or a service that was not started.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from unmoor.model import Finding, FindingKind, truncated

__all__ = ["address", "sign", "weighed"]

_SIGNS = re.compile(
    # names that were not resolved
    r"Could not resolve (?:host|proxy)|Temporary failure in name resolution|Name or service not known"
    r"|getaddrinfo failed|nodename nor servname provided|No address associated with hostname|Name has no usable address"
    r"|Failed to resolve '|NameResolutionError|dns error|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)"
    # machines that were not reached
    r"|Network is unreachable|No route to host|Connection (?:refused|timed out|reset by peer)|Failed to connect"
    r"|Failed to establish a new connection|Could not connect|Max retries exceeded|error sending request"
    r"|Cannot connect to (?:host|proxy)|Tunnel connection failed|Unable to connect to proxy|connect ETIMEDOUT"
    # repositories and files that were not fetched for it
    r"|unable to access 'https?://|Could not read from remote repository|Could not fetch remote image"
    r"|operation timed out|(?:Read|Connect)Timeout(?:Error)?\b|ConnectionError\(.*HTTPS?ConnectionPool"
)
_HERE = re.compile(r"\blocalhost\b|\b127(?:\.\d+){3}\b|\[?::1\]?[:\s]|\b0\.0\.0\.0\b")
_ADDRESS = re.compile(r"https?://[^\s'\"<>),\]]+")
_HOST = re.compile(r"(?:host(?:='|: ?| ')|resolve '|proxy: )(?P<host>[A-Za-z0-9][\w.-]*)", re.IGNORECASE)

_INVENTORY = re.compile(
    r"failed to reach any of the inventories|intersphinx inventory .* not fetchable|Couldn't load inventory"
)
# What an inventory that did not answer would perhaps have resolved: nobody can tell while it is not there.
_REFERENCE = re.compile(
    r"\[ref\.|undefined label|unknown document|reference target not found|not in glossary"
    r"|Could not find cross-reference target"
)
_SHOWN = 5


def sign(text: str) -> str:
    """Return the first line of ``text`` that tells of a network that did not answer; empty where none does."""
    found = (line.strip() for line in text.splitlines() if _SIGNS.search(line) and not _HERE.search(line))
    return next(found, "")


def address(text: str) -> str:
    """Return who did not answer, as ``sign`` or a log names it: an address or a host; empty where none is named."""
    for line in text.splitlines():
        if _HERE.search(line) or not (_SIGNS.search(line) or _INVENTORY.search(line)):
            continue
        if found := _ADDRESS.search(line):
            return found[0].rstrip("/.:")
        if host := _HOST.search(line):
            return host["host"].rstrip(".")
    return ""


def weighed(said: Sequence[Finding], *, live: bool) -> tuple[list[Finding], tuple[Finding, ...]]:
    """Part the remarks of a documentation tool in what blocks and what is only told.

    Rehearsed, inventories of other projects and other addresses that did not answer are only told, and so is every
    reference that an inventory might have resolved. Live all of it blocks.
    """
    inventories = [each for each in said if _INVENTORY.search(each.message)]
    others = [each for each in said if each not in inventories and sign(each.message)]
    if live or not (inventories or others):
        return list(said), ()
    notices = []
    if inventories:
        what = "inventories of other projects" if len(inventories) > 1 else "inventory of another project"
        message = f"{len(inventories)} {what} did not answer, so links to them are not checked"
        notices += [Finding(message=message, hint="build where they can be reached", kind=FindingKind.NOT_ASKED)]
    for each in others:
        notices += [Finding(message=each.message, place=each.place, kind=FindingKind.NOT_ASKED)]
    open_questions = [
        each for each in said if inventories and each not in (*inventories, *others) and _REFERENCE.search(each.message)
    ]
    if open_questions:
        what = "references" if len(open_questions) > 1 else "reference"
        message = f"{len(open_questions)} {what} could not be resolved, perhaps for that reason"
        notices += [Finding(message=message), *truncated(open_questions, _SHOWN)]
    blocking = [each for each in said if each not in inventories and each not in others and each not in open_questions]
    return blocking, tuple(notices)
