#!/bin/sh
# Unpacks the upstream source of a Debian source package, at one upstream version, into a folder:
#   fetch_source.sh PACKAGE VERSION FOLDER
# Works as any user: apt reads the machine's own list of sources, with source packages switched on in a private copy,
# and checks signatures and hashes as ever. Only tar unpacks, so dpkg-dev is not needed. Nothing is left behind on failure.
set -eu
package=$1 version=$2 folder=$3

say() { echo "fetch_source.sh: $*" >&2; }
command -v apt-get >/dev/null || { say "no apt-get here"; exit 1; }

. /etc/os-release
parent=$(dirname "$folder")
mkdir -p "$parent"
work=$(mktemp -d "$parent/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/parts" "$work/unpacked"
chmod 755 "$work"

# Only the distribution's own suites: others seldom have source packages and may not be reachable.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$list" ] || continue
  sed 's/\[[^]]*\]//' "$list" | awk -v code="$VERSION_CODENAME" \
    '$1 == "deb" && $3 ~ "^" code "($|[-/])" { print NR }' | while read -r line; do
      sed -n "${line}s/^deb\([[:space:]]\)/deb-src\1/p" "$list" >> "$work/parts/own.list"
    done
done
for list in /etc/apt/sources.list.d/*.sources; do
  [ -f "$list" ] || continue
  sed '/^#/d' "$list" | awk -v code="$VERSION_CODENAME" 'BEGIN { RS = ""; ORS = "\n\n" }
    match($0, "\nSuites:[^\n]*[ \t]" code "($|[-/ \t\n])") || match($0, "^Suites:[^\n]*[ \t]" code "($|[-/ \t\n])") {
      sub(/Types:[^\n]*/, "Types: deb-src"); print }' >> "$work/parts/own.sources"
done
# Empty lists confuse apt.
find "$work/parts" -size 0 -delete

private() {
  apt-get -qq -o Dir::State::lists="$work/lists" -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
    -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/parts" -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::http::Timeout=20 -o Acquire::Retries=2 -o Acquire::Languages=none -o APT::Get::List-Cleanup=0 "$@"
}

private update >&2 || say "apt-get update complained; going on with what it got"
full=$(private source --print-uris --only-source "$package" 2>/dev/null | sed -n "s/^'[^']*' \([^ ]*\.dsc\) .*/\1/p")
case $full in
  "${package}_${version}"[+-]*) ;;
  "") say "the distribution has no source package $package"; exit 1 ;;
  *) say "the distribution has $full, not version $version"; exit 1 ;;
esac
(cd "$work/archives" && private source --download-only --only-source "$package" >&2)
for archive in "$work"/archives/*.orig.tar.*; do
  case $archive in *.asc) continue ;; esac
  tar -xf "$archive" -C "$work/unpacked" --strip-components=1
done
# Two builds may race for the folder: the first one in wins, the other uses it.
[ -e "$folder" ] || mv -T "$work/unpacked" "$folder" 2>/dev/null || [ -e "$folder" ]
