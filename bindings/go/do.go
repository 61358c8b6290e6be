//go:build cgo

package resil

import (
	"context"
	"fmt"
	"runtime"
	"unsafe"
)

// Do makes a whole operation of fn, which is called for each attempt that the policy of ep allows, with a context that ends
// when the attempt's timeout does. Do returns what the last attempt returned, or a [*RejectedError], [*ExhaustedError] or
// [*TimeoutError] that wraps its error.
//
// When ctx ends, whatever the operation is doing, it is cancelled: it ends at once and counts neither as a failure nor as a
// success. A timeout can only ask fn to stop, through the context; a result that comes late all the same is a result. If fn
// panics, or calls [runtime.Goexit], that counts as a failure and goes on.
func Do[T any](ctx context.Context, ep *Endpoint, fn func(ctx context.Context) (T, error), opts ...CallOption) (T, error) {
	if len(opts) > 0 {
		ep = ep.With(opts...)
	}
	word := ep.load()
	if word&(fastBit|timeoutBits) != fastBit || !ep.plain || ep.native.closed.Load() {
		return operate(ctx, ep, fn)
	}
	// From here to its return is all that a healthy call does. What could be functions of its own is not, and ep and word are read
	// back from the flight rather than kept twice: each would add a twentieth.
	flight := flight{ep, word}
	defer flight.land()
	result, err := fn(ctx)
	ep, flight.ep = flight.ep, nil
	if err == nil && ep.load() == flight.word {
		runtime.KeepAlive(ep)
		if wide := ep.shared.healthy.wide.Load(); wide != nil {
			own(wide, unsafe.Pointer(&flight)).Add(1)
		} else {
			ep.shared.healthy.addFirst()
		}
		return result, nil
	}
	return adopt(ctx, ep, flight.word, fn, result, err)
}

// Run is [Do] for a function without a result.
func (ep *Endpoint) Run(ctx context.Context, fn func(ctx context.Context) error, opts ...CallOption) error {
	_, err := Do(ctx, ep, func(ctx context.Context) (struct{}, error) { return struct{}{}, fn(ctx) }, opts...)
	return err
}

// flight is an attempt that began by reading a word. It is in flight until ep is nil.
type flight struct {
	ep   *Endpoint
	word uint64
}

// land ends the attempt of a function that did not return: it panicked, or ended its goroutine.
func (f *flight) land() {
	if f.ep != nil {
		op := f.ep.Operation()
		op.elide(f.word)
		op.fail()
	}
}

// adopt is the rest of Do after a first attempt that began by reading `word`, and failed or saw the word change.
func adopt[T any](ctx context.Context, ep *Endpoint, word uint64, fn func(context.Context) (T, error), result T, err error) (T, error) {
	op := Operation{ep: ep, until: ep.settings.until}
	op.elide(word)
	op.endWith(ctx)
	return goOn(ctx, &op, fn, result, err)
}

// operate is Do for whatever is not a healthy call without a timeout.
func operate[T any](ctx context.Context, ep *Endpoint, fn func(context.Context) (T, error)) (result T, err error) {
	op := Operation{ep: ep, until: ep.settings.until}
	if ep.settings.classifyResult != nil {
		return operateJudging(ctx, &op, fn)
	}
	if err := op.BeginContext(ctx, nil); err != nil {
		return result, err
	}
	if op.ticket.timeout != 0 {
		return attempts(ctx, &op, fn)
	}
	result, err = guardedOperation(ctx, &op, fn)
	return goOn(ctx, &op, fn, result, err)
}

// operateJudging is operate where the result says what it was.
func operateJudging[T any](ctx context.Context, op *Operation, fn func(context.Context) (T, error)) (result T, err error) {
	classify, ok := op.ep.settings.classifyResult.(func(T, error) Outcome)
	if !ok {
		return result, fmt.Errorf("resil: the endpoint's ClassifyResult is a %T, but the call's result is a %T",
			op.ep.settings.classifyResult, result)
	}
	if err := op.BeginContext(ctx, nil); err != nil {
		return result, err
	}
	err = op.run(ctx, func(ctx context.Context) (outcome Outcome, err error) {
		result, err = fn(ctx)
		return classify(result, err), err
	})
	return result, err
}

// attempts makes an operation's attempts from the one that is admitted on.
func attempts[T any](ctx context.Context, op *Operation, fn func(context.Context) (T, error)) (result T, err error) {
	err = op.run(ctx, func(ctx context.Context) (outcome Outcome, err error) {
		result, err = fn(ctx)
		return unjudged, err
	})
	return result, err
}

func guardedOperation[T any](ctx context.Context, op *Operation, fn func(context.Context) (T, error)) (T, error) {
	inFlight := op
	defer func() {
		if inFlight != nil {
			inFlight.fail()
		}
	}()
	result, err := fn(ctx)
	inFlight = nil
	return result, err
}

// goOn is the rest of an operation whose first attempt, without a timeout, returned result and err.
func goOn[T any](ctx context.Context, op *Operation, fn func(context.Context) (T, error), result T, err error) (T, error) {
	err, over := op.conclude(ctx, nil, unjudged, err)
	if over {
		return result, err
	}
	if err := op.next(ctx, err); err != nil {
		return result, err
	}
	return attempts(ctx, op, fn)
}
