"""What can go wrong at an index, on demand: how often, and for which files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

__all__ = ["Fault", "Faults"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that happens ``times`` times to each file whose name matches ``files`` (a shell pattern)."""

    times: int = 0
    files: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The faults of a rehearsal index; by default it has none.

    ``lag`` hides a file from that many reads of the simple API. ``error_before`` and ``error_after`` answer an upload
    with ``error_status`` without and after taking the file; ``drop_before`` and ``drop_after`` close the connection
    instead. ``refuse`` refuses an upload with 400, ``too_many`` with 429 and ``retry_after`` seconds. ``redirect``
    sends the client to ``elsewhere``. ``other_bytes`` lists and hands out other bytes than were uploaded; ``damage``
    hands out other bytes than it lists. ``read_only`` refuses every upload. ``clock`` is added to the index's time.
    """

    lag: Fault = field(default_factory=Fault)
    error_before: Fault = field(default_factory=Fault)
    error_after: Fault = field(default_factory=Fault)
    drop_before: Fault = field(default_factory=Fault)
    drop_after: Fault = field(default_factory=Fault)
    refuse: Fault = field(default_factory=Fault)
    too_many: Fault = field(default_factory=Fault)
    redirect: Fault = field(default_factory=Fault)
    other_bytes: Fault = field(default_factory=Fault)
    damage: Fault = field(default_factory=Fault)
    error_status: int = 503
    retry_after: int = 1
    elsewhere: str = ""
    read_only: bool = False
    clock: timedelta = timedelta()
