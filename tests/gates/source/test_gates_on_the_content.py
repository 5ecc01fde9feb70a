"""metadata-, structure-, dependencies-, unfinished work, secrets and notes: what lies in the tree."""

import dataclasses
import os
import secrets
import string
import tomllib
from http.server import BaseHTTPRequestHandler

import pytest

from support.gating import make_context, replace_in
from support.loopback import serve
from unmoor import gates
from unmoor.commands.changelog import collect_notes
from unmoor.model import Backend, Edit, FindingKind, Outcome
from unmoor.model.settings import SecretAllowance
from unmoor.observe.repository import load
from unmoor.pipeline.gate_runner import run_gate


def look(name, tiny, **options):
    return gates.load(name).check(make_context(tiny, **options))


def words(findings):
    return " | ".join(str(each) for each in findings)


def edit(tiny, old, new):
    replace_in(tiny, "pyproject.toml", old, new)


def token():
    return "ghp_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(36))


# ── metadata-is-complete ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "says", "place"),
    [
        ("Language :: Python :: 3", "Language :: Snake", "is not a valid classifier", "pyproject.toml:15"),
        ('"Typing :: Typed"', '"Natural Language :: Ukranian"', "is deprecated", "pyproject.toml:16"),
        ("some.one@example.com", "some.one@example", "is not a valid e-mail", "pyproject.toml:13"),
        ('Source = "https', 'Source = "ftp', "is not a valid URL", "pyproject.toml:23"),
        ("Source =", '"A label that is far too long for it" =', "32 are allowed", "pyproject.toml:23"),
        ('license = "MIT"', 'license = "My own"', "license", "pyproject.toml:10"),
        ('["LICENSE"]', '["LICENSE", "COPYING*"]', "no file matches 'COPYING*'", "pyproject.toml:11"),
        ('["LICENSE"]', '["../LICENSE"]', "leads outside", "pyproject.toml:11"),
        ('">=3.11"', '"3.11 or so"', "requires-python", "pyproject.toml:12"),
        ('"README.md"', '"README.rst"', "the file 'README.rst' is not there", "pyproject.toml:9"),
        ("A thing, and a tiny one", "x" * 513, "512 are allowed", "pyproject.toml:8"),
    ],
)
def test_what_an_index_refuses_is_a_problem(tiny, old, new, says, place):
    edit(tiny, old, new)
    problems = look("metadata-is-complete", tiny).problems
    assert says in words(problems)
    assert place in {problem.place for problem in problems}


def test_a_readme_that_does_not_render_is_a_problem(tiny):
    edit(tiny, '"README.md"', '"README.rst"')
    tiny.write("README.rst", "Tiny\n====\n\n.. nonsense::\n\n`broken <\n")
    assert "failed to render" in words(look("metadata-is-complete", tiny).problems)


@pytest.mark.parametrize(("backend", "blocks"), [("setuptools", True), ("hatchling", False)])
def test_a_licence_classifier_beside_an_expression_stops_only_setuptools(tiny, backend, blocks):
    edit(tiny, '"Typing :: Typed"', '"License :: OSI Approved :: MIT License"')
    context = make_context(tiny)
    component = dataclasses.replace(context.component, backend=Backend(name=backend))
    context = dataclasses.replace(context, component=component)
    found = gates.load("metadata-is-complete").check(context)
    assert bool(found.problems) is blocks
    assert "beside an SPDX expression" in words(found.problems + found.notices)


def test_what_would_be_nice_is_a_notice(tiny):
    edit(tiny, 'description = "A thing, and a tiny one"\n', "")
    edit(tiny, 'license = "MIT"', 'license = { text = "MIT" }')
    edit(tiny, 'license-files = ["LICENSE"]\n', "")
    found = look("metadata-is-complete", tiny)
    assert found.problems == ()
    assert "not stated: description" in words(found.notices)
    assert "'license' as a table is deprecated" in words(found.notices)


def test_a_field_that_is_dynamic_and_stated_is_a_problem(tiny):
    edit(tiny, "[project.urls]", 'dynamic = ["description"]\n\n[project.urls]')
    assert "'description' is stated and declared dynamic" in words(look("metadata-is-complete", tiny).problems)


