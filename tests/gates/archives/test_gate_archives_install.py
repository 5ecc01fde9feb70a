"""What is installed is what was built, and it works: each way in which it may not is found in a real environment."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace

import pytest
from packaging.tags import sys_tags

from support.archived import context_of
from support.builds import VERSION, wheel_with
from support.distributions import metadata as core_metadata
from support.distributions import wheel as wheel_of
from support.indexes import post, running
from support.login_wall import login_wall
from support.proxy import counting_proxy
from unmoor.archives.archive_file import read
from unmoor.errors import Blocked, Incomplete, ToolMissing
from unmoor.gates import load
from unmoor.model import FindingKind, Mode
from unmoor.model.settings import IndexSettings, InstallSettings, Settings
from unmoor.tools.uv import find_python

INFO = "sample_project-1.2.0.dist-info"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def install(built, tmp_path):
    """Run the gate on a wheel with the given files: ``install({"sample/core.py": "…"})``; no network is needed."""

    def run(add=None, *, wheel=None, files=None, **more):
        changed = wheel or wheel_with(built.wheel, tmp_path / "changed", add=add)
        about = {"name": "Sample.Project", "version": VERSION, "imports": ["sample"], "pythons": [HERE]} | more
        context = context_of(built.repository.folder, files or (changed,), tmp_path / "state", **about)
        return load("archives-install").check(context)

    return run


def messages(findings):
    return [finding.message for finding in findings.problems]


def noticed(findings):
    return [finding.message for finding in findings.notices]


def metadata(built, *lines):
    text = read(built.wheel).text("METADATA")
    return {f"{INFO}/METADATA": text.replace("Requires-Python:", "\n".join((*lines, "Requires-Python:")), 1)}


def test_a_sound_wheel_on_its_own(install):
    settings = Settings(install=InstallSettings(imports=("sample.inner.deep",), import_seconds=60, seconds=600))
    findings = install(settings=settings)
    assert findings.examined == 1
    assert findings.problems == ()
    assert findings.notices == ()


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13", "3.14"])
def test_the_probe_understands_other_pythons(install, version):
    if find_python(version, dict(os.environ)) is None:
        pytest.skip(f"python {version} is not on this machine")
    assert install(pythons=[version]).problems == ()


def test_what_the_surroundings_say_does_not_matter(install, tmp_path):
    poison = tmp_path / "poison" / "sample"
    poison.mkdir(parents=True)
    (poison / "__init__.py").write_text("raise SystemExit('imported from PYTHONPATH')\n")
    steering = {
        "PYTHONPATH": str(poison.parent),
        "UV_INDEX_URL": "nonsense:",
        "PIP_REQUIRE_HASHES": "1",
        "UV_OFFLINE": "x",
    }
    assert install(environ={**os.environ, **steering}).problems == ()


@pytest.mark.parametrize("mode", [Mode.REHEARSAL, Mode.LIVE])
def test_a_wheel_of_one_machine_is_tried_where_it_fits_and_the_others_are_not_rehearsed(install, built, tmp_path, mode):
    """As yarl's: on the one Python it was built for, whichever others the project supports."""
    tags = str(next(sys_tags()))
    wheel = tmp_path / f"sample_project-1.2.0-{tags}.whl"
    shutil.copy(built.wheel, wheel)
    settings = Settings(install=InstallSettings(import_seconds=60, seconds=600))
    findings = install(wheel=wheel, pythons=["3.8", HERE, "3.99"], settings=settings, mode=mode)
    assert findings.examined == 1
    assert findings.problems == ()
    expected = [] if mode is Mode.LIVE else [f"wheels for others than {tags} are not built here"]
    assert noticed(findings) == expected
    assert all(finding.kind is FindingKind.NOT_ASKED for finding in findings.notices)


