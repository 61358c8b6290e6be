//go:build cgo

package resil

import (
	"runtime"
	"time"
)

// Operation is one logical call by hand, for callers that [Do] does not fit: Begin and End each attempt, wait as told, and
// stop when told.
//
//	op := endpoint.Operation()
//	for {
//		if err := op.BeginContext(ctx, err); err != nil {
//			return err
//		}
//		err = attempt(op.Timeout())
//		if op.End(resil.OutcomeOf(err)) != resil.Retry {
//			return op.Err(err)
//		}
//		if op.Wait(ctx) != nil {
//			return context.Cause(ctx)
//		}
//	}
//
// An operation that is abandoned costs nothing. It belongs to one goroutine at a time.
type Operation struct {
	ep      *Endpoint
	word    uint64 // the attempt in flight began by reading this word, and the engine knows nothing of it; 0 = it does
	began   int64  // of that attempt
	until   int64  // on this process's clock: the operation must be over; noLimit = it need not
	ticket  ticket
	refusal *RejectedError // the one to return, if any
	misuse  bool
	final   bool // no retry can follow, whatever the policy says
	reject  bool // the last answer was Reject
	over    bool
}

// Decision is what Begin answers.
type Decision int32

const (
	Allow  Decision = 0 // make the attempt within Timeout, then End it exactly once
	Reject Decision = 1 // don't; see Reason, and Delay for how long until one could be
)

// Verdict is what End answers.
type Verdict int32

const (
	Done   Verdict = 0
	Retry  Verdict = 1 // wait for Delay, then Begin again
	GiveUp Verdict = 2 // the operation is over; see Reason
)

// Operation starts one. Nothing is counted until Begin.
func (ep *Endpoint) Operation() Operation { return Operation{ep: ep, until: ep.settings.until} }

// Begin asks for an attempt. After Reject the operation is over, unless the caller chooses to wait: then sleep Delay and
// Begin again.
func (op *Operation) Begin() Decision {
	ep := op.ep
	if op.word != 0 || op.over {
		op.misuse, op.reject = true, true
		return Reject
	}
	if ep.native.closed.Load() || ep.err != nil {
		op.reject = true
		return Reject
	}
	word := ep.load()
	if op.until == noLimit && op.ticket.deadline == 0 && ep.settings.within == 0 {
		if word&fastBit != 0 && op.ticket.attempt == 0 {
			op.elide(word)
			return Allow
		}
		if known := ep.shared.rejection.Load(); known != nil && op.rejectedAgain(known, word) {
			return Reject
		}
	}
	return op.cross(word)
}

// cross asks the engine. `word` is the breaker's from before.
func (op *Operation) cross(word uint64) Decision {
	ep := op.ep
	asked := op.moment(word)
	answer := ep.native.begin(ep.id, op.within(), &op.ticket)
	if op.ticket.flags&hasEvents != 0 {
		ep.engine.drain()
	}
	op.misuse, op.reject, op.refusal = answer < 0, answer != int32(Allow), nil
	if op.reject {
		op.noteRejection(word, asked)
		return Reject
	}
	return Allow
}

// elide begins an attempt without the engine.
func (op *Operation) elide(word uint64) {
	op.word, op.reject = word, false
	op.ticket.attempt = 1
	op.ticket.timeout = int64(word&timeoutBits>>1) * int64(time.Millisecond)
	op.began = op.ep.native.now()
	runtime.KeepAlive(op.ep)
}

// End tells what became of the attempt.
func (op *Operation) End(outcome Outcome) Verdict { return op.EndAfter(outcome, 0) }

// EndAfter is End with the server's own hint (Retry-After): the delay before a retry is at least that long.
func (op *Operation) EndAfter(outcome Outcome, hint time.Duration) Verdict {
	ep := op.ep
	var answer int32
	switch word := op.word; {
	case word == 0 && ep.err != nil:
		answer = codeTicket
	case word == 0:
		answer = ep.native.end(outcome, hint, op.within(), &op.ticket)
	case outcome == Success && ep.load() == word:
		runtime.KeepAlive(ep)
		ep.shared.healthy.add()
		op.word, op.over = 0, true
		return Done
	default:
		op.word, op.ticket = 0, ticket{}
		answer = ep.native.adoptEnd(ep.id, word, op.began, outcome, hint, op.within(), &op.ticket)
	}
	if op.ticket.flags&hasEvents != 0 {
		ep.engine.drain()
	}
	if answer < 0 {
		op.misuse = true
		return GiveUp
	}
	return Verdict(answer)
}

// NoRetry says that no retry can follow the attempt in flight, whatever the policy says: its End gives up.
func (op *Operation) NoRetry() { op.final = true }

// within is how long the operation may still take, for the first crossing; 0 = no limit, < 0 = it ends now.
func (op *Operation) within() int64 {
	if op.final {
		return -1
	}
	limit := int64(op.ep.settings.within)
	if op.until == noLimit || op.ticket.deadline != 0 {
		return limit
	}
	left := op.until - sinceStart()
	if left <= 0 {
		left = -1
	}
	if limit == 0 || left < limit {
		return left
	}
	return limit
}

// Attempt is the number of the attempt in flight or just ended: 1, 2, …
func (op *Operation) Attempt() int { return int(op.ticket.attempt) }

// Timeout is the budget of the attempt just begun; 0 = none.
func (op *Operation) Timeout() time.Duration { return time.Duration(op.ticket.timeout) }

// Delay is how long to wait: after Retry before the next Begin, after Reject until an attempt could be admitted.
func (op *Operation) Delay() time.Duration { return time.Duration(op.ticket.delay) }

// Reason is why the last answer was neither Allow nor Done.
func (op *Operation) Reason() Reason { return Reason(op.ticket.reason) }

// Err is the error of an operation that ended with Reject or GiveUp, given the error of its last attempt: what [Do] would
// return.
func (op *Operation) Err(last error) error {
	switch {
	case op.misuse:
		return ErrMisuse
	case op.reject && op.ep.err != nil:
		return op.ep.err
	case op.reject && op.Reason() == ReasonNone:
		return ErrClosed
	case op.reject && op.refusal != nil && op.Attempt() == 0:
		return op.refusal
	case op.reject:
		return &RejectedError{Endpoint: op.ep.shared.base, Reason: op.Reason(), RetryAfter: op.Delay(), Attempts: op.Attempt(), Last: last}
	}
	if reason := op.Reason(); op.Attempt() > 1 && last != nil && (reason == ReasonExhausted || reason == ReasonDeadline) {
		return &ExhaustedError{Attempts: op.Attempt(), Reason: reason, Last: last}
	}
	return last
}