def test_a_file_that_a_tool_makes_is_left_to_the_archives(tiny):
    edit(tiny, 'readme = "README.md"', 'dynamic = ["readme"]')
    found = look("metadata-is-complete", tiny)
    assert found.problems == ()
    assert "readme made by the build" in words(found.notices)


def test_poetrys_own_table_is_judged_too(tiny):
    tiny.write(
        "pyproject.toml",
        '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n\n[tool.poetry]\n'
        'name = "tiny-thing"\nversion = "1.2.0"\ndescription = "Tiny"\nauthors = ["Some One <nowhere>"]\n'
        'license = "My own"\nclassifiers = ["Private :: Nobody"]\n',
    )
    problems = look("metadata-is-complete", tiny).problems
    assert {"pyproject.toml:9", "pyproject.toml:11"} == {problem.place for problem in problems}


def test_setup_cfg_alone_is_read_as_far_as_it_goes(tiny):
    (tiny.folder / "pyproject.toml").unlink()
    tiny.write("setup.py", "from setuptools import setup\n\nsetup()\n")
    tiny.write("setup.cfg", "[metadata]\nname = tiny-thing\nversion = 1.2.0\nclassifiers =\n    No :: Such\n")
    found = look("metadata-is-complete", tiny)
    assert [problem.place for problem in found.problems] == ["setup.cfg"]
    assert "read from the built archive later" in words(found.notices)


def test_a_long_description_of_several_files_is_all_of_them(tiny):
    """As yarl states it; each file has to be there, and they are judged together."""
    (tiny.folder / "pyproject.toml").unlink()
    tiny.write("setup.py", "from setuptools import setup\n\nsetup()\n")
    described = "long_description = file: README.rst, CHANGES.rst\nlong_description_content_type = text/x-rst\n"
    tiny.write("setup.cfg", f"[metadata]\nname = tiny-thing\nversion = 1.2.0\ndescription = Tiny\n{described}")
    tiny.write("README.rst", "Tiny\n====\n")
    tiny.write("CHANGES.rst", "Changes\n=======\n")
    assert look("metadata-is-complete", tiny).problems == ()
    tiny.write("CHANGES.rst", "Changes\n=======\n\n.. nonsense::\n\n`broken <\n")
    assert "failed to render" in words(look("metadata-is-complete", tiny).problems)
    (tiny.folder / "CHANGES.rst").unlink()
    assert "the file 'CHANGES.rst' is not there" in words(look("metadata-is-complete", tiny).problems)


def test_what_a_backend_of_the_projects_own_makes_of_the_readme_is_judged_on_the_archives(tiny):
    edit(tiny, 'build-backend = "hatchling.build"', 'build-backend = "own"\nbackend-path = ["."]')
    edit(tiny, '"README.md"', '"README.rst"')
    tiny.write("README.rst", "Tiny\n====\n\n:user:`one`\n")
    assert look("metadata-is-complete", tiny).problems == ()


def test_addresses_of_setup_cfg_count(tiny):
    (tiny.folder / "pyproject.toml").unlink()
    tiny.write("setup.py", "from setuptools import setup\n\nsetup()\n")
    urls = "project_urls =\n    Chat: Space = https://example.com/a=b\n    Source = https://example.com/source\n"
    tiny.write("setup.cfg", f"[metadata]\nname = tiny-thing\nversion = 1.2.0\n{urls}")
    stated = make_context(tiny).component.metadata["urls"]
    assert stated == {"Chat: Space": "https://example.com/a=b", "Source": "https://example.com/source"}
    assert "urls" not in words(look("metadata-is-complete", tiny).notices)


@pytest.mark.parametrize(
    "said", ["Add your description here", "Default template for PDM package", "TODO", "Add a short description here!"]
)
def test_a_description_that_nobody_wrote_is_a_problem(tiny, said):
    edit(tiny, '"A thing, and a tiny one"', f'"{said}"')
    (problem,) = look("metadata-is-complete", tiny).problems
    assert problem.message == f"the description is still {said!r}"
    assert problem.place == "pyproject.toml:8"


