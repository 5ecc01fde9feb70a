"""Every rule about the form, the file, the archive and what the index holds."""

from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.distributions import INFO, STEM, metadata, sdist, wheel, wheel_members
from unmoor.indexes import rules
from unmoor.indexes.rules import HeldFile, IndexContents, Submission


def broken(submission: Submission | Path, contents: IndexContents | None = None) -> set[str]:
    submission = rules.submission_of(submission) if isinstance(submission, Path) else submission
    return {refusal.rule for refusal in rules.judge(submission, contents=contents)}


def changed(path: Path, **fields: str) -> Submission:
    """Return the form for a file with some fields set, or with an empty text left out."""
    made = rules.submission_of(path)
    kept = {name: values for name, values in made.fields.items() if name not in fields}
    return replace(made, fields=kept | {name: (value,) for name, value in fields.items() if value})


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_rule_has_a_name_an_assertion_and_a_source():
    assert len({rule.name for rule in rules.RULES}) == len(rules.RULES) == 64
    assert all(rule.asserts.endswith(".") and rule.source.endswith(".") for rule in rules.RULES)


def test_good_wheel_and_sdist_pass(tmp_path: Path):
    assert rules.judge(rules.submission_of(wheel(tmp_path))) == ()
    assert rules.judge(rules.submission_of(sdist(tmp_path))) == ()


def test_judging_leaves_nothing_open(tmp_path: Path):
    # An open archive would be a ResourceWarning, and those are errors here.
    path = wheel(tmp_path)
    rules.judge(rules.submission_of(path))
    path.unlink()
    assert not path.exists()


# ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("protocol-is-known", {"protocol_version": "2"}),
        ("name-is-valid", {"name": ""}),
        ("file-type-is-known", {"filetype": "bdist_egg"}),
        ("python-tag-fits", {"pyversion": ""}),
        ("digests-are-hex", {"sha256_digest": "abc"}),
        ("digest-is-given", {"sha256_digest": "", "blake2_256_digest": ""}),
        ("digests-are-of-this-file", {"md5_digest": "0" * 32}),
        ("extension-fits-file-type", {"filetype": "sdist", "pyversion": "source"}),
    ],
)
def test_form_rules(rule: str, fields: dict[str, str], tmp_path: Path):
    assert rule in broken(changed(wheel(tmp_path), **fields))


def test_sdist_is_for_python_source(tmp_path: Path):
    assert broken(changed(sdist(tmp_path), pyversion="3.11")) == {"python-tag-fits"}
    assert broken(changed(sdist(tmp_path), pyversion="")) == set()


def test_missing_file_and_texts_sent_as_files(tmp_path: Path):
    form = rules.submission_of(wheel(tmp_path))
    assert broken(replace(form, content=None)) == {"file-is-given"}
    assert broken(replace(form, file_fields=("summary",))) == {"values-are-text"}
    assert broken(replace(form, content_type="image/png")) == {"content-type-is-an-archive"}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("file-name-is-printable", f"{STEM}-py3-none-\x07any.whl"),
        ("file-name-is-no-path", f"../{STEM}-py3-none-any.whl"),
        ("file-name-is-no-path", f"..\\{STEM}-py3-none-any.whl"),
        ("extension-fits-file-type", f"{STEM}-py3-none-any.whl.exe"),
        ("extension-fits-file-type", f"{STEM}-py3-none-any.WHL"),
    ],
)
def test_file_name_rules(rule: str, name: str, tmp_path: Path):
    assert rule in broken(replace(rules.submission_of(wheel(tmp_path)), filename=name))


def test_too_large_a_file(tmp_path: Path):
    path = sdist(tmp_path)
    with path.open("r+b") as stream:
        stream.truncate(100 * 2**20 + 1)  # sparse: takes no room on disk
    assert "file-is-not-too-large" in broken(path)


# ── the archive ──────────────────────────────────────────────────────────────────────────────────────────────


def test_zip_and_tar_at_once(tmp_path: Path):
    path = wheel(tmp_path)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("in-tar"))
    path.write_bytes(tar.getvalue() + path.read_bytes())
    assert "archive-is-of-one-kind" in broken(path)


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"PK\x03\x04 but nothing else"])
def test_what_is_no_archive(content: bytes, tmp_path: Path):
    for path in (wheel(tmp_path), sdist(tmp_path)):
        path.write_bytes(content)
        assert "archive-opens" in broken(path)


