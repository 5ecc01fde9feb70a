from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.archived import component_of
from support.gating import make_context, write_tiny
from unmoor.errors import Blocked
from unmoor.indexes import configured, known
from unmoor.model import Component
from unmoor.model.settings import IndexSettings, Settings
from unmoor.pipeline.open_plan import open_plan
from unmoor.rehearsal import select_targets
from unmoor.request import Request

COMPANY = "https://index.example.com/"


def component(**indexes: IndexSettings) -> Component:
    return component_of(Path(), "thing", ("thing",), Settings(indexes=indexes), ())


@pytest.mark.parametrize("name", known.NAMES)
def test_by_default_the_well_known_ones(name: str):
    plain = component()
    assert configured.upload_url(plain, name) == known.upload_url(name)
    assert configured.simple_url(plain, name) == known.simple_url(name)
    assert configured.main_url(plain) == ""


@pytest.mark.parametrize("name", known.NAMES)
def test_what_is_set_counts(name: str):
    own = component(**{name: IndexSettings(upload_url=f"{COMPANY}upload/", simple_url=f"{COMPANY}simple/")})
    assert configured.upload_url(own, name) == f"{COMPANY}upload/"
    assert configured.simple_url(own, name) == f"{COMPANY}simple/"
    assert configured.main_url(own) == (f"{COMPANY}simple/" if name == "pypi" else "")


@pytest.mark.parametrize("name", known.NAMES)
def test_files_are_never_read_from_an_index_they_do_not_go_to(name: str):
    half = component(**{name: IndexSettings(upload_url=f"{COMPANY}upload/")})
    with pytest.raises(Blocked, match=f"'{name}'") as caught:
        configured.simple_url(half, name)
    assert f"simple-url in [tool.unmoor.indexes.{name}]" in caught.value.problems[0].hint


def test_the_well_known_address_spelled_out_is_the_well_known_index():
    spelled = component(pypi=IndexSettings(upload_url=known.upload_url("pypi").rstrip("/")))
    assert configured.simple_url(spelled, "pypi") == known.simple_url("pypi")
    assert configured.main_url(spelled) == ""


def test_another_simple_api_alone_is_one_of_the_same_index():
    mirrored = component(pypi=IndexSettings(simple_url=f"{COMPANY}mirror/"))
    assert configured.upload_url(mirrored, "pypi") == known.upload_url("pypi")
    assert configured.main_url(mirrored) == f"{COMPANY}mirror/"


# ── all who ask ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def half(repository):
    """A project that says where files go, and not where they are served."""
    write_tiny(repository)
    path = repository.folder / "pyproject.toml"
    text = path.read_text() + f'\n[tool.unmoor.indexes.pypi]\nupload-url = "{COMPANY}upload/"\n'
    repository.write("pyproject.toml", text)
    repository.commit()
    return repository


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(url: str, *_: object, **__: object) -> None:
        pytest.fail(f"asked {url}")

    monkeypatch.setattr("unmoor.indexes.simple.files", fail)


def test_a_plan_asks_no_other_index_and_says_what_is_missing(half):
    plan = open_plan(Request(start=half.folder, environ=half.environ)).plan
    assert any("simple API of the index 'pypi' is not known" in notice for notice in plan.notices), plan.notices


def test_gates_and_hosts_ask_no_other_index(half):
    context = make_context(half, live=True)
    own = replace(context.component.settings, indexes={"pypi": IndexSettings(upload_url=f"{COMPANY}upload/")})
    context = replace(context, component=replace(context.component, settings=own))
    with pytest.raises(Blocked):
        context.observer.index_files(context.component)
    with pytest.raises(Blocked), select_targets.open_index(context, "pypi"):
        pass
