#!/usr/bin/env bash
# The package resil for Node.js: its tests on this machine's Node, its types, the tarball in an empty folder, the benchmarks once.
# needs: node=nodejs npm=npm cmake=cmake make=make g++=g++
# minutes: 40
set -euo pipefail
log="$RESIL_ROOT/build/node"
mkdir -p "$log"

fetch() { # npm's packages; out of reach of its registry is no failure of ours
  if ! npm ci --ignore-scripts >"$log/npm.log" 2>&1; then
    cat "$log/npm.log"
    if grep -qE "ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|E50[0-9]" "$log/npm.log"; then
      echo "npm's registry is out of reach"
      exit 77
    fi
    exit 1
  fi
}

cd "$RESIL_ROOT/bindings/node"
fetch
export RESIL_LIBRARY="$RESIL_BUILD/capi/libresil.a"
node scripts/build.js
node node_modules/typescript/bin/tsc -p test/types
node --expose-gc --test test/*.test.js

cd "$RESIL_ROOT/tests/bench/node"
fetch
node bench.js --rounds 3
