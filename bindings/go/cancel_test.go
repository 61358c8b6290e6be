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

var errStopped = errors.New("stopped by the user")

// Whatever the operation is doing when its context ends, it is cancelled and counts for nothing.
func TestCancelDuringTheAttempt(t *testing.T) {
	ep := load(t, policy("10s", twice, tripAt3)).App("a", "m")
	for range 10 {
		ctx, cancel := context.WithCancelCause(t.Context())
		err := ep.Run(ctx, func(ctx context.Context) error {
			cancel(errStopped)
			<-ctx.Done()
			return ctx.Err()
		})
		if !errors.Is(err, errStopped) || !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if calls := snapshotOf(t, ep).Calls; calls.Cancelled != 10 || calls.Failures != 0 || stateOf(t, ep) != resil.Closed {
		t.Fatalf("%+v", calls)
	}
}

func TestCancelOnTheHealthyPath(t *testing.T) {
	ep := load(t, policy("", "", tripAt3)).App("a", "m")
	for range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		err := ep.Run(ctx, func(ctx context.Context) error {
			cancel()
			return errBoom
		})
		if !errors.Is(err, context.Canceled) || !errors.Is(err, errBoom) {
			t.Fatal(err)
		}
	}
	if calls := snapshotOf(t, ep).Calls; calls.Cancelled != 10 || stateOf(t, ep) != resil.Closed {
		t.Fatalf("%+v", calls)
	}
}

// lateContext is a context whose timer has yet to run.
type lateContext struct {
	context.Context
	deadline time.Time
}

func (c lateContext) Deadline() (time.Time, bool) { return c.deadline, true }

// A function with a timer of its own for the deadline of its caller may return before the context has noticed.
func TestDeadlineThatTheContextHasYetToNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ep := load(t, policy("", twice, tripAt3), resil.WithClock(resil.GoClock())).App("a", "m")
		for range 5 {
			err := ep.Run(lateContext{t.Context(), time.Now().Add(time.Second)}, func(context.Context) error {
				time.Sleep(time.Second)
				return errBoom
			})
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errBoom) {
				t.Fatal(err)
			}
		}
		if calls := snapshotOf(t, ep).Calls; calls.Cancelled != 5 || calls.Failures != 0 {
			t.Fatalf("%+v", calls)
		}
	})
}

func TestCancelDuringBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ep := load(t, policy("", "{policy: constant, duration: 1h}", ""), resil.WithClock(resil.GoClock())).App("a", "m")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(errStopped) })
		start := time.Now()
		err := ep.Run(ctx, fail)
		if !errors.Is(err, errStopped) || !errors.Is(err, context.Canceled) || !errors.Is(err, errBoom) || time.Since(start) != time.Minute {
			t.Fatal(err, time.Since(start))
		}
	})
}

func TestCancelWhileWaitingForABreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		breaker := "{timeout: 1h, trip: consecutiveFailures > 0}"
		ep := load(t, policy("", "", breaker), resil.WithClock(resil.GoClock())).App("a", "m").With(resil.WaitWhenOpen())
		ep.Run(t.Context(), fail)
		stopped, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { stop(errStopped) })
		err := ep.Run(stopped, succeed)
		if !errors.Is(err, errStopped) || !errors.Is(err, context.Canceled) || err.Error() != errStopped.Error() {
			t.Fatal(err)
		}
		// A deadline as well changes nothing about who ended it.
		late, cancel := context.WithTimeout(stopped, time.Minute)
		defer cancel()
		if err := ep.Run(late, succeed); !errors.Is(err, errStopped) || errors.Is(err, resil.ErrOpen) {
			t.Fatal(err)
		}
	})
}

// The caller's deadline is a cancellation, even where the policy's timeout would have come at the same moment.
func TestContextDeadlineIsNoTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, budget := range []time.Duration{time.Second, 5 * time.Second, time.Minute} {
			ep := load(t, policy("5s", twice, ""), resil.WithClock(resil.GoClock())).App("a", budget.String())
			for range 5 {
				ctx, cancel := context.WithTimeout(t.Context(), budget)
				err := ep.Run(ctx, func(ctx context.Context) error {
					<-ctx.Done()
					return ctx.Err()
				})
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Fatal(err)
				}
			}
			calls := snapshotOf(t, ep).Calls
			if budget <= 5*time.Second && (calls.Cancelled != 5 || calls.Timeouts != 0) {
				t.Fatalf("%v: %+v", budget, calls)
			}
			if budget > 5*time.Second && calls.Timeouts == 0 {
				t.Fatalf("%v: %+v", budget, calls)
			}
		}
	})
}

// A retry that the context's deadline leaves no time for is not waited for.
func TestRetryThatCannotFitIsNotMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ep := load(t, policy("", "{policy: constant, duration: 10s}", ""), resil.WithClock(resil.GoClock())).App("a", "m")
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		start, attempts := time.Now(), 0
		err := ep.Run(ctx, func(context.Context) error {
			attempts++
			return errBoom
		})
		var exhausted *resil.ExhaustedError
		if !errors.Is(err, resil.ErrDeadline) || !errors.Is(err, errBoom) || !errors.As(err, &exhausted) || exhausted.Attempts != 3 {
			t.Fatal(err)
		}
		if attempts != 3 || time.Since(start) != 20*time.Second {
			t.Fatal(attempts, time.Since(start))
		}
	})
}

func TestWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ep := load(t, policy("5s", "{policy: constant, duration: 1s}", ""), resil.WithClock(resil.GoClock())).App("a", "m")
		hang := func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		for _, option := range []resil.CallOption{resil.Within(8 * time.Second), resil.WithDeadline(time.Now().Add(16 * time.Second))} {
			start := time.Now()
			err := ep.Run(t.Context(), hang, option)
			// 5 s, a second's wait, and the 2 s that are left; the deadline is the policy's business, so this is a timeout.
			if took := time.Since(start); took != 8*time.Second || !errors.Is(err, resil.ErrTimeout) {
				t.Fatal(took, err)
			}
		}
		var rejected *resil.RejectedError
		err := ep.Run(t.Context(), hang, resil.WithDeadline(time.Now().Add(-time.Second)))
		if !errors.Is(err, resil.ErrDeadline) || !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &rejected) {
			t.Fatal(err)
		}
	})
}

// A cancelled probe frees its permit.
func TestCancelledProbeFreesThePermit(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("", "", tripAt3), resil.WithClock(clock)).App("a", "m")
	for range 3 {
		ep.Run(t.Context(), fail)
	}
	clock.now.Add(int64(6 * time.Second))
	ctx, cancel := context.WithCancel(t.Context())
	err := ep.Run(ctx, func(context.Context) error {
		cancel()
		return errBoom
	})
	if !errors.Is(err, context.Canceled) || stateOf(t, ep) != resil.HalfOpen {
		t.Fatal(err, stateOf(t, ep))
	}
	if err := ep.Run(t.Context(), succeed); err != nil || stateOf(t, ep) != resil.Closed {
		t.Fatal(err, stateOf(t, ep))
	}
}
