#!/usr/bin/env bash
# The package resil for Node.js: its tests on this machine's Node, its types, the tarball in an empty folder, the shop of examples/extension,
# the benchmarks once.
# needs: node=nodejs npm=npm cmake=cmake make=make g++=g++
set -euo pipefail
log="$RESIL_ROOT/build/node"
mkdir -p "$log"
rm -f "$log/npm.log"

fetch() { # npm's packages; a registry that cannot be reached is no failure of ours
  if ! npm ci --ignore-scripts --loglevel=http >>"$log/npm.log" 2>&1; then
    tail -n 60 "$log/npm.log"
    python3 "$RESIL_ROOT/examples/runner/reach.py" "npm's registry" "$log/npm.log" || exit 1
    exit 77
  fi
}

cd "$RESIL_ROOT/bindings/node"
fetch
export RESIL_LIBRARY="$RESIL_BUILD/capi/libresil.a"
node scripts/build.js
node node_modules/typescript/bin/tsc -p test/types
node --expose-gc --test test/*.test.js
node "$RESIL_ROOT/examples/extension/shop.js"
echo "1 passed, 0 failed"

cd "$RESIL_ROOT/tests/bench/node"
fetch
node bench.js --smoke
