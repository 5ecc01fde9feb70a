from __future__ import annotations

import errno
import os

import pytest

from unmoor.errors import Exit, Incomplete
from unmoor.runtime import shortage


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "Cannot allocate memory"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
        (OSError(errno.EMFILE, "as said", "/some/file"), "Too many open files"),
        (OSError(errno.ENOSPC, "as said"), "No space left on device"),
        (OSError(errno.EROFS, "as said"), "Read-only file system"),
    ],
)
def test_a_machine_that_has_run_out_of_something_is_said_in_one_line(error: Exception, said: str) -> None:
    with pytest.raises(Incomplete, match=said) as caught, shortage.told():
        raise error
    assert caught.value.code is Exit.INCOMPLETE
    assert "ulimit" in str(caught.value)
    # The file that was opened just then is not the one to look at.
    assert "/some/file" not in str(caught.value)


@pytest.mark.parametrize("error", [RuntimeError("other"), OSError(errno.EIO, os.strerror(errno.EIO)), KeyError("x")])
def test_whatever_else_happens_is_as_it_was(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, shortage.told():
        raise error
    assert caught.value is error
