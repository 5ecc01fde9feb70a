"""The gates on archives pass what real backends build, and name what is wrong with anything else."""

from __future__ import annotations

import secrets
import shutil
import string
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from support.archived import context_of
from support.builds import VERSION, build_sample, sdist_with, wheel_with, write_sample
from support.fakes import FakeObserver
from support.indexes import post, running
from support.repositories import Repository
from unmoor.errors import Blocked
from unmoor.gates import load
from unmoor.model import FindingKind, Mode
from unmoor.model.settings import SecretAllowance, Settings, SizeSettings
from unmoor.targets import IndexFile

INFO = "sample_project-1.2.0.dist-info"
TREE_GATES = ("archive-names-agree", "archives-hold-the-tree", "wheel-matches-tree", "modes-are-plain")


@pytest.fixture
def look(tmp_path):
    """Run a gate on the archives of a build, or on others: ``look("gate", built, wheel=…)``."""
    counter = iter(range(99))

    def run(gate, built, *, wheel=None, sdist=None, files=None, **more):
        archives = files if files is not None else (wheel or built.wheel, sdist or built.sdist)
        about = {"name": "Sample.Project", "version": VERSION, "imports": ["sample"]} | more
        state = tmp_path / f"state{next(counter)}"
        return load(gate).check(context_of(built.repository.folder, archives, state, **about))

    return run


def messages(findings):
    return [finding.message for finding in findings.problems]


@pytest.mark.parametrize("backend", ["hatchling", "setuptools", "flit"])
def test_what_real_backends_build_passes(build_once, look, backend):
    built = build_once(backend)
    for gate in (*TREE_GATES, "archives-are-small", "archives-are-sealed", "upload-rules-hold"):
        findings = look(gate, built)
        assert findings.examined > 0, gate
        assert findings.problems == (), gate
        assert findings.notices == (), gate


@pytest.mark.parametrize("gate", [*TREE_GATES, "archives-are-small", "archives-are-sealed", "archives-hold-no-secrets"])
def test_no_archives_is_nothing_examined(built, look, gate):
    assert look(gate, built, files=()).examined == 0


# ── archives-hold-the-tree ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("notes.txt", "'notes.txt' is not in the planned commit"),
        ("src/sample/__pycache__/core.cpython-311.pyc", "is not in the planned commit"),
        ("build/lib/sample/old.py", "is not in the planned commit"),
        (".env", "'.env' is not in the planned commit"),
        (".pypirc", "'.pypirc' is a file for credentials"),
        ("deploy/id_rsa", "'deploy/id_rsa' is a file for credentials"),
    ],
)
def test_a_stray_file_in_the_sdist(built, look, tmp_path, path, expected):
    sdist = sdist_with(built.sdist, tmp_path, add={path: "something of ours"})
    (problem,) = look("archives-hold-the-tree", built, sdist=sdist).problems
    assert expected in problem.message
    assert path in problem.place
    assert "something of ours" not in str(problem)


def test_a_stray_file_may_be_allowed_by_name(built, look, tmp_path):
    sdist = sdist_with(built.sdist, tmp_path, add={"generated/table.py": "T = 1\n"})
    assert look("archives-hold-the-tree", built, sdist=sdist).problems
    settings = Settings(archive_allow=("generated/*.py",))
    assert not look("archives-hold-the-tree", built, sdist=sdist, settings=settings).problems


def test_a_stale_copy_of_a_module_is_a_stray(built, look, tmp_path):
    sdist = sdist_with(built.sdist, tmp_path, add={"src/sample/renamed.py": "ANSWER = 42\n"})
    assert "renamed.py" in messages(look("archives-hold-the-tree", built, sdist=sdist))[0]


def test_changed_content_in_the_sdist(built, look, tmp_path):
    sdist = sdist_with(built.sdist, tmp_path, add={"src/sample/core.py": "ANSWER = 43\n"})
    assert messages(look("archives-hold-the-tree", built, sdist=sdist)) == [
        "'src/sample/core.py' has other content than in the planned commit"
    ]


def test_line_ends_are_those_of_gitattributes(tmp_path, look, environ):
    repository = Repository.new(tmp_path / "sample", environ)
    repository.write(".gitattributes", "*.py text eol=crlf\n")
    write_sample(repository)
    built = build_sample(repository, tmp_path / "made")
    with tarfile.open(built.sdist) as archive:
        assert b"\r\n" in archive.extractfile("sample_project-1.2.0/src/sample/core.py").read()
    for gate in TREE_GATES:
        assert look(gate, built).problems == ()


