//go:build cgo

package resil

import "time"

// Outcome is what became of an attempt.
type Outcome int32

const (
	Success   Outcome = 0
	Failure   Outcome = 1
	Timeout   Outcome = 2 // the attempt's budget ran out
	Cancelled Outcome = 3 // the caller gave up: counts for nothing and ends the operation
)

// HTTPStatus is the outcome of an attempt that got an HTTP status. The engine judges it: 200 to 399 are successes, and the
// policy says which of the others are retried.
func HTTPStatus(code int) Outcome { return Outcome(0x10000 | code&0xFFFF) }

// GRPCCode is the outcome of an attempt that got a gRPC code. Zero is a success, and the policy says which of the others
// are retried.
func GRPCCode(code uint32) Outcome { return Outcome(0x20000 | int32(code&0xFFFF)) }

// An error can say more about itself by these methods; wrapped errors are asked too.
type (
	withHTTPStatus interface{ HTTPStatusCode() int }
	withRetryAfter interface{ RetryAfter() time.Duration }
)

// OutcomeOf is the default classifier: nil is a success; an error with a method HTTPStatusCode() int has that status; any
// other is a failure.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Success
	}
	if carrier, ok := find[withHTTPStatus](err); ok {
		return HTTPStatus(carrier.HTTPStatusCode())
	}
	return Failure
}

// hintOf is the server's own wish, from an error with a method RetryAfter() time.Duration.
func hintOf(err error) time.Duration {
	if carrier, ok := find[withRetryAfter](err); ok {
		return max(carrier.RetryAfter(), 0)
	}
	return 0
}

// find is errors.As for interfaces without its reflection, which would cost a failing call more than the engine does.
func find[T any](err error) (found T, ok bool) {
	for err != nil {
		if found, ok = err.(T); ok {
			return found, true
		}
		switch wrapper := err.(type) {
		case interface{ Unwrap() error }:
			err = wrapper.Unwrap()
		case interface{ Unwrap() []error }:
			for _, inner := range wrapper.Unwrap() {
				if found, ok = find[T](inner); ok {
					return found, true
				}
			}
			return found, false
		default:
			return found, false
		}
	}
	return found, false
}

// Permanent marks an error as one that no retry can mend: it counts as a failure and ends the operation, which returns err
// itself.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanent{err}
}

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

// unmark takes the mark off.
func unmark(err error) (inner error, isPermanent bool) {
	if mark, ok := find[*permanent](err); ok {
		return mark.error, true
	}
	return err, false
}
