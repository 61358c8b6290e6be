//go:build cgo

package resil

import "time"

// rejection is an answer of the engine that still holds: the breaker is open, and stays so until a moment that the engine
// named. While the word is the one that it was given under, asking again would only cost a crossing.
type rejection struct {
	word  uint64
	until int64 // the engine will admit nothing before; 0 = not known yet
	made  int64
	err   *RejectedError
}

// An error that is younger is given out again; its RetryAfter is too long by that at most.
const stillFresh = int64(time.Millisecond)

// rejectedAgain answers for the engine, if an answer of it still holds.
func (op *Operation) rejectedAgain(known *rejection, word uint64) bool {
	shared := op.ep.shared
	if known.word != word || known.until == 0 {
		return false
	}
	now := op.ep.native.elapsed()
	if now >= known.until {
		return false
	}
	if now-known.made >= stillFresh {
		known = &rejection{word, known.until, now, shared.rejected(time.Duration(known.until - now))}
		shared.rejection.Store(known)
	}
	shared.rejections.add()
	op.reject, op.refusal = true, known.err
	op.ticket.reason, op.ticket.delay = int32(ReasonOpen), known.until-now
	return true
}

// moment is the time before an operation asks the engine under a word that it was rejected under before.
func (op *Operation) moment(word uint64) int64 {
	if known := op.ep.shared.rejection.Load(); known != nil && known.word == word {
		return op.ep.native.elapsed()
	}
	return 0
}

// noteRejection keeps the engine's answer. It takes two: the first of a breaker's generation changes the word, and only the
// second knows from `asked` when the answer began to hold.
func (op *Operation) noteRejection(word uint64, asked int64) {
	ep := op.ep
	if op.Reason() != ReasonOpen || ep.engine.options.everyRejection || ep.load() != word {
		return
	}
	note := &rejection{word: word, made: asked}
	if asked != 0 {
		note.until, note.err = asked+int64(op.Delay()), ep.shared.rejected(op.Delay())
	}
	ep.shared.rejection.Store(note)
}

func (s *shared) rejected(retryAfter time.Duration) *RejectedError {
	return &RejectedError{Endpoint: s.base, Reason: ReasonOpen, RetryAfter: retryAfter}
}
