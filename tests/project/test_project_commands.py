"""What a project runs itself, read from each place it may be written in: a reduced real case for every reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.trees import write
from unmoor.project.detect.commands import READERS, Origin, ProjectCommand, project_commands, running
from unmoor.project.detect.commands.words import UNKNOWN, plain_words, split
from unmoor.project.project_files import ProjectFiles

PROJECT = """
    [project]
    name = "thing"
    [project.optional-dependencies]
    yaml = ["pyyaml"]
    toml = ["tomli"]
    [dependency-groups]
    dev = ["ruff"]
    tests = ["pytest"]
    """

# A place, what is in it, and the words of the commands that a reader has to find there.
PLACES: list[tuple[Origin, str, str, list[tuple[str, ...]]]] = [
    (Origin.TOX, "tox.ini", "[testenv]\ncommands =\n    pytest {posargs:tests}\n", [("pytest", "tests")]),
    (
        Origin.NOX,
        "noxfile.py",
        'import nox\n@nox.session\ndef tests(session):\n    session.run("pytest", "-x", *session.posargs)\n',
        [("pytest", "-x")],
    ),
    (
        Origin.HATCH,
        "hatch.toml",
        '[envs.test.scripts]\ntest = "pytest {args:tests}"\nall = ["test -x", "- mypy"]\n',
        [("pytest", "tests"), ("pytest", "-x"), ("mypy",)],
    ),
    (
        Origin.PDM,
        "pyproject.toml",
        (
            '[tool.pdm.scripts]\ntest = "pytest {args}"\nlint.shell = "ruff check && mypy"\n'
            'all.composite = ["test", "ruff format"]\n'
        ),
        [("pytest",), ("ruff", "check"), ("mypy",), ("pytest",), ("ruff", "format")],
    ),
    (
        Origin.POE,
        "pyproject.toml",
        '[tool.poe.tasks]\ntest = "pytest -n auto"\nall = ["test", "lint"]\nlint = {cmd = "ruff check", cwd = "src"}\n',
        [("pytest", "-n", "auto"), ("pytest", "-n", "auto"), ("ruff", "check"), ("ruff", "check")],
    ),
    (Origin.TASKIPY, "pyproject.toml", '[tool.taskipy.tasks]\ntest = {cmd = "pytest"}\n', [("pytest",)]),
    (
        Origin.RYE,
        "pyproject.toml",
        '[tool.rye.scripts]\ntest = ["pytest", "a b"]\nall.chain = ["test"]\n',
        [("pytest", "a b"), ("pytest", "a b")],
    ),
    (
        Origin.PIXI,
        "pixi.toml",
        '[tasks]\ntest = "pytest"\n[feature.lint.tasks]\nlint = {cmd = ["mypy", "x"], depends-on = ["a"]}\n',
        [("pytest",), ("mypy", "x")],
    ),
    (
        Origin.INVOKE,
        "tasks.py",
        (
            "from invoke import task\n@task\ndef test(c, opts='-v'):\n    with c.cd('sub'):\n"
            "        c.run(f'pytest {opts}', pty=True)\n    c.run(f'mypy {found(c)} x')\n"
        ),
        [("pytest", "-v"), ("mypy", "x")],
    ),
    (
        Origin.MAKE,
        "Makefile",
        (
            "PYTEST = python -m pytest\nARGS ?= -q\ntest: ## run them\n\t@$(PYTEST) $(ARGS) \\\n\t  tests\n"
            "docs:\n\tcd docs && $(MAKE) html\n"
        ),
        [("pytest", "-q", "tests"), ("make", "html")],
    ),
    (
        Origin.JUST,
        "justfile",
        (
            'flags := "-q"\na:\n    just -l\ntest *args="-x": install\n    uv run pytest {{flags}} {{args}} t\n'
            "lint:\n    #!/usr/bin/env bash\n    ruff check\n"
        ),
        [("just", "-l"), ("pytest", "-q", "-x", "t"), ("ruff", "check")],
    ),
    (
        Origin.SCRIPT,
        "scripts/test",
        (
            '#!/bin/sh -e\nexport PREFIX=""\nif [ -d \'venv\' ] ; then\n    export PREFIX="venv/bin/"\nfi\n'
            '${PREFIX}coverage run -m pytest "$@" > log 2>&1\n'
        ),
        [("[", "-d", "venv", "]"), ("pytest",)],
    ),
    (
        Origin.WORKFLOW,
        ".github/workflows/ci.yml",
        (
            "on: push\njobs:\n  tests:\n    strategy:\n      matrix:\n        python: ['3.12']\n        flags: ['-x']\n"
            "    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          pip install .[yaml]\n"
            "          python -m pytest ${{ matrix.flags }} --py ${{ matrix.python }}\n"
        ),
        [("pytest", "-x", "--py")],
    ),
]


def read(origin: Origin, tree: ProjectFiles) -> tuple[ProjectCommand, ...]:
    return tuple(READERS[origin](tree))


def found(tree: ProjectFiles, program: str = "pytest") -> ProjectCommand:
    (only,) = running(project_commands(tree), program)
    return only


def test_every_reader_has_a_case() -> None:
    assert {origin for origin, *_ in PLACES} == set(READERS) == set(Origin) - {Origin.READ_THE_DOCS}


@pytest.mark.parametrize("origin", READERS)
def test_where_nothing_is_written_down_nothing_is_read(origin: Origin, tmp_path: Path) -> None:
    assert read(origin, ProjectFiles(tmp_path)) == ()


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("origin", "name", "text", "words"), PLACES, ids=[origin for origin, *_ in PLACES])
def test_a_reader_finds_what_is_written(
    origin: Origin, name: str, text: str, words: list[tuple[str, ...]], ends: str, tmp_path: Path
) -> None:
    tree = write(tmp_path, {name: text}, ends=ends)
    commands = read(origin, tree)
    assert [each.words for each in commands] == words
    assert {each.origin for each in commands} == {origin}
    assert all(each.place.partition(":")[0] == name for each in commands)


@pytest.mark.parametrize(
    ("origin", "name", "text"), [place[:3] for place in PLACES], ids=[place[0] for place in PLACES]
)
def test_a_broken_file_says_nothing_or_what_can_be_read_and_stops_nobody(
    origin: Origin, name: str, text: str, tmp_path: Path
) -> None:
    for cut in range(0, len(text), 31):
        folder = tmp_path / str(cut)
        target = folder / name
        target.parent.mkdir(parents=True)
        target.write_bytes(text[:cut].encode() + b"\xff\xfe[{('\"\n\t" + text[cut:].encode())
        if name != "pyproject.toml":  # that one is refused as a whole, long before
            read(origin, ProjectFiles(folder))
    (tmp_path / "odd" / name).mkdir(parents=True)
    assert read(origin, ProjectFiles(tmp_path / "odd")) == ()


@pytest.mark.parametrize(
    ("origin", "name", "text"), [place[:3] for place in PLACES], ids=[place[0] for place in PLACES]
)
def test_what_is_written_may_have_any_letters(origin: Origin, name: str, text: str, tmp_path: Path) -> None:
    tree = write(tmp_path, {name: text.replace("pytest", "prüfe")})
    assert "prüfe" in {each.program for each in read(origin, tree)}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pytest -q", ("pytest", "-q")),
        ("CI=1 FOO='a b' pytest", ("pytest",)),
        ("python3.12 -X dev -W error -bb -m pytest tests", ("pytest", "tests")),
        ("venv/bin/python -m pytest", ("pytest",)),
        ("uv run --frozen --with tox --group tests pytest -x", ("pytest", "-x")),
        ("uv run -p 3.12 -- python -m coverage run --source=x -m pytest", ("pytest",)),
        ("poetry run coverage run -p -m pytest", ("pytest",)),
        ("coverage run runtests.py -v", ("python", "runtests.py", "-v")),
        ("xvfb-run -a timeout 30m pytest", ("pytest",)),
        ("python runtests.py", ("python", "runtests.py")),
        ("python -c 'import x'", ("python", "-c", "import x")),
        ("uvx ruff@latest check", ("ruff@latest", "check")),
        ("coverage report", ("coverage", "report")),
        ("uv sync", ("uv", "sync")),
        ("pytest 'not closed", ()),
        (f"{UNKNOWN}/pytest x", ()),
        ("", ()),
    ],
)
def test_launchers_are_taken_off(line: str, words: tuple[str, ...]) -> None:
    assert plain_words(split(line)) == words


# tox

STRUCTLOG = """
    [tox]
    env_list = lint, py3{10,11,12}-tests{,-rich}, pypy3.11-tests, docs-{build,check}
    [testenv]
    package = wheel
    extras = yaml
    dependency_groups = tests
    deps =
        rich: rich
        !rich: other
        -r more.txt
    set_env =
        COLUMNS = 80
        PYTHONPATH={toxinidir}/lib
    commands = pytest {posargs:--basetemp={env_tmp_dir} {env:FLAGS:-n auto}} {tty:--color=yes:--color=no}
    [testenv:py310-tests]
    base_python = 3.10
    commands =
        - coverage erase
        coverage run \\
          -m {[other]runner} -W error
    [other]
    runner = pytest
    [testenv:docs-{build,check}]
    skip_install = true
    change_dir = docs
    commands =
        build: sphinx-build -b html . {toxinidir}/out
        check: python -m doc8 .
    """


def test_environments_of_tox_are_told_once_with_their_pythons(tmp_path: Path) -> None:
    tree = write(tmp_path, {"tox.ini": STRUCTLOG, "pyproject.toml": PROJECT, "more.txt": ""})
    told = {(each.name, each.program, each.pythons, each.folder) for each in read(Origin.TOX, tree)}
    assert told == {
        ("lint", "pytest", (), ""),
        ("tests", "pytest", ("3.11", "3.12"), ""),
        ("tests-rich", "pytest", ("3.10", "3.11", "3.12"), ""),
        ("tests", "coverage", ("3.10",), ""),
        ("tests", "pytest", ("3.10",), ""),
        ("docs-build", "sphinx-build", (), "docs"),
        ("docs-check", "doc8", (), "docs"),
    }


def test_what_tox_fills_in_is_filled_in(tmp_path: Path) -> None:
    tree = write(tmp_path, {"tox.ini": STRUCTLOG, "pyproject.toml": PROJECT, "more.txt": ""})
    plain, rich, first = [each for each in running(read(Origin.TOX, tree), "pytest") if each.name.startswith("tests")]
    assert plain.words == ("pytest", "--basetemp={scratch}", "-n", "auto", "--color=no")
    assert dict(plain.environ) == {"COLUMNS": "80", "PYTHONPATH": "lib"}
    assert plain.requirements
    assert plain.requirements.arguments == ("other", "-r", "more.txt", "--group", "tests")
    assert (plain.requirements.project, plain.requirements.extras) == (True, ("yaml",))
    assert rich.requirements
    assert rich.requirements.arguments[0] == "rich"
    assert (first.words, first.interpreter) == (("pytest", "-W", "error"), ("-m",))
    (docs,) = running(read(Origin.TOX, tree), "sphinx-build")
    assert docs.words[-1] == "../out"
    assert docs.requirements
    assert not docs.requirements.project


BUILD = """
    env_list = ["fix", {product = [{prefix = "3.", start = 10, stop = 12}]}]
    [env_run_base]
    commands = [["pytest", "-ra", "--x={envtmpdir}", {replace = "posargs", default = ["-n", "auto"], extend = true}]]
    dependency_groups = ["tests"]
    deps = ["a", {replace = "ref", of = ["other", "deps"], extend = true}]
    set_env = {WARN = "1", HERE = "{tox_root}/x"}
    [other]
    deps = ["b"]
    [env.fix]
    skip_install = true
    commands = [["prek", "run"]]
    [env.path]
    base = ["fix"]
    change_dir = "{tox_root}/tools"
    base_python = ["py312"]
    commands = [["-", "pytest", "{env:FLAG:-x}"]]
    """


@pytest.mark.parametrize("where", ["tox.toml", "pyproject.toml"])
def test_tox_is_read_in_toml_too(where: str, tmp_path: Path) -> None:
    import textwrap

    text = textwrap.dedent(BUILD)
    if where == "pyproject.toml":
        lines = [f"[tool.tox.{line[1:]}" if line.startswith("[") else line for line in text.splitlines()]
        text = "\n".join([textwrap.dedent(PROJECT), "[tool.tox]", *lines])
    files = {where: text} if where == "pyproject.toml" else {where: text, "pyproject.toml": PROJECT}
    plain, fix, path = read(Origin.TOX, write(tmp_path, files))
    assert plain.words == ("pytest", "-ra", "--x={scratch}", "-n", "auto")
    assert (plain.name, plain.pythons) == ("py", ("3.10", "3.11", "3.12"))
    assert plain.requirements
    assert plain.requirements.arguments == ("a", "b", "--group", "tests")
    assert dict(plain.environ) == {"WARN": "1", "HERE": "x"}
    assert (fix.program, fix.extra) == ("prek", False)
    assert (path.words, path.folder, path.pythons, path.extra) == (("pytest", "-x"), "tools", ("3.12",), True)


def test_tox_is_read_where_older_projects_keep_it(tmp_path: Path) -> None:
    legacy = (
        '[tool.tox]\nlegacy_tox_ini = """\n[tox]\nenvlist = py3\n[testenv]\nextras = yaml\ncommands = pytest\n"""\n'
    )
    assert found(write(tmp_path / "a", {"pyproject.toml": legacy})).place == "pyproject.toml"
    setup = "[tox:tox]\nenvlist = py3\n[testenv]\ncommands = pytest\n"
    assert found(write(tmp_path / "b", {"setup.cfg": setup})).place == "setup.cfg"
    assert (
        found(write(tmp_path / "c", {"tox.ini": "[testenv]\nchangedir = {toxinidir}/t\ncommands = pytest"})).folder
        == "t"
    )


# nox

NOXFILE = """
    import os
    import nox
    nox.options.sessions = ["tests"]
    PROJECT = nox.project.load_toml("pyproject.toml")
    FLAGS = ["-ra"] + ["--strict"]
    def inner(session, *more, marks="not slow"):
        session.env["HERE"] = "1"
        args = session.posargs or ["tests"]
        if session.posargs:
            session.run("never")
        elif "CI" in os.environ:
            session.run("neither")
        else:
            session.run("python", "-m", "coverage", "run", "-m", "pytest", *FLAGS, "-m", marks, *more, *args,
                        env={"A": "b", "C": session.python})
    @nox.session(python=["3.11", "3.12", "pypy3.10"], name="tests")
    def own(session: nox.Session) -> None:
        session.install(*PROJECT["dependency-groups"]["tests"], "-r", "more.txt")
        session.install("-e.[yaml]")
        inner(session, "-x")
    @nox.session(default=False)
    def lint(session):
        session.run_install("uv", "sync", "--no-dev", "--group", "tests", "--all-extras")
        with session.chdir("docs"):
            session.run("pytest", f"--junit={session.python}", "y")
    """


def test_a_session_of_nox_is_followed_through_its_functions(tmp_path: Path) -> None:
    tree = write(tmp_path, {"noxfile.py": NOXFILE, "pyproject.toml": PROJECT, "more.txt": ""})
    tests, lint = read(Origin.NOX, tree)
    assert tests.words == ("pytest", "-ra", "--strict", "-m", "not slow", "-x", "tests")
    assert (tests.name, tests.pythons, tests.extra) == ("tests", ("3.11", "3.12"), False)
    assert tests.requirements
    assert tests.requirements.arguments == ("pytest", "-r", "more.txt")
    assert (tests.requirements.project, tests.requirements.extras) == (True, ("yaml",))
    assert dict(tests.environ) == {"HERE": "1", "A": "b"}
    assert (lint.words, lint.filled_in, lint.folder, lint.extra) == (("pytest", "y"), False, "docs", True)
    assert lint.requirements
    assert (lint.requirements.arguments, lint.requirements.extras) == (("--group", "tests"), ("yaml", "toml"))


# What is installed on the way to a command


@pytest.mark.parametrize(
    ("line", "arguments", "extras"),
    [
        ("pip install -U pip", (), None),
        ("python -m pip install -e '.[yaml,toml]' pytest", ("pytest",), ("yaml", "toml")),
        ("pip install --group tests .", ("--group", "tests"), ()),
        ("pip install -r more.txt -c more.txt -rgone.txt", ("-r", "more.txt", "-c", "more.txt"), None),
        ("uv pip install --system dist/*.whl 'a>1'", ("a>1",), ()),
        ("uv sync", ("--group", "dev"), ()),
        ("uv sync --locked --all-groups --all-extras", ("--group", "dev", "--group", "tests"), ("yaml", "toml")),
        ("uv sync --no-default-groups --group=tests --extra yaml", ("--group", "tests"), ("yaml",)),
        ("uv sync --only-group tests", ("--group", "tests"), ()),
        ("poetry install --with tests", ("--group", "dev", "--group", "tests"), ()),
        ("poetry install --only tests -E 'yaml toml'", ("--group", "tests"), ("yaml", "toml")),
        ("pdm install -G tests -G yaml", ("--group", "tests"), ("yaml",)),
        ("pdm install -G :all", ("--group", "dev", "--group", "tests"), ("yaml", "toml")),
    ],
)
def test_what_was_installed_before_is_what_a_command_needs(
    line: str, arguments: tuple[str, ...], extras: tuple[str, ...] | None, tmp_path: Path
) -> None:
    script = f"set -e\n{line}\nmypy .\n"
    tree = write(tmp_path, {"scripts/x.sh": script, "pyproject.toml": PROJECT, "more.txt": ""})
    needs = found(tree, "mypy").requirements
    assert (needs.arguments if needs else ()) == arguments
    assert (needs.extras if needs and needs.project else None) == extras


def test_a_launcher_says_what_it_installs(tmp_path: Path) -> None:
    script = "uv run --group tests --with 'a,b' --all-extras pytest\n"
    needs = found(write(tmp_path, {"scripts/x.sh": script, "pyproject.toml": PROJECT})).requirements
    assert needs
    assert (needs.arguments, needs.extras) == (("--group", "dev", "--group", "tests", "a", "b"), ("yaml", "toml"))


def test_a_target_runs_behind_those_it_names(tmp_path: Path) -> None:
    make = "install:\n\tpip install -e .[yaml] pytest\nenv: install\ntest: env\n\tcd src; pytest\n\tmypy\n"
    tree = write(tmp_path, {"Makefile": make, "pyproject.toml": PROJECT})
    test, mypy = running(project_commands(tree), "pytest", "mypy")
    assert test.requirements
    assert (test.requirements.arguments, test.requirements.extras) == (("pytest",), ("yaml",))
    assert (test.folder, mypy.folder) == ("src", "")


def test_a_job_says_where_it_runs_with_which_variables_and_what_beside_it(tmp_path: Path) -> None:
    workflow = """
        env: {A: 1, B: "${{ secrets.X }}"}
        defaults: {run: {working-directory: ./lib}}
        jobs:
          tests:
            services: {postgres: {image: x}}
            container: {image: alpine}
            steps:
              - {run: pytest, env: {C: d}}
              - {run: "print()", shell: python}
              - {run: mypy, working-directory: "${{ matrix.x }}"}
        """
    only = found(write(tmp_path, {".github/workflows/ci.yaml": workflow}))
    assert (only.name, only.folder) == ("tests", "lib")
    assert dict(only.environ) == {"A": "1", "C": "d"}
    assert only.needs == ("the service postgres", "the container alpine")
    assert not running(project_commands(ProjectFiles(tmp_path)), "mypy", "print")


def test_jobs_of_gitlab_are_read(tmp_path: Path) -> None:
    text = """
        image: python:3.12
        variables: {A: b}
        .base: {before_script: [pip install .]}
        include: !reference [x]
        test: {extends: .base, script: ["cd sub", [pytest -x]], services: [postgres]}
        """
    only = found(write(tmp_path, {".gitlab-ci.yml": text, "pyproject.toml": PROJECT}))
    assert (only.words, only.folder, only.needs) == (("pytest", "-x"), "sub", ("the service postgres",))
    assert only.requirements
    assert only.requirements.project


def test_hatch_gives_its_environments_what_it_says(tmp_path: Path) -> None:
    text = """
        [tool.hatch.envs.default]
        dependencies = ["pytest"]
        env-vars = {A = "b"}
        [tool.hatch.envs.test]
        features = ["yaml"]
        extra-dependencies = ["x"]
        matrix = [{python = ["3.11", "3.12"]}]
        [tool.hatch.envs.test.scripts]
        test = "python -m pytest -vv {args}"
        nowarn = "test -W default {args}"
        [tool.hatch.envs.hatch-test]
        extra-dependencies = ["y"]
        """
    test, nowarn, own = running(project_commands(write(tmp_path, {"pyproject.toml": text})), "pytest")
    assert (test.name, test.words, test.pythons) == ("test:test", ("pytest", "-vv"), ("3.11", "3.12"))
    assert test.requirements
    assert (test.requirements.arguments, test.requirements.extras) == (("pytest", "x"), ("yaml",))
    assert (dict(test.environ), test.interpreter) == ({"A": "b"}, ("-m",))
    assert nowarn.words == ("pytest", "-vv", "-W", "default")
    assert (own.name, own.words) == ("hatch-test:run", ("pytest", "tests"))
    assert own.requirements
    assert {"pytest", "y"} <= set(own.requirements.arguments)


INVOKE = """
    from invocations.pytest import coverage, test as test_
    from invoke import task
    @task
    def test(c, verbose: bool = False, capture: str = "no", opts="", pty: bool = True) -> None:
        test_(c, verbose=verbose, capture=capture, opts=opts, pty=pty)
    @task
    def plain(c):
        c.run("pytest -x")
    """


def test_the_shared_task_of_invocations_is_known(tmp_path: Path) -> None:
    shared, plain = running(project_commands(write(tmp_path, {"tasks.py": INVOKE})), "pytest")
    assert (shared.name, shared.words, shared.terminal) == ("test", ("pytest", "--capture=no"), True)
    assert (plain.words, plain.terminal) == (("pytest", "-x"), False)
