"""The way on where everything kept of a release is lost, and the main index holds files of its version.

They are either this very release's, published before the state got lost, or somebody else's. Bytes decide: what was
built of the planned commit just now is compared with what the index serves. Where the two are equal, or the index
has every archive, its bytes are the release's, and the gates judge them as they would judge fresh ones. An archive that
the index lacks is taken from this build only where everything it does have came out the same; else nothing proves that
the two belong together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.chain import main_index
from unmoor.errors import Blocked
from unmoor.indexes import simple
from unmoor.model import Distribution
from unmoor.planning.versions.pep440 import next_free, try_parse
from unmoor.rehearsal.select_targets import open_index
from unmoor.runtime.files import sha256_of
from unmoor.state import upload_intents

if TYPE_CHECKING:
    from unmoor.context import Context
    from unmoor.targets import Index, IndexFile

__all__ = ["adopt", "published"]


def published(context: Context) -> tuple[IndexFile, ...]:
    """Return what the main index holds of the planned version, in any spelling; nothing in a rehearsal.

    Raises ``Unreachable`` where it does not answer: then nobody knows, and nothing may be built.
    """
    if not context.live:
        return ()
    planned = try_parse(context.release.version)
    served = context.observer.index_files(context.component)
    return tuple(each for each in served if each.version and try_parse(each.version) == planned)


def adopt(context: Context, built: Sequence[Path], there: Sequence[IndexFile], folder: Path) -> tuple[Path, ...]:
    """Return the archives of the release: those ``built``, or in their stead the bytes that the index serves.

    ``there`` is what the index holds of the version; its bytes go to ``folder``. Raises ``Blocked`` where it holds
    what this release does not make, or where the two do not belong together.
    """
    ours = {path.name: path for path in built}
    foreign = sorted({each.filename for each in there} - ours.keys())
    if foreign:
        raise _taken(context, f"it holds {', '.join(foreign)}, which this release does not make")
    with open_index(context, main_index().name) as index:
        held = {each.filename: simple.fetch(index.client, each, limit=_limit(each)) for each in there}
        same = all(hashlib.sha256(content).hexdigest() == sha256_of(ours[name]) for name, content in held.items())
        if not same and held.keys() != ours.keys():
            lacking = ", ".join(sorted(ours.keys() - held.keys()))
            raise _taken(context, f"its files are not the ones that this commit builds to, and {lacking} is missing")
        adopted = {**ours, **_written(held, folder)}
        _remember(context, index, adopted, held)
    context.say(f"{index.name} holds {len(held)} of {len(ours)} files of this version: they are taken up")
    return tuple(adopted[name] for name in ours)


def _limit(file: IndexFile) -> int:
    return file.size if file.size > 0 else simple.FILE_LIMIT


def _written(held: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    for name, content in held.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in held}


def _remember(context: Context, index: Index, adopted: Mapping[str, Path], held: Mapping[str, bytes]) -> None:
    """Keep that these files are out, so that from here on nothing is built any more."""
    for name in held:
        kind, path = ("wheel" if name.endswith(".whl") else "sdist"), adopted[name]
        file = Distribution(filename=name, kind=kind, size=path.stat().st_size, sha256=sha256_of(path))
        upload_intents.begin(context.state, index, file)


def _taken(context: Context, why: str) -> Blocked:
    version = context.release.version
    free = next_free(version, [version])
    return Blocked(
        f"version {version!r} is on {main_index().name} and not this release's: {why}",
        place=main_index().name,
        hint=f"release another version; the next free one is {free}. Where a state folder of this release exists "
        "on another machine, go on there",
    )
