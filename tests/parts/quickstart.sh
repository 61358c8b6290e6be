#!/usr/bin/env bash
# The quickstart: its runner, then its story in real time. RESIL_QUICKSTART names the languages; empty leaves the story out.
# needs: python:ensurepip=python3-venv python:Python.h=python3-dev g++=g++
# build: none
# minutes: 30
set -euo pipefail
python3 -m unittest discover -s examples/runner/tests -t examples

for language in ${RESIL_QUICKSTART-python}; do
  # Any free port, so that nothing else on this machine can be in the way.
  port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
  examples/quickstart "$language" --port "$port"
  echo "1 passed, 0 failed"
done
