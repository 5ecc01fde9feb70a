"""One wheel that PyPI would refuse, and what two checks say about it.

Its metadata has a classifier that does not exist, a dependency by address, and the label of a URL that is too long.
Run it with ``python docs/examples/side_by_side.py``.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from unmoor.indexes.rules import judge, submission_of

__all__ = ["compare", "make_wheel"]

_METADATA = """Metadata-Version: 2.4
Name: example
Version: 1.0
Summary: A wheel that an index refuses
Project-URL: A label of more than thirty-two letters, https://example.invalid/
Classifier: Framework :: Nonsense
Requires-Dist: helper @ https://example.invalid/helper-1.0-py3-none-any.whl
Description-Content-Type: text/markdown

# example
"""
_WHEEL = "Wheel-Version: 1.0\nGenerator: example\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def make_wheel(folder: Path) -> Path:
    """Write the wheel into ``folder`` and return its path."""
    files = {
        "example.py": "",
        "example-1.0.dist-info/METADATA": _METADATA,
        "example-1.0.dist-info/WHEEL": _WHEEL,
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items())
    record += "example-1.0.dist-info/RECORD,,\n"
    path = folder / "example-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, "example-1.0.dist-info/RECORD": record}.items():
            archive.writestr(name, text)
    return path


def compare(folder: Path) -> str:
    """Return what ``twine check --strict`` and the upload rules say about the wheel, one after the other."""
    wheel = make_wheel(folder)
    command = [sys.executable, "-m", "twine", "--no-color", "check", "--strict", wheel.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    refusals = judge(submission_of(wheel))
    lines = ["$ twine check --strict dist/*", *said, f"exit status {done.returncode}", ""]
    lines.append("unmoor's gate upload-rules-hold, about the same file:")
    for each in refusals:
        lines += [f"  {each.rule}: {each.status} {each.message}", *([f"    → {each.hint}"] if each.hint else [])]
    return "\n".join([*lines, f"{len(refusals)} refusals"])


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(compare(Path(scratch)))  # noqa: T201 - it is its purpose
