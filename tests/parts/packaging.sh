#!/usr/bin/env bash
# Include directions, one version, parity of the bindings, the tree, clang-format, clang-tidy, and this runner.
# needs: clang-format-14=clang-format-14 clang-tidy-14=clang-tidy-14
set -euo pipefail
ctest --test-dir "$RESIL_BUILD" -j 2 --output-on-failure --no-tests=error -L packaging
