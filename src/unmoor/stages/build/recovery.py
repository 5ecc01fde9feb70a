"""The way back for sealed archives that got lost: from whichever place has them, by their exact digest.

What still lies there and is right comes first, then the indexes, then a build of the same commit, which is as good
where its bytes come out the same. Anything else under those names would be another artifact.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.archives import seal
from unmoor.chain import CHAIN
from unmoor.errors import Blocked, Incomplete
from unmoor.indexes import simple
from unmoor.model import Distribution, FindingKind, Target
from unmoor.rehearsal.select_targets import open_index
from unmoor.runtime import scratch
from unmoor.runtime.files import sha256_of
from unmoor.runtime.http import Unreachable
from unmoor.state import upload_intents

if TYPE_CHECKING:
    from unmoor.context import Context

__all__ = ["bring_back", "must_be_uploaded_ones"]

_Build = Callable[[Path], Sequence[Path]]


def bring_back(context: Context, files: tuple[Distribution, ...], build: _Build) -> str:
    """Bring sealed bytes back and seal them again, only the exact digests; return where they came from, in words.

    ``build`` builds the planned commit in the folder it is given. Raises ``Blocked`` where some archive is nowhere to
    be had, ``Incomplete`` where an index that may have it does not answer.
    """
    with scratch.folder("back") as folder:
        found = dict(_intact(context.dist, files))
        kept = len(found)
        silent = _from_indexes(context, files, found, folder)
        fetched = len(found) - kept
        if len(found) < len(files):
            found |= _equal(build(folder / "built"), files)
        missing = [each.filename for each in files if each.filename not in found]
        if missing and silent is not None:
            raise Incomplete(
                f"the sealed archives are gone, and an index did not answer: {silent.problems[0].message}",
                hint="run the same command again when it can be reached",
            )
        if missing:
            raise Blocked(
                f"the sealed archives are gone, no index holds them, and this commit builds to others: "
                f"{', '.join(missing)}",
                hint="this version cannot be finished with the same bytes; release a new version",
                kind=FindingKind.FINAL,
            )
        paths = _apart(found, folder / "again")
        shutil.rmtree(context.dist, ignore_errors=True)
        seal.seal(paths, context.dist)
    return "fetched back by digest" if fetched else "built again to the same digests"


def must_be_uploaded_ones(context: Context, built: Sequence[Path]) -> None:
    """Raise ``Blocked`` where archives are not those whose upload was begun, though all records of them are lost."""
    begun = upload_intents.digests(context.state)
    other = [path.name for path in built if begun.get(path.name, sha256_of(path)) != sha256_of(path)]
    other += sorted(begun.keys() - {path.name for path in built})
    if other:
        raise Blocked(
            f"what was built and uploaded is recorded nowhere any more, and this commit builds to others: "
            f"{', '.join(other)}",
            place=str(context.state),
            hint="restore the state folder from a backup or from the other machine, or release a new version",
        )


def _intact(dist: Path, files: Iterable[Distribution]) -> Iterable[tuple[str, Path]]:
    for each in files:
        path = dist / each.filename
        if path.is_file() and sha256_of(path) == each.sha256:
            yield each.filename, path


def _from_indexes(
    context: Context, files: Sequence[Distribution], found: dict[str, Path], scratch: Path
) -> Unreachable | None:
    """Add the files that an index holds by digest; the most lasting is asked first. Return why one was not heard."""
    silent = None
    for stage in reversed([each for each in CHAIN if each.target is Target.INDEX]):
        if all(each.filename in found for each in files):
            break
        with open_index(context, stage.name) as index:
            try:
                served = index.client.files(context.component.name)
                for each in files:
                    match = next((one for one in served if one.sha256 == each.sha256), None)
                    if match is not None and each.filename not in found:
                        path = scratch / each.filename
                        path.write_bytes(simple.fetch(index.client, match, limit=each.size))
                        found[each.filename] = path
            except Unreachable as error:
                silent = error
    return silent


def _equal(built: Iterable[Path], files: Sequence[Distribution]) -> Mapping[str, Path]:
    wanted = {each.filename: each.sha256 for each in files}
    return {path.name: path for path in built if wanted.get(path.name) == sha256_of(path)}


def _apart(found: Mapping[str, Path], folder: Path) -> tuple[Path, ...]:
    """Return copies in ``folder``: the sealed folder, where some of them lie, is about to be emptied."""
    folder.mkdir()
    return tuple(Path(shutil.copyfile(path, folder / name)) for name, path in found.items())
