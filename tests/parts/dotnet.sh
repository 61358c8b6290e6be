#!/usr/bin/env bash
# The .NET packages: their tests, and packed, in empty projects: console, web, NativeAOT, trimmed; the benchmarks once.
# needs: cc=gcc /usr/include/zlib.h=zlib1g-dev
set -euo pipefail
source="$RESIL_ROOT/bindings/dotnet" out="$RESIL_ROOT/build/dotnet"
# Nothing of the build stays behind as a server.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
export RESIL_VECTORS="${RESIL_VECTORS:-$RESIL_ROOT/tests/conformance}" RESIL_BUILD

command -v dotnet >/dev/null || { echo ".NET is missing: the SDK 10 or newer is needed"; exit 77; }
dotnet --list-sdks | grep -qE '^[1-9][0-9]+\.' || { echo "the .NET SDK 10 or newer is needed, not $(dotnet --version)"; exit 77; }
mkdir -p "$out"
log="$out/restore.log"
rm -f "$log"

cannot_be_had() { # NuGet said no: 0 (and the reason) only if it cannot be reached
  tail -n 40 "$log"
  python3 "$RESIL_ROOT/examples/runner/reach.py" NuGet "$log"
}
restore() { # ...: of packages; a registry that cannot be reached is no failure of ours
  dotnet restore -v normal "$@" >>"$log" 2>&1
}
quiet() { # COMMAND...: told only if it fails
  "$@" >"$out/step.log" 2>&1 || { tail -n 60 "$out/step.log"; return 1; }
}

restore "$source/Resil.slnx" --artifacts-path "$out/artifacts" || { cannot_be_had || exit 1; exit 77; }
quiet dotnet build "$source/Resil.slnx" -c Release --no-restore --artifacts-path "$out/artifacts"
status=0
for project in Resil.Tests Resil.Extensions.Tests; do
  dotnet test "$source/test/$project" -c Release --no-build --artifacts-path "$out/artifacts" || status=1
done

echo "== the packages, in empty projects"
rm -rf "$out/feed" "$out/consumers" "$out"/packages/resil*
quiet dotnet pack "$source/Resil.slnx" -c Release --no-build --artifacts-path "$out/artifacts" -o "$out/feed"
ls "$out/feed"
cp -r "$source/test/Consumers" "$out/consumers"
version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$source/Directory.Build.props")
# The packages under test come from the feed and go to a folder of their own; what else is needed may be there already.
export NUGET_FALLBACK_PACKAGES="${NUGET_PACKAGES:-$HOME/.nuget/packages}" NUGET_PACKAGES="$out/packages"
export RestoreAdditionalProjectSources="$out/feed" ResilVersion="$version"

consume() { # NAME PROJECT PROGRAM FLAGS... : publishes the project and runs it
  local name="$1" project="$out/consumers/$2/$2.csproj" to="$out/published/$1"
  shift 2
  echo "== $name"
  rm -rf "$to"
  if ! restore "$project" "$@"; then
    if cannot_be_had; then
      echo "0 passed, 0 failed, 1 skipped"
      echo "skipped: $name: what it is made with cannot be had"
      return
    fi
    echo "0 passed, 1 failed"
    status=1
    return
  fi
  quiet dotnet publish "$project" -c Release --no-restore -o "$to" "$@" || { echo "0 passed, 1 failed"; status=1; return; }
  local program="$to/${project##*/}"
  program="${program%.csproj}"
  ls -l "$program" | awk '{print "program:", $5, "bytes"}'
  local arguments=()
  if [ "${project##*/}" = Vectors.csproj ]; then arguments=("$RESIL_VECTORS"/operations*.jsonl); fi
  (cd "$to" && "$program" "${arguments[@]}") || status=1
}
consume console Vectors
consume web Web
consume adapters Adapters
consume aot Vectors -r linux-x64 -p:PublishAot=true
consume aot-adapters Adapters -r linux-x64 -p:PublishAot=true
consume trimmed Vectors -r linux-x64 -p:PublishSingleFile=true -p:PublishTrimmed=true -p:SelfContained=true

echo "== benchmarks"
unset NUGET_FALLBACK_PACKAGES NUGET_PACKAGES RestoreAdditionalProjectSources
if ! restore "$RESIL_ROOT/tests/bench/dotnet"; then
  cannot_be_had || exit 1
  echo "skipped: the benchmark's peers cannot be had"
elif RESIL_BENCH_OUT="$out/bench" "$RESIL_ROOT/tests/bench/dotnet/run.sh" --smoke; then
  echo "1 passed, 0 failed"
else
  echo "0 passed, 1 failed"
  status=1
fi
exit $status
