//go:build cgo

package resil

import "sync/atomic"

// Allow asks for one attempt in two steps: if err is nil, make it and tell done its error. There are no retries. Only the first
// call of done counts; never calling it loses a half-open breaker's permit for a minute.
func (ep *Endpoint) Allow() (done func(err error), err error) {
	op := &struct {
		Operation
		ended atomic.Bool
	}{Operation: ep.Operation()}
	if op.Begin() == Reject {
		return nil, op.Err(nil)
	}
	return func(err error) {
		if op.ended.Swap(true) {
			return
		}
		op.final = true
		if ep.settings.classify != nil {
			op.End(op.judge(err))
		} else {
			op.End(OutcomeOf(err))
		}
	}, nil
}