class Pages(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self):
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(
    ("status", "problem", "notice"),
    [(200, False, False), (404, True, False), (410, True, False), (503, False, True), (403, False, False)],
)
def test_a_live_release_asks_the_addresses(tiny, status, problem, notice):
    with serve(Pages) as address:
        edit(tiny, "https://example.com/tiny-thing", f"{address}/{status}")
        tiny.commit()
        live = look("metadata-is-complete", tiny, live=True)
        rehearsed = look("metadata-is-complete", tiny)
    assert ("is not there: HTTP status" in words(live.problems)) is problem
    assert ("did not answer: HTTP status" in words(live.notices)) is notice
    assert rehearsed.problems == ()
    assert "HTTP" not in words(rehearsed.notices)


# ── structure-is-complete ────────────────────────────────────────────────────────────────────────────────────


def test_the_typing_marker_and_the_classifier_go_together(tiny):
    (tiny.folder / "src/tiny_thing/py.typed").unlink()
    (problem,) = look("structure-is-complete", tiny).problems
    assert problem.place == "pyproject.toml:16"
    assert "src/tiny_thing/py.typed" in problem.hint


def test_a_marker_without_the_classifier_is_a_notice(tiny):
    edit(tiny, '    "Typing :: Typed",\n', "")
    found = look("structure-is-complete", tiny)
    assert found.problems == ()
    assert "does not say so" in found.notices[0].message


@pytest.mark.parametrize("setting", ['imports = ["other"]', 'required-files = ["SECURITY.md"]'])
def test_what_the_settings_name_must_be_there(tiny, setting):
    edit(tiny, 'branches = ["main"]', f'branches = ["main"]\n{setting}')
    (problem,) = look("structure-is-complete", tiny).problems
    assert "'other'" in problem.message or "'SECURITY.md'" in problem.message


def test_a_readme_must_be_there(tiny):
    edit(tiny, 'readme = "README.md"\n', "")
    (tiny.folder / "README.md").unlink()
    assert "there is no readme" in words(look("structure-is-complete", tiny).problems)


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("setuptools.build_meta", "MANIFEST.in:2: 'NEWS' matches no file → correct the line, or remove it"),
        ("hatchling.build", "MANIFEST.in: hatchling does not read MANIFEST.in → remove it, and say in the backend's "),
    ],
)
def test_a_manifest_says_nothing_in_vain(tiny, backend, expected):
    edit(tiny, "hatchling.build", backend)
    tiny.write("MANIFEST.in", "include README.md\ninclude NEWS\n")
    found = look("structure-is-complete", tiny)
    assert found.problems == ()
    assert expected in words(found.notices)


@pytest.mark.parametrize(
    ("path", "stated"),
    [
        ("docs/README.md", 'readme = "docs/README.md"'),
        ("docs/about.md", 'readme = { file = "docs/about.md", content-type = "text/markdown" }'),
    ],
)
def test_a_readme_that_is_stated_may_be_anywhere(tiny, path, stated):
    edit(tiny, 'readme = "README.md"', stated)
    (tiny.folder / "README.md").unlink()
    tiny.write(path, "# Tiny\n")
    assert look("structure-is-complete", tiny).problems == ()
    assert look("metadata-is-complete", tiny).problems == ()


@pytest.mark.parametrize(
    "names", [("docs/Guide.md", "docs/guide.md"), ("DOCS/guide.md", "docs/guide.md"), ("u\u0308.md", "\u00fc.md")]
)
def test_names_that_other_systems_take_for_one_are_noticed(tiny, names):
    for name in names:
        tiny.write(name, "")
    found = look("structure-is-complete", tiny)
    assert found.problems == ()
    (notice,) = [each for each in found.notices if "where case does not count" in each.message]
    assert notice.place == names[1]
    assert repr(names[0]) in notice.message


def test_a_name_that_is_not_utf_8_is_a_problem(tiny):
    (tiny.folder / os.fsdecode(b"caf\xe9.txt")).touch()
    tiny.write("really \ufffd.txt", "")
    (problem,) = look("structure-is-complete", tiny).problems
    assert problem.place == "caf\ufffd.txt"
    assert "not UTF-8" in problem.message


