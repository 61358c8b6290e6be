//go:build cgo

package resil_test

import (
	"context"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

func explode(context.Context) error { panic("kaboom") }

// A panic counts as a failure and goes on, with the stack of where it began, whatever path the call took.
func TestPanicCountsAndGoesOn(t *testing.T) {
	paths := map[string]string{
		"healthy path": policy("", "", tripAt3),
		"with retries": policy("", twice, tripAt3),
		"with timeout": policy("5s", twice, tripAt3),
		"counting":     policy("", "", `{trip: "totalFailures >= 3"}`),
	}
	for name, yaml := range paths {
		t.Run(name, func(t *testing.T) {
			ep := load(t, yaml, resil.WithClock(&virtual{})).App("a", "m")
			for range 3 {
				panicking(t, func() { ep.Run(t.Context(), explode) })
			}
			if stateOf(t, ep) != resil.Open {
				t.Fatal("three panics must trip")
			}
			if calls := snapshotOf(t, ep).Calls; calls.Failures != 3 || calls.Retries != 0 {
				t.Fatalf("%+v", calls)
			}
		})
	}
}

func panicking(t *testing.T, call func()) {
	t.Helper()
	defer func() {
		if stack := string(debug.Stack()); recover() != "kaboom" || !strings.Contains(stack, "explode") {
			t.Fatal(stack)
		}
	}()
	call()
	t.Fatal("no panic")
}

// A probe that panics gives its permit back by failing.
func TestPanickingProbe(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("", "", tripAt3), resil.WithClock(clock)).App("a", "m")
	for range 3 {
		ep.Run(t.Context(), fail)
	}
	clock.now.Add(int64(6 * time.Second))
	panicking(t, func() { ep.Run(t.Context(), explode) })
	if stateOf(t, ep) != resil.Open {
		t.Fatal(stateOf(t, ep))
	}
	clock.now.Add(int64(6 * time.Second))
	if err := ep.Run(t.Context(), succeed); err != nil {
		t.Fatal(err)
	}
}
