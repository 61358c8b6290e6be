#!/usr/bin/env bash
# go test -bench: resil beside gobreaker and failsafe-go. Writes go.json and go.md, with benchstat's tables at its end, into
# $RESIL_BENCH_OUT (build/bench).
# usage: run.sh [--quick|--smoke]    (--quick: a minute, wide spreads; --smoke: does every row run at all?)
# RESIL_BENCH_UNDER is a command to run the benchmark under, e.g. "chrt -f 10" where other programs can't be ended.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${RESIL_BENCH_OUT:-$here/../../../build/bench}
case ${1:-} in
  --smoke) rounds=1 time=20x ;;
  --quick) rounds=3 time=20ms ;;
  '') rounds=11 time=100ms ;;
  *) echo "usage: run.sh [--quick|--smoke]" >&2; exit 2 ;;
esac
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$here"
CGO_ENABLED=1 go test -c -o "$out/go.test" .
: > "$out/go.txt"
for _ in $(seq "$rounds"); do # all subjects in turn, again and again
  ${RESIL_BENCH_UNDER:-} "$out/go.test" -test.run '^$' -test.bench . -test.benchtime "$time" >> "$out/go.txt"
done
go tool benchstat -col /lib "$out/go.txt" > "$out/go.benchstat.txt"
python3 report.py "$out"
if [ "${1:-}" = --smoke ]; then echo "every row runs"; else cat "$out/go.md"; fi