def test_an_ignored_file_does_not_make_it_complete(tiny):
    tiny.write(".gitignore", "LICENSE\n")
    tiny.git("rm", "--quiet", "--cached", "LICENSE")
    assert "there is no licence file" in words(look("structure-is-complete", tiny).problems)


# ── dependencies-are-named ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("attrs @ git+https://example.com/attrs", "'attrs' is a direct reference"),
        ("attrs @ file:///somewhere/attrs", "'attrs' is a direct reference"),
        ("attrs=>20", "is no valid dependency"),
    ],
)
def test_references_and_nonsense_are_problems_at_their_line(tiny, new, says):
    edit(tiny, "attrs>=20", new)
    (problem,) = look("dependencies-are-named", tiny).problems
    assert says in problem.message
    assert problem.place == "pyproject.toml:19"


def test_extras_are_looked_at(tiny):
    edit(
        tiny,
        "[tool.unmoor]",
        '[project.optional-dependencies]\nfast = ["quick @ https://example.com/quick.whl"]\n\n[tool.unmoor]',
    )
    (problem,) = look("dependencies-are-named", tiny).problems
    assert problem.place == "pyproject.toml:26"


def test_a_dependency_named_twice_is_a_notice(tiny):
    edit(tiny, '"attrs>=20",', '"attrs>=20", "Attrs<30", "attrs>=21; python_version < \'4\'",')
    found = look("dependencies-are-named", tiny)
    assert found.problems == ()
    assert len(found.notices) == 1


def test_poetrys_git_and_path_dependencies_are_problems(tiny):
    tiny.write(
        "pyproject.toml",
        '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n\n[tool.poetry]\n'
        'name = "tiny-thing"\nversion = "1.2.0"\n\n[tool.poetry.dependencies]\npython = "^3.11"\n'
        'attrs = { git = "https://example.com/attrs" }\nother = [{ path = "../other" }]\nfine = "^1.0"\n',
    )
    problems = look("dependencies-are-named", tiny).problems
    assert [problem.place for problem in problems] == ["pyproject.toml:11", "pyproject.toml:12"]


def test_uv_sources_are_shown(tiny):
    edit(tiny, "[tool.unmoor]", '[tool.uv.sources]\nattrs = { git = "https://example.com/attrs" }\n\n[tool.unmoor]')
    found = look("dependencies-are-named", tiny)
    assert found.problems == ()
    assert "uv takes 'attrs' from elsewhere" in found.notices[0].message


# ── no-unfinished-work ───────────────────────────────────────────────────────────────────────────────────────


def test_only_tracked_files_of_critical_paths_count(tiny):
    note = "# FIX" + "ME later\n"
    tiny.write("src/tiny_thing/new.py", note)
    tiny.write("README.md", note)
    assert look("no-unfinished-work", tiny).problems == ()
    tiny.git("add", "--all")
    (problem,) = look("no-unfinished-work", tiny).problems
    assert problem.place == "src/tiny_thing/new.py:1"


def test_without_critical_paths_there_is_nothing_to_do(tiny):
    edit(tiny, 'critical-paths = ["src"]\n', "")
    assert run_gate("no-unfinished-work", make_context(tiny, live=True))[0].outcome is Outcome.SKIPPED


def test_critical_paths_that_hold_nothing_are_no_pass(tiny):
    edit(tiny, '["src"]', '["sources"]')
    assert run_gate("no-unfinished-work", make_context(tiny))[0].outcome is Outcome.FAILED


# ── tree-holds-no-secrets ────────────────────────────────────────────────────────────────────────────────────


def test_a_secret_is_named_by_place_alone(tiny):
    secret = token()
    tiny.write("src/tiny_thing/client.py", f"\nTOKEN = '{secret}'\n")
    found = look("tree-holds-no-secrets", tiny, live=True)
    assert [problem.place for problem in found.problems] == ["src/tiny_thing/client.py:2"]
    assert secret not in repr(found)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".pypirc", "[pypi]\nusername = me\npassword = correct-horse\n"),
        (".env", "DEBUG=1\nAPI_TOKEN=correct-horse-battery\n"),
        ("deploy/.netrc", "machine example.com\nlogin me password correct-horse\n"),
    ],
)
def test_a_filled_credential_file_is_found(tiny, path, content):
    tiny.write(path, content)
    (problem,) = look("tree-holds-no-secrets", tiny).problems
    assert problem.place.startswith(f"{path}:")
    assert "correct-horse" not in str(problem)