@pytest.mark.parametrize(
    "path", ["src/sample/core.py", "pyproject.toml", "README.md", "LICENSE", "src/sample/inner/__init__.py"]
)
def test_what_the_sdist_must_hold(built, look, tmp_path, path):
    sdist = sdist_with(built.sdist, tmp_path, drop=(path,))
    assert messages(look("archives-hold-the-tree", built, sdist=sdist)) == [f"the sdist lacks {path!r}"]


def test_links_that_leave_or_that_nobody_committed(built, look, tmp_path):
    sdist = sdist_with(built.sdist, tmp_path, links={"docs/out": "../../x", "docs/new": "../README.md"})
    said = messages(look("archives-hold-the-tree", built, sdist=sdist))
    assert "the link 'docs/out' leads out of the archive" in said
    assert "'docs/new' is a link the commit does not have" in said


def test_a_committed_link_is_the_commits_in_either_form(tmp_path, look, environ):
    repository = Repository.new(tmp_path / "sample", environ)
    write_sample(repository)
    (repository.folder / "docs").mkdir()
    (repository.folder / "docs/index.md").symlink_to("../README.md")
    repository.commit()
    built = build_sample(repository, tmp_path / "made")
    assert look("archives-hold-the-tree", built).problems == ()
    as_link = sdist_with(built.sdist, tmp_path / "l", drop=("docs/index.md",), links={"docs/index.md": "../README.md"})
    assert look("archives-hold-the-tree", built, sdist=as_link).problems == ()
    as_file = sdist_with(built.sdist, tmp_path / "f", add={"docs/index.md": "# A sample\n"}, drop=("docs/index.md",))
    assert look("archives-hold-the-tree", built, sdist=as_file).problems == ()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/test_it.py", "the wheel installs 'tests', which is no import name of the project"),
        ("stray.py", "the wheel installs 'stray', which is no import name of the project"),
        ("sample/__pycache__/core.cpython-311.pyc", "does not belong in a wheel"),
        ("sample/.pypirc", "does not belong in a wheel"),
        ("other-1.0.dist-info/METADATA", "the wheel has 2 .dist-info folders instead of one"),
    ],
)
def test_a_stray_file_in_the_wheel(built, look, tmp_path, path, expected):
    wheel = wheel_with(built.wheel, tmp_path, add={path: "x = 1\n"})
    assert any(expected in message for message in messages(look("archives-hold-the-tree", built, wheel=wheel)))


def test_a_record_that_is_not_true(built, look, tmp_path):
    wheel = wheel_with(built.wheel, tmp_path, add={"sample/core.py": "ANSWER = 43\n"}, true_record=False)
    assert messages(look("archives-hold-the-tree", built, wheel=wheel)) == [
        "RECORD does not list 'sample/core.py' with its hash"
    ]
    wheel = wheel_with(built.wheel, tmp_path / "b", drop=("sample/core.py",), true_record=False)
    assert "RECORD lists 'sample/core.py', which is not there" in messages(
        look("archives-hold-the-tree", built, wheel=wheel)
    )


def test_a_wheel_without_the_licence(built, look, tmp_path):
    wheel = wheel_with(built.wheel, tmp_path, drop=(f"{INFO}/licenses/LICENSE",))
    assert messages(look("archives-hold-the-tree", built, wheel=wheel)) == ["the wheel lacks the licence 'LICENSE'"]


def test_many_strays_are_told_shortly(built, look, tmp_path):
    sdist = sdist_with(built.sdist, tmp_path, add={f"stray/{number}.txt": f"{number}" for number in range(40)})
    said = messages(look("archives-hold-the-tree", built, sdist=sdist))
    assert len(said) == 9
    assert said[-1] == "and 32 more"


# ── wheel-matches-tree ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_module_that_differs(built, look, tmp_path):
    wheel = wheel_with(built.wheel, tmp_path, add={"sample/core.py": "ANSWER = 43\n"})
    assert messages(look("wheel-matches-tree", built, wheel=wheel)) == [
        "'sample/core.py' has other content than 'src/sample/core.py' in the planned commit"
    ]


@pytest.mark.parametrize("content", ["ANSWER = 42\n", "OLD = 1\n", ""])
def test_a_module_that_is_not_in_the_tree(built, look, tmp_path, content):
    wheel = wheel_with(built.wheel, tmp_path, add={"sample/stale.py": content})
    assert messages(look("wheel-matches-tree", built, wheel=wheel)) == [
        "'sample/stale.py' is not in the planned commit"
    ]


