//go:build cgo

package resil

import (
	"context"
	"fmt"
	"time"
)

// attempt makes one try and judges it.
type attempt func(ctx context.Context) (Outcome, error)

// operationFor starts an operation that also ends with ctx.
func (ep *Endpoint) operationFor(ctx context.Context) Operation {
	op := ep.Operation()
	op.endWith(ctx)
	return op
}

func (op *Operation) endWith(ctx context.Context) {
	if deadline, ok := ctx.Deadline(); ok && (op.until.IsZero() || deadline.Before(op.until)) {
		op.until = deadline
	}
}

// run makes attempts until the operation is over, and returns its error. `last` is the error of the attempt before.
func (op *Operation) run(ctx context.Context, last error, try attempt) error {
	for {
		if err := op.admit(ctx, last); err != nil {
			return err
		}
		err, over := op.try(ctx, try)
		if over {
			return err
		}
		if op.Wait(ctx) != nil {
			return cancelled(ctx, err)
		}
		last = err
	}
}

// retry is run from the wait after a failed attempt on.
func (op *Operation) retry(ctx context.Context, last error, try attempt) error {
	if op.Wait(ctx) != nil {
		return cancelled(ctx, last)
	}
	return op.run(ctx, last, try)
}

// shortestWait keeps a caller that waits for a permit, which nobody can foresee, from spinning.
const shortestWait = time.Millisecond

// BeginContext is Begin for an operation that ends with ctx. It waits where [WaitWhenOpen] says so. Its error, if there is no
// attempt, wraps last, the error of the attempt before.
func (op *Operation) BeginContext(ctx context.Context, last error) error {
	op.endWith(ctx)
	return op.admit(ctx, last)
}

// Wait waits for Delay on the engine's clock, or until ctx ends and then returns [context.Cause] of it.
func (op *Operation) Wait(ctx context.Context) error {
	return sleep(ctx, op.ep.native.clock, op.Delay())
}

func (op *Operation) admit(ctx context.Context, last error) error {
	for op.Begin() == Reject {
		if !op.ep.settings.wait || op.misuse != nil || op.Reason() == ReasonDeadline {
			return op.Err(last)
		}
		if sleep(ctx, op.ep.native.clock, max(op.Delay(), shortestWait)) != nil {
			return cancelled(ctx, last)
		}
	}
	return nil
}

// try makes the attempt that was admitted. A panic ends it on its way up.
func (op *Operation) try(ctx context.Context, try attempt) (err error, over bool) {
	own := ctx
	if op.Attempt() > 1 {
		own = context.WithValue(own, attemptKey{}, op.Attempt())
	}
	if budget := op.Timeout(); budget > 0 && !endsWithin(ctx, budget) {
		timed, cancel := context.WithTimeout(own, budget)
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
	return op.conclude(ctx, own, outcome, err)
}

// endsWithin: the caller's context ends before the budget does, or with it, since the engine cuts the budget to the context's
// deadline. Then the attempt needs no timer of its own, which might fire first and make a failure of a cancellation.
func endsWithin(ctx context.Context, budget time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= budget+time.Millisecond
}

// conclude ends an attempt that returned, made with the context `own`. Unless the operation is over, a retry is due.
func (op *Operation) conclude(ctx, own context.Context, outcome Outcome, err error) (result error, over bool) {
	var hint time.Duration
	if outcome != Success {
		if own != ctx && own.Err() != nil && ctx.Err() == nil {
			outcome, err = Timeout, &TimeoutError{Budget: op.Timeout(), Last: err}
		}
		if ctx.Err() != nil {
			op.EndAfter(Cancelled, 0)
			return cancelled(ctx, err), true
		}
		err, op.final = unmark(err)
		hint = hintOf(err)
	}
	switch op.EndAfter(outcome, hint) {
	case Done:
		return err, true
	case Retry:
		return err, false
	}
	return op.Err(err), true
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

// outcome is what an error means under these settings.
func (s *settings) outcome(err error) Outcome {
	if s.classify != nil {
		return s.classify(err)
	}
	return OutcomeOf(err)
}

func resultClassifier[T any](s *settings) (func(T, error) Outcome, error) {
	if s.classifyResult == nil {
		return nil, nil
	}
	classify, ok := s.classifyResult.(func(T, error) Outcome)
	if !ok {
		var result T
		return nil, fmt.Errorf("resil: the endpoint's ClassifyResult is a %T, but the call's result is a %T", s.classifyResult, result)
	}
	return classify, nil
}
