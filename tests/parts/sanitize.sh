#!/usr/bin/env bash
# The tests of core once under AddressSanitizer and UBSan, once under ThreadSanitizer.
# build: none
set -euo pipefail
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

# Where the kernel spreads addresses further than gcc 12's ThreadSanitizer expects, it refuses to start.
calm=()
setarch -R true 2>/dev/null && calm=(setarch -R)

failed=0
for preset in asan tsan; do
  cmake --preset "$preset"
  cmake --build --preset "$preset" -j 2
  "${calm[@]}" ctest --test-dir "build/$preset" -j 2 --output-on-failure --no-tests=error || failed=1
done
exit $failed