@pytest.mark.parametrize("path", ["sample/core.py", "sample/inner/deep.py", "sample/py.typed"])
def test_a_module_that_is_not_in_the_wheel(built, look, tmp_path, path):
    wheel = wheel_with(built.wheel, tmp_path, drop=(path,))
    assert messages(look("wheel-matches-tree", built, wheel=wheel)) == [f"the wheel lacks {path!r}"]


def test_what_the_configuration_leaves_out_is_only_said(tmp_path, look, environ):
    repository = Repository.new(tmp_path / "sample", environ)
    write_sample(repository)
    text = (repository.folder / "pyproject.toml").read_text()
    repository.write("pyproject.toml", text + 'exclude = ["src/sample/inner"]\n')
    repository.commit()
    built = build_sample(repository, tmp_path / "made")
    findings = look("wheel-matches-tree", built)
    assert findings.problems == ()
    assert {finding.message for finding in findings.notices} == {
        "the wheel lacks 'sample/inner/__init__.py'",
        "the wheel lacks 'sample/inner/deep.py'",
    }


def test_a_version_module_the_backend_writes(tmp_path, look, environ):
    repository = Repository.new(tmp_path / "sample", environ)
    write_sample(repository)
    text = (repository.folder / "pyproject.toml").read_text()
    repository.write("pyproject.toml", text + '[tool.setuptools_scm]\nversion_file = "src/sample/_version.py"\n')
    repository.commit()
    built = build_sample(repository, tmp_path / "made")
    wheel = wheel_with(built.wheel, tmp_path / "w", add={"sample/_version.py": "version = 1\n"})
    sdist = sdist_with(built.sdist, tmp_path / "s", add={"src/sample/_version.py": "version = 1\n"})
    assert look("wheel-matches-tree", built, wheel=wheel).problems == ()
    assert look("archives-hold-the-tree", built, wheel=wheel, sdist=sdist).problems == ()


def test_a_platform_wheel_needs_tests_of_its_own(built, look, tmp_path):
    name = built.wheel.name.replace("py3-none-any", "cp311-cp311-manylinux_2_17_x86_64")
    wheel = wheel_with(built.wheel, tmp_path, add={"sample/_fast.so": b"\x7fELF"}, name=name)
    findings = look("wheel-matches-tree", built, wheel=wheel)
    assert findings.problems == ()
    assert "compiled code" in findings.notices[0].message
    tested = Settings(tests=replace(Settings().tests, against="wheel"))
    assert look("wheel-matches-tree", built, wheel=wheel, settings=tested).optional


# ── archive-names-agree ──────────────────────────────────────────────────────────────────────────────────────────


def test_another_version_than_planned(built, look):
    said = messages(look("archive-names-agree", built, version="1.3.0"))
    assert said == ["the metadata says version '1.2.0', the plan '1.3.0'"] * 2


def test_another_name_than_planned(built, look):
    assert "the plan 'other'" in messages(look("archive-names-agree", built, name="other"))[0]


def test_one_sdist_and_a_wheel_are_declared(built, look):
    assert messages(look("archive-names-agree", built, files=(built.wheel,))) == ["there are 0 sdists instead of one"]
    assert messages(look("archive-names-agree", built, files=(built.sdist,))) == ["there is no wheel"]


def test_names_that_are_not_normalized(built, look, tmp_path):
    wheel = wheel_with(built.wheel, tmp_path, name="Sample.Project-1.2.0-py3-none-any.whl")
    said = messages(look("archive-names-agree", built, wheel=wheel))
    assert any("instead of 'sample_project-1.2.0-py3-none-any.whl'" in message for message in said)


def test_a_wheel_that_was_renamed(built, look, tmp_path):
    wheel = wheel_with(built.wheel, tmp_path, name="sample_project-1.2.0-cp311-cp311-win_amd64.whl")
    said = messages(look("archive-names-agree", built, wheel=wheel))
    assert said == ["the tags in WHEEL are not those of the file name"]


def test_metadata_that_differs_between_the_two(built, look, tmp_path):
    with_more = read_metadata(built.wheel).replace("Requires-Python: >=3.9", "Requires-Python: >=3.10")
    wheel = wheel_with(built.wheel, tmp_path, add={f"{INFO}/METADATA": with_more})
    (said,) = messages(look("archive-names-agree", built, wheel=wheel))
    assert said.startswith("requires-python differs")


