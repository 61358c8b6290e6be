#!/usr/bin/env bash
# JMH: resil beside resilience4j and Failsafe, on one thread and on two, in many short windows, so that a busy machine
# spoils some and not all. Writes java.json and java.md into $RESIL_BENCH_OUT (build/bench). dev.resil:resil must be
# installed: mvn -f bindings/java/pom.xml -DskipTests install
# usage: run.sh [--quick|--smoke]    (--quick: some minutes, wide spreads; --smoke: does every row run at all?)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=${RESIL_BENCH_OUT:-$root/build/bench}
mkdir -p "$out"
case ${1:-} in
  --smoke) options=(-f 0 -wi 0 -i 1 -r 10ms) ;; # in one process: a fork a row would be most of its time
  --quick) options=(-f 1 -wi 8 -w 200ms -i 30 -r 10ms) ;;
  '') options=(-f 3 -wi 10 -w 200ms -i 60 -r 10ms) ;;
  *) echo "usage: run.sh [--quick|--smoke]" >&2; exit 2 ;;
esac

rm -rf "$out/java" # shading an older jar anew would keep the older classes
mvn -q -B -f "$here/pom.xml" -DbuildFolder="$out/java" package
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
for threads in 1 2; do
  "$java" -jar "$out/java/benchmarks.jar" -t $threads "${options[@]}" -prof gc -foe true \
    -jvmArgs "-Xms512m -Xmx512m" -rf json -rff "$out/java-$threads.json" >"$out/java-$threads.log" 2>&1 ||
    { tail -30 "$out/java-$threads.log" >&2; exit 1; }
done
python3 "$here/report.py" "$out"
if [ "${1:-}" = --smoke ]; then echo "every row runs"; else cat "$out/java.md"; fi
