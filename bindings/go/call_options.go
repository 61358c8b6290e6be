//go:build cgo

package resil

import "time"

// CallOption configures the calls made through an endpoint: see [Endpoint.With], [Do] and [Endpoint.Run].
type CallOption func(*settings)

type settings struct {
	wait           bool
	within         time.Duration
	until          int64 // on this process's clock; noLimit = no deadline
	classify       func(error) Outcome
	classifyResult any // func(T, error) Outcome
}

var defaults = settings{until: noLimit}

// limited: the operation has a limit, so the engine must know when it began.
func (s *settings) limited() bool { return s.within > 0 || s.until != noLimit }

// WaitWhenOpen makes a call wait for a breaker that is open, or half-open with all permits out, rather than be rejected.
// Waiting is no attempt and uses up no retry. It ends with the caller's context. Where the context's deadline, or the operation's,
// would come first, there is no wait: the call is rejected at once.
func WaitWhenOpen() CallOption { return func(s *settings) { s.wait = true } }

// Within bounds the whole operation, its waits included: attempts get no more time than is left, and a retry that could not
// begin in time is not made.
func Within(d time.Duration) CallOption { return func(s *settings) { s.within = max(d, 1) } }

// WithDeadline is [Within], as a moment. Where the context has a deadline, that limits retries in the same way unasked.
func WithDeadline(t time.Time) CallOption { return func(s *settings) { s.until = sinceStartOf(t) } }

// Classify says what an error means; nil errors are asked about only if they follow a context that ended. The default is
// [OutcomeOf].
func Classify(classify func(err error) Outcome) CallOption {
	return func(s *settings) { s.classify = classify }
}

// ClassifyResult says what a result and its error mean to [Do] with the same T, where an error alone does not tell. A result that
// still counts as a failure when the operation ends is returned as it is, without an error.
func ClassifyResult[T any](classify func(result T, err error) Outcome) CallOption {
	return func(s *settings) { s.classifyResult = classify }
}
