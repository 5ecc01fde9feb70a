"""The options of linters and type checkers that say how to report or to mend, and not what to look at.

They are taken off, because unmoor reports in its own way and mends nothing. Each table is what the program's own
``--help`` lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Options", "is_advice", "is_check", "looking"]


@dataclass(frozen=True, slots=True)
class Options:
    """Of one program: flags and options with a value to take off, flags that mend, flags that check."""

    flags: frozenset[str]
    valued: frozenset[str] = frozenset()
    mends: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# With these the program ends well whatever it finds, or says something about itself: nobody is stopped by it.
_ADVICE = _words("--exit-zero -e --version -V --help -h --show-settings --show-files --report-only --createstub")

OPTIONS: Mapping[str, Options] = {
    "ruff check": Options(
        flags=_words(
            "--show-fixes --no-cache -n -q --quiet -s --silent -v --verbose --statistics --diff --watch -w"
            " --exit-non-zero-on-fix --no-fix --no-fix-only --no-unsafe-fixes --no-show-fixes --show-source"
        ),
        valued=_words("--output-format --format --output-file -o --cache-dir --color"),
        mends=_words("--fix --fix-only --unsafe-fixes --add-noqa"),
        checks=_words("--exit-non-zero-on-fix --no-fix --diff"),
    ),
    "ruff format": Options(
        flags=_words("--no-cache -n -q --quiet -s --silent -v --verbose --check --diff --exit-non-zero-on-format"),
        valued=_words("--cache-dir --color --output-format"),
        checks=_words("--check --diff --exit-non-zero-on-format"),
    ),
    "black": Options(
        flags=_words("--check --diff --color --no-color -q --quiet -v --verbose --no-cache"),
        checks=_words("--check --diff"),
    ),
    "isort": Options(
        flags=_words("--check-only --check -c --diff --df -q --quiet -v --verbose --atomic -y --apply --color"),
        checks=_words("--check-only --check -c --diff --df"),
    ),
    "flake8": Options(
        flags=_words("--count --statistics --show-source --no-show-source -q --quiet -v --verbose --tee --benchmark"),
        valued=_words("--format --output-file --color -j --jobs"),
    ),
    "mypy": Options(
        flags=_words(
            "--pretty --no-pretty --show-error-context --hide-error-context --show-column-numbers --verbose -v"
            " --hide-column-numbers --show-error-end --hide-error-end --show-error-codes --hide-error-codes"
            " --error-summary --no-error-summary --color-output --no-color-output --show-absolute-path"
            " --incremental --no-incremental --sqlite-cache --no-sqlite-cache --skip-cache-mtime-checks --pdb"
            " --show-error-code-links --hide-error-code-links --show-traceback --tb --raise-exceptions --stats"
        ),
        valued=_words(
            "--cache-dir --junit-xml --junit-format --output -O --any-exprs-report --cobertura-xml-report"
            " --html-report --linecount-report --linecoverage-report --lineprecision-report --txt-report"
            " --xml-report --xslt-html-report --xslt-txt-report --timing-stats --line-checking-stats"
            " --python-executable"
        ),
    ),
    "pyright": Options(
        flags=_words("--outputjson --stats --verbose -w --watch"),
        valued=_words("--pythonpath"),
    ),
}


def looking(program: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments without those that only say how to report or to mend."""
    options = OPTIONS[program]
    kept: list[str] = []
    waiting = False
    for word in arguments:
        name, _, value = word.partition("=")
        if waiting:
            waiting = False
        elif name in options.valued and name.startswith("-"):
            waiting = not value
        elif name not in options.flags and name not in options.mends:
            kept.append(word)
    return tuple(kept)


def is_advice(program: str, arguments: Sequence[str]) -> bool:
    """Say whether a command stops nobody, whatever the program finds, or looks at no file of the project."""
    # `mypy -c "import trio"` tries the installed package; `isort -c` checks.
    inline = program == "mypy" and any(word in {"-c", "--command"} for word in arguments)
    return inline or any(word in _ADVICE for word in arguments)


def is_check(program: str, arguments: Sequence[str]) -> bool:
    """Say whether a command is meant to look and not to mend, as it is written."""
    options = OPTIONS[program]
    if set(arguments) & options.checks:
        return True
    return program not in {"ruff format", "black", "isort"} and not set(arguments) & options.mends
