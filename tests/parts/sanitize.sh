#!/usr/bin/env bash
# The tests of core once under AddressSanitizer and UBSan, those with threads once under ThreadSanitizer.
# needs: clang++-14=clang-14 /usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.asan-*.a=libclang-rt-14-dev
# build: none
# By clang: it compiles instrumented tests in half the time of gcc, and is a second compiler that has to agree.
set -euo pipefail
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

# Where the kernel spreads addresses further than ThreadSanitizer expects, it refuses to start.
calm=()
setarch -R true 2>/dev/null && calm=(setarch -R)

failed=0 pids=()
# Whole executables, not a process a test: starting one under a sanitizer costs more than most tests do.
start() { # EXECUTABLE...: side by side
  for program in "$@"; do
    "${calm[@]}" "$program" --gtest_brief=1 &
    pids+=($!)
  done
}
finish() {
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  pids=()
}

# A third of the random sequences: the part `core` runs them all, and here they look for accidents, not for differences.
export RESIL_SEQUENCES="${RESIL_SEQUENCES:-1500}"

cmake --preset asan
cmake --build --preset asan -j 2
start build/asan/tests/unit build/asan/tests/stress/stress

cmake --preset tsan # the unit tests in it are those that start threads; vectors and corpora are replayed by one
cmake --build --preset tsan -j 2 --target unit stress
finish
start build/tsan/tests/unit build/tsan/tests/stress/stress
"${calm[@]}" ctest --test-dir build/asan -j 2 --output-on-failure --no-tests=error -L 'conformance|fuzz' || failed=1
finish
exit $failed