def test_with_pip(install):
    assert install(settings=Settings(installer="pip")).problems == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("import there_is_no_such_module\n", "import sample fails: ModuleNotFoundError: No module named"),
        ("raise SystemExit(0)\n", "import sample fails: SystemExit: 0"),
        ("import os\nos._exit(7)\n", "could not be looked at (exit status 7)"),
        ("def other(): pass\n", "entry point console_scripts: sample does not load: AttributeError"),
    ],
)
def test_a_package_that_does_not_import(install, content, expected):
    said = messages(install({"sample/__init__.py": content}))
    assert any(expected in message for message in said), said


def test_a_missing_dependency_is_named(install):
    findings = install({"sample/__init__.py": "import there_is_no_such_module\n"})
    assert "'there_is_no_such_module' among the dependencies" in findings.problems[0].hint


def test_warnings_at_import_are_said_and_deprecations_are_not(install):
    content = (
        "import warnings\nwarnings.warn('old', DeprecationWarning)\nwarnings.warn('odd')\ndef main(): return 1 is 1\n"
    )
    findings = install({"sample/__init__.py": content})
    assert findings.problems == ()
    said = " ".join(noticed(findings))
    assert "SyntaxWarning" in said
    assert "UserWarning: odd" in said
    assert "old" not in said


@pytest.mark.parametrize("mode", [Mode.REHEARSAL, Mode.LIVE])
def test_what_is_slow_blocks_live_and_is_said_in_a_rehearsal(install, mode):
    settings = Settings(install=InstallSettings(seconds=0.0, import_seconds=0.0))
    findings = install(settings=settings, mode=mode)
    said = messages(findings) if mode is Mode.LIVE else noticed(findings)
    assert any(message.startswith("import sample takes") for message in said)
    assert any(message.startswith("installing takes") for message in said)
    assert bool(findings.problems) is (mode is Mode.LIVE)


def test_another_version_than_planned(install):
    assert messages(install(version="1.3.0")) == ["the installed version is '1.2.0' instead of '1.3.0'"]


def test_no_import_name_is_nothing_tried(install):
    assert "no import name is known" in messages(install(imports=[]))[0]


def test_a_plug_in_may_lack_its_host_and_a_program_may_not(install):
    plugins = "[console_scripts]\nsample = sample:main\n[some.host]\nplug = sample.plugin:it\n"
    findings = install({f"{INFO}/entry_points.txt": plugins, "sample/plugin.py": "import some_host\nit = 1\n"})
    assert findings.problems == ()
    assert "entry point some.host: plug does not load" in noticed(findings)[0]


def test_a_wheel_that_supports_another_python(install, built):
    wrong = read(built.wheel).text("METADATA").replace(">=3.9", ">=3.99")
    assert "could not be installed" in messages(install({f"{INFO}/METADATA": wrong}))[0]


def test_extras_resolve(install, built):
    broken = metadata(built, "Provides-Extra: broken", "Requires-Dist: Sample.Project==9; extra == 'broken'")
    findings = install(broken)
    assert [message.partition(":")[0] for message in messages(findings)] == ["the extra 'broken' does not install"]
    narrowed = Settings(install=InstallSettings(extras=("more",)))
    assert install(broken, settings=narrowed).problems == ()


def test_an_extra_that_is_named_is_installed_and_has_to_be_there(install):
    settings = Settings(install=InstallSettings(extras=("more", "absent")))
    assert messages(install(settings=settings)) == [
        "the settings name the extra 'absent', which the archive does not provide"
    ]


def test_interpreters_that_are_not_there(install):
    findings = install(pythons=["3.99", HERE, "3.98"])
    assert findings.problems == ()
    assert "python 3.99 is supported and was not tried" in noticed(findings)[0]
    with pytest.raises(ToolMissing):
        install(pythons=["3.98", "3.99"])


@pytest.mark.network
def test_the_sdist_builds_and_installs_the_same(install, built):
    findings = install(files=built.both)
    assert findings.examined == 2
    assert findings.problems == ()
    assert findings.notices == ()


