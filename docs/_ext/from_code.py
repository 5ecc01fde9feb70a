"""A Sphinx extension: fill the reference pages from the code, so that they cannot say something else.

A line ``<!-- from code: NAME -->`` in a page is replaced by what the function of that name in ``PARTS`` returns, as
Markdown. A name that is not there fails the build. The JSON schemas are written beside the built reference pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import between_runs_page
import chain_pages
import faults_page
import gate_pages
import glossary_page
import house_page
import python_pages
import run_picture
import schema_pages
import side_by_side_page
import task_pages
import troubleshooting_page

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

__all__ = ["PARTS", "filled", "setup"]

PARTS: Mapping[str, Callable[[], str]] = {
    "between runs": between_runs_page.shown,
    "faults": faults_page.shown,
    "stages": chain_pages.stages,
    "stages in short": chain_pages.stages_in_short,
    "gates by stage": chain_pages.gates_by_stage,
    "gates": gate_pages.sections,
    "gate contents": gate_pages.contents,
    **gate_pages.parts(),
    "upload rules": chain_pages.upload_rules,
    "errors": task_pages.errors,
    "glossary": glossary_page.shown,
    "house": house_page.drawing,
    "rooms": house_page.rooms,
    "python sessions": python_pages.sessions,
    "python tasks": python_pages.tasks,
    "python errors": python_pages.error_classes,
    "python exit codes": python_pages.exit_codes,
    "python helpers": python_pages.helpers,
    "run": run_picture.shown,
    **run_picture.screens(),
    "tasks": task_pages.tasks,
    "settings": schema_pages.settings,
    "evidence schema": schema_pages.evidence,
    "plan schema": schema_pages.plan,
    "side by side": side_by_side_page.shown,
    "troubleshooting": troubleshooting_page.shown,
}
_MARK = re.compile(r"^<!-- from code: (?P<name>.+?) -->$", re.MULTILINE)


def filled(text: str) -> str:
    """Return a page's source with its marks replaced; raise ``KeyError`` for a mark that nothing fills."""
    return _MARK.sub(lambda match: PARTS[match["name"]](), text)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("env-get-outdated", _outdated)
    app.connect("source-read", _fill)
    app.connect("build-finished", _write_schemas)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _outdated(_: Sphinx, env: BuildEnvironment, *__: object) -> list[str]:
    """Name every page that the code fills: whether that has changed cannot be told by the page's own file."""
    return [name for name in env.found_docs if _MARK.search(Path(env.doc2path(name)).read_text(encoding="utf-8"))]


def _fill(_: Sphinx, __: str, source: list[str]) -> None:
    source[0] = filled(source[0])


def _write_schemas(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "reference" / "schemas"
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schema_pages.schemas().items():
        (folder / f"{name}.json").write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
