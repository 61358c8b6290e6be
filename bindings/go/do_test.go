//go:build cgo

package resil_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resil/resil/bindings/go"
)

var errBoom = errors.New("boom")

func fail(context.Context) error    { return errBoom }
func succeed(context.Context) error { return nil }

func TestDoReturnsWhatTheFunctionReturns(t *testing.T) {
	ep := load(t, policy("", "", tripAt3)).App("a", "m")
	result, err := resil.Do(t.Context(), ep, func(context.Context) (string, error) { return "fine", nil })
	if result != "fine" || err != nil {
		t.Fatal(result, err)
	}
	result, err = resil.Do(t.Context(), ep, func(context.Context) (string, error) { return "half", io.EOF })
	if result != "half" || err != io.EOF {
		t.Fatalf("one failed attempt must return its own error, got %q, %v", result, err)
	}
}

func TestRetriesThenSuccess(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("", twice, ""), resil.WithClock(clock)).App("a", "m")
	var numbers []int
	result, err := resil.Do(t.Context(), ep, func(ctx context.Context) (int, error) {
		numbers = append(numbers, resil.AttemptOf(ctx))
		if len(numbers) < 3 {
			return 0, errBoom
		}
		return 7, nil
	})
	if result != 7 || err != nil || fmt.Sprint(numbers) != "[1 2 3]" || clock.Now() != 2*time.Second {
		t.Fatal(result, err, numbers, clock.Now())
	}
}

func TestExhausted(t *testing.T) {
	ep := load(t, policy("", twice, ""), resil.WithClock(&virtual{})).App("a", "m")
	err := ep.Run(t.Context(), fail)
	var exhausted *resil.ExhaustedError
	if !errors.Is(err, resil.ErrExhausted) || !errors.Is(err, errBoom) || !errors.As(err, &exhausted) {
		t.Fatal(err)
	}
	if exhausted.Attempts != 3 || exhausted.Reason != resil.ReasonExhausted || errors.Is(err, resil.ErrDeadline) {
		t.Fatalf("%+v", exhausted)
	}
}

func TestOpenRejects(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("", "", tripAt3), resil.WithClock(clock)).App("a", "m")
	for range 3 {
		if err := ep.Run(t.Context(), fail); err != errBoom {
			t.Fatal(err)
		}
	}
	clock.now.Add(int64(time.Second))
	err := ep.Run(t.Context(), func(context.Context) error { panic("must not be called") })
	var rejected *resil.RejectedError
	if !errors.Is(err, resil.ErrOpen) || errors.Is(err, resil.ErrTooManyRequests) || !errors.As(err, &rejected) {
		t.Fatal(err)
	}
	if rejected.RetryAfter != 4*time.Second+1 || rejected.Endpoint != ep || rejected.Attempts != 0 || rejected.Last != nil {
		t.Fatalf("%+v", rejected)
	}
	if text := err.Error(); !strings.Contains(text, "app[a, m]") || !strings.Contains(text, "4.000000001s") {
		t.Fatal(text)
	}
}

func TestHalfOpenAdmitsOneAndRejectsTheRest(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("", "", tripAt3), resil.WithClock(clock)).App("a", "m")
	for range 3 {
		ep.Run(t.Context(), fail)
	}
	clock.now.Add(int64(6 * time.Second))
	err := ep.Run(t.Context(), func(ctx context.Context) error {
		inner := ep.Run(ctx, succeed)
		if !errors.Is(inner, resil.ErrTooManyRequests) {
			t.Error(inner)
		}
		return nil
	})
	if err != nil || stateOf(t, ep) != resil.Closed {
		t.Fatal(err, stateOf(t, ep))
	}
}

// A breaker that opens between two attempts ends the operation; the error tells both.
func TestRejectedRetryWrapsTheLastError(t *testing.T) {
	ep := load(t, policy("", "{policy: constant, duration: 1s}", tripAt3), resil.WithClock(&virtual{})).App("a", "m")
	err := ep.Run(t.Context(), fail)
	var rejected *resil.RejectedError
	if !errors.As(err, &rejected) || !errors.Is(err, resil.ErrOpen) || !errors.Is(err, errBoom) || rejected.Attempts != 3 {
		t.Fatalf("%v", err)
	}
}

func TestWaitWhenOpenUsesNoRetry(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("", "{policy: constant, duration: 1s, maxRetries: 4}", tripAt3), resil.WithClock(clock)).App("a", "m").
		With(resil.WaitWhenOpen())
	attempts := 0
	err := ep.Run(t.Context(), func(context.Context) error {
		if attempts++; attempts < 5 {
			return errBoom
		}
		return nil
	})
	// Three attempts a second apart open the breaker for 5 s; the probe fails and opens it again; the fifth attempt closes it.
	if err != nil || attempts != 5 || clock.Now() < 12*time.Second || clock.Now() > 13*time.Second {
		t.Fatal(err, attempts, clock.Now())
	}
}

func TestTimeoutEndsTheAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := load(t, policy("250ms", twice, ""), resil.WithClock(resil.GoClock()))
		ep, start := engine.App("a", "m"), time.Now()
		err := ep.Run(t.Context(), func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		var timeout *resil.TimeoutError
		if !errors.Is(err, resil.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, resil.ErrExhausted) ||
			!errors.As(err, &timeout) || timeout.Budget != 250*time.Millisecond || !timeout.Timeout() {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 3*250*time.Millisecond+2*time.Second {
			t.Fatal(took)
		}
		if calls := snapshotOf(t, ep).Calls; calls.Timeouts != 3 || calls.Failures != 3 || calls.Retries != 2 || calls.GaveUp != 1 {
			t.Fatalf("%+v", calls)
		}
	})
}

func TestLateResultIsAResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ep := load(t, policy("250ms", "", tripAt3), resil.WithClock(resil.GoClock())).App("a", "m")
		for range 5 {
			err := ep.Run(t.Context(), func(ctx context.Context) error {
				time.Sleep(time.Second)
				if ctx.Err() == nil {
					t.Error("the context should have ended")
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestPermanentIsNotRetried(t *testing.T) {
	ep := load(t, policy("", twice, tripAt3), resil.WithClock(&virtual{})).App("a", "m")
	for range 3 {
		attempts := 0
		err := ep.Run(t.Context(), func(context.Context) error {
			attempts++
			return fmt.Errorf("outer: %w", resil.Permanent(errBoom))
		})
		if err != errBoom || attempts != 1 {
			t.Fatal(err, attempts)
		}
	}
	if stateOf(t, ep) != resil.Open {
		t.Fatal("permanent failures count for the breaker")
	}
	if resil.Permanent(nil) != nil {
		t.Fatal("Permanent(nil)")
	}
}

type statusError struct {
	code  int
	after time.Duration
}

func (e statusError) Error() string             { return fmt.Sprint("status ", e.code) }
func (e statusError) HTTPStatusCode() int       { return e.code }
func (e statusError) RetryAfter() time.Duration { return e.after }

func TestStatusAndHintFromAnError(t *testing.T) {
	clock := &virtual{}
	retry := "{policy: constant, duration: 1s, maxRetries: 2, matching: {httpStatusCodes: \"429,503\"}}"
	ep := load(t, policy("", retry, ""), resil.WithClock(clock)).App("a", "m")
	attempts := 0
	err := ep.Run(t.Context(), func(context.Context) error {
		attempts++
		return fmt.Errorf("outer: %w", statusError{503, time.Minute})
	})
	if attempts != 3 || !errors.Is(err, resil.ErrExhausted) || clock.Now() != 2*time.Minute {
		t.Fatal(attempts, err, clock.Now())
	}
	attempts = 0
	err = ep.Run(t.Context(), func(context.Context) error {
		attempts++
		return statusError{404, 0}
	})
	if attempts != 1 || err != (statusError{404, 0}) {
		t.Fatal("404 is not in the list:", attempts, err)
	}
}

func TestClassifiers(t *testing.T) {
	engine := load(t, policy("", "", tripAt3))
	ignoring := engine.App("a", "m").With(resil.Classify(func(err error) resil.Outcome {
		if err == io.EOF {
			return resil.Success
		}
		return resil.OutcomeOf(err)
	}))
	for range 5 {
		if err := ignoring.Run(t.Context(), func(context.Context) error { return io.EOF }); err != io.EOF {
			t.Fatal(err)
		}
	}
	if stateOf(t, ignoring) != resil.Closed {
		t.Fatal("an error that is classified as a success must not trip")
	}
	picky := engine.App("a", "n").With(resil.ClassifyResult(func(n int, err error) resil.Outcome {
		if err == nil && n < 0 {
			return resil.Failure
		}
		return resil.OutcomeOf(err)
	}))
	for range 3 {
		n, err := resil.Do(t.Context(), picky, func(context.Context) (int, error) { return -1, nil })
		if n != -1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if stateOf(t, picky) != resil.Open {
		t.Fatal("three bad results must trip")
	}
	if _, err := resil.Do(t.Context(), picky, func(context.Context) (string, error) { return "", nil }); err == nil ||
		!strings.Contains(err.Error(), "string") {
		t.Fatal("a classifier for another type must be told, not ignored:", err)
	}
}

func TestPassThrough(t *testing.T) {
	engine := load(t, policy("", "", ""))
	ep := engine.App("nobody", "configured")
	for range 20 {
		if err := ep.Run(t.Context(), fail); err != errBoom {
			t.Fatal(err)
		}
	}
	if _, has := ep.State(); has {
		t.Fatal("a target without policy has no breaker")
	}
	if calls := snapshotOf(t, ep).Calls; calls.Failures != 20 {
		t.Fatalf("%+v", calls)
	}
}

func TestHealthyCallsAreCounted(t *testing.T) {
	ep := load(t, policy("", "", tripAt3)).App("a", "m")
	for range 10_000 {
		ep.Run(t.Context(), succeed)
	}
	if calls := snapshotOf(t, ep).Calls; calls.Successes != 10_000 {
		t.Fatalf("%+v", calls)
	}
	if calls := snapshotOf(t, ep).Calls; calls.Successes != 10_000 {
		t.Fatalf("credited twice: %+v", calls)
	}
}

func snapshotOf(t testing.TB, ep *resil.Endpoint) resil.EndpointSnapshot {
	t.Helper()
	one, err := ep.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return one
}
