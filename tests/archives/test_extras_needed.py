"""What works only with an extra needs it, and is no fault; what no extra for users brings stays one."""

from __future__ import annotations

from pathlib import Path

import pytest

from unmoor.archives.archive_file import Archive
from unmoor.archives.extras_needed import find, for_users
from unmoor.archives.install import InstallReport
from unmoor.archives.installed import Expected, judge
from unmoor.archives.interpreters import Python

METADATA = """\
Metadata-Version: 2.4
Name: sample
Version: 1.0
Provides-Extra: all
Provides-Extra: tox-to-nox
Provides-Extra: d
Provides-Extra: dev
Provides-Extra: test
Provides-Extra: docs
Requires-Dist: sample[d,tox-to-nox]; extra == 'all'
Requires-Dist: jinja2; extra == 'tox-to-nox'
Requires-Dist: tox; extra == 'tox-to-nox'
Requires-Dist: aiohttp; extra == 'd'
Requires-Dist: jinja2; extra == 'dev'
Requires-Dist: jinja2; extra == 'test'
Requires-Dist: jinja2; extra == 'docs'
"""


def archive(text=METADATA):
    return Archive(path=Path("sample-1.0.tar.gz"), kind="sdist", members=(), texts={"PKG-INFO": text.encode()})


def imported(name="sample", *, missing="", error=""):
    error = error or (f"ModuleNotFoundError: No module named {missing!r}" if missing else "")
    return {"name": name, "missing": missing, "error": error, "origin": "/env/x", "seconds": 0.0, "said": []}


def point(name, *, missing="", error=""):
    return {
        "group": "console_scripts",
        "name": name,
        "value": "sample:main",
        "extras": False,
        "missing": missing,
        "error": error or (f"ModuleNotFoundError: No module named {missing!r}" if missing else ""),
        "script": "runs",
    }


def answer(imports, points):
    return {
        "imports": imports,
        "entry_points": points,
        "prefix": "/env",
        "version": "1.0",
        "files": [{"path": "x", "recorded": "", "actual": ""}],
        "direct_url": {"url": "file:///x/sample-1.0.tar.gz"},
    }


def judged(seen, needs):
    report = InstallReport(archive=Path("sample-1.0.tar.gz"), python=Python("3.12", ""), seen=seen, needs=needs)
    return judge(report, Expected(name="sample", version="1.0", wheel=None, seconds=9, import_seconds=9, strict=True))


def test_extras_for_users_are_tried_the_smallest_first_and_then_all_of_them():
    assert for_users(archive()) == (("d",), ("tox-to-nox",), ("all",), ("d", "tox-to-nox", "all"))


@pytest.mark.parametrize(
    "name", ["dev", "test", "tests", "testing", "docs", "doc", "lint", "typing", "docs-build", "dev_env", "unit-tests"]
)
def test_extras_for_developers_prove_nothing_for_users(name):
    assert for_users(archive(f"Name: x\nVersion: 1\nProvides-Extra: {name}\n")) == ()


@pytest.mark.parametrize("name", ["d", "cli", "http2", "tox-to-nox", "doctest-free", "formats", "buildkite", "async"])
def test_extras_for_users_are_known_by_not_being_for_developers(name):
    assert for_users(archive(f"Name: x\nVersion: 1\nProvides-Extra: {name}\n")) == ((name,),)


def test_each_failure_is_tried_until_an_extra_helps():
    seen = answer([imported(), imported("sampled", missing="aiohttp")], [point("a", missing="tox"), point("b")])
    tried = []

    def look(extras):
        tried.append(extras)
        with_d = [imported(), imported("sampled", missing="" if "d" in extras else "aiohttp")]
        return answer(with_d, [point("a", missing="" if "tox-to-nox" in extras else "tox"), point("b")])

    found = find(seen, for_users(archive()), look)
    assert found == {("import", "sampled"): ("d",), ("console_scripts", "a"): ("tox-to-nox",)}
    assert tried == [("d",), ("tox-to-nox",)]


def test_nothing_is_tried_where_no_module_is_missing():
    seen = answer([imported(error="AttributeError: no")], [point("a", error="AttributeError: no")])
    assert find(seen, (("d",),), lambda _: pytest.fail("nothing to look for")) == {}


def test_an_extra_that_cannot_be_installed_helps_nobody():
    assert find(answer([imported(missing="x")], []), (("d",), ("e",)), lambda _: {}) == {}


def test_what_needs_an_extra_is_a_notice_with_its_name():
    seen = answer([imported(), imported("sampled", missing="aiohttp")], [point("a", missing="tox")])
    found = judged(seen, {("import", "sampled"): ("d",), ("console_scripts", "a"): ("tox-to-nox",)})
    assert found.problems == ()
    assert [each.message for each in found.notices] == [
        "import sampled needs sample[d]",
        "entry point console_scripts: a needs sample[tox-to-nox]",
    ]


def test_a_package_that_nobody_can_import_without_an_extra_is_a_problem():
    found = judged(answer([imported(missing="requests")], []), {("import", "sample"): ("http",)})
    assert [each.message for each in found.problems] == ["import sample needs sample[http]"]
    assert "in the dependencies" in found.problems[0].hint


def test_what_no_extra_brings_is_a_problem():
    seen = answer([imported()], [point("a", missing="jinja2"), point("b", error="AttributeError: no 'nope'")])
    dependency, attribute = judged(seen, {}).problems
    assert dependency.hint == "is 'jinja2' among the dependencies?"
    assert "dependencies" not in attribute.hint


@pytest.mark.parametrize(
    ("missing", "hint"),
    [
        ("sample.gone", "the archive holds no 'sample.gone': include it in the build"),
        ("google.cloud", "which dependency brings 'google.cloud'?"),
    ],
)
def test_a_module_of_its_own_is_not_looked_for_among_the_dependencies(missing, hint):
    seen = answer([imported()], [point("a", missing=missing)])
    assert judged(seen, {}).problems[0].hint == hint
