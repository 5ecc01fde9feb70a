"""Signs of a network that did not answer, as the programs of the field write them."""

from __future__ import annotations

import pytest

from unmoor.model import Finding, FindingKind
from unmoor.tools import unreachable

SAID = {
    "git": (
        "fatal: unable to access 'https://git.example/hooks/': Could not resolve host: git.example",
        "https://git.example/hooks",
    ),
    "curl": ("curl: (6) Could not resolve host: files.example", "files.example"),
    "pip": (
        "NameResolutionError(\"HTTPSConnection(host='index.example', port=443): Failed to resolve 'index.example'\")",
        "index.example",
    ),
    "uv": ("error sending request for url (https://index.example/simple/x/)", "https://index.example/simple/x"),
    "npm": ("npm error network request to https://registry.example/x failed, reason: getaddrinfo EAI_AGAIN", ""),
    "python": ("socket.gaierror: [Errno -2] Name or service not known", ""),
    "windows": ("[Errno 11001] getaddrinfo failed", ""),
    "macos": ("[Errno 8] nodename nor servname provided, or not known", ""),
    "ssh": ("Could not read from remote repository.", ""),
}


@pytest.mark.parametrize("program", SAID)
def test_each_program_has_its_way_to_say_that_nobody_answered(program: str) -> None:
    line, where = SAID[program]
    text = f"begun\n  {line}\ndone"
    assert unreachable.sign(text) == line
    if where:
        assert unreachable.address(text) == where


@pytest.mark.parametrize(
    "text",
    [
        "",
        "E   assert 1 == 2",
        "ConnectionRefusedError: [Errno 111] Connection refused: ('127.0.0.1', 8000)",
        "Failed to connect to localhost port 5432",
        'could not connect to server: Connection refused, is it running on host "localhost" (::1)?',
        "see https://docs.example/network",
    ],
)
def test_what_is_on_this_machine_or_says_nothing_of_a_network_is_no_sign(text: str) -> None:
    assert (unreachable.sign(text), unreachable.address(text)) == ("", "")


INVENTORY = Finding(message="failed to reach any of the inventories: intersphinx inventory 'https://a.example' not …")
MKDOCSTRINGS = Finding(message="mkdocstrings: Couldn't load inventory https://a.example/objects.inv through handler")
REFERENCE = Finding(message="py:class reference target not found: a.B [ref.class]", place="docs/a.rst:1")
CROSS = Finding(message="mkdocs_autorefs: api.md: Could not find cross-reference target 'a.B'")
IMAGE = Finding(message="Could not fetch remote image: https://a.example/badge.svg")
WRONG = Finding(message="Title underline too short", place="docs/a.rst:3")


@pytest.mark.parametrize("said", [[INVENTORY, REFERENCE], [MKDOCSTRINGS, CROSS], [IMAGE]])
def test_what_the_network_kept_back_is_only_told_in_a_rehearsal_and_blocks_live(said: list[Finding]) -> None:
    blocking, notices = unreachable.weighed([*said, WRONG], live=False)
    assert blocking == [WRONG]
    assert notices[0].kind is FindingKind.NOT_ASKED
    assert unreachable.weighed([*said, WRONG], live=True) == ([*said, WRONG], ())


def test_a_reference_is_a_problem_where_every_inventory_answered() -> None:
    assert unreachable.weighed([REFERENCE, IMAGE], live=False)[0] == [REFERENCE]
    assert unreachable.weighed([WRONG], live=False) == ([WRONG], ())


def test_one_is_said_as_one() -> None:
    _, notices = unreachable.weighed([INVENTORY, REFERENCE], live=False)
    assert [each.message for each in notices[:2]] == [
        "1 inventory of another project did not answer, so links to them are not checked",
        "1 reference could not be resolved, perhaps for that reason",
    ]
