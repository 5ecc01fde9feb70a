"""Rules for the core metadata, as the upload form carries it.

Sources: the core metadata specification as ``packaging.metadata`` reads it, and what PyPI asks beyond it (its
``forklift`` metadata module, read in August 2026).
"""

# ruff: noqa: D401 - the docstring of a rule says what it asserts
from __future__ import annotations

import email.utils
from collections.abc import Iterator

from unmoor.indexes.rules.upload_check import UploadCheck, Violation

_METADATA_VERSIONS = ("1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5")
_SUMMARY_LIMIT = 512
_LABEL_LIMIT = 32
_DYNAMIC = (
    "platform supported-platform summary description description-content-type keywords home-page download-url author"
    " author-email maintainer maintainer-email license license-expression license-file classifier requires-dist"
    " requires-python requires-external project-url provides-extra provides-dist obsoletes-dist requires provides"
    " obsoletes import-name import-namespace"
)


def metadata_is_readable(case: UploadCheck) -> Iterator[Violation]:
    """Every metadata field is known, readable and no more often there than it may be.

    Source: core metadata specification; twine refuses to send what is not, PyPI refuses what repeats.
    """
    hint = "look at METADATA or PKG-INFO in the archive; a newer build backend may write it correctly"
    for defect in case.submission.defects:
        yield Violation(f"invalid metadata: {defect}", hint)
    for name in case.unreadable:
        yield Violation(f"'{name}' has invalid data: it is repeated", hint)


def metadata_version_is_known(case: UploadCheck) -> Iterator[Violation]:
    """Metadata-Version is one of 1.0, 1.1, 1.2, 2.1 to 2.5. Source: PyPI, supported metadata versions."""
    stated = case.value("metadata_version")
    if stated not in _METADATA_VERSIONS:
        hint = f"PyPI takes {', '.join(_METADATA_VERSIONS)}; pin the build backend to a version that writes one of them"
        yield Violation(f"'{stated}' is not a metadata version that the index takes", hint)


def fields_fit_metadata_version(case: UploadCheck) -> Iterator[Violation]:
    """No field is newer than the stated metadata version. Source: core metadata specification, by packaging."""
    for error in case.wrong_age:
        yield Violation(str(error), "upgrade the build backend, so that it states the metadata version it uses")


def version_is_valid(case: UploadCheck) -> Iterator[Violation]:
    """The version follows PEP 440. Source: version specifiers specification, by packaging."""
    for message in case.wrong("version"):
        yield Violation(message, "write the version as PEP 440 says, for example 1.4.0 or 1.4.0rc1")


def version_is_public(case: UploadCheck) -> Iterator[Violation]:
    """The version has no local part (``+…``). Source: PyPI; version specifiers specification, local versions."""
    if case.version is not None and case.version.local:
        yield Violation(
            f"the local version '{case.version}' is not allowed", "release a version without the part after '+'"
        )


def summary_is_one_line(case: UploadCheck) -> Iterator[Violation]:
    """The summary is a single line. Source: core metadata specification, Summary, by packaging."""
    for message in case.wrong("summary"):
        yield Violation(message, "keep `description` in [project] to one line")


def summary_is_short(case: UploadCheck) -> Iterator[Violation]:
    """The summary has at most 512 characters. Source: PyPI, length limits."""
    if (length := len(case.value("summary"))) > _SUMMARY_LIMIT:
        yield Violation(
            f"the summary has {length} characters, {_SUMMARY_LIMIT} are allowed", "shorten `description` in [project]"
        )


def emails_are_valid(case: UploadCheck) -> Iterator[Violation]:
    """The (first) address of author and maintainer is an e-mail address. Source: PyPI, by email-validator."""
    from email_validator import EmailNotValidError, validate_email

    for name in ("author_email", "maintainer_email"):
        _, address = email.utils.parseaddr(case.value(name))
        if not address:
            continue
        try:
            validate_email(address, check_deliverability=False)
        except EmailNotValidError as error:
            yield Violation(
                f"'{address}' in {name} is not a valid e-mail address: {error}", "correct `authors` or `maintainers`"
            )


def classifiers_exist(case: UploadCheck) -> Iterator[Violation]:
    """Every classifier is one of the known ones. Source: PyPI, by trove-classifiers."""
    from trove_classifiers import classifiers

    for name in sorted(set(case.fields.get("classifiers", ())) - classifiers - _deprecated().keys()):
        yield Violation(
            f"'{name}' is not a valid classifier", "correct or remove it; the list is in the package trove-classifiers"
        )


def classifiers_are_current(case: UploadCheck) -> Iterator[Violation]:
    """No classifier is deprecated. Source: PyPI, by trove-classifiers."""
    deprecated = _deprecated()
    for name in sorted(set(case.fields.get("classifiers", ())) & deprecated.keys()):
        instead = ", ".join(repr(each) for each in deprecated[name])
        yield Violation(f"the classifier '{name}' is deprecated", f"use {instead} instead" if instead else "remove it")


def _deprecated() -> dict[str, list[str]]:
    from trove_classifiers import deprecated_classifiers

    return {name: list(instead) for name, instead in deprecated_classifiers.items()}


def home_pages_are_urls(case: UploadCheck) -> Iterator[Violation]:
    """Home-Page and Download-URL are http or https URLs. Source: PyPI, by rfc3986."""
    for name in ("home_page", "download_url"):
        if case.value(name) and not _is_url(case.value(name)):
            yield Violation(f"'{case.value(name)}' in {name} is not a valid URL", "write a whole http or https URL")


