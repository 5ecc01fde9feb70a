#!/usr/bin/env bash
# What a careful maintainer of click would type, one after the other, with uv; run in a clone of click.
# The same Pythons as the machine has for unmoor; each step in an environment of its own.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pythons=${PYTHONS:-"3.10 3.11 3.12 3.13"}
interpreter() { # the interpreter of a version, wherever a version manager keeps it
    for candidate in "$(command -v "python$1" || true)" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
        if [ -x "$candidate" ] && "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}
environment() { # name, version
    uv venv --quiet --python "$(interpreter "$2")" "$scratch/$1"
}

# lint and types
environment lint 3.11
uv pip install --quiet --python "$scratch/lint/bin/python" ruff==0.15.9
"$scratch/lint/bin/ruff" check --no-cache
"$scratch/lint/bin/ruff" format --check --no-cache
environment types 3.11
uv pip install --quiet --python "$scratch/types/bin/python" --editable . --group typing
"$scratch/types/bin/mypy" --cache-dir "$scratch/mypy"

# tests on every Python
for version in $pythons; do
    environment "tests-$version" "$version"
    uv pip install --quiet --python "$scratch/tests-$version/bin/python" --editable . --group tests
    "$scratch/tests-$version/bin/python" -m pytest -q -p no:cacheprovider
done

# documentation; what an unreachable inventory leaves open is no error here either
environment docs 3.11
uv pip install --quiet --python "$scratch/docs/bin/python" --editable . --group docs
"$scratch/docs/bin/python" -m sphinx -E -b html -d "$scratch/doctrees" docs "$scratch/html"

# secrets in the tree
uvx --quiet detect-secrets scan --all-files > "$scratch/secrets.json"

# archives, their checks, their installs
uvx --quiet --from build pyproject-build --installer uv --outdir "$scratch/dist" .
uvx --quiet twine check --strict "$scratch"/dist/*
uvx --quiet check-wheel-contents "$scratch"/dist/*.whl
uvx --quiet detect-secrets scan --all-files "$scratch/dist" > "$scratch/secrets-dist.json"
install() { # name, version, archive
    environment "$1" "$2"
    uv pip install --quiet --python "$scratch/$1/bin/python" "$3"
    (cd "$scratch" && "$scratch/$1/bin/python" -c "import click; print(click.__version__)")
}
install wheel-low 3.10 "$scratch"/dist/*.whl
install wheel-high 3.13 "$scratch"/dist/*.whl
install sdist 3.13 "$scratch"/dist/*.tar.gz

# TestPyPI and PyPI: on loopback, as in a rehearsal
for index in testpypi pypi; do
    mkdir "$scratch/$index"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    uvx --quiet --from pypiserver pypi-server run -i 127.0.0.1 -p "$port" -P . -a . --disable-fallback "$scratch/$index" &
    server=$!
    until curl --silent --output /dev/null "http://127.0.0.1:$port/"; do sleep 0.05; done
    uvx --quiet twine upload --non-interactive --disable-progress-bar --repository-url "http://127.0.0.1:$port/" \
        --username x --password x "$scratch"/dist/*
    environment "from-$index" 3.13
    uv pip install --quiet --python "$scratch/from-$index/bin/python" --no-deps \
        --default-index "http://127.0.0.1:$port/simple/" click
    (cd "$scratch" && "$scratch/from-$index/bin/python" -c "import click")
    kill "$server"
    wait "$server" || true
done

# the tag, on a bare remote
git init --quiet --bare "$scratch/remote.git"
git push --quiet "$scratch/remote.git" "HEAD:refs/tags/benchmark"