def read_metadata(wheel):
    from unmoor.archives.archive_file import read

    return read(wheel).text("METADATA")


def test_an_archive_without_metadata(built, look, tmp_path):
    sdist = sdist_with(built.sdist, tmp_path, drop=("PKG-INFO",))
    assert messages(look("archive-names-agree", built, sdist=sdist)) == ["the archive holds no metadata"]


# ── modes-are-plain, archives-are-small, archives-are-sealed ─────────────────────────────────────────────────────


def test_executable_bits_that_the_tree_does_not_have(built, look, tmp_path):
    wheel = wheel_with(built.wheel, tmp_path, modes={"sample/core.py": 0o100755})
    sdist = sdist_with(built.sdist, tmp_path, modes={"README.md": 0o755})
    assert messages(look("modes-are-plain", built, wheel=wheel, sdist=sdist)) == [
        "'sample/core.py' is executable",
        "'README.md' is executable",
    ]
    allowed = Settings(executables=("sample/core.py", "README.md"))
    assert not look("modes-are-plain", built, wheel=wheel, sdist=sdist, settings=allowed).problems


@pytest.mark.parametrize("mode", [0o4755, 0o2755, 0o666])
def test_modes_that_have_no_place_in_a_release(built, look, tmp_path, mode):
    sdist = sdist_with(built.sdist, tmp_path, modes={"tools/run.sh": mode})
    assert messages(look("modes-are-plain", built, sdist=sdist)) == [f"the mode of 'tools/run.sh' is {mode:04o}"]


def test_a_file_that_only_its_owner_can_read(built, look, tmp_path):
    findings = look("modes-are-plain", built, sdist=sdist_with(built.sdist, tmp_path, modes={"README.md": 0o600}))
    assert findings.problems == ()
    assert "owner alone" in findings.notices[0].message


def test_sizes(built, look):
    size = built.sdist.stat().st_size
    assert look("archives-are-small", built, settings=Settings(sizes=SizeSettings(sdist_notice=size))).notices == ()
    noticed = look("archives-are-small", built, settings=Settings(sizes=SizeSettings(sdist_notice=size - 1)))
    assert "more than" in noticed.notices[0].message
    limited = look("archives-are-small", built, settings=Settings(sizes=SizeSettings(sdist_limit=size - 1)))
    assert limited.problems[0].place == built.sdist.name


def test_a_byte_that_flips_after_the_tests(built, tmp_path):
    context = context_of(built.repository.folder, built.both, tmp_path / "s", name="Sample.Project", version=VERSION)
    path = context.archives[0]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\0\1")
    findings = load("archives-are-sealed").check(context)
    assert "not the file that was sealed" in messages(findings)[0]


def test_another_seal_than_the_build_recorded(built, tmp_path):
    from dataclasses import replace

    context = context_of(built.repository.folder, built.both, tmp_path / "s", name="Sample.Project", version=VERSION)
    narrowed = replace(context, distributions=context.distributions[:1])
    assert "not among the archives that the build recorded" in messages(load("archives-are-sealed").check(narrowed))[0]


# ── archives-hold-no-secrets, upload-rules-hold ──────────────────────────────────────────────────────────────────


def token():
    return "ghp_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(36))


def test_a_token_in_each_archive_is_named_and_not_shown(built, look, tmp_path):
    canary = token()
    wheel = wheel_with(built.wheel, tmp_path / "w", add={"sample/leak.pyc": b"\0\0" + canary.encode() + b"\0"})
    sdist = sdist_with(built.sdist, tmp_path / "s", add={"leak.cfg": f"\ntoken = {canary}\n"})
    findings = look("archives-hold-no-secrets", built, wheel=wheel, sdist=sdist)
    assert [finding.place for finding in findings.problems] == [
        f"{wheel.name}:sample/leak.pyc",
        f"{sdist.name}:leak.cfg:2",
    ]
    assert all(canary not in str(finding) for finding in findings.problems)
    assert findings.examined > 10


def test_a_token_that_is_none_needs_a_reason(built, look, tmp_path):
    sdist = sdist_with(built.sdist, tmp_path, add={"docs/sample.txt": token()})
    settings = Settings(secrets=(SecretAllowance(path="docs/*.txt", reason="made up for the manual"),))
    findings = look("archives-hold-no-secrets", built, sdist=sdist, settings=settings)
    assert findings.problems == ()
    assert "made up for the manual" in findings.notices[0].message


