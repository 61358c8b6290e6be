#!/usr/bin/env bash
# The engine: unit tests, the conformance vectors through the C ABI, replay of the fuzz corpora.
set -euo pipefail
ctest --test-dir "$RESIL_BUILD" -j 2 --output-on-failure --no-tests=error -L 'unit|conformance|fuzz'
