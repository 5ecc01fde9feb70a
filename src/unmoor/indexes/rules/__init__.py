"""The upload rules of PyPI, as one list: the preflight and the rehearsal index both judge by it.

Each rule is a function over an ``UploadCheck`` that yields what is wrong; its docstring says what it asserts and where
the rule comes from. To add one, write the function in the module it belongs to and name it here, in the order in which
the index would ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from unmoor.indexes.rules import archive, dependencies, file, form, held, metadata, sdist, wheel
from unmoor.indexes.rules.index_contents import HeldFile, IndexContents
from unmoor.indexes.rules.submission import Submission, submission_of
from unmoor.indexes.rules.upload_check import Refusal, UploadCheck, Violation

__all__ = [
    "OF_ONE_MACHINE",
    "RULES",
    "HeldFile",
    "IndexContents",
    "Refusal",
    "Rule",
    "Submission",
    "is_known",
    "judge",
    "submission_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One upload rule: ``check`` yields why it does not hold."""

    name: str
    check: Callable[[UploadCheck], Iterator[Violation]]

    @property
    def asserts(self) -> str:
        """What holds where the rule passes, in one sentence; its source follows in the docstring."""
        return (self.check.__doc__ or "").split("Source:")[0].strip()

    @property
    def source(self) -> str:
        """Where the rule comes from."""
        return " ".join((self.check.__doc__ or "").partition("Source:")[2].split())


def _rules(*checks: Callable[[UploadCheck], Iterator[Violation]]) -> tuple[Rule, ...]:
    return tuple(Rule(name=check.__name__.replace("_", "-"), check=check) for check in checks)


# Asked first: what can be said about the form, the metadata and the file without knowing what the index holds.
_BEFORE = _rules(
    form.values_are_text,
    form.protocol_is_known,
    form.name_is_valid,
    form.file_type_is_known,
    form.python_tag_fits,
    form.digests_are_hex,
    form.digest_is_given,
    metadata.metadata_is_readable,
    metadata.metadata_version_is_known,
    metadata.fields_fit_metadata_version,
    metadata.version_is_valid,
    metadata.version_is_public,
    metadata.summary_is_one_line,
    metadata.summary_is_short,
    metadata.emails_are_valid,
    metadata.classifiers_exist,
    metadata.classifiers_are_current,
    metadata.home_pages_are_urls,
    metadata.project_url_labels_fit,
    metadata.project_urls_are_urls,
    dependencies.requirements_are_valid,
    dependencies.requirements_name_no_url,
    metadata.requires_python_is_valid,
    metadata.extras_are_valid,
    metadata.dynamic_fields_are_known,
    metadata.import_names_are_valid,
    metadata.license_expression_is_valid,
    metadata.license_is_stated_once,
    metadata.license_paths_are_plain,
    metadata.description_type_is_known,
    form.file_is_given,
    metadata.description_renders,
    file.file_name_is_printable,
    file.file_name_is_no_path,
    file.extension_fits_file_type,
    file.content_type_is_an_archive,
    file.file_is_not_too_large,
    file.project_is_not_too_large,
    file.digests_are_of_this_file,
)
# Then, unless the index holds this very file: what it holds otherwise, and what is in the archive.
_AFTER = _rules(
    held.file_name_is_free,
    held.bytes_are_new,
    held.file_name_was_never_deleted,
    held.release_is_still_open,
    held.sdist_is_the_only_one,
    archive.archive_is_of_one_kind,
    archive.archive_opens,
    archive.archive_is_no_bomb,
    archive.compression_is_common,
    archive.sdist_has_one_top_folder,
    archive.sdist_has_pkg_info,
    archive.sdist_has_no_sparse_members,
    wheel.wheel_has_wheel_file,
    archive.zip_records_agree,
    sdist.sdist_name_is_normalized,
    sdist.sdist_holds_its_license_files,
    wheel.wheel_name_is_valid,
    wheel.platform_tag_is_taken,
    wheel.wheel_name_is_of_this_project,
    wheel.wheel_name_is_normalized,
    wheel.wheel_version_is_of_this_release,
    wheel.wheel_holds_its_license_files,
    wheel.wheel_has_record,
    wheel.entry_points_are_valid,
    wheel.wheel_has_metadata,
)
RULES: tuple[Rule, ...] = (*_BEFORE, *_AFTER)
# A wheel with compiled code as one machine makes it does not hold it, and is what a rehearsal has in the place of those
# that are repaired for all machines, elsewhere.
OF_ONE_MACHINE = "platform-tag-is-taken"


def judge(submission: Submission, *, contents: IndexContents | None = None) -> tuple[Refusal, ...]:
    """Return every rule that does not hold for a submission, in the order in which the index would say so.

    Without ``contents`` (what the index holds) the rules about that have nothing to say. The very file that is
    already held is not judged further than PyPI does: an empty answer for it means a no-op.
    """
    with UploadCheck(submission, contents) as case:
        rules = _BEFORE if held.is_known(case) else RULES
        return tuple(
            Refusal(rule=rule.name, status=no.status, message=no.message, hint=no.hint)
            for rule in rules
            for no in rule.check(case)
        )


def is_known(submission: Submission, contents: IndexContents) -> bool:
    """Say whether the index holds this very file, so that uploading it again changes nothing."""
    with UploadCheck(submission, contents) as case:
        return held.is_known(case)
