"""What the tasks that only look say to programs."""

import json

import pytest

from support.gating import write_tiny
from support.records import fill
from unmoor.commands.report import report
from unmoor.commands.status import status
from unmoor.indexes import known
from unmoor.pipeline.open_plan import open_plan
from unmoor.request import Request
from unmoor.runtime.http import Unreachable

ADDRESS = "https://index.example.com/upload/"


@pytest.fixture(autouse=True)
def _nobody_answers(monkeypatch):
    def fail(*_, **__):
        raise Unreachable("nobody is asked in this test")

    monkeypatch.setattr("unmoor.indexes.simple.files", fail)


def said(task, repository, **words):
    lines = []
    task(repository.folder, repository.environ, live="", say=lines.append, **words)
    return json.loads("\n".join(lines))


def test_where_a_release_goes_is_in_every_json(repository):
    write_tiny(repository)
    path = repository.folder / "pyproject.toml"
    own = f'\n[tool.unmoor.indexes.pypi]\nupload-url = "{ADDRESS}"\nsimple-url = "{ADDRESS}simple/"\n'
    repository.write("pyproject.toml", path.read_text() + own)
    repository.commit()
    (release,) = open_plan(Request(start=repository.folder, environ=repository.environ)).releases
    fill(release.store, component=release.component.name)
    wanted = {"testpypi": known.upload_url("testpypi"), "pypi": ADDRESS, "release": ""}
    assert said(status, repository, as_json=True)["addresses"] == wanted
    assert said(report, repository, form="json", out="")["addresses"] == wanted
