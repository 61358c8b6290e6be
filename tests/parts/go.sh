#!/usr/bin/env bash
# The Go module with the archive of this build, as it is committed, with the race detector and under the other Go release;
# its companions for gRPC and Prometheus, the quickstart's services, the benchmark's code.
# needs: cc=gcc pkg-config=pkg-config
# minutes: 30
set -euo pipefail
OTHER_RELEASE=go1.27.4
STATICCHECK=honnef.co/go/tools/cmd/staticcheck@v0.8.2
root="$RESIL_ROOT" out="$RESIL_ROOT/build/go"
export RESIL_VECTORS="${RESIL_VECTORS:-$root/tests/conformance}" CGO_ENABLED=1

command -v go >/dev/null || { echo "Go is missing: 1.26 or newer is needed (Debian 12's own is older)"; exit 77; }
(cd "$root/bindings/go" && go list -m >/dev/null 2>"$RESIL_LOGS/go-version") ||
  { echo "Go 1.26 or newer is needed: $(tail -n 1 "$RESIL_LOGS/go-version")"; exit 77; }

status=0
step() { # NAME COMMAND...: for what does not count its own tests
  local name="$1"
  shift
  echo "== $name"
  if "$@"; then echo "1 passed, 0 failed"; else echo "0 passed, 1 failed"; status=1; fi
}
counting() { # NAME COMMAND...: for go test -v, which does; only what failed, and the ends, are shown
  local name="$1"
  shift
  echo "== $name"
  "$@" > "$out/$name.log" 2>&1 || { status=1; grep -v '^=== \|^ *--- \|^FAIL' "$out/$name.log" | tail -n 60 || true; }
  grep -E '^ *--- |^(ok|FAIL|panic)|vectors [0-9]+/' "$out/$name.log" || true
}
skip() { echo "0 passed, 0 failed, 1 skipped"; echo "skipped: $*"; }
reachable() { (cd "$1" && go mod download >/dev/null 2>&1); }

mkdir -p "$out"
rm -rf "$out/module" "$out/prefix"
cp -r "$root/bindings/go" "$out/module"
"$root/bindings/go/update_lib.sh" "$RESIL_BUILD/capi/libresil.a" "$out/module"
cmake --install "$RESIL_BUILD" --prefix "$out/prefix" >/dev/null
export RESIL_SYSTEM_PREFIX="$out/prefix"

step gofmt test -z "$(gofmt -l "$root/bindings/go" "$root/examples/go" "$root/tests/bench/go")"
cd "$out/module"
step vet go vet ./...
counting module go test -count=1 -v ./...
counting race go test -count=1 -short -race -v ./...
# A number of inputs, not a time: at the end of a time go 1.26 fails now and then with nothing found (golang/go issue 75804).
step fuzz go test -run '^$' -fuzz FuzzLoadText -fuzztime 50000x .
if go install "$STATICCHECK" 2>/dev/null; then
  step staticcheck "$(go env GOPATH)/bin/staticcheck" ./...
else
  skip "staticcheck cannot be had"
fi
if GOTOOLCHAIN="$OTHER_RELEASE" go version >/dev/null 2>&1; then
  counting other-release env GOTOOLCHAIN="$OTHER_RELEASE" go test -count=1 -short -v ./...
else
  skip "$OTHER_RELEASE cannot be had"
fi
for companion in resilgrpc resilprom; do
  if reachable "$out/module/$companion"; then
    cd "$out/module/$companion"
    step "$companion-vet" go vet ./...
    counting "$companion" go test -count=1 -race -v ./...
  else
    skip "$companion: its dependencies cannot be had"
  fi
done

cd "$root/bindings/go"
counting committed-archive go test -count=1 -short -v -run 'Vectors|Archive' .
cd "$root/examples/go"
step examples go vet ./...
cd "$root/tests/bench/go"
if reachable .; then
  step bench go test -run '^$' -bench . -benchtime 20x
else
  skip "the benchmark's peers cannot be had"
fi
exit $status
