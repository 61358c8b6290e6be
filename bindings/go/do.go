//go:build cgo

package resil

import (
	"context"
	"runtime"
)

// Do makes a whole operation of fn, which is called for each attempt that the policy of ep allows, with a context that ends
// when the attempt's timeout does. Do returns what the last attempt returned, or a [*RejectedError], [*ExhaustedError] or
// [*TimeoutError] that wraps its error.
//
// When ctx ends, whatever the operation is doing, it is cancelled: it ends at once and counts neither as a failure nor as a
// success. A timeout can only ask fn to stop, through the context; a result that comes late all the same is a result. If fn
// panics, that counts as a failure and the panic goes on.
func Do[T any](ctx context.Context, ep *Endpoint, fn func(ctx context.Context) (T, error), opts ...CallOption) (T, error) {
	if len(opts) > 0 {
		ep = ep.With(opts...)
	}
	word := ep.load()
	if word&(fastBit|timeoutBits) != fastBit || !ep.plain || ep.native.closed.Load() {
		return operate(ctx, ep, fn)
	}
	// From here to its return is all that a healthy call does.
	result, err := guarded(ctx, ep, word, fn)
	if err == nil && ep.load() == word {
		runtime.KeepAlive(ep)
		ep.tally.add()
		return result, nil
	}
	return goOn(ctx, ep, fn, word, result, err)
}

// Run is [Do] for a function without a result.
func (ep *Endpoint) Run(ctx context.Context, fn func(ctx context.Context) error, opts ...CallOption) error {
	_, err := Do(ctx, ep, func(ctx context.Context) (struct{}, error) { return struct{}{}, fn(ctx) }, opts...)
	return err
}

// guarded calls fn; a panic ends the attempt on its way up.
func guarded[T any](ctx context.Context, ep *Endpoint, word uint64, fn func(context.Context) (T, error)) (T, error) {
	inFlight := ep
	defer func() {
		if inFlight != nil {
			inFlight.panicked(word)
		}
	}()
	result, err := fn(ctx)
	inFlight = nil
	return result, err
}

func (ep *Endpoint) panicked(word uint64) {
	op := ep.Operation()
	op.elide(word)
	op.fail()
}

// goOn is the rest of Do after a first attempt that began by reading `word`, and failed or saw the word change.
func goOn[T any](ctx context.Context, ep *Endpoint, fn func(context.Context) (T, error), word uint64, result T, err error) (T, error) {
	op := ep.operationFor(ctx)
	op.elide(word)
	err, over := op.conclude(ctx, ctx, ep.settings.outcome(err), err)
	if over {
		return result, err
	}
	err = op.retry(ctx, err, func(ctx context.Context) (outcome Outcome, err error) {
		result, err = fn(ctx)
		return ep.settings.outcome(err), err
	})
	return result, err
}

// operate is Do for whatever is not a healthy call without a timeout.
func operate[T any](ctx context.Context, ep *Endpoint, fn func(context.Context) (T, error)) (result T, err error) {
	classify, err := resultClassifier[T](ep.settings)
	if err != nil {
		return result, err
	}
	op := ep.operationFor(ctx)
	err = op.run(ctx, nil, func(ctx context.Context) (outcome Outcome, err error) {
		result, err = fn(ctx)
		if classify != nil {
			return classify(result, err), err
		}
		return ep.settings.outcome(err), err
	})
	return result, err
}
