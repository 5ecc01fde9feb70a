"""unmoor: rehearse your release, then do the same thing for real.

The public face is ``unmoor.sessions`` (for ``noxfile.py``), ``unmoor.tasks`` (for ``tasks.py``) and the command
``unmoor``. Nothing is imported here, so that adopting unmoor costs ``nox -l`` next to nothing.
"""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
