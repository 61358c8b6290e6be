//go:build cgo

package resil

import (
	"context"
	"time"

	"github.com/resil/resil/bindings/go/internal/deadline"
)

// attempt makes one try and judges it; unjudged leaves that to the endpoint's settings.
type attempt func(ctx context.Context) (Outcome, error)

const unjudged Outcome = -1

// endWith: the operation also ends with ctx.
func (op *Operation) endWith(ctx context.Context) {
	if end, ok := ctx.Deadline(); ok {
		op.until = min(op.until, sinceStartOf(end))
	}
}

// BeginContext is Begin for an operation that ends with ctx. It waits where [WaitWhenOpen] says so. Its error, if there is no
// attempt, wraps last, the error of the attempt before.
func (op *Operation) BeginContext(ctx context.Context, last error) error {
	op.endWith(ctx)
	if op.Begin() == Allow {
		return nil
	}
	return op.waitForAdmission(ctx, last)
}

// shortestWait keeps a caller that waits for a permit, which nobody can foresee, from spinning.
const shortestWait = time.Millisecond

// waitForAdmission goes on after a rejection: with waiting if the caller wishes.
func (op *Operation) waitForAdmission(ctx context.Context, last error) error {
	for {
		if reason := op.Reason(); !op.ep.settings.wait || op.misuse || reason == ReasonNone || reason == ReasonDeadline {
			return op.Err(last)
		}
		wait := max(op.Delay(), shortestWait)
		if ctx.Err() == nil && op.overAfter(wait) {
			return op.Err(last)
		}
		if sleep(ctx, op.ep.native.clock, wait) != nil {
			return cancelled(ctx, last)
		}
		if op.Begin() == Allow {
			return nil
		}
	}
}

// overAfter: after a wait that long there is no time for an attempt, so waiting is pointless, as a retry would not be offered either.
func (op *Operation) overAfter(wait time.Duration) bool {
	return op.ticket.deadline != 0 && int64(wait) >= op.ticket.deadline-op.ep.native.reading()
}

// Wait waits for Delay on the engine's clock, or until ctx ends and then returns [context.Cause] of it.
func (op *Operation) Wait(ctx context.Context) error {
	return sleep(ctx, op.ep.native.clock, op.Delay())
}

// run makes attempts until the operation is over, and returns its error. The first is admitted already.
func (op *Operation) run(ctx context.Context, try attempt) error {
	for {
		err, over := op.try(ctx, try)
		if over {
			return err
		}
		if err := op.next(ctx, err); err != nil {
			return err
		}
	}
}

// next waits for the next attempt and begins it. Its error, if there is none, wraps last.
func (op *Operation) next(ctx context.Context, last error) error {
	if op.Wait(ctx) != nil {
		return cancelled(ctx, last)
	}
	if op.Begin() == Allow {
		return nil
	}
	return op.waitForAdmission(ctx, last)
}

// try makes the attempt that was admitted. A panic ends it on its way up.
func (op *Operation) try(ctx context.Context, try attempt) (err error, over bool) {
	own := ctx
	if op.Attempt() > 1 {
		own = context.WithValue(own, attemptKey{}, op.Attempt())
	}
	var timed context.Context
	if budget := op.Timeout(); budget > 0 && !deadline.Within(ctx, budget) {
		var cancel context.CancelFunc
		timed, cancel = context.WithTimeout(own, budget)
		defer cancel()
		own = timed
	}
	returned := false
	defer func() {
		if !returned {
			op.fail()
		}
	}()
	outcome, err := try(own)
	returned = true
	return op.conclude(ctx, timed, outcome, err)
}

// conclude ends an attempt that returned; `timed` is the context that had its timeout, if there was one. Unless the operation is
// over, a retry is due.
func (op *Operation) conclude(ctx, timed context.Context, outcome Outcome, err error) (result error, over bool) {
	var about traits
	if err != nil {
		about = traitsOf(err)
	}
	if outcome == unjudged {
		outcome = about.outcome
		if op.ep.settings.classify != nil {
			outcome = op.judge(err)
		}
	}
	if outcome != Success {
		if deadline.Ended(ctx) {
			op.End(Cancelled)
			return cancelled(ctx, err), true
		}
		if timed != nil && deadline.Ended(timed) {
			outcome, err = Timeout, &TimeoutError{Budget: op.Timeout(), Last: err}
		}
		if about.permanent != nil {
			op.final, err = true, about.permanent
		}
	}
	switch op.EndAfter(outcome, about.retryAfter) {
	case Done:
		return err, true
	case Retry:
		return err, false
	}
	return op.Err(err), true
}

// judge asks the caller's classifier; if that panics, the attempt failed.
func (op *Operation) judge(err error) Outcome {
	returned := false
	defer func() {
		if !returned {
			op.fail()
		}
	}()
	outcome := op.ep.settings.classify(err)
	returned = true
	return outcome
}

// fail ends the attempt in flight as a failure that no retry follows.
func (op *Operation) fail() {
	op.final = true
	op.End(Failure)
}

type attemptKey struct{}

// AttemptOf is the number of the attempt that a context given by [Do] is for: 1, 2, …
func AttemptOf(ctx context.Context) int {
	if number, ok := ctx.Value(attemptKey{}).(int); ok {
		return number
	}
	return 1
}
