#!/usr/bin/env bash
# Fresh traces and trip rules from the original breaker and cel-go, replayed through the C ABI. RESIL_SEED repeats a run.
set -euo pipefail
seed="${RESIL_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}"
out="$RESIL_ROOT/build/oracle" replay="$RESIL_BUILD/tests/conformance/replay"
mkdir -p "$out"
cd "$RESIL_ROOT/tests/conformance/oracle"
command -v go >/dev/null || { echo "Go is missing: 1.26 or newer is needed (Debian 12's own is older)"; exit 77; }
fetch() { # NAME COMMAND...: what comes from the proxy, or this part is skipped; a transfer that broke fails it
  local name="$1"
  shift
  "$@" > "$out/go.log" 2>&1 && return
  python3 "$RESIL_ROOT/examples/runner/reach.py" "$name" "$out/go.log" --or-absent && exit 77
  tail -n 20 "$out/go.log"
  exit 1
}
fetch "Go 1.26 or newer" go list -m
fetch "the originals" go mod download -x
go vet .
go build -o "$out/oracle" .

echo "seed $seed"
"$out/oracle" -seed "$seed" -count 300 > "$out/operations.jsonl"
"$out/oracle" -seed "$seed" -count 5000 -trips > "$out/trips.jsonl"
passed=0 failed=0
for replayed in "plain operations" "elided operations" "trips trips"; do
  read -r mode file <<< "$replayed"
  if "$replay" "$mode" "$out/$file.jsonl"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
