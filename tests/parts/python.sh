#!/usr/bin/env bash
# The Python package, installed by pip into a clean environment, with nothing of the tree on the path.
# needs: python:ensurepip=python3-venv python:Python.h=python3-dev g++=g++
# build: none
set -euo pipefail
environment="$RESIL_ROOT/build/python/venv" log="$RESIL_LOGS/python-pip.log"
rm -rf "$environment"
python3 -m venv "$environment"
if ! "$environment/bin/pip" install --disable-pip-version-check "$RESIL_ROOT[test]" > "$log" 2>&1; then
  tail -n 60 "$log"
  python3 "$RESIL_ROOT/examples/runner/reach.py" PyPI "$log" || exit 1
  exit 77
fi
cd "$RESIL_ROOT/build/python" # away from ./python, so that `import resil` finds what was installed
"$environment/bin/python" -m pytest -q -p no:cacheprovider "$RESIL_ROOT/python/tests"
