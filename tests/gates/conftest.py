"""A small sound project with a remote that has everything, and an index that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from support.gating import released_once
from support.repositories import Repository
from support.simple_index import SimpleIndex, simple_index


@pytest.fixture
def remote(new_repository: Callable[..., Repository]) -> Repository:
    return new_repository("remote.git", bare=True)


@pytest.fixture
def tiny(new_repository: Callable[..., Repository], remote: Repository) -> Repository:
    """The project on ``main``, pushed; version 1.1.0 was released and tagged ``v1.1.0``."""
    return released_once(new_repository("tiny"), remote)


@pytest.fixture
def index() -> Iterator[SimpleIndex]:
    with simple_index() as served:
        served.add("tiny-thing", "tiny_thing-1.1.0-py3-none-any.whl", upload_time="2019-06-01T00:00:00Z")
        yield served
