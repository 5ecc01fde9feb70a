"""Settings that are right are decoded to exactly what they say; the schema knows every key there is."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import pytest

from unmoor.model import settings as words
from unmoor.model.settings import Settings
from unmoor.project.settings import constraints
from unmoor.project.settings.decode import decode
from unmoor.project.settings.schema import keys, shape_of, shapes
from unmoor.project.settings.setting_docs import CHOICES, MEANINGS

WHOLE = """
[tool.unmoor]
tag = "release/{name}-{version}"
branches = ["main", "release/*"]
remote = "upstream"
imports = ["größe", "name.space"]
notes = "none"
changelog = "docs/news.rst"
gates = ["lint", "tests"]
disable = ["notes-are-collected"]
critical-paths = ["src/*/core.py"]
required-files = ["docs/"]
lint = []
types = ["mypy"]
types-requirements = ["types-toml"]
installer = "pip"
lock = "uv.lock"
approval = "digest"
zero-major = "major"
bump-commit = "own"
prerelease-notes = "collect"
bumpversion = "ignore"
sign-tags = true
remote-lock = true
archive-allow = ["data/*.bin"]
executables = ["bin/tool"]
pass-env = ["DATABASE_URL", "MYLIB_*"]
[[tool.unmoor.version-files]]
path = "docs/conf.py"
search = 'release = "{version}"'
[[tool.unmoor.secrets]]
path = "tests/*.pem"
reason = "made for tests"
[tool.unmoor.tests]
command = ["python", "-m", "pytest", ""]
pythons = ["3.9", "3.14t", "pypy3.11"]
groups = ["tests"]
extras = ["fast"]
requirements = ["-r requirements.txt"]
coverage = 90
against = "wheel"
parallel = true
seconds = 60.5
[tool.unmoor.docs]
strict = false
engine = "none"
source = "manual"
groups = ["docs"]
extras = ["docs"]
requirements = ["sphinx"]
seconds = 5
[tool.unmoor.install]
imports = ["pkg.cli"]
extras = []
seconds = 5
import-seconds = 0.5
[tool.unmoor.evidence]
days = 3

[tool.unmoor.sizes]
wheel-notice = 1
sdist-notice = 2
wheel-limit = 3
sdist-limit = 0
growth = 2.5