def test_an_unsafe_archive_is_never_unpacked(built, look, tmp_path):
    wheel = wheel_with(built.wheel, tmp_path, add={"../evil.py": "x"})
    with pytest.raises(Blocked):
        look("archives-hold-no-secrets", built, wheel=wheel)


def test_what_an_index_would_refuse(built, look, tmp_path):
    wrong = read_metadata(built.wheel).replace(
        "Summary: A sample", "Summary: A sample\nClassifier: No :: Such :: Thing"
    )
    wheel = wheel_with(built.wheel, tmp_path, add={f"{INFO}/METADATA": wrong})
    findings = look("upload-rules-hold", built, wheel=wheel, mode=Mode.LIVE)
    assert [message.partition(":")[0] for message in messages(findings)] == ["classifiers-exist"]
    assert findings.unit == "upload rules"


@pytest.fixture
def of_one_machine(built, tmp_path):
    """The wheel as a project with compiled code has it on this machine."""
    folder = tmp_path / "machine"
    folder.mkdir()
    return Path(shutil.copy(built.wheel, folder / "sample_project-1.2.0-cp311-cp311-linux_x86_64.whl"))


@pytest.mark.parametrize("mode", Mode)
def test_a_wheel_of_one_machine_stops_a_live_release_and_no_rehearsal(built, look, of_one_machine, mode):
    findings = look("upload-rules-hold", built, wheel=of_one_machine, mode=mode)
    said, other = (findings.problems, findings.notices) if mode is Mode.LIVE else (findings.notices, findings.problems)
    assert other == ()
    (found,) = said
    assert "unsupported platform tag 'linux_x86_64'" in found.message
    assert (found.kind is FindingKind.BLOCKS_LIVE) is (mode is Mode.REHEARSAL)


def test_the_rehearsals_index_takes_a_wheel_of_one_machine(of_one_machine, tmp_path):
    with running(tmp_path / "index") as (_, index):
        assert post(index, of_one_machine).status_code == 200


# ── archives-are-small, beside the last release ──────────────────────────────────────────────────────────────────


def listed(name, version, size, **more):
    return IndexFile(filename=name, url="https://example.com/", version=version, size=size, **more)


def grown(built, tmp_path, files, *, growth=3.0, notice=10):
    about = {"name": "Sample.Project", "version": VERSION, "imports": ["sample"]}
    settings = Settings(sizes=SizeSettings(wheel_notice=notice, sdist_notice=notice, growth=growth))
    context = context_of(built.repository.folder, (built.wheel,), tmp_path / "state", settings=settings, **about)
    return load("archives-are-small").check(replace(context, observer=FakeObserver(files=files)))


OLD = ("sample_project-1.1-py3-none-any.whl", "1.1")


@pytest.mark.parametrize(
    ("files", "words", "problem"),
    [
        ([listed(*OLD, 100)], {}, True),
        ([listed(*OLD, 100)], {"notice": 10_000_000}, False),
        ([listed(*OLD, 100)], {"growth": 0.0}, None),
        ([listed(*OLD, 1_000_000)], {}, None),
        ([listed(*OLD, -1)], {}, None),
        ([], {}, None),
        # The release that is being made, a later one, and one that was taken back say nothing.
        ([listed("sample_project-1.2.0-py3-none-any.whl", "1.2.0", 1)], {}, None),
        ([listed("sample_project-2-py3-none-any.whl", "2", 1)], {}, None),
        ([listed(*OLD, 1, yanked=True), listed("sample_project-1.0-py3-none-any.whl", "1.0", 1_000_000)], {}, None),
        # The newest counts, and its largest.
        ([listed(*OLD, 1_000_000), listed("sample_project-1.0-py3-none-any.whl", "1.0", 1)], {}, None),
        ([listed(*OLD, 1), listed("sample_project-1.1-cp312-cp312-win32.whl", "1.1", 1_000_000)], {}, None),
        ([listed("sample_project-1.1.tar.gz", "1.1", 1)], {}, None),
    ],
)
def test_an_archive_that_has_outgrown_the_last_release(built, tmp_path, files, words, problem):
    found = grown(built, tmp_path, tuple(files), **words)
    assert ("times as many as" in str(found.problems)) is (problem is True)
    assert ("times as many as" in str(found.notices)) is (problem is False)


def test_sizes_that_could_not_be_compared_are_said(built, tmp_path):
    found = grown(built, tmp_path, None)
    assert found.problems == ()
    assert "not compared with the last release: the index did not answer" in str(found.notices)