@pytest.mark.parametrize(
    ("path", "content"),
    [(".env", "DEBUG=1\nAPI_TOKEN=\nSECRET=${SECRET}\n"), (".env.example", "API_TOKEN=correct-horse-battery\n")],
)
def test_an_empty_credential_file_is_none(tiny, path, content):
    tiny.write(path, content)
    assert look("tree-holds-no-secrets", tiny).problems == ()


def test_ignored_files_are_not_looked_at(tiny):
    tiny.write(".gitignore", "local/\n")
    tiny.write("local/token.txt", token())
    assert look("tree-holds-no-secrets", tiny).problems == ()


def test_a_secret_of_another_package_is_another_releases(tiny):
    for path in ("pkgs/a/keys.py", "pkgs/b/keys.py", "pkgs/ab/keys.py"):
        tiny.write(path, f"TOKEN = '{token()}'\n")
    context = make_context(tiny)
    component = dataclasses.replace(context.component, path="pkgs/a", folder=tiny.folder / "pkgs/a")
    found = gates.load("tree-holds-no-secrets").check(dataclasses.replace(context, component=component))
    assert [problem.place for problem in found.problems] == ["pkgs/a/keys.py:1"]
    assert found.examined == 1


def test_an_allowance_is_shown_with_its_reason(tiny):
    tiny.write("tests/data/token.txt", token())
    edit(
        tiny,
        'branches = ["main"]',
        'branches = ["main"]\nsecrets = [{ path = "tests/data/*", reason = "made up for the tests" }]',
    )
    found = look("tree-holds-no-secrets", tiny, live=True)
    assert found.problems == ()
    assert "made up for the tests" in found.notices[0].message


@pytest.mark.parametrize(
    ("paths", "patterns"),
    [
        (["tests/certs/a.txt", "tests/certs/b.txt"], ["tests/certs/*"]),
        (["src/tiny_thing/keys.py"], ["src/tiny_thing/keys.py"]),
        (["tests/certs/a/ca/k.txt", "tests/certs/b/k.txt", "tests/test_it.py"], ["tests/certs/*", "tests/test_it.py"]),
        (["tests/a/k.txt", "docs/x/k.txt", "top.txt"], ["docs/x/*", "tests/a/*", "top.txt"]),
        ([f"tests/{number}/k.txt" for number in range(9)], ["tests/*"]),
    ],
)
def test_the_advice_is_the_one_line_that_allows_them_all(tiny, paths, patterns):
    for path in paths:
        tiny.write(path, token())
    problems = look("tree-holds-no-secrets", tiny).problems
    (hint,) = {problem.hint for problem in problems}
    line = hint.partition("add to [tool.unmoor]: ")[2]
    assert [each["path"] for each in tomllib.loads(line)["secrets"]] == patterns
    edit(tiny, 'branches = ["main"]', f'branches = ["main"]\n{line.replace("…", "made up for the tests")}')
    assert look("tree-holds-no-secrets", tiny).problems == ()


@pytest.mark.parametrize("pattern", ["pkgs/a/tests/*", "tests/*"])
def test_an_allowance_is_from_the_top_or_from_the_package(tiny, pattern):
    tiny.write("pkgs/a/tests/keys.txt", token())
    context = make_context(tiny)
    allowed = (SecretAllowance(path=pattern, reason="made up"),)
    settings = dataclasses.replace(context.component.settings, secrets=allowed)
    component = dataclasses.replace(context.component, path="pkgs/a", folder=tiny.folder / "pkgs/a", settings=settings)
    found = gates.load("tree-holds-no-secrets").check(dataclasses.replace(context, component=component))
    assert found.problems == ()
    assert len(found.notices) == 1


# ── notes-are-collected ──────────────────────────────────────────────────────────────────────────────────────


