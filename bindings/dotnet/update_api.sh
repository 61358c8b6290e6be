#!/bin/sh
# Writes what the packages offer now into their PublicAPI.Unshipped.txt, for whoever meant to change it. Look at the difference.
set -eu
cd "$(dirname "$0")"
for project in src/*/*.csproj; do
  folder=$(dirname "$project")
  [ -f "$folder/PublicAPI.Unshipped.txt" ] || continue
  printf '#nullable enable\n' > "$folder/PublicAPI.Unshipped.txt"
  missing=$(dotnet build "$project" -f net8.0 --no-incremental -nologo -v q -clp:NoSummary 2>&1 || true)
  { printf '#nullable enable\n'
    printf '%s\n' "$missing" | sed -n "s/.*error RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" | LC_ALL=C sort -u
  } > "$folder/PublicAPI.Unshipped.txt"
done
