//go:build cgo

package resil_test

import (
	"errors"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

func open(t *testing.T, clock *virtual, opts ...resil.Option) (*resil.Engine, *resil.Endpoint) {
	t.Helper()
	engine := load(t, policy("", "", tripAt3), append([]resil.Option{resil.WithClock(clock)}, opts...)...)
	ep := engine.App("a", "m")
	for range 3 {
		ep.Run(t.Context(), fail)
	}
	return engine, ep
}

func rejectedFor(t *testing.T, ep *resil.Endpoint) time.Duration {
	t.Helper()
	var rejected *resil.RejectedError
	if err := ep.Run(t.Context(), succeed); !errors.As(err, &rejected) || !errors.Is(err, resil.ErrOpen) {
		t.Fatal(err)
	}
	return rejected.RetryAfter
}

// Rejections that this package answers from what the engine said before: told, timed and counted as the engine's own.
func TestKnownRejections(t *testing.T) {
	clock := &virtual{}
	clock.now.Store(int64(time.Hour))
	_, ep := open(t, clock)
	due := clock.Now() + 5*time.Second + 1
	for call := range 49 {
		if got, want := rejectedFor(t, ep), due-clock.Now(); got < want || got > want+time.Millisecond {
			t.Fatalf("call %d: try again in %v, want %v", call, got, want)
		}
		clock.now.Add(int64(100 * time.Millisecond))
	}
	op := ep.Operation()
	if op.Begin() != resil.Reject || op.Reason() != resil.ReasonOpen || op.Delay() != due-clock.Now() {
		t.Fatal(op.Reason(), op.Delay())
	}
	if calls := snapshotOf(t, ep).Calls; calls.Rejections != 50 || calls.Failures != 3 {
		t.Fatalf("%+v", calls)
	}
	clock.now.Store(int64(due - 1))
	rejectedFor(t, ep)
	clock.now.Store(int64(due))
	if err := ep.Run(t.Context(), succeed); err != nil || stateOf(t, ep) != resil.Closed {
		t.Fatal("due is due:", err)
	}
	for range 3 {
		ep.Run(t.Context(), fail)
	}
	if got := rejectedFor(t, ep); got != 5*time.Second+1 {
		t.Fatal("a breaker that opened again has a new time:", got)
	}
}

func TestReloadEndsKnownRejections(t *testing.T) {
	engine, ep := open(t, &virtual{})
	for range 5 {
		rejectedFor(t, ep)
	}
	if err := engine.ReloadText(policy("", "", "{timeout: 7s, trip: consecutiveFailures >= 3}")); err != nil {
		t.Fatal(err)
	}
	if err := ep.Run(t.Context(), succeed); err != nil {
		t.Fatal("other settings make a fresh breaker:", err)
	}
}

// An actor type's breaker is shared: one actor's rejections end when another's call closes it.
func TestSharedBreaker(t *testing.T) {
	clock := &virtual{}
	engine := load(t, perType, resil.WithClock(clock))
	one, two := engine.Actor("T", "1"), engine.Actor("T", "2")
	for range 2 {
		for range 3 {
			one.Run(t.Context(), fail)
		}
		for range 5 {
			rejectedFor(t, one)
			rejectedFor(t, two)
		}
		clock.now.Add(int64(6 * time.Second))
		if err := two.Run(t.Context(), succeed); err != nil {
			t.Fatal(err)
		}
		if err := one.Run(t.Context(), succeed); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryRejectionIsAnEvent(t *testing.T) {
	for _, every := range []bool{false, true} {
		opts := []resil.Option{}
		if every {
			opts = append(opts, resil.WithEveryRejection())
		}
		engine, ep := open(t, &virtual{}, opts...)
		events := engine.Subscribe(100)
		for range 10 {
			rejectedFor(t, ep)
		}
		if got := len(events.C); every && got != 10 || !every && got != 1 {
			t.Fatal(every, got)
		}
	}
}

func TestRejectionsOfOperationsWithALimit(t *testing.T) {
	clock := &virtual{}
	_, ep := open(t, clock)
	for range 3 {
		rejectedFor(t, ep)
	}
	limited := ep.With(resil.WithDeadline(time.Now().Add(-time.Hour)))
	if err := limited.Run(t.Context(), succeed); !errors.Is(err, resil.ErrDeadline) || errors.Is(err, resil.ErrOpen) {
		t.Fatal("a deadline that has passed is the reason, however open the breaker is:", err)
	}
}
