#!/usr/bin/env bash
# The C ABI: symbols, layout, header alone, installed tree, dependencies, machine code of the hot path, abidiff.
# needs: abidiff=abigail-tools pkg-config=pkg-config readelf=binutils
set -euo pipefail
ctest --test-dir "$RESIL_BUILD" -j 2 --output-on-failure --no-tests=error -L abi
