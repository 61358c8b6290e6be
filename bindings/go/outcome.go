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

// OutcomeOf is the default classifier: nil is a success; an error with a method HTTPStatusCode() int, or one that wraps such
// an error, has that status; any other is a failure.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Success
	}
	return traitsOf(err).outcome
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

// traits is what an error, or one that it wraps, says about itself by its type or its methods.
type traits struct {
	outcome    Outcome       // by HTTPStatusCode() int
	retryAfter time.Duration // by RetryAfter() time.Duration, the server's own wish
	permanent  error         // what Permanent marked
}

func traitsOf(err error) traits {
	found := traits{outcome: Failure}
	found.collect(err)
	return found
}

type (
	hasStatus     interface{ HTTPStatusCode() int }
	hasRetryAfter interface{ RetryAfter() time.Duration }
	wrapsOne      interface{ Unwrap() error }
	wrapsMany     interface{ Unwrap() []error }
)

// collect walks the tree of errors once: errors.As for each trait would cost a failing call more than the engine does.
func (t *traits) collect(err error) {
	for err != nil {
		switch err.(type) {
		case *permanent, hasStatus, hasRetryAfter, wrapsOne, wrapsMany:
		default:
			return // the usual case, found out by one look
		}
		if mark, ok := err.(*permanent); ok && t.permanent == nil {
			t.permanent = mark.error
		}
		if carrier, ok := err.(hasStatus); ok && t.outcome == Failure {
			t.outcome = HTTPStatus(carrier.HTTPStatusCode())
		}
		if carrier, ok := err.(hasRetryAfter); ok && t.retryAfter == 0 {
			t.retryAfter = max(carrier.RetryAfter(), 0)
		}
		switch wrapper := err.(type) {
		case wrapsOne:
			err = wrapper.Unwrap()
		case wrapsMany:
			for _, inner := range wrapper.Unwrap() {
				t.collect(inner)
			}
			return
		default:
			return
		}
	}
}
