//go:build cgo

package resil

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// For errors.Is.
var (
	ErrOpen            = errors.New("resil: circuit breaker is open")
	ErrTooManyRequests = errors.New("resil: too many requests while the circuit breaker is half-open")
	ErrDeadline        = errors.New("resil: the operation's deadline has passed")
	ErrExhausted       = errors.New("resil: retries exhausted")
	ErrTimeout         = errors.New("resil: attempt timed out")
	ErrClosed          = errors.New("resil: engine is closed")
	ErrFull            = errors.New("resil: no room for another endpoint (see WithMaxEndpoints)")
	ErrMisuse          = errors.New("resil: Begin and End of an operation must alternate, and stop when it is over")
)

// ConfigError is why a policy was refused. Message names the place and what to write instead; Line and Column count from 1
// and are 0 where it is not about a place in a text.
type ConfigError struct {
	Line, Column  int
	Message, Code string
}

func (e *ConfigError) Error() string { return "resil: " + e.Message }

// RejectedError is why the engine admitted no attempt: it is [ErrOpen], [ErrTooManyRequests] or [ErrDeadline], and it wraps
// the error of the attempt before, if there was one.
type RejectedError struct {
	Endpoint   *Endpoint
	Reason     Reason
	RetryAfter time.Duration // until an attempt could be admitted
	Attempts   int           // made before
	Last       error
}

func (e *RejectedError) sentinel() error {
	switch e.Reason {
	case ReasonHalfOpenFull:
		return ErrTooManyRequests
	case ReasonDeadline:
		return ErrDeadline
	}
	return ErrOpen
}

func (e *RejectedError) Error() string {
	text := fmt.Sprintf("%v: %v", e.sentinel(), e.Endpoint)
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(", try again in %v", e.RetryAfter)
	}
	if e.Last != nil {
		text += fmt.Sprintf(" (attempt %d: %v)", e.Attempts, e.Last)
	}
	return text
}

// Is matches the sentinels; a deadline is also [context.DeadlineExceeded].
func (e *RejectedError) Is(target error) bool {
	return target == e.sentinel() || e.Reason == ReasonDeadline && target == context.DeadlineExceeded
}

func (e *RejectedError) Unwrap() error { return e.Last }

// ExhaustedError is [ErrExhausted]: the operation failed after at least one retry, and Last is the last attempt's error. (An
// operation of one attempt, or one that ended with an error that is not retried, returns that error itself.)
type ExhaustedError struct {
	Attempts int
	Reason   Reason // ReasonExhausted, or ReasonDeadline: there was no time for another
	Last     error
}

func (e *ExhaustedError) Error() string {
	why := ErrExhausted
	if e.Reason == ReasonDeadline {
		why = ErrDeadline
	}
	return fmt.Sprintf("%v after %d attempts: %v", why, e.Attempts, e.Last)
}

func (e *ExhaustedError) Is(target error) bool {
	return target == ErrExhausted || e.Reason == ReasonDeadline && target == ErrDeadline
}

func (e *ExhaustedError) Unwrap() error { return e.Last }

// TimeoutError is [ErrTimeout]: the policy's timeout ended the attempt, which returned Last.
type TimeoutError struct {
	Budget time.Duration
	Last   error
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("%v after %v: %v", ErrTimeout, e.Budget, e.Last)
}

func (e *TimeoutError) Is(target error) bool {
	return target == ErrTimeout || target == context.DeadlineExceeded
}

func (e *TimeoutError) Unwrap() error { return e.Last }

// Timeout makes it a timeout for those who ask as package net does.
func (e *TimeoutError) Timeout() bool { return true }

// cancelledError is how an operation ends with its context: what the context says, and why, and what failed before.
type cancelledError struct{ err, cause, last error }

func (e *cancelledError) Error() string {
	if e.last == nil {
		return e.cause.Error()
	}
	return fmt.Sprintf("%v (last attempt: %v)", e.cause, e.last)
}

func (e *cancelledError) Unwrap() []error {
	if e.last == nil {
		return []error{e.err, e.cause}
	}
	return []error{e.err, e.cause, e.last}
}

func cancelled(ctx context.Context, last error) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if err == nil { // its timer has yet to run
		err, cause = context.DeadlineExceeded, context.DeadlineExceeded
	}
	switch {
	case cause == err && (last == nil || errors.Is(err, last)):
		return err
	case last != nil && errors.Is(last, err) && errors.Is(last, cause):
		return last
	case errors.Is(cause, last):
		last = nil
	}
	return &cancelledError{err, cause, last}
}
