"""A company's indexes: devpi for the trial, and for the release pypiserver, which wants a login of whoever asks.

What other people's clients read back is what was built, and the public index is never asked for a private name.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urljoin

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from support.adopted import NAME, Adopted, adopt
from support.another_index import AnotherIndex, another_index
from support.devpi_index import DevpiIndex, devpi_index
from support.distributions import metadata
from support.distributions import wheel as wheel_of
from support.loopback import serve
from unmoor.runtime import environment
from unmoor.tools.uv import uv_program

pytestmark = pytest.mark.network
PRIVATE = "unmoor-private-thing-that-nobody-publishes"


@dataclass(frozen=True)
class Company:
    """A project that needs a private package, the two indexes it goes to, and what the public one was asked for."""

    project: Adopted
    devpi: DevpiIndex
    pypiserver: AnotherIndex
    public: list[str]

    @property
    def environ(self) -> dict[str, str]:
        own = self.devpi.credential("testpypi") | self.pypiserver.credential("pypi") | self.pypiserver.reader("pypi")
        return {**self.project.environ, **own}


@pytest.fixture
def company(tmp_path: Path, environ: Mapping[str, str]) -> Iterator[Company]:
    asked: list[str] = []

    class Public(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(307)
            self.send_header("Location", urljoin(PYPI_SIMPLE_ENDPOINT, self.path.removeprefix("/")))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    stem = f"{PRIVATE.replace('-', '_')}-1.2.0"
    content = metadata(drop=["Requires-Dist"], name=PRIVATE)
    (tmp_path / "pypi").mkdir()
    wheel_of(tmp_path / "pypi", content, name=f"{stem}-py3-none-any.whl", stem=stem)
    with ExitStack() as stack:
        public = stack.enter_context(serve(Public))
        devpi = stack.enter_context(devpi_index(tmp_path / "devpi"))
        pypiserver = stack.enter_context(another_index(tmp_path / "pypi", upstream=f"{public}/", closed=True))
        project = adopt(tmp_path, environ, settings=devpi.settings("testpypi") + pypiserver.settings("pypi"))
        text = (project.folder / "pyproject.toml").read_text()
        text = text.replace("classifiers", f'dependencies = ["{PRIVATE}"]\nclassifiers')
        project.repository.write("pyproject.toml", text)
        project.repository.commit("It needs a private package")
        project.repository.git("push", "--quiet")
        yield Company(project, devpi, pypiserver, asked)


def run(*command: str | Path, environ: Mapping[str, str], **more: str) -> str:
    env = environment.clean(environ) | more
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_release_with_a_private_dependency(company: Company, tmp_path: Path) -> None:
    rehearsed = company.project.unmoor("rehearse", "--stage", "build", environ=company.environ)
    assert rehearsed.status == 0, rehearsed.text
    ran = company.project.nox("-s", "release", "--", "--live", "0.1.0", environ=company.environ)
    assert ran.status == 0, ran.text
    assert "RELEASED" in ran.text

    built = {each["filename"]: each["sha256"] for each in company.project.record("build", live=True)["files"]}
    held = company.pypiserver.held()
    assert company.devpi.held() == built
    assert {name: held[name] for name in built} == built
    # pypiserver sends on whom it cannot serve: the project's own name as long as it has nothing of it, never this one.
    assert [path for path in company.public if PRIVATE in path] == []
    assert company.public
    for secret in (company.devpi.password, company.pypiserver.password):
        assert secret not in rehearsed.text + ran.text
        for file in (company.project.folder / ".git" / "unmoor").rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes(), file

    dist = company.project.state(live=True) / "dist"
    _other_clients_read_the_same(company, built, sorted(dist / name for name in built), tmp_path / "down")


def _other_clients_read_the_same(company: Company, built: Mapping[str, str], files: list[Path], down: Path) -> None:
    """Have twine say that devpi holds these very bytes, uv that both indexes do, and pip fetch them."""
    devpi, other, environ = company.devpi, company.pypiserver, company.project.environ
    user = {"TWINE_USERNAME": devpi.username, "TWINE_PASSWORD": devpi.password}
    said = run(sys.executable, "-m", "twine", "upload", "--repository-url", devpi.url, *files, environ=environ, **user)
    assert "Uploading" in said
    closed = other.url.replace("//", f"//{other.username}:{other.password}@")
    for url, simple in ((devpi.url, devpi.simple_url), (f"{closed}/", f"{closed}/simple/")):
        login = {"UV_PUBLISH_USERNAME": devpi.username, "UV_PUBLISH_PASSWORD": devpi.password}
        publish = [uv_program(), "publish", "--publish-url", url, "--check-url", simple]
        said = run(*publish, *files, environ=environ, **(login if url == devpi.url else {}))
        assert said.count("already exists, skipping") == 2, said
        place = down / str(url == devpi.url)
        forms = ["--only-binary=:all:"] if url == devpi.url else ["--only-binary=:all:", "--no-binary=:all:"]
        for form in forms:
            fetch = ["--isolated", "--no-deps", "--no-cache-dir", "--no-build-isolation", "--index-url", simple, form]
            command = [sys.executable, "-m", "pip", "download", *fetch, "-d", place, f"{NAME}==0.1.0"]
            run(*command, environ=environ, PIP_CONFIG_FILE=os.devnull)
        read = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in place.iterdir()}
        assert len(read) == len(forms)
        assert read.items() <= built.items()
