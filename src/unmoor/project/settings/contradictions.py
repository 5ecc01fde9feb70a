"""What no single key can show: names that are taken twice or mean nothing, settings that contradict each other.

These look at the table as written, so that they are found together with whatever else is wrong in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unmoor.chain import CHAIN
from unmoor.model import Effect
from unmoor.project.nearest_name import nearest
from unmoor.project.settings.setting_docs import GATES
from unmoor.project.toml_file import dig, dig_texts

__all__ = ["contradictions"]

_Contradiction = tuple[str, str, str]  # the key, what is wrong, a hint
# What is only asked again before files go out was judged, and may have been waived, at the first stage; a secret that
# was published is as permanent as the upload, and places where none is one have a setting of their own.
_ASKED_BEFORE = frozenset(gate for stage in CHAIN if stage.effect is Effect.NONE for gate in stage.gates)
# The job that uploads need not be the one that may push.
_TRIALS = frozenset({"tag-can-be-pushed"})
_NEVER_DISABLED = (
    frozenset(
        {
            "archives-hold-no-secrets",
            *(gate for stage in CHAIN if stage.effect >= Effect.PUBLIC for gate in stage.gates),
        }
    )
    - _ASKED_BEFORE
    - _TRIALS
)
_SETS = ("branches", "gates", "disable", "lint", "types")


def contradictions(table: Mapping[str, object]) -> Iterator[_Contradiction]:
    """Yield what is wrong between several settings: the key, what, and a hint."""
    commands = [dig(each, "name") for each in _tables(table, "commands")]
    for index, name in enumerate(commands):
        place = f"commands[{index}].name"
        if name in GATES:
            yield place, f"'{name}' is the name of a built-in gate", "give the command another name"
        elif isinstance(name, str) and name in commands[:index]:
            yield place, f"'{name}' names two commands", "give each command its own name"
    for name in dig_texts(table, "disable"):
        if name in _NEVER_DISABLED:
            yield "disable", f"'{name}' cannot be disabled: it guards what cannot be undone", "remove it"
    yield from _waived(table, [name for name in commands if isinstance(name, str)])
    yield from _sizes(table)
    for key in _SETS:
        values = dig_texts(table, key)
        for value in sorted({each for each in values if values.count(each) > 1}):
            yield key, f"'{value}' is named twice", "name it once"


def _waived(table: Mapping[str, object], commands: list[str]) -> Iterator[_Contradiction]:
    known = (*GATES, *commands)
    for index, waiver in enumerate(_tables(table, "waivers")):
        gate, place = dig(waiver, "gate"), f"waivers[{index}].gate"
        if not isinstance(gate, str):
            continue
        if gate not in known:
            yield place, f"got '{gate}', expected the name of a gate", nearest(gate, known)
        elif gate in _NEVER_DISABLED:
            yield place, f"'{gate}' cannot be waived: it guards what cannot be undone", "remove the waiver"
        elif gate in dig_texts(table, "disable"):
            yield place, f"'{gate}' is disabled and waived at once", "keep one of the two"


def _sizes(table: Mapping[str, object]) -> Iterator[_Contradiction]:
    for kind in ("wheel", "sdist"):
        limit, notice = dig(table, "sizes", f"{kind}-limit"), dig(table, "sizes", f"{kind}-notice")
        if isinstance(limit, int) and isinstance(notice, int) and 0 < limit < notice:
            what = f"got {limit}, below 'sizes.{kind}-notice' ({notice})"
            yield f"sizes.{kind}-limit", what, "raise the limit or lower the notice"


def _tables(table: Mapping[str, object], key: str) -> list[object]:
    found = dig(table, key)
    return found if isinstance(found, list) else []