def test_cut_off_sdist(tmp_path: Path):
    path = sdist(tmp_path, members={f"{STEM}/PKG-INFO": metadata(), f"{STEM}/x": bytes(range(256)) * 4000})
    path.write_bytes(path.read_bytes()[:-200])
    assert "archive-opens" in broken(path)


def test_compression_bomb(tmp_path: Path):
    path = wheel(tmp_path, members=wheel_members() | {"tiny_thing/zeros": bytes(65 * 2**20)})
    assert "archive-is-no-bomb" in broken(path)


def test_uncommon_compression(tmp_path: Path):
    assert broken(wheel(tmp_path, compression=zipfile.ZIP_BZIP2)) == {"compression-is-common"}


def test_sdist_with_two_top_folders(tmp_path: Path):
    path = sdist(tmp_path, members={f"{STEM}/PKG-INFO": metadata(), "elsewhere/x": b""})
    assert "sdist-has-one-top-folder" in broken(path)


def test_sdist_without_pkg_info(tmp_path: Path):
    path = sdist(tmp_path, members={f"{STEM}/pyproject.toml": b""})
    assert {"sdist-has-pkg-info", "metadata-is-readable", "name-is-valid"} <= broken(path)


def test_sparse_member(tmp_path: Path):
    path = sdist(tmp_path)
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, data in {f"{STEM}/PKG-INFO": metadata(), f"{STEM}/LICENSE": b""}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        info = tarfile.TarInfo(f"{STEM}/holes")
        info.size = 4
        info.pax_headers = {"GNU.sparse.map": "0,4", "GNU.sparse.size": "4", "GNU.sparse.name": f"{STEM}/holes"}
        archive.addfile(info, io.BytesIO(b"abcd"))
    assert broken(path) == {"sdist-has-no-sparse-members"}


@pytest.mark.parametrize(
    "name", ["Tiny-Thing-1.2.0.tar.gz", "tiny-thing-1.2.0.tar.gz", "tiny_thing-1.2.tar.gz", "other-1.2.0.tar.gz"]
)
def test_sdist_name_is_exact(name: str, tmp_path: Path):
    (found,) = rules.judge(rules.submission_of(sdist(tmp_path, name=name)))
    assert found.rule == "sdist-name-is-normalized"
    assert f"'{STEM}.tar.gz'" in found.message


def test_license_files_are_in_the_archives(tmp_path: Path):
    members = {name: data for name, data in wheel_members().items() if not name.endswith("LICENSE")}
    assert broken(wheel(tmp_path, members=members)) == {"wheel-holds-its-license-files"}
    bare = {f"{STEM}/PKG-INFO": metadata(), f"{STEM}/pyproject.toml": b""}
    assert broken(sdist(tmp_path, members=bare)) == {"sdist-holds-its-license-files"}


@pytest.mark.parametrize(
    ("missing", "rule"),
    [("WHEEL", "wheel-has-wheel-file"), ("RECORD", "wheel-has-record"), ("METADATA", "wheel-has-metadata")],
)
def test_required_files_of_a_wheel(missing: str, rule: str, tmp_path: Path):
    members = {name: data for name, data in wheel_members().items() if not name.endswith(f"/{missing}")}
    assert rule in broken(wheel(tmp_path, members=members))


def test_record_that_is_no_text(tmp_path: Path):
    assert broken(wheel(tmp_path, members=wheel_members() | {f"{INFO}/RECORD": b"\xff\xfe"})) == {"wheel-has-record"}


def test_metadata_that_is_a_bomb_is_not_unpacked(tmp_path: Path):
    path = wheel(tmp_path, members=wheel_members() | {f"{INFO}/METADATA": bytes(65 * 2**20)})
    assert {"metadata-is-readable", "wheel-has-metadata", "archive-is-no-bomb"} <= broken(path)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("tiny_thing-1.2.0-py3-none.whl", "wheel-name-is-valid"),
        ("tiny_thing-1.2.0-py3-none-linux_x86_64.whl", "platform-tag-is-taken"),
        ("tiny_thing-1.2.0-cp311-cp311-macosx_11_3_arm64.whl", "platform-tag-is-taken"),
        ("other-1.2.0-py3-none-any.whl", "wheel-name-is-of-this-project"),
        ("Tiny_Thing-1.2.0-py3-none-any.whl", "wheel-name-is-normalized"),
        ("tiny_thing-1.2.1-py3-none-any.whl", "wheel-version-is-of-this-release"),
    ],
)
def test_wheel_name_rules(name: str, rule: str, tmp_path: Path):
    stem = "-".join(name.removesuffix(".whl").split("-")[:2])
    assert broken(wheel(tmp_path, name=name, stem=stem)) == {rule}


