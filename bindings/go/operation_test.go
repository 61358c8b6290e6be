//go:build cgo

package resil_test

import (
	"errors"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

func TestAllow(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("", twice, tripAt3), resil.WithClock(clock)).App("a", "m")
	for range 3 {
		done, err := ep.Allow()
		if err != nil {
			t.Fatal(err)
		}
		done(errBoom)
		done(nil) // only the first call counts
	}
	done, err := ep.Allow()
	if done != nil || !errors.Is(err, resil.ErrOpen) {
		t.Fatal(err)
	}
	calls := snapshotOf(t, ep).Calls
	if calls.Failures != 3 || calls.Successes != 0 || calls.Retries != 0 || calls.Rejections != 1 {
		t.Fatalf("%+v", calls)
	}
	clock.now.Add(int64(6 * time.Second))
	if done, err = ep.Allow(); err != nil {
		t.Fatal(err)
	}
	done(nil)
	if stateOf(t, ep) != resil.Closed {
		t.Fatal(stateOf(t, ep))
	}
}

func TestOperationByHand(t *testing.T) {
	clock := &virtual{}
	ep := load(t, policy("1500ms", twice, tripAt3), resil.WithClock(clock)).App("a", "m")
	op, attempts := ep.Operation(), 0
	var last error
	for {
		if err := op.BeginContext(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		attempts++
		if op.Attempt() != attempts || op.Timeout() != 1500*time.Millisecond {
			t.Fatal(op.Attempt(), op.Timeout())
		}
		if last = errBoom; op.EndAfter(resil.HTTPStatus(503), 4*time.Second) != resil.Retry {
			break
		}
		if op.Delay() != 4*time.Second {
			t.Fatal("the server's hint must lengthen the delay:", op.Delay())
		}
		if err := op.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := op.Err(last); !errors.Is(err, resil.ErrExhausted) || op.Reason() != resil.ReasonExhausted || clock.Now() != 8*time.Second {
		t.Fatal(err, op.Reason(), clock.Now())
	}
}

func TestMisuse(t *testing.T) {
	for _, crossing := range []bool{false, true} {
		ep := load(t, policy("", "", tripAt3)).App("a", "m")
		start := func() *resil.Operation {
			op := ep.Operation()
			return &op
		}
		begin := func(op *resil.Operation) resil.Decision {
			if crossing {
				return op.BeginCrossing()
			}
			return op.Begin()
		}
		if op := start(); op.End(resil.Success) != resil.GiveUp || op.Err(nil) != resil.ErrMisuse {
			t.Fatal("End without Begin:", op.Err(nil))
		}
		if op := start(); begin(op) != resil.Allow || begin(op) != resil.Reject || op.Err(nil) != resil.ErrMisuse {
			t.Fatal("Begin twice:", op.Err(nil))
		}
		op := start()
		begin(op)
		if op.End(resil.Success) != resil.Done || begin(op) != resil.Reject || op.Err(nil) != resil.ErrMisuse {
			t.Fatal("Begin after the end:", op.Err(nil))
		}
		op = start()
		begin(op)
		if op.End(resil.Outcome(99)) != resil.GiveUp || op.Err(nil) != resil.ErrMisuse {
			t.Fatal("an outcome that there is not:", op.Err(nil))
		}
	}
}

func TestGRPCCodes(t *testing.T) {
	retry := `{policy: constant, duration: 1s, maxRetries: 5, matching: {gRPCStatusCodes: "14"}}`
	ep := load(t, policy("", retry, ""), resil.WithClock(&virtual{})).App("a", "m")
	for code, want := range map[uint32]resil.Verdict{0: resil.Done, 14: resil.Retry, 5: resil.GiveUp} {
		op := ep.Operation()
		op.Begin()
		if got := op.End(resil.GRPCCode(code)); got != want {
			t.Fatal(code, got)
		}
		if code == 5 && op.Reason() != resil.ReasonNotRetriable {
			t.Fatal(op.Reason())
		}
	}
}
