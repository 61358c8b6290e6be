#!/usr/bin/env bash
# The Go module with the archive of this build, as it is committed, with the race detector and under the other Go release;
# its companions for gRPC and Prometheus, the quickstart's services, the benchmark's code.
# needs: cc=gcc pkg-config=pkg-config
set -euo pipefail
OTHER_RELEASE=go1.27.4
STATICCHECK=honnef.co/go/tools/cmd/staticcheck@v0.8.2
root="$RESIL_ROOT" out="$RESIL_ROOT/build/go"
export RESIL_VECTORS="${RESIL_VECTORS:-$root/tests/conformance}" CGO_ENABLED=1

log="$RESIL_LOGS/go-fetched.log"
fetched() { # NAME COMMAND...: what comes from the proxy. 0: it is here; 1: it cannot be had; a broken transfer fails the part
  local name="$1"
  shift
  "$@" > "$log" 2>&1 && return 0
  python3 "$root/examples/runner/reach.py" "$name" "$log" --or-absent > "$RESIL_LOGS/go-why" && return 1
  tail -n 20 "$log"
  echo "$name could not be fetched"
  exit 1
}
command -v go >/dev/null || { echo "Go is missing: 1.26 or newer is needed (Debian 12's own is older)"; exit 77; }
fetched "Go 1.26 or newer" env -C "$root/bindings/go" go list -m || { cat "$RESIL_LOGS/go-why"; exit 77; }

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
skip() { echo "0 passed, 0 failed, 1 skipped"; echo "skipped: $(cat "$RESIL_LOGS/go-why")"; }
modules() { fetched "$1" env -C "$2" go mod download -x; }

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
if fetched staticcheck go install -x "$STATICCHECK"; then
  step staticcheck "$(go env GOPATH)/bin/staticcheck" ./...
else
  skip
fi
if fetched "$OTHER_RELEASE" env GOTOOLCHAIN="$OTHER_RELEASE" go version; then
  counting other-release env GOTOOLCHAIN="$OTHER_RELEASE" go test -count=1 -short -v ./...
else
  skip
fi
for companion in resilgrpc resilprom; do
  if modules "$companion" "$out/module/$companion"; then
    cd "$out/module/$companion"
    step "$companion-vet" go vet ./...
    counting "$companion" go test -count=1 -race -v ./...
  else
    skip
  fi
done

cd "$root/bindings/go"
counting committed-archive go test -count=1 -short -v -run 'Vectors|Archive' .
cd "$root/examples/go"
step examples go vet ./...
cd "$root/tests/bench/go"
if modules "the benchmark's peers" .; then
  step bench go test -run '^$' -bench . -benchtime 20x
else
  skip
fi
exit $status