def test_a_rehearsal_says_what_becomes_of_the_notes(tiny):
    tiny.write("changes/1.bugfix.md", "Mended.\n")
    changelog = (Edit(path="CHANGELOG.md", what="add the notes"),)
    planned = look("notes-are-collected", tiny, edits=changelog)
    left = look("notes-are-collected", tiny)
    assert "by the plan" in planned.notices[0].message
    assert "not in the changelog" in left.notices[0].message
    assert planned.problems == left.problems == ()


@pytest.mark.parametrize("live", [False, True])
def test_the_notes_of_a_pre_release_stay_but_its_section_says_them(tiny, live):
    tiny.write("changes/1.bugfix.md", "Mended.\n")
    ours = {"live": live, "version": "1.2.0rc1", "current": "1.2.0rc1"}
    (problem,) = look("notes-are-collected", tiny, **ours).problems
    assert problem.message == "its section for 1.2.0rc1 does not say every note"
    assert problem.hint == "run `unmoor changelog --version 1.2.0rc1`"
    component = load(tiny.folder, tiny.environ)
    collect_notes(component, "1.2.0rc1", "2020-01-01", environ=tiny.environ)
    found = look("notes-are-collected", tiny, **ours)
    assert (found.problems, found.examined) == ((), 2)
    assert (tiny.folder / "changes/1.bugfix.md").exists()
    tiny.write("changes/2.bugfix.md", "Mended too.\n")
    assert "does not say every note" in look("notes-are-collected", tiny, **ours).problems[0].message


def test_a_project_that_collects_for_a_pre_release_has_no_notes_left(tiny):
    edit(tiny, 'critical-paths = ["src"]', 'critical-paths = ["src"]\nprerelease-notes = "collect"')
    tiny.write("changes/1.bugfix.md", "Mended.\n")
    (problem,) = look("notes-are-collected", tiny, live=True, version="1.2.0rc1").problems
    assert problem.message == "this note is not in the changelog"
    collect_notes(load(tiny.folder, tiny.environ), "1.2.0rc1", "2020-01-01", environ=tiny.environ)
    assert look("notes-are-collected", tiny, live=True, version="1.2.0rc1").problems == ()


def by_hand(tiny):
    text = (tiny.folder / "pyproject.toml").read_text()
    head, *tables = text.split("\n[")
    kept = "\n[".join([head, *(each for each in tables if not each.startswith(("tool.towncrier", "[tool.towncrier")))])
    tiny.write("pyproject.toml", kept)
    tiny.write("CHANGELOG.md", "## Unreleased\n\n- More.\n\n## 1.0.0 (2026-01-02)\n\n- Older.\n")


def test_a_changelog_that_calls_the_version_unreleased_stops_it_live(tiny):
    by_hand(tiny)
    ours = {"version": "1.2.0", "current": "1.2.0"}
    (problem,) = look("notes-are-collected", tiny, live=True, **ours).problems
    assert problem.message == "what 1.2.0 brings is still called unreleased: '## Unreleased'"
    assert (problem.place, problem.hint) == ("CHANGELOG.md:1", "run `unmoor bump --commit`")
    (left,) = look("notes-are-collected", tiny, **ours).notices
    assert (left.message, left.kind) == (problem.message, FindingKind.BLOCKS_LIVE)
    planned = look("notes-are-collected", tiny, edits=(Edit(path="CHANGELOG.md", what="named"),), **ours)
    assert planned.problems == ()
    assert planned.notices[0].hint == "live, run `unmoor bump --commit` first"
    # A pre-release leaves it for the release that it leads to.
    assert look("notes-are-collected", tiny, live=True, version="1.2.0rc1").problems == ()


def test_strays_are_shown(tiny):
    tiny.write("changes/1.bugifx.md", "Mended.\n")
    found = look("notes-are-collected", tiny, live=True)
    assert "no known kind" in found.notices[0].message
    assert found.notices[0].place == "changes/1.bugifx.md"


def test_a_project_without_notes_is_left_alone(tiny):
    edit(tiny, '[tool.towncrier]\ndirectory = "changes"\nfilename = "CHANGELOG.md"\n', "")
    assert run_gate("notes-are-collected", make_context(tiny, live=True))[0].outcome is Outcome.SKIPPED
