"""Rules for dependencies, as the upload form carries them."""

from __future__ import annotations

from collections.abc import Iterator

from unmoor.indexes.rules.upload_check import UploadCheck, Violation


def requirements_are_valid(case: UploadCheck) -> Iterator[Violation]:
    """Every dependency is a requirement. Source: dependency specifiers specification, by packaging."""
    hint = "write it as name[extra]>=version; marker"
    for message in case.wrong("requires-dist"):
        yield Violation(message, hint)
    for name, text, url in _parsed(case, "provides_dist", "obsoletes_dist"):
        if url is None:
            yield Violation(f"'{text}' is invalid for '{name}'", hint)


def requirements_name_no_url(case: UploadCheck) -> Iterator[Violation]:
    """No dependency points to a URL. Source: PyPI; dependency specifiers specification, direct references."""
    for name, text, url in _parsed(case, "requires_dist", "provides_dist", "obsoletes_dist"):
        if url:
            hint = "depend on a released version by name, and release the other package first"
            yield Violation(f"a direct dependency is not allowed: '{text}' in {name}", hint)


def _parsed(case: UploadCheck, *names: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield field, requirement and its URL: empty without one, ``None`` where it is no requirement."""
    from packaging.requirements import InvalidRequirement, Requirement

    for name in names:
        for text in case.fields.get(name, ()):
            try:
                yield name, text, Requirement(text).url or ""
            except InvalidRequirement:
                yield name, text, None
