"""Work that must be over in time, where nothing in it can be told to stop.

A name that is looked up, a connection that is made, a page that a parser takes minutes for: none of them asks whether
to go on. Such work is done in a thread of its own, and left to itself when its time is over: it keeps nobody from
ending, and what comes of it is for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["TooLate", "within"]

_Answer = TypeVar("_Answer")


class TooLate(Exception):
    """Time is over."""


def within(left: Callable[[], float], work: Callable[[], _Answer]) -> _Answer:
    """Return what ``work`` returns and raise what it raises; raise ``TooLate`` once no seconds are ``left``."""
    ended: list[tuple[_Answer | None, Exception | None]] = []

    def do() -> None:
        try:
            ended.append((work(), None))
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            ended.append((None, error))

    thread = threading.Thread(target=do, name="within", daemon=True)
    thread.start()
    while thread.is_alive() and (seconds := left()) > 0:
        thread.join(seconds)
    if not ended:
        raise TooLate
    result, error = ended[0]
    if error is not None:
        raise error
    return result  # type: ignore[return-value] # without an error it is what work returned