def project_url_labels_fit(case: UploadCheck) -> Iterator[Violation]:
    """Every project URL has a label of 1 to 32 characters. Source: PyPI; well-known project URLs specification."""
    for label, url in case.project_urls:
        if not label:
            yield Violation(f"the project URL '{url}' has no label", "give it a name in [project.urls]")
        elif len(label) > _LABEL_LIMIT:
            what = f"the project URL label '{label}' has {len(label)} characters, {_LABEL_LIMIT} are allowed"
            yield Violation(what, "shorten the name in [project.urls]")


def project_urls_are_urls(case: UploadCheck) -> Iterator[Violation]:
    """Every project URL is an http or https URL. Source: PyPI, by rfc3986."""
    for label, url in case.project_urls:
        if not url:
            yield Violation(
                f"the project URL '{label}' has no URL", "write a whole http or https URL in [project.urls]"
            )
        elif not _is_url(url):
            yield Violation(f"'{url}' is not a valid URL", "write a whole http or https URL in [project.urls]")


def _is_url(text: str) -> bool:
    from rfc3986 import (  # type: ignore[import-untyped] # it has no types
        exceptions,
        uri_reference,
        validators,
    )

    validator = validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query")
    try:
        validator.validate(uri_reference(text).normalize())
    except (exceptions.RFC3986Exception, UnicodeError, ValueError):
        return False
    return True


def requires_python_is_valid(case: UploadCheck) -> Iterator[Violation]:
    """Requires-Python is a version specifier. Source: core metadata specification, by packaging."""
    for message in case.wrong("requires-python"):
        yield Violation(message, "write `requires-python` as a specifier, for example '>=3.11'")


def extras_are_valid(case: UploadCheck) -> Iterator[Violation]:
    """The names of extras are valid names. Source: core metadata specification (PEP 685), by packaging."""
    for message in case.wrong("provides-extra"):
        yield Violation(message, "rename the extra in [project.optional-dependencies]")


def dynamic_fields_are_known(case: UploadCheck) -> Iterator[Violation]:
    """Dynamic lists only fields that may be dynamic. Source: PEP 643; PyPI, dynamic fields."""
    wrong = list(case.wrong("dynamic"))
    for message in wrong:
        yield Violation(message, "correct `dynamic` in [project]")
    if not wrong:
        for name in case.fields.get("dynamic", ()):
            if name.lower() not in _DYNAMIC.split():
                yield Violation(f"'{name}' is not a field that can be dynamic", "correct `dynamic` in [project]")


def import_names_are_valid(case: UploadCheck) -> Iterator[Violation]:
    """Import names are Python identifiers. Source: PEP 794, by packaging."""
    for message in case.wrong("import-name", "import-namespace"):
        yield Violation(message, "correct `import-names` in [project]")


def license_expression_is_valid(case: UploadCheck) -> Iterator[Violation]:
    """License-Expression is an SPDX expression. Source: PEP 639, by packaging."""
    for message in case.wrong("license-expression"):
        yield Violation(message, "use an SPDX expression such as 'MIT' or 'Apache-2.0 OR MIT'")


def license_is_stated_once(case: UploadCheck) -> Iterator[Violation]:
    """License and License-Expression are not both there. Source: PEP 639; PyPI."""
    if case.value("license") and case.value("license_expression"):
        hint = 'state the license as one SPDX expression: `license = "MIT"` in [project]'
        yield Violation(
            "License is deprecated where License-Expression is present, and only the latter may be there", hint
        )


def license_paths_are_plain(case: UploadCheck) -> Iterator[Violation]:
    """License-File paths are relative, resolved and use '/'. Source: PEP 639, by packaging."""
    for message in case.wrong("license-file"):
        yield Violation(message, "correct `license-files` in [project]")


def description_type_is_known(case: UploadCheck) -> Iterator[Violation]:
    """The description is text/plain, text/x-rst or text/markdown, in UTF-8. Source: PEP 566, by packaging."""
    for message in case.wrong("description-content-type"):
        yield Violation(message, "set the content type of `readme` in [project]")


def description_renders(case: UploadCheck) -> Iterator[Violation]:
    """The description renders, without falling back to plain text. Source: PyPI, by readme_renderer."""
    import io

    text = case.value("description")
    if not text:
        return
    complaints = io.StringIO()
    if _renders(text, case.value("description_content_type"), complaints):
        return
    stated = case.value("description_content_type")
    what = f"the description failed to render for '{stated}'"
    if not stated:
        what = "the description failed to render in the default format, reStructuredText"
    first = next((line for line in complaints.getvalue().splitlines() if line.strip()), "")
    hint = "correct the readme, or state its content type in [project]"
    yield Violation(f"{what}: {first.removeprefix('<string>:')}" if first else what, hint)


def _renders(text: str, stated: str, complaints: object) -> bool:
    from email.message import EmailMessage

    from readme_renderer import markdown, rst, txt

    message = EmailMessage()
    try:
        message["content-type"] = stated or "text/x-rst"
    except (ValueError, IndexError):
        return True  # the rule about the content type says it
    kind = message.get_content_type()
    if kind == "text/x-rst":
        return rst.render(text, stream=complaints) is not None  # type: ignore[arg-type]
    return (markdown if kind == "text/markdown" else txt).render(text) is not None
