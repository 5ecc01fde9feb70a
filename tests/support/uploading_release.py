"""A live release to a main index over HTTP, with the real uploader: ``uploading_release.py FOLDER UPLOAD SIMPLE``.

A process of its own, told to end as nox is; it ends with the code of the run. The secret is the line it reads.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import pytest

import unmoor.sessions
from support.distributions import sdist, wheel
from support.indexes import over_http
from support.live_release import LiveRelease, new_release, standing_in
from unmoor.stages import publish
from unmoor.targets import Credential, Index
from unmoor.tools.build import Built


class UploadingRelease(LiveRelease):
    """One whose archives an uploader takes, and whose main index is ``main``."""

    main: Index

    def build(self, folder: Path, out: Path, **words: Any) -> Built:
        made = super().build(folder, out, **words)
        wheel(out)
        sdist(out)
        return made

    def configured(self, component: Any, name: str) -> Index:
        return self.main if name == "pypi" else super().configured(component, name)


def main(top: Path, upload_url: str, simple_url: str) -> int:
    """Run the release to its end."""
    unmoor.sessions.register(top)
    credential = Credential(username="__token__", secret=sys.stdin.readline().strip(), source="test")
    release = UploadingRelease(top / "release", dict(os.environ))
    release.main = over_http("pypi", upload_url=upload_url, simple_url=simple_url, credential=credential)
    new_release(release.top, release.environ)
    with pytest.MonkeyPatch.context() as patch, standing_in(release, patch):
        # How long an index is asked for what it may have; nothing here comes later.
        patch.setattr(publish, "_LOOK_SECONDS", 0.5)
        ran = release.run()
    print(ran.said, flush=True)  # noqa: T201 - for the test
    return int(ran.code)


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
    except KeyboardInterrupt:
        # As nox does.
        sys.exit(130)
