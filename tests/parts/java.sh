#!/usr/bin/env bash
# dev.resil:resil: its tests on this machine's JDK and on the newest one, the jar in an empty project, the benchmarks once.
# needs: javac=openjdk-17-jdk-headless mvn=maven swig4.0=swig4.0 cmake=cmake make=make g++=g++
# minutes: 30
set -euo pipefail
out="$RESIL_ROOT/build/java"
mkdir -p "$out"
cmake --install "$RESIL_BUILD" --prefix "$out/prefix" >/dev/null

maven() { # run Maven; out of reach of its registry is no failure of ours
  if ! mvn -B -ntp "$@" 2>&1 | tee "$out/maven.log"; then
    if grep -qE "^\[(ERROR|WARNING)\].*Could not transfer artifact" "$out/maven.log"; then # not a test's own words
      echo "Maven Central is out of reach"
      exit 77
    fi
    exit 1
  fi
}
java() { maven -f "$RESIL_ROOT/bindings/java/pom.xml" -Dbuild.dir="$out/target" -Dresil.prefix="$out/prefix" "$@"; }

java install

newest=$(for home in /usr/lib/jvm/*/; do
  "${home}bin/java" -XshowSettings:properties -version 2>&1 | sed -n "s|.*java.specification.version = \([0-9]*\)$|\1 $home|p"
done | sort -n | tail -1)
if [ "${newest%% *}" -ge 21 ]; then
  echo "once more on Java ${newest%% *}, where threads may be virtual"
  java surefire:test -Djvm="${newest#* }bin/java"
fi

rm -rf "$out/consumer"
cp -r "$RESIL_ROOT/bindings/java/src/it/consumer" "$out/consumer"
maven -f "$out/consumer/pom.xml" test

RESIL_BENCH_OUT="$out/bench" "$RESIL_ROOT/tests/bench/java/run.sh" --smoke
