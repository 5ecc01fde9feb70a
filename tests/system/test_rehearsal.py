"""A whole rehearsal, from a commit to the verdict: what it leaves, what it leaves alone, and what makes it void."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.adopted import MODULE, NAME, Adopted, adopt
from support.attested import parsed
from support.faulty_index import FaultyIndex
from support.proxy import counting_proxy
from support.repositories import Repository
from unmoor.chain import CHAIN
from unmoor.evidence import statements
from unmoor.runtime import environment
from unmoor.tools.uv import uv_program

pytestmark = pytest.mark.network

STAGES = [stage.name for stage in CHAIN]
INDEXES = ("testpypi", "pypi")
HOW = ("cached", "already there", "ran", "FAILED", "STOPPED", "-")


def own(environ: Mapping[str, str], top: Path) -> dict[str, str]:
    """Return an environment in which temporary files can be counted."""
    (top / "tmp").mkdir()
    return {**environ, "TMPDIR": str(top / "tmp")}


def content_of(folder: Path) -> dict[str, tuple[int, str]]:
    """Return every file below a folder with its mode and digest."""
    return {
        path.relative_to(folder).as_posix(): (path.lstat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def as_found(project: Adopted) -> dict[str, object]:
    """Return all a user could miss: files, the index, references, objects, configuration, what git says."""
    git = project.repository.git
    files = {name: seen for name, seen in content_of(project.folder).items() if not name.startswith(".git/unmoor/")}
    return {
        "files": files,
        "refs": git("for-each-ref"),
        "status": git("status", "--porcelain", "--ignored"),
        "remote": content_of(project.remote.folder),
    }


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Adopted, dict[str, object], dict[str, object]]:
    """A project that was rehearsed once, with uncommitted work in it, and what it looked like before and after."""
    top = tmp_path_factory.mktemp("rehearsed")
    project = adopt(top, own(os.environ, top))
    project.repository.write("src/unmoor_sample/more.py", '"""More."""\n')
    project.repository.write("README.md", "# A sample, edited\n")
    project.repository.git("add", "README.md")
    project.repository.git("status")
    before = as_found(project)
    ran = project.unmoor("rehearse")
    assert ran.status == 0, ran.text
    assert "   REHEARSED, with findings   " in ran.text
    plain = " ".join(ran.text.split())
    assert " check worktree-is-clean README.md: has changes that are not committed (and 1 more) → " in plain
    assert "Uncommitted work included: README.md, src/unmoor_sample/more.py." in ran.text
    assert "urllib3" not in ran.text
    return project, before, as_found(project)


@pytest.fixture(scope="module")
def rehearsed(before_and_after: tuple[Adopted, object, object]) -> Adopted:
    """The rehearsed project, to look at."""
    return before_and_after[0]


@pytest.fixture
def again(rehearsed: Adopted, tmp_path: Path) -> Adopted:
    """A copy of the rehearsed project, its evidence included, to go on with."""
    shutil.copytree(rehearsed.folder, tmp_path / "sample", symlinks=True)
    return Adopted(Repository(tmp_path / "sample", rehearsed.environ), rehearsed.remote, rehearsed.environ)


def built(project: Adopted) -> dict[str, str]:
    """Return the sealed files and what they hash to now."""
    files = (project.state() / "dist").glob("unmoor_sample*")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def posts(project: Adopted) -> dict[str, int]:
    """Return how many uploads each rehearsal index was sent, ever."""
    ledgers = {name: project.state() / "rehearsal" / name / "requests.jsonl" for name in INDEXES}
    return {name: path.read_text().count('"POST"') for name, path in ledgers.items()}


@pytest.fixture(params=INDEXES)
def index(rehearsed: Adopted, request: pytest.FixtureRequest) -> Iterator[FaultyIndex]:
    """One of the two indexes of the rehearsal, started anew."""
    with FaultyIndex(rehearsed.state() / "rehearsal" / request.param, token=secrets.token_urlsafe(16)) as served:
        yield served


# ── what it leaves ───────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_of_the_users_is_touched(before_and_after: tuple[Adopted, dict, dict]) -> None:
    project, before, after = before_and_after
    assert after == before
    assert list((project.folder.parent / "tmp").iterdir()) == []


def test_all_evidence_is_what_others_can_read(rehearsed: Adopted) -> None:
    kinds = {}
    for path in (rehearsed.state() / "evidence").iterdir():
        kinds[path.stem], _ = parsed(path.read_bytes())
    assert kinds == {
        **dict.fromkeys(("check", "lint", "tests", "docs-strict"), statements.TEST_RESULT),
        "build": statements.PROVENANCE,
        **dict.fromkeys(("testpypi", "pypi", "release"), statements.PUBLICATION),
        "verdict": statements.VERDICT,
    }


def test_evidence_is_about_the_sealed_bytes_and_names_what_it_relied_on(rehearsed: Adopted) -> None:
    files = built(rehearsed)
    assert len(files) == 2
    folder = rehearsed.state() / "evidence"
    for stage in ("build", "testpypi", "pypi", "release", "verdict"):
        subjects = {each["name"]: each["digest"]["sha256"] for each in rehearsed.evidence(stage)["subject"]}
        assert subjects == files, stage
    for stage in CHAIN:
        relied = rehearsed.record(stage.name)["relied_on"]
        assert relied == {
            name: hashlib.sha256((folder / f"{name}.json").read_bytes()).hexdigest() for name in stage.requires
        }
    listed = rehearsed.evidence("verdict")["predicate"]["inputAttestations"]
    assert {each["uri"] for each in listed} == {f"evidence/{name}.json" for name in STAGES}
    for each in listed:
        content = (folder.parent / each["uri"]).read_bytes()
        assert each["digest"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_tag_is_on_the_commit_that_was_built(rehearsed: Adopted) -> None:
    remote = Repository(rehearsed.state() / "rehearsal" / "remote.git", rehearsed.environ)
    commit = rehearsed.record("build")["facts"]["commit"]
    assert remote.git("rev-parse", "v0.1.0^{commit}") == commit
    provenance = rehearsed.evidence("build")["predicate"]["buildDefinition"]
    assert provenance["resolvedDependencies"][0]["digest"]["gitCommit"] == commit


# ── real clients find the same bytes ─────────────────────────────────────────────────────────────────────────────


def run(*command: str | Path, environ: Mapping[str, str]) -> None:
    env = environment.clean(environ) | {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_the_index_still_serves_the_sealed_bytes(rehearsed: Adopted, index: FaultyIndex) -> None:
    assert {each.filename: each.sha256 for each in index.records} == built(rehearsed)


def test_pip_downloads_the_sealed_bytes(rehearsed: Adopted, index: FaultyIndex, tmp_path: Path) -> None:
    down = tmp_path / "down"
    options = ["--isolated", "--no-deps", "--no-cache-dir", "--no-build-isolation", "--index-url", index.simple_url]
    for form in ("--only-binary=:all:", "--no-binary=:all:"):
        command = [sys.executable, "-m", "pip", "download", *options, form, "-d", down, f"{NAME}==0.1.0"]
        run(*command, environ=rehearsed.environ)
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in down.iterdir()} == built(rehearsed)


def test_uv_installs_what_the_wheel_records(rehearsed: Adopted, index: FaultyIndex, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    options = ["--no-cache", "--no-deps", "--default-index", index.simple_url, "--python", sys.executable]
    run(uv_program(), "pip", "install", *options, "--target", place, f"{NAME}==0.1.0", environ=rehearsed.environ)
    (wheel,) = (rehearsed.state() / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        record = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
        wanted = {row[0]: row[1] for row in csv.reader(io.StringIO(archive.read(record).decode())) if row[1]}
        for name in wanted:
            assert (place / name).read_bytes() == archive.read(name)
    installed = {row[0]: row[1] for row in csv.reader((place / record).read_text().splitlines())}
    assert wanted.items() <= installed.items()
    assert f"{MODULE}/more.py" in wanted


# ── a second time ────────────────────────────────────────────────────────────────────────────────────────────────


def how(text: str) -> dict[str, str]:
    """Return how the table of the last words says each stage ended."""
    table = text[text.index("REHEARSED") if "REHEARSED" in text else text.index("STOPPED at") :].splitlines()
    rows = [line for line in table if line.split(" ")[0] in STAGES]
    return {row.split()[0]: next(word for word in HOW if row[13:].startswith(word)) for row in rows}


def test_a_second_time_nothing_is_done_twice(again: Adopted) -> None:
    sent, before = posts(again), built(again)
    ran = again.unmoor("rehearse")
    assert ran.status == 0, ran.text
    assert how(ran.text) == {**dict.fromkeys(STAGES[:-1], "cached"), "release": "already there"}
    assert posts(again) == sent == {"testpypi": 2, "pypi": 2}
    assert built(again) == before


def test_an_edit_makes_void_what_is_bound_to_the_tree_and_starts_a_new_world(again: Adopted) -> None:
    first = built(again)
    again.repository.write(f"src/{MODULE}/more.py", '"""More, and edited."""\n')
    status = again.unmoor("status")
    assert status.status == 4
    void = {line.split()[0]: line.split(maxsplit=2)[2] for line in status.text.splitlines() if " void " in line}
    assert void["lint"] == void["tests"] == void["docs-strict"] == void["build"] == "the tree changed"
    assert void["check"] == "the tree changed"
    ran = again.unmoor("rehearse")
    assert ran.status == 0, ran.text
    assert set(how(ran.text).values()) == {"ran"}
    assert "lint ran because the tree changed," in ran.text
    assert "pypi ran because the archives changed," in ran.text
    second = built(again)
    assert second.keys() == first.keys()
    assert all(second[name] != first[name] for name in first)
    assert posts(again) == {"testpypi": 2, "pypi": 2}
    assert again.unmoor("status").status == 0


def test_a_setting_that_changes_makes_everything_void(again: Adopted) -> None:
    text = (again.folder / "pyproject.toml").read_text()
    again.repository.write("pyproject.toml", text.replace("[tool.unmoor]\n", '[tool.unmoor]\napproval = "digest"\n'))
    status = again.unmoor("status", "--json")
    assert status.status == 4
    stages = json.loads(status.text)["stages"]
    assert {each["standing"] for each in stages} == {"void"}
    assert next(each["what"] for each in stages if each["stage"] == "pypi") == "the settings changed"


def test_damaged_evidence_does_not_count(again: Adopted) -> None:
    path = again.state() / "evidence" / "lint.json"
    path.write_text(path.read_text().replace('"skipped"', '"passed"', 1))
    ran = again.unmoor("rehearse")
    assert ran.status == 0, ran.text
    assert "lint ran because the evidence is damaged: its checksum is another one," in " ".join(ran.text.split())
    assert how(ran.text)["tests"] == "cached"


def test_a_new_tag_makes_only_the_source_gates_void(again: Adopted) -> None:
    again.repository.git("tag", "unrelated")
    ran = again.unmoor("rehearse")
    assert ran.status == 0, ran.text
    assert how(ran.text) == {**dict.fromkeys(STAGES, "cached"), "check": "ran", "release": "already there"}
    assert "check ran because the plan is another one," in ran.text


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_status_report_plan_and_settings_of_what_was_rehearsed(rehearsed: Adopted, tmp_path: Path) -> None:
    status = rehearsed.unmoor("status")
    assert status.status == 0, status.text
    assert status.text.count(" proven ") == 8
    assert "Next: fix what is listed above, then run again: unmoor rehearse" in status.text

    markdown = rehearsed.unmoor("report", "--out", str(tmp_path / "report.md"))
    assert markdown.status == 0, markdown.text
    report = (tmp_path / "report.md").read_text()
    for name, digest in built(rehearsed).items():
        shown = name.replace("_", r"\_")
        assert f"| {shown} | `{digest}` | built = testpypi = pypi |" in report

    data = json.loads(rehearsed.unmoor("report", "--format", "json").text)
    assert (data["complete"], data["live"]) == (True, False)
    assert {each["filename"]: each["sha256"] for each in data["archives"]} == built(rehearsed)

    plan = json.loads(rehearsed.unmoor("plan", "--json").text)
    assert plan["uncommitted"] == ["README.md", "src/unmoor_sample/more.py"]
    assert plan["releases"][0]["version"] == "0.1.0"

    settings = {each["key"]: each["value"] for each in json.loads(rehearsed.unmoor("settings", "--json").text)}
    assert (settings["name"], settings["backend"], settings["adopted"]) == (NAME, "hatchling", "yes")


def test_before_anything_was_rehearsed_there_is_nothing_to_report(tmp_path: Path, environ: Mapping[str, str]) -> None:
    project = adopt(tmp_path, environ)
    report = project.unmoor("report")
    assert report.status == 4
    assert "there is no evidence to report yet" in report.text
    status = project.unmoor("status")
    assert status.status == 4
    assert "nothing was rehearsed here yet" in status.text


# ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────────


def with_suite(top: Path, environ: Mapping[str, str], settings: str = "") -> Adopted:
    """Make a project with a suite."""
    project = adopt(top, environ, settings=settings)
    pyproject = (project.folder / "pyproject.toml").read_text().replace('disable = ["tests-pass"]\n', "")
    project.repository.write("pyproject.toml", pyproject + '\n[dependency-groups]\ntests = ["pytest"]\n')
    project.repository.write("tests/test_sample.py", f"import {MODULE}\n\ndef test_main():\n    {MODULE}.main()\n")
    project.repository.commit("A suite")
    project.repository.git("push", "--quiet")
    return project


def test_a_narrowed_run_leaves_no_evidence(tmp_path: Path, environ: Mapping[str, str]) -> None:
    project = with_suite(tmp_path, environ)
    ran = project.nox("-s", "tests", "--", "-k", "main")
    assert ran.status == 0, ran.text
    assert "narrowed, so it proves nothing" in ran.text
    assert not (project.state() / "evidence" / "tests.json").exists()
    assert project.unmoor("status").text.count("no evidence yet") == 8
    nothing = project.nox("-s", "tests", "--", "-k", "nothing")
    assert nothing.status == 1
    assert not (project.state() / "evidence" / "tests.json").exists()


def test_the_sealed_wheel_is_tested_and_past_a_test_that_breaks_the_rehearsal_goes_on(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    project = with_suite(tmp_path, environ, settings='tests = { against = "wheel" }')
    ran = project.nox("-s", "testpypi")
    assert ran.status == 0, ran.text
    order = [line.split()[1] for line in ran.text.splitlines() if line.startswith("unmoor: ")]
    assert order.index("build") < order.index("tests") < order.index("testpypi")
    (gate,) = project.record("tests")["gates"]
    assert (gate["outcome"], gate["examined"]) == ("passed", 1)
    assert f"{MODULE} was imported from the sealed wheel" in [each["message"] for each in gate["notices"]]

    project.repository.write("tests/test_sample.py", "def test_main():\n    assert False\n")
    broken = project.unmoor("rehearse", "--stage", "testpypi")
    assert broken.status == 2
    assert "test_main failed on Python" in broken.text
    assert project.record("tests")["outcome"] == "failed"
    # What the index says is shown all the same, and the run fails in the end.
    assert "ok      index-copy-installs" in broken.text
    assert "testpypi  FAILED" not in broken.text
    assert broken.text.count("test_main failed on Python") == 2


# ── exceptions ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_waiver_is_shown_with_its_person_and_reason(tmp_path: Path, environ: Mapping[str, str]) -> None:
    waived = '[[tool.unmoor.waivers]]\ngate = "structure-is-complete"\nreason = "as agreed"\nby = "Somebody"\n'
    project = adopt(tmp_path, environ, settings=waived)
    (project.folder / "README.md").unlink()
    pyproject = (project.folder / "pyproject.toml").read_text().replace('readme = "README.md"\n', "")
    project.repository.write("pyproject.toml", pyproject)
    project.repository.commit("No readme")
    ran = project.unmoor("rehearse", "--stage", "check")
    assert "waived by Somebody: as agreed" in ran.text
    gates = {each["name"]: each for each in project.record("check")["gates"]}
    assert gates["structure-is-complete"]["outcome"] == "waived"
    assert "1 waived" in ran.text
    report = project.unmoor("report")
    assert "waived by Somebody: as agreed" in report.text


# ── hard conditions ──────────────────────────────────────────────────────────────────────────────────────────────


def test_state_moved_into_the_tree_is_no_work_of_the_users(tmp_path: Path, environ: Mapping[str, str]) -> None:
    project = adopt(tmp_path, environ)
    moved = {**project.environ, "UNMOOR_STATE": "state/of releases"}
    ran = project.unmoor("rehearse", "--stage", "check", environ=moved)
    assert ran.status == 0, ran.text
    assert "Uncommitted work" not in ran.text
    assert project.repository.door.changed() == ()
    assert (project.folder / "state" / "of releases" / f"{NAME}-0.1.0.rehearsal").is_dir()
    assert not (project.folder / ".git" / "unmoor").exists()
    again = project.nox("-s", "build", environ=moved)
    assert again.status == 0, again.text
    assert "check cached (same tree)" in again.text


@pytest.mark.skipif(not shutil.which("unshare"), reason="no way to take the network away")
def test_without_a_network_it_comes_to_the_end_and_says_what_was_not_asked(again: Adopted) -> None:
    alone = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("user namespaces are not allowed here")
    again.repository.write(f"src/{MODULE}/more.py", '"""Without a network."""\n')
    command = [*alone, sys.executable, "-m", "unmoor", "rehearse"]
    done = subprocess.run(
        command, cwd=again.folder, env=dict(again.environ), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "   REHEARSED, with findings   " in done.stdout
    missed = " ".join(done.stdout[done.stdout.index("Not tried here:") :].split())
    assert missed.count("the index was not asked which versions are taken") == 1
    assert "its name cannot be resolved" in missed


def test_what_is_on_this_machine_is_reached_past_every_proxy(again: Adopted) -> None:
    again.repository.write(f"src/{MODULE}/more.py", '"""Behind a proxy that lets nobody through."""\n')
    with counting_proxy() as proxy:
        others = {name: value for name, value in again.environ.items() if name.lower() != "no_proxy"}
        done = again.unmoor("rehearse", environ={**others, **proxy.environ, "PIP_PROXY": proxy.url})
    assert done.status == 0, done.text
    # It was there to be asked, and was, for what is elsewhere.
    assert proxy.asked
    assert [each for each in proxy.asked if "127.0.0.1" in each or "localhost" in each or "::1" in each] == []


def test_two_at_once_leave_one_world(tmp_path: Path, environ: Mapping[str, str]) -> None:
    project = adopt(tmp_path, environ)
    command = [sys.executable, "-m", "unmoor", "rehearse"]
    both = [
        subprocess.Popen(command, cwd=project.folder, env=dict(project.environ), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for each in both:
        text = each.communicate(timeout=120)[0]
        assert each.returncode in (0, 4), text
        assert each.returncode == 0 or "another run is at work on" in text
    assert project.unmoor("rehearse").status == 0
    assert posts(project) == {"testpypi": 2, "pypi": 2}


def test_side_by_side_and_one_after_the_other_leave_the_same(tmp_path: Path, environ: Mapping[str, str]) -> None:
    project = adopt(tmp_path, environ)
    seen = []
    for jobs in ("1", "auto"):
        assert project.unmoor("rehearse", "--jobs", jobs).status == 0
        seen.append({stage: _timeless(project.evidence(stage)) for stage in [*STAGES, "verdict"]})
        shutil.rmtree(project.folder / ".git" / "unmoor")
    assert seen[0] == seen[1]


_OF_THE_MOMENT = {"started", "finished", "seconds", "relied_on", "checksum", "inputAttestations", "metadata", "log"}
_OF_THE_MOMENT |= {"timeVerified", "startedOn", "finishedOn"}


def _timeless(value: Any) -> Any:
    """Return evidence without what is of one moment only: times, and digests of evidence that has times in it."""
    if isinstance(value, dict):
        return {key: _timeless(each) for key, each in value.items() if key not in _OF_THE_MOMENT}
    return [_timeless(each) for each in value] if isinstance(value, list) else value


def test_a_package_in_a_folder_of_an_oddly_named_repository(tmp_path: Path, environ: Mapping[str, str]) -> None:
    project = adopt(tmp_path / "an \"odd\" 'näme' & more", environ)
    inside = project.folder / "packages" / "the thing"
    inside.mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE", "noxfile.py", "src"):
        project.repository.git("mv", name, "packages/the thing/")
    text = (inside / "pyproject.toml").read_text().replace("\n", "\r\n")
    (inside / "pyproject.toml").write_bytes(text.encode())
    project.repository.commit("Moved")
    project.repository.git("tag", "v0.1.0")
    project.repository.git("push", "--quiet", "--tags", "origin", "main")
    project.repository.write("packages/the thing/README.md", "# A sample\n\nMore.\n")
    project.repository.commit("More")
    project.repository.git("worktree", "add", "--quiet", "../a tree", "-b", "topic")
    command = [sys.executable, "-m", "unmoor", "rehearse"]
    place = project.folder.parent / "a tree" / "packages" / "the thing" / "src"
    done = subprocess.run(command, cwd=place, env=dict(project.environ), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "packages/the thing/pyproject.toml (version 0.1.0 → 0.1.1)" in " ".join(done.stdout.split())
    with tarfile.open(next((project.state("0.1.1") / "dist").glob("*.tar.gz"))) as sdist:
        content = sdist.extractfile(f"{MODULE}_that_nobody_publishes-0.1.1/pyproject.toml")
        assert content is not None
        assert content.read().decode() == text.replace('version = "0.1.0"', 'version = "0.1.1"')
