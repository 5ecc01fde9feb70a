"""What a run remembers: each question once, from any thread, its silence included."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from unmoor.errors import Blocked
from unmoor.request import Memory


def test_a_question_is_asked_once_by_many_threads() -> None:
    memory, asked, together = Memory(), [], threading.Barrier(4)

    def ask() -> int:
        asked.append(1)
        return 7

    def one(_: int) -> int:
        together.wait()
        return memory.once("it", ask)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(4))) == [7] * 4
    assert asked == [1]


def test_an_error_is_remembered_and_a_crash_is_not() -> None:
    memory, asked = Memory(), []

    def refuse() -> None:
        asked.append(1)
        raise Blocked("no")

    for _ in range(2):
        with pytest.raises(Blocked):
            memory.once("it", refuse)
    assert asked == [1]
    assert memory.recall("it") is None
    with pytest.raises(ZeroDivisionError):
        memory.once("other", lambda: 1 // 0)
    assert memory.once("other", lambda: 2) == 2
    assert memory.recall("other") == 2
    assert memory.recall("unheard of") is None


def test_one_answer_may_need_another() -> None:
    memory = Memory()
    assert memory.once("outer", lambda: memory.once("inner", lambda: 1) + 1) == 2
