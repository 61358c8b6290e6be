//go:build cgo

package resil

// State of a circuit breaker.
type State int32

const (
	Closed   State = 0
	Open     State = 1
	HalfOpen State = 2
)

// String is the state in the words of Dapr's log.
func (s State) String() string {
	switch s {
	case Closed:
		return "closed"
	case Open:
		return "open"
	case HalfOpen:
		return "half-open"
	}
	return "unknown"
}

// Reason says why an operation was rejected or ended without success.
type Reason int32

const (
	ReasonNone         Reason = 0
	ReasonOpen         Reason = 16 // the breaker is open
	ReasonHalfOpenFull Reason = 17 // the breaker is half-open and all its permits are out
	ReasonExhausted    Reason = 18 // no retries left, or no retry policy
	ReasonNotRetriable Reason = 19 // the policy does not retry this status
	ReasonCancelled    Reason = 20 // the caller's context ended
	ReasonDeadline     Reason = 21 // the operation's deadline passed, or a retry would have passed it
)

// String is the engine's word for the reason, e.g. "breaker-open".
func (r Reason) String() string { return nameOf(int32(r)) }

// What the engine answers; see resil.h.
const (
	codeFull   = -3
	codeTicket = -4
)