# ── index-copy-installs ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def copy(built, tmp_path):
    """A context at an index that holds what was uploaded: ``copy(upload=…, seal=…)``."""

    def make(index, archives, **more):
        about = {"name": "Sample.Project", "version": VERSION, "imports": ["sample"], "pythons": [HERE]} | more
        state = tmp_path / "state"
        return context_of(built.repository.folder, archives, state, index=index, stage_name="testpypi", **about)

    return make


def test_the_copy_on_the_index_installs(built, copy, tmp_path):
    with running(tmp_path / "index") as (_, index):
        for path in built.both:
            assert post(index, path).status_code == 200
        context = copy(index, built.both)
        findings = load("index-copy-installs").check(context)
        rules = load("upload-rules-hold").check(context)
    assert findings.problems == ()
    assert findings.examined == 2
    assert rules.problems == ()


def test_other_bytes_on_the_index(built, copy, tmp_path):
    other = wheel_with(built.wheel, tmp_path / "other", add={"sample/core.py": "ANSWER = 43\n"})
    with running(tmp_path / "index") as (_, index):
        assert post(index, other).status_code == 200
        context = copy(index, (built.wheel,))
        said = messages(load("index-copy-installs").check(context))
        refused = messages(load("upload-rules-hold").check(context))
    assert said == [f"pypi hands out other bytes for {built.wheel.name!r}"]
    assert refused[0].startswith("file-name-is-free")


def test_a_copy_that_is_not_there_yet_is_neither_failure_nor_pass(built, copy, tmp_path):
    with running(tmp_path / "index") as (_, index):
        assert post(index, built.wheel).status_code == 200
        with pytest.raises(Incomplete, match="does not show"):
            load("index-copy-installs").check(copy(index, built.both))


def test_no_index_is_nothing_examined(built, copy):
    context = copy(None, (built.wheel,))
    assert load("index-copy-installs").check(context).examined == 0
    assert load("upload-rules-hold").check(replace(context, distributions=())).examined == 0


# ── dependencies ─────────────────────────────────────────────────────────────────────────────────────────────────

NEEDED = "unmoor-private-thing-that-nobody-publishes"
BOTH_GATES = pytest.mark.parametrize("gate", ["archives-install", "index-copy-installs"])


@pytest.fixture
def needing(built, tmp_path):
    """A wheel that needs a package which only the company's index has, and that package's wheel."""
    stem = NEEDED.replace("-", "_")
    content = core_metadata(drop=["Requires-Dist"], name=NEEDED)
    wheel_name = f"{stem}-1.2.0-py3-none-any.whl"
    needed = wheel_of(tmp_path / "needed", content, name=wheel_name, stem=f"{stem}-1.2.0")
    return wheel_with(built.wheel, tmp_path / "needing", add=metadata(built, f"Requires-Dist: {NEEDED}")), needed


@BOTH_GATES
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_dependencies_are_asked_of_the_main_index_and_of_no_other(gate, mode, installer, needing, copy, tmp_path):
    own, needed = needing
    with running(tmp_path / "trial") as (_, index), running(tmp_path / "main") as (main, company):
        assert post(index, own).status_code == post(company, needed).status_code == 200
        indexes = {"pypi": IndexSettings(upload_url=company.upload_url, simple_url=company.simple_url)}
        settings = Settings(indexes=indexes, installer=installer, install=InstallSettings(seconds=600))
        with counting_proxy() as elsewhere:
            environ = {**os.environ, **elsewhere.environ, "PIP_RETRIES": "0"}
            context = copy(index, (own,), settings=settings, mode=mode, environ=environ)
            findings = load(gate).check(context)
    assert messages(findings) == []
    assert elsewhere.asked == []
    assert f"/simple/{NEEDED}/" in {each.path for each in main.requests}


