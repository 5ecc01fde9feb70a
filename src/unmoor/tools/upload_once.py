"""One file up in one request, by twine's own hands: ``python -P -m unmoor.tools.upload_once FILE``.

The one place that uses a tool's insides: twine's ``PackageFile`` and ``Repository``. Its command sends a file up to
five times where the index answers 5xx (``Repository.upload``, ``max_redirects``), and nobody looks in between whether
the first one arrived. Form, digests, certificates and agent are twine's; that no redirect is followed is too.

This is a program of its own, so that nothing else has the credential. It comes as JSON on standard input (``url``,
``username``, ``password``): an environment could be looked into by every program of the same user. It prints one line
of JSON, and whatever twine prints goes to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from typing import TYPE_CHECKING

from unmoor.runtime.private_memory import keep_private

if TYPE_CHECKING:
    from twine.package import PackageFile

__all__ = ["upload"]

# Of an answer nobody needs more than its beginning, and it may have no end.
_READ = 1 << 14


def upload(path: str, target: Mapping[str, str]) -> dict[str, str | int | bool]:
    """Send the file and return what was answered: status, reason, beginning of the body, and four headers.

    ``target`` has ``url``, ``username`` and ``password``. Without an answer the status is 0; ``sent`` is false where
    twine can make nothing of the file.
    """
    from twine.package import PackageFile

    try:
        package = PackageFile.from_filename(path, None)
    except Exception as error:  # noqa: BLE001 - archives and metadata fail in many ways, and none of it left this machine
        return {"status": 0, "sent": False, "reason": f"{type(error).__name__}: {error}"}
    try:
        return _send(package, target)
    except (OSError, ValueError) as error:
        # What requests raises are OSErrors.
        return {"status": 0, "reason": str(error)}


def _send(package: PackageFile, target: Mapping[str, str]) -> dict[str, str | int | bool]:
    from twine.repository import Repository

    repository = Repository(target["url"], target["username"], target["password"], disable_progress_bar=True)
    repository.session.stream = True
    answer = repository.upload(package, max_redirects=1)
    body = b""
    with suppress(OSError):
        body = next(answer.iter_content(_READ), b"")
    named = ("Content-Type", "Date", "Location", "Retry-After")
    return {
        "status": answer.status_code,
        "reason": answer.reason or "",
        "body": body.decode("utf-8", "replace"),
        **{name.lower().replace("-", "_"): answer.headers.get(name, "") for name in named},
    }


if __name__ == "__main__":
    # Before anything secret is here, nobody may look any more.
    keep_private()
    with redirect_stdout(sys.stderr):
        answered = upload(sys.argv[1], json.load(sys.stdin))
    print(json.dumps(answered))  # noqa: T201 - this is the answer
