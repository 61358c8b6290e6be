#!/usr/bin/env bash
# libFuzzer on every target, RESIL_FUZZ_SECONDS each (default 60), starting from the stored corpora.
# needs: clang++-14=clang-14 /usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a=libclang-rt-14-dev
# build: none
# on-demand: yes
# minutes: 3000
set -euo pipefail
cmake --preset fuzz
cmake --build --preset fuzz -j 2
passed=0 failed=0
for target in build/fuzz/tests/fuzz/fuzz_*; do
  [ -x "$target" ] && [ -f "$target" ] || continue
  name=$(basename "$target")
  name=${name#fuzz_}
  found=build/fuzz/found/$name
  mkdir -p "$found"
  if "$target" -max_total_time="${RESIL_FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$found/crash-" "$found" "tests/fuzz/$name/corpus"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "$passed $failed 0" > "$RESIL_COUNTS"
[ "$failed" = 0 ]