@BOTH_GATES
@pytest.mark.parametrize("mode", list(Mode))
def test_a_main_index_that_wants_a_login_is_given_its_own_and_nobody_else_is(gate, mode, needing, copy, tmp_path):
    own, needed = needing
    with running(tmp_path / "trial") as (_, index), running(tmp_path / "main") as (_, company):
        assert post(index, own).status_code == post(company, needed).status_code == 200
        with login_wall(company.simple_url) as wall, counting_proxy() as elsewhere:
            indexes = {"pypi": IndexSettings(upload_url=company.upload_url, simple_url=wall.simple_url)}
            settings = Settings(indexes=indexes, install=InstallSettings(seconds=600))
            environ = {**os.environ, **elsewhere.environ, "UV_HTTP_RETRIES": "0"}
            context = copy(index, (own,), settings=settings, mode=mode, environ=environ)
            without = load(gate).check(context)
            context = replace(context, environ=environ | wall.credential("pypi"))
            findings = load(gate).check(context)
    assert "could not be installed" in messages(without)[0]
    assert messages(findings) == []
    assert elsewhere.asked == []
    assert [path for path in wall.asked if path.endswith(f"/{NEEDED}/")]
    logs = b"".join(path.read_bytes() for path in context.logs.rglob("*") if path.is_file())
    assert logs
    assert wall.password.encode() not in logs


OWN_WORDS = "try:\n    import {}\nexcept ImportError as error:\n    raise ImportError('pip install x[y]') from error"


@pytest.mark.parametrize(
    ("gate", "importing"),
    [("archives-install", "import {}"), ("archives-install", OWN_WORDS), ("index-copy-installs", "import {}")],
)
def test_a_program_that_needs_an_extra_is_tried_with_it(gate, importing, needing, built, copy, tmp_path):
    """As nox's ``tox-to-nox`` and black's ``blackd`` do."""
    _, needed = needing
    stem = NEEDED.replace("-", "_")
    extra = metadata(built, "Provides-Extra: served", f"Requires-Dist: {NEEDED}; extra == 'served'")
    points = {f"{INFO}/entry_points.txt": "[console_scripts]\nserved = sample.served:main\nsample = sample:main\n"}
    module = {"sample/served.py": f"{importing.format(stem)}\ndef main(): pass\n"}
    bringing = wheel_with(needed, tmp_path / "bringing", add={f"{stem}.py": ""})
    own = wheel_with(built.wheel, tmp_path / "own", add={**extra, **points, **module})
    with running(tmp_path / "trial") as (_, index), running(tmp_path / "main") as (_, company):
        assert post(index, own).status_code == post(company, bringing).status_code == 200
        indexes = {"pypi": IndexSettings(upload_url=company.upload_url, simple_url=company.simple_url)}
        settings = Settings(indexes=indexes, install=InstallSettings(seconds=600, import_seconds=60))
        findings = load(gate).check(copy(index, (own,), settings=settings))
    assert messages(findings) == []
    assert noticed(findings) == ["entry point console_scripts: served needs Sample.Project[served]"]


def test_an_attribute_that_is_missing_is_no_matter_of_dependencies(install):
    findings = install({f"{INFO}/entry_points.txt": "[console_scripts]\nsample = sample:nope\n"})
    assert "has no attribute 'nope'" in messages(findings)[0]
    assert "dependencies" not in findings.problems[0].hint


@BOTH_GATES
@pytest.mark.parametrize("mode", list(Mode))
def test_where_dependencies_come_from_is_never_guessed(gate, mode, needing, copy, tmp_path):
    own, _ = needing
    settings = Settings(indexes={"pypi": IndexSettings(upload_url="https://index.example.com/upload/")})
    with running(tmp_path / "trial") as (_, index):
        assert post(index, own).status_code == 200
        with counting_proxy() as elsewhere:
            environ = {**os.environ, **elsewhere.environ}
            context = copy(index, (own,), settings=settings, mode=mode, environ=environ)
            with pytest.raises(Blocked, match="'pypi'") as caught:
                load(gate).check(context)
    assert elsewhere.asked == []
    assert "simple-url in [tool.unmoor.indexes.pypi]" in caught.value.problems[0].hint
