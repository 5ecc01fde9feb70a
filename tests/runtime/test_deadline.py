from __future__ import annotations

import threading

import pytest

from unmoor.runtime.deadline import TooLate, within


def test_what_is_done_in_time_is_as_it_would_be() -> None:
    assert within(lambda: 30.0, lambda: 7) == 7
    with pytest.raises(KeyError, match="x"):
        within(lambda: 30.0, lambda: {}["x"])


def test_what_is_not_is_left_to_itself() -> None:
    over = threading.Event()
    with pytest.raises(TooLate):
        within(lambda: 0.0, lambda: over.wait(30))
    over.set()


def test_time_may_grow_while_it_is_waited() -> None:
    left, going = iter((0.001, 0.001, 30.0)), threading.Event()

    def seconds() -> float:
        found = next(left)
        if found > 1:
            going.set()
        return found

    assert within(seconds, lambda: going.wait(30)) is True
