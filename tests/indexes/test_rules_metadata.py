"""Every rule about metadata: what it catches, seeded in an otherwise valid wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.distributions import metadata, sdist, wheel
from unmoor.indexes import rules

LONG_LABEL = "A label that is a good deal too long"

SEEDED: dict[str, bytes] = {
    "name-is-valid": metadata(name="-tiny"),
    "metadata-is-readable": metadata(("Summary", "another one")),
    "metadata-version-is-known": metadata(metadata_version="2.9"),
    "fields-fit-metadata-version": metadata(metadata_version="2.2"),
    "version-is-valid": metadata(version="one point two"),
    "version-is-public": metadata(version="1.2.0+local.1"),
    "summary-is-one-line": metadata(summary="one\n line too many"),
    "summary-is-short": metadata(summary="x" * 513),
    "emails-are-valid": metadata(author_email="Some One <some.one@nowhere>"),
    "classifiers-exist": metadata(("Classifier", "Programming Language :: Cobol :: 74")),
    "classifiers-are-current": metadata(("Classifier", "Natural Language :: Ukranian")),
    "home-pages-are-urls": metadata(("Home-page", "example dot com")),
    "project-url-labels-fit": metadata(("Project-URL", f"{LONG_LABEL}, https://example.com/")),
    "project-urls-are-urls": metadata(("Project-URL", "Docs, ftp://example.com/docs")),
    "requirements-are-valid": metadata(("Requires-Dist", "attrs >= >= 2")),
    "requirements-name-no-url": metadata(("Requires-Dist", "attrs @ https://example.com/attrs.zip")),
    "requires-python-is-valid": metadata(requires_python="three"),
    "extras-are-valid": metadata(("Provides-Extra", "-extra-")),
    "dynamic-fields-are-known": metadata(("Dynamic", "Name")),
    "import-names-are-valid": metadata(("Import-Name", "not-a-name"), metadata_version="2.5"),
    "license-expression-is-valid": metadata(license_expression="MIT-ish"),
    "license-is-stated-once": metadata(("License", "MIT")),
    "license-paths-are-plain": metadata(license_file="../LICENSE"),
    "description-type-is-known": metadata(description_content_type="text/html"),
    "description-renders": metadata(description_content_type="text/x-rst", description="Title\n==\n\n.. nothing::\n"),
}


def broken(path: Path) -> set[str]:
    return {refusal.rule for refusal in rules.judge(rules.submission_of(path))}


@pytest.mark.parametrize("rule", SEEDED)
def test_seeded_violation_is_caught_in_a_wheel_and_in_an_sdist(rule: str, tmp_path: Path):
    assert rule in broken(wheel(tmp_path, SEEDED[rule]))
    assert rule in broken(sdist(tmp_path, SEEDED[rule]))


@pytest.mark.parametrize("rule", sorted(SEEDED.keys() - {"name-is-valid", "license-paths-are-plain"}))
def test_one_violation_breaks_few_rules(rule: str, tmp_path: Path):
    # Some faults are two at once (a version that is none names no file), none is many.
    assert len(broken(wheel(tmp_path, SEEDED[rule]))) <= 2


def test_all_refusals_are_given_and_each_says_what_to_do(tmp_path: Path):
    content = metadata(
        ("Classifier", "No :: Such"), ("Requires-Dist", "a @ https://example.com/a.zip"), ("License", "MIT")
    )
    found = rules.judge(rules.submission_of(wheel(tmp_path, content)))
    assert [each.rule for each in found] == ["classifiers-exist", "requirements-name-no-url", "license-is-stated-once"]
    assert all(each.hint and each.status == 400 and not each.message.endswith(".") for each in found)


def test_first_address_only_and_none_at_all_are_fine(tmp_path: Path):
    assert not broken(wheel(tmp_path, metadata(drop=["Author-email"])))
    assert not broken(wheel(tmp_path, metadata(author_email="some.one@example.com, nonsense")))


def test_missing_project_url_parts_are_named(tmp_path: Path):
    no_label = rules.judge(rules.submission_of(wheel(tmp_path, metadata(("Project-URL", ", https://example.com")))))
    no_url = rules.judge(rules.submission_of(wheel(tmp_path, metadata(("Project-URL", "Docs")))))
    assert [each.rule for each in no_label] == ["project-url-labels-fit"]
    assert [each.rule for each in no_url] == ["project-urls-are-urls"]


def test_repeated_label_is_refused(tmp_path: Path):
    content = metadata(("Project-URL", "Source, https://example.com/again"))
    assert "metadata-is-readable" in broken(wheel(tmp_path, content))


def test_provided_distributions_are_requirements_without_url(tmp_path: Path):
    assert "requirements-are-valid" in broken(wheel(tmp_path, metadata(("Provides-Dist", "a >> 1"))))
    direct = metadata(("Obsoletes-Dist", "a @ https://example.com/a.zip"))
    assert "requirements-name-no-url" in broken(wheel(tmp_path, direct))


def test_unknown_counts_as_nothing(tmp_path: Path):
    assert not broken(wheel(tmp_path, metadata(("Home-page", "UNKNOWN"))))


def test_description_without_a_type_must_be_restructured_text(tmp_path: Path):
    wrong = metadata(drop=["Description-Content-Type"], description="Title\n=\n\n`broken\n\n.. nothing::\n")
    (found,) = rules.judge(rules.submission_of(wheel(tmp_path, wrong)))
    assert found.rule == "description-renders"
    assert "default format" in found.message


def test_license_files_of_older_metadata_are_left_out_as_uploaders_do(tmp_path: Path):
    content = metadata(metadata_version="2.1", drop=["License-Expression"], license_file="not/there")
    assert not broken(wheel(tmp_path, content))


@pytest.mark.parametrize("url", ["https://example.com", "http://example.com:80/a?b#c", "https:/one-slash"])
def test_urls_that_the_index_takes(url: str, tmp_path: Path):
    assert not broken(wheel(tmp_path, metadata(("Home-page", url))))


@pytest.mark.parametrize("url", ["example.com", "git://example.com/x", "//example.com/", "mailto:a@example.com"])
def test_urls_that_it_does_not_take(url: str, tmp_path: Path):
    assert broken(wheel(tmp_path, metadata(("Home-page", url)))) == {"home-pages-are-urls"}
