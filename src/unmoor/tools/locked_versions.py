"""What a project has locked, where its own tools are installed: as constraints, and never without saying where not.

How it lies: a constraint on what nobody asks for is passed over without a word, and so is a lock that is for another
Python. So a lock that leaves a Python out, or that cannot be had on it, is told with the findings of what ran there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from unmoor.errors import ToolFailed
from unmoor.model import Component
from unmoor.project.detect import locks
from unmoor.runtime.process import Completed
from unmoor.runtime.scratch import lasting

__all__ = ["install", "of_component"]

_SHOWN = 300  # characters of what an installer said


def of_component(component: Component) -> locks.Lock | None:
    """Return what the project has locked, if it has."""
    path = locks.find(component.folder, component.repository.root, component.settings.lock)
    return locks.read(path) if path else None


def install(
    installer: Callable[[Sequence[str | Path]], Completed], arguments: Sequence[str], lock: locks.Lock, python: str
) -> tuple[Completed, str]:
    """Install the locked versions; where they cannot be had, others. Return why they could not, empty where they were.

    Raises ``ToolFailed`` where ``arguments`` cannot be installed with the lock nor without it.
    """
    if not lock.is_for(python):
        said = f"{lock.name} leaves out Python {python} (it is for {lock.requires_python}), so it was not used there"
        return installer(arguments), said
    file = lasting("lock") / "constraints.txt"
    file.write_text("".join(f"{line}\n" for line in lock.constraints), encoding="utf-8")
    try:
        return installer((*arguments, "-c", file)), ""
    except ToolFailed as error:
        # What cannot be had without the lock either is no fault of the lock's: then that error counts.
        done = installer(arguments)
        said = " ".join(line.strip() for line in error.tail.splitlines() if line.strip())
        return done, f"{lock.name} was not used on Python {python}: {said[:_SHOWN]}"
