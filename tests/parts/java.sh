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

version() { # of the Java at that path
  "$1" -XshowSettings:properties -version 2>&1 | sed -n 's|.*java.specification.version = \([0-9]*\)$|\1|p'
}
mine=${JAVA_HOME:+$JAVA_HOME/bin/java}
mine=${mine:-$(type -P java)}
newest=$(for home in /usr/lib/jvm/*/; do
  if [ -x "${home}bin/java" ]; then echo "$(version "${home}bin/java") ${home}bin/java"; fi
done | sort -n | tail -1)
newest=${newest:-0}

if [ "${newest%% *}" -ge 21 ] && [ "${newest%% *}" -gt "$(version "$mine")" ]; then
  java install '-Dtest=!VirtualThreadTest' # its turn comes on the newer one
  echo "once more on Java ${newest%% *}, where threads may be virtual"
  java surefire:test -Djvm="${newest#* }"
else
  java install
fi

rm -rf "$out/consumer"
cp -r "$RESIL_ROOT/bindings/java/src/it/consumer" "$out/consumer"
maven -f "$out/consumer/pom.xml" test

RESIL_BENCH_OUT="$out/bench" "$RESIL_ROOT/tests/bench/java/run.sh" --smoke
