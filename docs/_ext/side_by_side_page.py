"""``twine check`` and the upload rules about the same wheel: the example is run when the page is built."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType

__all__ = ["shown"]

_EXAMPLE = Path(__file__).parents[1] / "examples" / "side_by_side.py"


def shown() -> str:
    """Return what the example prints, as a block."""
    with tempfile.TemporaryDirectory() as folder:
        return f"```text\n{_example().compare(Path(folder))}\n```"


def _example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("side_by_side", _EXAMPLE)
    assert spec is not None and spec.loader is not None, "the example is a file"  # noqa: S101, PT018
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
