#!/usr/bin/env bash
# Make a clone of click an adopter: bash adopt.sh CLONE
set -euo pipefail
cd "$1"
cat > noxfile.py <<'PYTHON'
import unmoor.sessions

unmoor.sessions.register()
PYTHON
cat >> pyproject.toml <<'TOML'

[tool.unmoor.tests]
parallel = true
TOML
git -c user.name=Benchmark -c user.email=benchmark@example.invalid commit --quiet --all --message "Adopt unmoor" --allow-empty
git add noxfile.py
git -c user.name=Benchmark -c user.email=benchmark@example.invalid commit --quiet --message "Two lines"
