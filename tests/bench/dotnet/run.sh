#!/usr/bin/env bash
# BenchmarkDotNet: resil beside Polly 8 and the standard handler of Microsoft.Extensions.Http.Resilience. Writes dotnet.json and
# dotnet.md into $RESIL_BENCH_OUT (build/bench). RESIL_BUILD names the build tree that has libresil.so (build/release).
# RESIL_BENCH_UNDER is a command to run the benchmark under, e.g. "chrt -f 10" where other programs can't be ended.
# usage: run.sh [--quick|--smoke]    (--quick: some minutes, wide spreads; --smoke: does every row run at all?)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=${RESIL_BENCH_OUT:-$root/build/bench}
case ${1:-} in --smoke | --quick | '') ;; *) echo "usage: run.sh [--quick|--smoke]" >&2; exit 2 ;; esac
mkdir -p "$out"
out=$(cd "$out" && pwd)
export RESIL_BENCH_OUT="$out" RESIL_BUILD="${RESIL_BUILD:-$root/build/release}"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

cd "$here"
dotnet build -c Release -v q -o "$out/dotnet-program" >"$out/dotnet-build.log" 2>&1 || { cat "$out/dotnet-build.log" >&2; exit 1; }
rm -rf "$out/dotnet"
${RESIL_BENCH_UNDER:-} dotnet "$out/dotnet-program/Resil.Bench.dll" "$@" >"$out/dotnet.log" 2>&1 || { tail -n 40 "$out/dotnet.log" >&2; exit 1; }
if [ "${1:-}" = --smoke ]; then echo "every row runs"; exit; fi
python3 "$here/report.py" "$out"
cat "$out/dotnet.md"
