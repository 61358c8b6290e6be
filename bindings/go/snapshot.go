//go:build cgo

package resil

import (
	"encoding/json"
	"fmt"
)

// Snapshot is the state of every endpoint at one moment, read without moving anything. Counts of calls that run meanwhile may
// be one ahead of each other.
type Snapshot struct {
	Endpoints []EndpointSnapshot `json:"endpoints"`
	Events    uint64             `json:"events"`   // that there were since the start
	Policies  uint64             `json:"policies"` // that the engine holds, those of earlier loads included
}

// EndpointSnapshot is one endpoint. Of Method, ActorID, Direction and Type those are set that its kind has.
type EndpointSnapshot struct {
	Endpoint  int32            `json:"endpoint"`
	Kind      string           `json:"kind"` // app, actor, component or builtin
	Name      string           `json:"name"`
	Method    string           `json:"method"`
	ActorID   string           `json:"id"`
	Direction string           `json:"direction"` // inbound or outbound
	Type      string           `json:"type"`
	Timeout   int64            `json:"timeoutNs"`
	Retry     *string          `json:"retry"` // the policy's name
	Breaker   *BreakerSnapshot `json:"breaker"`
	Evicted   bool             `json:"evicted"`
	Calls     Calls            `json:"calls"`
	// Transitions is how often the breaker came into each state, by State.
	Transitions [3]uint64 `json:"-"`
}

// BreakerSnapshot is a circuit breaker.
type BreakerSnapshot struct {
	Name         string `json:"name"`
	Policy       string `json:"policy"`
	State        State  `json:"state"`
	RetryAfterNs int64  `json:"retryAfterNs"`
	Counts       Counts `json:"counts"`
}

// Counts are what a trip rule reads, since the breaker last changed state or its interval ended. One that the rule does not
// read is not kept while the breaker is closed, and is nil.
type Counts struct {
	Requests             *int64 `json:"requests"`
	TotalSuccesses       *int64 `json:"totalSuccesses"`
	TotalFailures        *int64 `json:"totalFailures"`
	ConsecutiveSuccesses *int64 `json:"consecutiveSuccesses"`
	ConsecutiveFailures  *int64 `json:"consecutiveFailures"`
}

// Calls counts attempts (and of operations, those that recovered or gave up) since the engine was loaded.
type Calls struct {
	Successes  uint64 `json:"successes"`
	Failures   uint64 `json:"failures"`
	Timeouts   uint64 `json:"timeouts"`
	Cancelled  uint64 `json:"cancelled"`
	Rejections uint64 `json:"rejections"`
	Retries    uint64 `json:"retries"`
	Recovered  uint64 `json:"recovered"`
	GaveUp     uint64 `json:"gaveUp"`
}

// UnmarshalText reads the words of [State.String].
func (s *State) UnmarshalText(text []byte) error {
	for _, state := range []State{Closed, Open, HalfOpen} {
		if string(text) == state.String() {
			*s = state
			return nil
		}
	}
	return fmt.Errorf("resil: no such state: %q", text)
}

// MarshalText writes the words of [State.String].
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Snapshot tells the state of every endpoint that was asked for so far.
func (e *Engine) Snapshot() (*Snapshot, error) {
	if e.native.closed.Load() {
		return nil, ErrClosed
	}
	e.credit()
	snapshot, err := e.readSnapshot()
	if err == nil {
		e.complete(snapshot)
	}
	return snapshot, err
}

// readSnapshot is what the engine alone knows.
func (e *Engine) readSnapshot() (*Snapshot, error) {
	snapshot := &Snapshot{}
	if err := json.Unmarshal(e.native.snapshot(), snapshot); err != nil {
		return nil, fmt.Errorf("resil: snapshot: %w", err)
	}
	return snapshot, nil
}

// credit tells the engine of the healthy calls that it did not see.
func (e *Engine) credit() {
	e.lock.RLock()
	defer e.lock.RUnlock()
	for id, ep := range e.byID {
		if calls := ep.shared.healthy.take(); calls > 0 {
			e.native.credit(id, calls)
		}
	}
}

// complete adds what only this package counts.
func (e *Engine) complete(snapshot *Snapshot) {
	e.pump.lock.Lock()
	for i := range snapshot.Endpoints {
		one := &snapshot.Endpoints[i]
		one.Transitions = e.pump.transitions[one.Endpoint]
	}
	e.pump.lock.Unlock()
	e.lock.RLock()
	defer e.lock.RUnlock()
	for i := range snapshot.Endpoints {
		one := &snapshot.Endpoints[i]
		if ep := e.byID[one.Endpoint]; ep != nil {
			one.Calls.Rejections += uint64(ep.shared.rejections.sum())
		}
	}
}

// Snapshot tells the state of one endpoint. It asks for the whole engine's, so it is for tests and support, not for every call.
func (ep *Endpoint) Snapshot() (EndpointSnapshot, error) {
	if ep.err != nil {
		return EndpointSnapshot{}, ep.err
	}
	all, err := ep.engine.Snapshot()
	if err != nil {
		return EndpointSnapshot{}, err
	}
	for _, one := range all.Endpoints {
		if one.Endpoint == ep.id {
			return one, nil
		}
	}
	return EndpointSnapshot{}, fmt.Errorf("resil: no endpoint %d in the snapshot", ep.id)
}
