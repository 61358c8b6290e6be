//go:build cgo

package resil_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resil/resil/bindings/go"
)

const openForAnHour = "{timeout: 1h, trip: consecutiveFailures > 0}"

// refused tells that a call ended at this moment, without an attempt, because of the breaker and not of its deadline.
func refused(t *testing.T, run func() error) *resil.RejectedError {
	t.Helper()
	start := time.Now()
	err := run()
	var rejected *resil.RejectedError
	if !errors.As(err, &rejected) || !errors.Is(err, resil.ErrOpen) || errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
		t.Fatal(err, time.Since(start))
	}
	return rejected
}

func TestNoWaitPastTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ep := load(t, policy("", "", openForAnHour), resil.WithClock(resil.GoClock())).App("a", "m").With(resil.WaitWhenOpen())
		ep.Run(t.Context(), fail)
		soon, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		due := refused(t, func() error { return ep.Run(soon, succeed) }).RetryAfter
		if due != time.Hour+1 {
			t.Fatal(due)
		}
		refused(t, func() error { return ep.Run(t.Context(), succeed, resil.Within(time.Minute)) })
		refused(t, func() error { return ep.Run(t.Context(), succeed, resil.WithDeadline(time.Now().Add(time.Minute))) })
		refused(t, func() error {
			op := ep.Operation()
			return op.BeginContext(soon, nil)
		})
		refused(t, func() error { return ep.Run(t.Context(), succeed, resil.Within(due)) }) // at that moment is too late
		if err := ep.Run(t.Context(), succeed, resil.Within(due+1)); err != nil {
			t.Fatal("there was time for the probe:", err)
		}
	})
}

// The engine's own clock, which the deadline of a context must be brought to.
func TestNoWaitPastTheDeadlineOnTheEnginesClock(t *testing.T) {
	ep := load(t, policy("", "", openForAnHour)).App("a", "m").With(resil.WaitWhenOpen())
	ep.Run(t.Context(), fail)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
	defer cancel()
	if err := ep.Run(ctx, succeed); !errors.Is(err, resil.ErrOpen) {
		t.Fatal(err)
	}
	if err := ep.Run(t.Context(), succeed, resil.Within(30*time.Minute)); !errors.Is(err, resil.ErrOpen) {
		t.Fatal(err)
	}
}

func TestNoWaitPastTheDeadlineBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ep := load(t, policy("", twice, openForAnHour), resil.WithClock(resil.GoClock())).App("a", "m").With(resil.WaitWhenOpen())
		start := time.Now()
		err := ep.Run(t.Context(), fail, resil.Within(time.Minute))
		var rejected *resil.RejectedError
		if !errors.As(err, &rejected) || !errors.Is(err, resil.ErrOpen) || !errors.Is(err, errBoom) || rejected.Attempts != 1 {
			t.Fatal(err)
		}
		if took := time.Since(start); took != time.Second {
			t.Fatal("only the retry's own delay is waited for:", took)
		}
	})
}

func TestNoWaitForAPermitPastTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ep := load(t, policy("", "", tripAt3), resil.WithClock(resil.GoClock())).App("a", "m").With(resil.WaitWhenOpen())
		for range 3 {
			ep.Run(t.Context(), fail)
		}
		err := ep.Run(t.Context(), func(ctx context.Context) error {
			start := time.Now()
			inner := ep.Run(ctx, succeed, resil.Within(time.Millisecond))
			if !errors.Is(inner, resil.ErrTooManyRequests) || time.Since(start) != 0 {
				t.Error(inner, time.Since(start))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
