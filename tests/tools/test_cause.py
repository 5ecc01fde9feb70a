"""The cause of a failure, out of output as the programs really gave it (paths shortened, repetitions left out)."""

from __future__ import annotations

import pytest

from unmoor.tools.cause import cause, lacking_module

_SPHINX_END = """

The full traceback has been saved in:
/tmp/sphinx-err-s8kzufke.log

To report this error to the developers, please open an issue at <https://github.com/sphinx-doc/sphinx/issues/>. Thanks!
Please also report this if it was a user error, so that a better error message can be provided next time.
"""

REAL = {
    "sphinx, an extension": (
        """Running Sphinx v9.0.4

Extension error!

Versions
========

* Sphinx version:   9.0.4

Traceback
=========

      File "env/lib/python3.11/site-packages/sphinx/registry.py", line 546, in load_extension
        raise ExtensionError(
    sphinx.errors.ExtensionError: Could not import extension rtd_theme (exception: No module named 'rtd_theme')
"""
        + _SPHINX_END,
        "ExtensionError: Could not import extension rtd_theme (exception: No module named 'rtd_theme')",
    ),
    "sphinx before 8, an extension behind warnings of the network": (
        """loading intersphinx inventory 'python' from https://docs.python.org/3/objects.inv ...
WARNING: failed to reach any of the inventories with the following issues:
intersphinx inventory 'https://docs.python.org/3/objects.inv' not fetchable due to ConnectionError: no answer

Extension error:
Handler <function add_intersphinx at 0x7f7bca4999e0> for event 'builder-inited' threw an exception
"""
        + _SPHINX_END,
        "Handler <function add_intersphinx at 0x7f7bca4999e0> for event 'builder-inited' threw an exception",
    ),
    "sphinx, a module in conf.py": (
        """Configuration error!

Traceback
=========

      File "sphinx/config.py", line 612, in eval_config_file
        raise ConfigError(msg % traceback.format_exc()) from exc
    sphinx.errors.ConfigError: There is a programmable error in your configuration file:

    Traceback (most recent call last):
      File "sphinx/config.py", line 597, in eval_config_file
        exec(code, namespace)  # NoQA: S102
        ^^^^^^^^^^^^^^^^^^^^^
      File "docs/conf.py", line 1, in <module>
        import nosuch
    ModuleNotFoundError: No module named 'nosuch'
"""
        + _SPHINX_END,
        "ModuleNotFoundError: No module named 'nosuch'",
    ),
    "sphinx, a syntax error": (
        "Configuration error:\nThere is a syntax error in your configuration file: '(' was never closed\n",
        "There is a syntax error in your configuration file: '(' was never closed",
    ),
    "mkdocs, a module": (
        """Error: MkDocs encountered an error parsing the configuration file: while constructing a Python object
cannot find module 'material.extensions.emoji' (No module named 'material')
  in "mkdocs.yml", line 92, column 20
""",
        "cannot find module 'material.extensions.emoji' (No module named 'material')",
    ),
    "mkdocs, a plug-in": (
        """ERROR   -  Config value 'plugins': The "llmstxt" plugin is not installed

Aborted with a configuration error!
""",
        """Config value 'plugins': The "llmstxt" plugin is not installed""",
    ),
    "pytest, misused": (
        """ERROR: usage: pytest [options] [file_or_dir] [file_or_dir] [...]
pytest: error: unrecognized arguments: --disable-socket
  inifile: None
  rootdir: /project
""",
        "pytest: error: unrecognized arguments: --disable-socket",
    ),
    "pytest, a conftest": (
        """ImportError while loading conftest '/project/conftest.py'.
conftest.py:1: in <module>
    import nosuch
E   ModuleNotFoundError: No module named 'nosuch'
""",
        "ModuleNotFoundError: No module named 'nosuch'",
    ),
    "pytest, a path": (
        """collected 0 items

============================ no tests ran in 0.81s =============================
ERROR: file or directory not found: nothere.py
""",
        "file or directory not found: nothere.py",
    ),
    "pytest, its configuration": (
        "ERROR: /project/pytest.ini: 'minversion' requires pytest-99, actual pytest-9.2.0'\n",
        "/project/pytest.ini: 'minversion' requires pytest-99, actual pytest-9.2.0'",
    ),
    "nox, a failed test": (
        """nox > Running session a
nox > pytest -q t.py
    def test_a():
>       assert 1 == 2, "sum"
E       AssertionError: sum

t.py:2: AssertionError
=========================== short test summary info ============================
FAILED t.py::test_a - AssertionError: sum
1 failed in 1.00s
nox > Command pytest -q t.py failed with exit code 1
nox > Session a failed.
""",
        "FAILED t.py::test_a - AssertionError: sum",
    ),
    "nox, a network": (
        """error: Failed to download and build `hypercorn @ git+https://github.com/urllib3/hypercorn`
  cause: failed to fetch commit `d1719f8`
  cause: process didn't exit successfully: `/usr/bin/git fetch` (exit status: 128)
         --- stderr
         fatal: unable to access 'https://github.com/urllib3/hypercorn/': Could not resolve host: github.com

hint: `hypercorn` was included because `urllib3:dev` depends on `hypercorn`
nox > Command uv sync --frozen --group docs failed with exit code 1
nox > Session docs failed.
""",
        "unable to access 'https://github.com/urllib3/hypercorn/': Could not resolve host: github.com",
    ),
    "nox, warnings of sphinx": (
        """/project/docs/index.rst:4: WARNING: undefined label: 'nowhere' [ref.ref]
build finished with problems, 72 warnings (with warnings treated as errors).
nox > Command sphinx-build -W docs docs/_build/html failed with exit code 1
nox > Session docs failed.
""",
        "/project/docs/index.rst:4: WARNING: undefined label: 'nowhere' [ref.ref]",
    ),
    "nox, a noxfile": (
        """Traceback (most recent call last):
  File "bin/nox", line 10, in <module>
    sys.exit(main())
             ^^^^^^
  File "noxfile.py", line 1, in <module>
    import nosuch
ModuleNotFoundError: No module named 'nosuch'
""",
        "ModuleNotFoundError: No module named 'nosuch'",
    ),
    "mypy, a plug-in": (
        """mypy.ini:2: error: Error importing plugin "no.such": No module named 'no'  [misc]
Found 1 error in 1 file (errors prevented further checking)
""",
        """mypy.ini:2: Error importing plugin "no.such": No module named 'no' [misc]""",
    ),
    "ruff, its configuration": (
        """ruff failed
  Cause: Failed to parse /project/pyproject.toml
  Cause: TOML parse error at line 2, column 15
  |
2 | line-length = "x"
  |               ^^^
invalid type: string "x", expected i64
""",
        'TOML parse error at line 2, column 15: invalid type: string "x", expected i64',
    ),
    "pre-commit, a network": (
        """[INFO] Initializing environment for https://github.com/psf/black.
An error has occurred: CalledProcessError: command: ('/usr/bin/git', 'fetch', 'origin', '--tags')
return code: 128
stdout: (none)
stderr:
    fatal: unable to access 'https://github.com/psf/black/': Could not resolve host: github.com
Check the log at ~/.cache/pre-commit/pre-commit.log
""",
        "unable to access 'https://github.com/psf/black/': Could not resolve host: github.com",
    ),
    "towncrier, misused": (
        """Usage: towncrier build [OPTIONS]
Try 'towncrier build --help' for help.

Error: '--version' is required since the config file does not contain 'version' or 'package'.
""",
        "'--version' is required since the config file does not contain 'version' or 'package'",
    ),
    "towncrier, nothing to go by": (
        "No configuration file found.\nLooked back from: /project\n",
        "No configuration file found. / Looked back from: /project",
    ),
    "twine, no archive": (
        """Traceback (most recent call last):
  File "bin/twine", line 10, in <module>
    sys.exit(main())
  File "zipfile.py", line 1369, in _RealGetContents
    raise BadZipFile("File is not a zip file")
zipfile.BadZipFile: File is not a zip file
""",
        "zipfile.BadZipFile: File is not a zip file",
    ),
    "uv, no such version": (
        """Using Python 3.11.7 environment at: env
error: No solution found when resolving dependencies
  cause: Because the current Python version (3.11.7) does not satisfy Python>=3.12 and sphinx==9.1.0 depends on \
Python>=3.12, we can conclude that sphinx==9.1.0 cannot be used.
         And because you require sphinx==9.1.0, we can conclude that your requirements are unsatisfiable.
""",
        """Because the current Python version (3.11.7) does not satisfy Python>=3.12 and sphinx==9.1.0 depends on \
Python>=3.12, we can conclude that sphinx==9.1.0 cannot be used. And because you require sphinx==9.1.0, we can \
conclude that your requirements are unsatisfiable""",
    ),
    "build, its backend cannot be had": (
        """< error: No solution found when resolving dependencies
<   cause: Because only uv-build<=0.13.6 is available and you require uv-build>=0.13.9, we can conclude that your \
requirements are unsatisfiable.
Traceback (most recent call last):
  File "build/_ctx.py", line 64, in run_subprocess
    raise subprocess.CalledProcessError(code, process.args)
subprocess.CalledProcessError: Command '['uv', 'pip', 'install', 'uv_build>=0.13.9']' returned non-zero exit status 1.

ERROR Command '['uv', 'pip', 'install', 'uv_build>=0.13.9']' returned non-zero exit status 1.
""",
        """Because only uv-build<=0.13.6 is available and you require uv-build>=0.13.9, we can conclude that your \
requirements are unsatisfiable""",
    ),
    "build, the backend fails": (
        """* Getting build dependencies for sdist...
Traceback (most recent call last):
  File "setuptools/config/pyprojecttoml.py", line 61, in validate
    raise ValueError(f"{error}\\n{summary}") from None
ValueError: invalid pyproject.toml config: `project.license`.
configuration error: `project.license` must be valid exactly by one definition (0 matches found):

    - {type: string, format: 'SPDX'}

TIP pass --env-dir and --sdist-extract-dir to keep the build environment and sources
ERROR Backend subprocess exited when trying to invoke get_requires_for_build_sdist
""",
        "ValueError: invalid pyproject.toml config: `project.license`",
    ),
    "make, a compiler": (
        """gcc -c thing.c
thing.c:3:10: fatal error: nosuch.h: No such file or directory
    3 | #include <nosuch.h>
compilation terminated.
make: *** [Makefile:2: thing.o] Error 1
""",
        "thing.c:3:10: nosuch.h: No such file or directory",
    ),
    "nothing": ("", "it said nothing"),
    "a runner alone": ("nox > Session docs failed.\n", "nox > Session docs failed"),
}


@pytest.mark.parametrize(("said", "expected"), REAL.values(), ids=REAL)
def test_the_line_that_says_why_is_found(said, expected):
    assert cause(said) == expected


def test_colours_and_endless_lines_are_taken_away():
    assert cause("\x1b[31mError: \x1b[0mit broke\n") == "it broke"
    assert len(cause("error: " + "x" * 9000)) < 500
    # Patterns that go back over what they have read would take minutes for this.
    assert cause(" " * 50_000 + "x") == "it said nothing"


@pytest.mark.parametrize(
    ("said", "module"),
    [
        (REAL["sphinx, an extension"][0], "rtd_theme"),
        (REAL["mkdocs, a module"][0], "material"),
        (REAL["mkdocs, a plug-in"][0], "llmstxt"),
        ("theme error:\nno theme named 'furo' found (missing theme.toml?)", "furo"),
        ("ERROR   -  Config value 'theme': Unrecognised theme name: 'material'", "material"),
        ("all is well", ""),
    ],
)
def test_what_is_not_installed_is_named(said, module):
    assert lacking_module(said) == module
