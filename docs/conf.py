"""Sphinx's configuration; reference pages are filled in from the code by the extension in ``_ext``."""

from __future__ import annotations

import sys
from pathlib import Path

from unmoor import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "unmoor"
author = "The unmoor developers"
copyright = "The unmoor developers"  # noqa: A001 - Sphinx's name
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.viewcode", "sphinx_copybutton", "from_code"]
root_doc = "index"
exclude_patterns = ["_build", "examples", "recordings/*.py"]
nitpicky = True
suppress_warnings: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

html_theme = "furo"
html_title = "unmoor"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["unmoor.css"]
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"

# What is copied is what is typed: prompts are left out, and so is what a command prints.
copybutton_prompt_text = "$ "
copybutton_copy_empty_lines = False
copybutton_exclude = ".linenos, .gp, .go"
