//go:build cgo

package resil_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

func explode(context.Context) error { panic("kaboom") }

// The ways that a call can take.
var paths = map[string]string{
	"healthy path": policy("", "", tripAt3),
	"with retries": policy("", twice, tripAt3),
	"with timeout": policy("5s", twice, tripAt3),
	"counting":     policy("", "", `{trip: "totalFailures >= 3"}`),
}

// A panic counts as a failure and goes on, with the stack of where it began, whatever path the call took.
func TestPanicCountsAndGoesOn(t *testing.T) {
	for name, yaml := range paths {
		t.Run(name, func(t *testing.T) {
			ep := load(t, yaml, resil.WithClock(&virtual{})).App("a", "m")
			for range 3 {
				panicking(t, func() { ep.Run(t.Context(), explode) })
			}
			wantThreeFailures(t, ep)
		})
	}
}

// A function that ends its goroutine, as t.FailNow does, does not return either.
func TestGoexitCountsAndGoesOn(t *testing.T) {
	for name, yaml := range paths {
		t.Run(name, func(t *testing.T) {
			ep := load(t, yaml, resil.WithClock(&virtual{})).App("a", "m")
			for range 3 {
				var ended sync.WaitGroup
				ended.Go(func() {
					ep.Run(t.Context(), func(context.Context) error {
						runtime.Goexit()
						return nil
					})
					t.Error("Goexit must go on")
				})
				ended.Wait()
			}
			wantThreeFailures(t, ep)
		})
	}
}

// A retry that panics, after an attempt that only failed.
func TestPanickingRetry(t *testing.T) {
	for name, yaml := range map[string]string{"": policy("", twice, tripAt3), "with timeout": policy("5s", twice, tripAt3)} {
		t.Run(name, func(t *testing.T) {
			ep := load(t, yaml, resil.WithClock(&virtual{})).App("a", "m")
			panicking(t, func() {
				ep.Run(t.Context(), func(ctx context.Context) error {
					if resil.AttemptOf(ctx) == 2 {
						return explode(ctx)
					}
					return errBoom
				})
			})
			if calls := snapshotOf(t, ep).Calls; calls.Failures != 2 || calls.Retries != 1 {
				t.Fatalf("%+v", calls)
			}
		})
	}
}

// A classifier that panics leaves no attempt in flight: a half-open breaker's permit would be lost.
func TestPanickingClassifier(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("", "", tripAt3), resil.WithClock(clock)).App("a", "m")
	judged := ep.With(resil.Classify(func(err error) resil.Outcome { return resil.OutcomeOf(explode(t.Context())) }))
	for range 3 {
		panicking(t, func() { judged.Run(t.Context(), fail) })
	}
	wantThreeFailures(t, ep)
	for range 3 {
		clock.now.Add(int64(6 * time.Second))
		panicking(t, func() { judged.Run(t.Context(), fail) })
		clock.now.Add(int64(6 * time.Second))
		done, err := judged.Allow()
		if err != nil {
			t.Fatal("the permit was lost:", err)
		}
		panicking(t, func() { done(errBoom) })
	}
}

func wantThreeFailures(t *testing.T, ep *resil.Endpoint) {
	t.Helper()
	if stateOf(t, ep) != resil.Open {
		t.Fatal("three of these must trip")
	}
	if calls := snapshotOf(t, ep).Calls; calls.Failures != 3 || calls.Retries != 0 {
		t.Fatalf("%+v", calls)
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
