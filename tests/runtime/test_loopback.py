from __future__ import annotations

import pytest

from unmoor.runtime.loopback import is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/simple/",
        "http://127.8.9.10/",
        "http://[::1]:8080/",
        "https://localhost/x",
        "http://LOCALHOST:1",
        "http://me@127.0.0.1/",
    ],
)
def test_addresses_that_do_not_leave_the_machine(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://notlocalhost/",
        "http://127.0.0.1@example.com/",
        "http://example.com/127.0.0.1",
        "http://[2001:db8::1]/",
        "http://0.0.0.0/",
        "http://[broken/",
        "127.0.0.1",
        "",
    ],
)
def test_addresses_that_may(url: str) -> None:
    assert not is_loopback(url)