@pytest.mark.parametrize(
    "platform",
    [
        "win_amd64",
        "manylinux_2_28_x86_64",
        "manylinux2014_aarch64.manylinux_2_17_aarch64",
        "musllinux_1_2_riscv64",
        "macosx_10_9_universal2",
        "macosx_14_0_arm64",
        "ios_13_0_arm64_iphoneos",
        "android_24_x86_64",
        "pyemscripten_2026_0_wasm32",
    ],
)
def test_platforms_that_are_taken(platform: str, tmp_path: Path):
    assert broken(wheel(tmp_path, name=f"{STEM}-cp311-cp311-{platform}.whl")) == set()


@pytest.mark.parametrize(
    "content",
    [b"no section\n", b"[console_scripts]\n../../evil = a:b\n", b"[console_scripts]\nx = a:b\nx = a:c\n", b"\xff"],
)
def test_entry_points(content: bytes, tmp_path: Path):
    members = wheel_members() | {f"{INFO}/entry_points.txt": content}
    assert broken(wheel(tmp_path, members=members)) == {"entry-points-are-valid"}


def test_good_entry_points_keep_their_case(tmp_path: Path):
    text = b"[console_scripts]\nTiny = tiny_thing:main\ntiny = tiny_thing:main\n\n[some.plugin]\n+any+ = a:b\n"
    assert broken(wheel(tmp_path, members=wheel_members() | {f"{INFO}/entry_points.txt": text})) == set()


# ── what the index holds ─────────────────────────────────────────────────────────────────────────────────────

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def held(path: Path, **changes: object) -> HeldFile:
    form = rules.submission_of(path)
    made = HeldFile(
        filename=path.name,
        project="tiny-thing",
        version="1.2.0",
        kind=form.value("filetype"),
        sha256=form.value("sha256_digest"),
        blake2=form.value("blake2_256_digest"),
        size=1,
        uploaded=NOW - timedelta(days=1),
    )
    return replace(made, **changes)


def test_same_bytes_are_known_whatever_the_age(tmp_path: Path):
    path = wheel(tmp_path)
    contents = IndexContents(files=(held(path, uploaded=NOW - timedelta(days=400)),), now=NOW)
    assert rules.is_known(rules.submission_of(path), contents)
    assert broken(path, contents) == set()


def test_other_bytes_under_the_same_name(tmp_path: Path):
    path = wheel(tmp_path)
    contents = IndexContents(files=(held(path, sha256="0" * 64, blake2="1" * 64),), now=NOW)
    assert not rules.is_known(rules.submission_of(path), contents)
    (found,) = rules.judge(rules.submission_of(path), contents=contents)
    assert found.rule == "file-name-is-free"
    assert found.message.startswith("File already exists")


def test_same_bytes_under_another_name(tmp_path: Path):
    path = wheel(tmp_path)
    assert broken(path, IndexContents(files=(held(path, filename="other.whl"),), now=NOW)) == {"bytes-are-new"}


def test_name_of_a_deleted_file(tmp_path: Path):
    path = wheel(tmp_path)
    assert broken(path, IndexContents(deleted=frozenset({path.name}), now=NOW)) == {"file-name-was-never-deleted"}


@pytest.mark.parametrize(("days", "open_"), [(14, True), (14.001, False)])
def test_release_closes_after_fourteen_days(days: float, tmp_path: Path, *, open_: bool):
    first, second = wheel(tmp_path), sdist(tmp_path)
    contents = IndexContents(files=(held(first, version="1.2", uploaded=NOW - timedelta(days=days)),), now=NOW)
    assert broken(second, contents) == (set() if open_ else {"release-is-still-open"})


def test_one_sdist_a_release(tmp_path: Path):
    path = sdist(tmp_path)
    other = held(path, filename="tiny-thing-1.2.0.zip", sha256="0" * 64, blake2="")
    assert broken(path, IndexContents(files=(other,), now=NOW)) == {"sdist-is-the-only-one"}


def test_full_project(tmp_path: Path):
    path = wheel(tmp_path)
    big = held(path, filename="big.whl", version="0.1", size=10 * 2**30, sha256="0" * 64, blake2="")
    assert broken(path, IndexContents(files=(big,), now=NOW)) == {"project-is-not-too-large"}
