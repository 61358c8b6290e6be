#!/usr/bin/env bash
# dev.resil:resil: its tests on this machine's JDK and on the newest one, the jar in an empty project, the benchmarks once.
# needs: javac=openjdk-17-jdk-headless mvn=maven swig4.0=swig4.0 cmake=cmake make=make g++=g++
set -euo pipefail
out="$RESIL_ROOT/build/java"
mkdir -p "$out"
cmake --install "$RESIL_BUILD" --prefix "$out/prefix" >/dev/null

log="$RESIL_LOGS/java-maven.log" # of all of this part: a registry that answered once is not out of reach afterwards
: > "$log"
fetching() { # run what may fetch from Maven Central; where that cannot be reached, it is no failure of ours
  if ! "$@" 2>&1 | tee -a "$log" | grep -vE "^(\[INFO\] )?(Downloading|Downloaded) from "; then
    python3 "$RESIL_ROOT/examples/runner/reach.py" "Maven Central" "$log" || exit 1
    exit 77
  fi
}
maven() { fetching mvn -B "$@"; }
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

RESIL_BENCH_OUT="$out/bench" fetching "$RESIL_ROOT/tests/bench/java/run.sh" --smoke
