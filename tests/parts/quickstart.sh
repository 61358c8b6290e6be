#!/usr/bin/env bash
# The quickstart: its runner, then its story in real time, in Python or the first language that can be had here.
# RESIL_QUICKSTART names the languages instead; empty leaves the story out.
# needs: python:ensurepip=python3-venv python:Python.h=python3-dev g++=g++
set -euo pipefail
python3 -m unittest discover -s examples/runner/tests -t examples

tell() { # LANGUAGE: 0 it was told, 3 this machine cannot have what the language needs
  local code=0 port
  # Any free port, so that nothing else on this machine can be in the way.
  port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
  examples/quickstart "$1" --port "$port" 2>&1 | tee "$RESIL_LOGS/quickstart-$1.log" || code=${PIPESTATUS[0]}
  case $code in
    0) echo "1 passed, 0 failed" ;;
    3) echo "0 passed, 0 failed, 1 skipped"
       echo "skipped: $(grep . "$RESIL_LOGS/quickstart-$1.log" | tail -n 1)" ;;
    *) echo "0 passed, 1 failed"
       exit 1 ;;
  esac
  return "$code"
}

if [ -n "${RESIL_QUICKSTART+named}" ]; then
  for language in $RESIL_QUICKSTART; do tell "$language" || true; done
  exit 0
fi
there=$(examples/quickstart --list)
for language in python csharp javascript java go; do
  if grep -qx "$language" <<< "$there" && tell "$language"; then break; fi
done
