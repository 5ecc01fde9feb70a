from __future__ import annotations

import pytest

from unmoor.runtime import redact


@pytest.fixture
def fresh_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget afterwards what the test registers."""
    monkeypatch.setattr(redact, "_known", set())