[tool.unmoor.indexes.testpypi]
upload-url = "http://127.0.0.1:8080/upload/"
simple-url = "http://[::1]:8080/simple/"
visible-seconds = 1800
[[tool.unmoor.commands]]
name = "schema-is-current"
run = ["make", "-q", "schema"]
stage = "lint"
asserts = "the schema is current"
seconds = 5
[[tool.unmoor.waivers]]
gate = "schema-is-current"
reason = "it moves"
by = "A. Person"
until = 2020-01-31
"""

DECODED = Settings(
    tag="release/{name}-{version}",
    branches=("main", "release/*"),
    remote="upstream",
    imports=("größe", "name.space"),
    notes="none",
    changelog="docs/news.rst",
    version_files=(words.VersionFile(path="docs/conf.py", search='release = "{version}"'),),
    gates=("lint", "tests"),
    disable=("notes-are-collected",),
    critical_paths=("src/*/core.py",),
    required_files=("docs/",),
    lint=(),
    types=("mypy",),
    types_requirements=("types-toml",),
    installer="pip",
    lock="uv.lock",
    approval="digest",
    zero_major="major",
    bump_commit="own",
    prerelease_notes="collect",
    bumpversion="ignore",
    sign_tags=True,
    remote_lock=True,
    archive_allow=("data/*.bin",),
    pass_env=("DATABASE_URL", "MYLIB_*"),
    executables=("bin/tool",),
    secrets=(words.SecretAllowance(path="tests/*.pem", reason="made for tests"),),
    tests=words.TestSettings(
        command=("python", "-m", "pytest", ""),
        pythons=("3.9", "3.14t", "pypy3.11"),
        groups=("tests",),
        extras=("fast",),
        requirements=("-r requirements.txt",),
        coverage=90.0,
        against="wheel",
        parallel=True,
        seconds=60.5,
    ),
    docs=words.DocsSettings(
        strict=False,
        engine="none",
        source="manual",
        groups=("docs",),
        extras=("docs",),
        requirements=("sphinx",),
        seconds=5.0,
    ),
    install=words.InstallSettings(imports=("pkg.cli",), extras=(), seconds=5.0, import_seconds=0.5),
    evidence=words.EvidenceSettings(days=3),
    sizes=words.SizeSettings(wheel_notice=1, sdist_notice=2, wheel_limit=3, sdist_limit=0, growth=2.5),
    indexes={
        "testpypi": words.IndexSettings(
            upload_url="http://127.0.0.1:8080/upload/", simple_url="http://[::1]:8080/simple/", visible_seconds=1800.0
        )
    },
    commands=(
        words.CommandGate(
            name="schema-is-current",
            run=("make", "-q", "schema"),
            stage="lint",
            asserts="the schema is current",
            seconds=5.0,
        ),
    ),
    waivers=(words.Waiver(gate="schema-is-current", reason="it moves", by="A. Person", until="2020-01-31"),),
)


def test_every_key_is_decoded() -> None:
    made = decode(tomllib.loads(WHOLE)["tool"]["unmoor"], file="pyproject.toml", text=WHOLE)
    assert made == DECODED
    plain = Settings()
    # The table above leaves no key at its default, so that none can be forgotten.
    assert [each.name for each in fields(Settings) if getattr(made, each.name) == getattr(plain, each.name)] == []


def test_whole_numbers_become_numbers_where_numbers_are_meant() -> None:
    made = decode({"tests": {"coverage": 90}, "sizes": {"wheel-limit": 2_000_000}}, file="x")
    assert type(made.tests.coverage) is float
    assert type(made.sizes.wheel_limit) is int


def test_nothing_written_means_the_defaults() -> None:
    assert decode({}, file="x") == Settings()
    assert decode({"tests": {}, "commands": [], "indexes": {}}, file="x") == Settings()


def keys_of(table: Mapping[str, object], above: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from keys_of(value, f"{above}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{above}{name}"
            yield from keys_of(value[0], f"{above}{name}[].")
        else:
            yield f"{above}{name}"


def test_the_schema_has_a_row_with_a_meaning_for_every_key() -> None:
    rows = {key.name: key for key in keys()}
    written = set(keys_of(tomllib.loads(WHOLE)["tool"]["unmoor"]))
    assert written <= set(rows)
    assert {name.replace(".pypi.", ".testpypi.") for name in rows} == written
    assert all(row.meaning.endswith(".") and row.type and row.default for row in rows.values())
    assert len(rows) == len(keys())


def test_the_schema_says_types_defaults_and_choices() -> None:
    rows = {key.name: key for key in keys()}
    assert (rows["installer"].type, rows["installer"].default) == ("text", '"uv"')
    assert rows["installer"].choices == ("uv", "pip")
    assert (rows["tests.coverage"].type, rows["tests.coverage"].default) == ("number", "0")
    assert (rows["sizes.wheel-notice"].type, rows["sizes.wheel-notice"].default) == ("whole number", "1000000")
    assert rows["waivers[].gate"].default == "required"
    assert rows["sign-tags"].type == "true or false"
    assert rows["lint"].default == "detected"


def test_no_rule_meaning_or_choice_is_for_a_key_that_does_not_exist() -> None:
    known = {key.name.replace("[]", "") for key in keys()}
    assert set(MEANINGS) == known
    assert set(CHOICES) <= known
    indexes = {name.replace("indexes.pypi.", "indexes.") for name in known}
    assert set(constraints.RULES) <= indexes


def test_every_type_in_the_settings_has_a_shape() -> None:
    seen, waiting = set(), [Settings]
    while waiting:
        of = waiting.pop()
        seen.add(of)
        inner = [shape.of for shape in shapes(of).values() if shape.of and shape.of not in seen]
        assert all(is_dataclass(each) for each in inner)
        waiting += inner
    assert len(seen) == 11


def test_a_type_that_settings_cannot_have_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot have the type"):
        shape_of(dict)


def test_a_job_that_may_not_push_can_do_without_the_trial() -> None:
    assert decode({"disable": ["tag-can-be-pushed"]}, file="x").disable == ("tag-can-be-pushed",)
