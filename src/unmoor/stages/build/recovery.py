"""The way back for sealed archives that got lost: from whichever index holds them, by their exact digest."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor.archives import seal
from unmoor.chain import CHAIN
from unmoor.errors import Blocked
from unmoor.indexes import simple
from unmoor.model import Distribution, Target
from unmoor.rehearsal.select_targets import open_index
from unmoor.state import seal_record, upload_intents

if TYPE_CHECKING:
    from unmoor.context import Context

__all__ = ["fetch_back"]


def fetch_back(context: Context, files: tuple[Distribution, ...]) -> None:
    """Bring sealed bytes back and seal them again; only the exact digests will do.

    Raises ``Blocked`` where no index holds them: nothing may be built in their place once an upload was begun.
    """
    found = _found(context, files)
    missing = [each.filename for each in files if each.filename not in found]
    if missing and not upload_intents.any_begun(context.state):
        # Nothing left this machine, so building again harms nobody; the seal is simply void.
        seal_record.path(context.state).unlink(missing_ok=True)
        raise Blocked(
            f"the sealed archives are gone: {', '.join(missing)}", hint="run the same command again to build anew"
        )
    if missing:
        raise Blocked(
            f"the sealed archives are gone and no index holds them: {', '.join(missing)}",
            hint="this version cannot be finished with the same bytes; release a new version",
        )
    with tempfile.TemporaryDirectory(prefix="unmoor-back-") as scratch:
        paths = []
        for name, content in found.items():
            paths.append(Path(scratch) / name)
            paths[-1].write_bytes(content)
        shutil.rmtree(context.dist, ignore_errors=True)
        seal.seal(tuple(paths), context.dist)


def _found(context: Context, files: tuple[Distribution, ...]) -> dict[str, bytes]:
    """Return the bytes of those files that an index holds by digest; the most lasting index is asked first."""
    found: dict[str, bytes] = {}
    for stage in reversed([each for each in CHAIN if each.target is Target.INDEX]):
        with open_index(context, stage.name) as index:
            served = index.client.files(context.component.name)
            for each in files:
                match = next((one for one in served if one.sha256 == each.sha256), None)
                if match is not None and each.filename not in found:
                    found[each.filename] = simple.fetch(index.client, match, limit=each.size)
    return found
