//go:build cgo

package resil

import (
	"sync"
	"sync/atomic"
	"time"
)

// EventKind says what an [Event] tells.
type EventKind int32

const (
	EventBreaker   EventKind = 1 // a breaker changed From one state To another
	EventRetry     EventKind = 2 // attempt Attempts had Outcome; the next follows after Delay
	EventRecovered EventKind = 3 // an operation succeeded at last, after Attempts attempts
	EventRejected  EventKind = 4 // Reason; an attempt could be admitted after Delay
	EventTimedOut  EventKind = 5 // attempt Attempts ran out of its budget, Delay
	EventGaveUp    EventKind = 6 // an operation with a retry policy failed after Attempts attempts: Reason, last Outcome
	EventWarning   EventKind = 7 // about the policy: see Text
)

// String is the kind in one or two words.
func (k EventKind) String() string {
	names := [...]string{EventBreaker: "breaker", EventRetry: "retry", EventRecovered: "recovered", EventRejected: "rejected",
		EventTimedOut: "timed out", EventGaveUp: "gave up", EventWarning: "warning"}
	if k < EventBreaker || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Event is something that an engine decided or noticed.
type Event struct {
	Seq      uint64        // 1, 2, 3, …
	Time     time.Duration // on the engine's clock
	Kind     EventKind
	Endpoint *Endpoint // nil for a warning about none; of a breaker that an actor type shares, the type's: with an empty id
	From, To State
	Attempts int
	Outcome  Outcome
	Reason   Reason
	Delay    time.Duration
	Text     string // the line to log, or "" if there is none
}

// Subscription is a channel of events. It is closed by Close, and with its engine.
type Subscription struct {
	C       <-chan Event
	channel chan Event
	dropped atomic.Uint64
	pump    *pump
}

// Dropped is how many events found the channel full, or were overwritten in the engine before they could be read.
func (s *Subscription) Dropped() uint64 { return s.dropped.Load() }

// Close ends the subscription.
func (s *Subscription) Close() {
	s.pump.lock.Lock()
	defer s.pump.lock.Unlock()
	s.pump.remove(s)
}

// Subscribe returns the events from now on. A call never waits for a subscriber: what finds the channel full is dropped, and
// counted.
func (e *Engine) Subscribe(capacity int) *Subscription {
	e.drain() // what is older is not for this subscriber
	s := &Subscription{channel: make(chan Event, capacity), pump: &e.pump}
	s.C = s.channel
	e.pump.lock.Lock()
	defer e.pump.lock.Unlock()
	if e.pump.closed {
		close(s.channel)
		return s
	}
	e.pump.subscribers = append(e.pump.subscribers, s)
	return s
}

// pump hands events on. Each is born inside some call, and that call then drains the engine's ring, so no goroutine waits
// for events. `turn` keeps their order; `lock` is not held while a handler of the log runs, which may use the engine.
type pump struct {
	dirty  atomic.Bool
	turn   sync.Mutex
	cursor uint64 // the engine's
	seen   uint64 // the last event handed on
	buffer [32]rawEvent

	lock        sync.Mutex
	transitions map[int32][3]uint64 // of each breaker, into each state
	subscribers []*Subscription
	closed      bool // written under both locks
}

// drain hands on all events that there are. If another goroutine is at it, that one takes these along.
func (e *Engine) drain() {
	p := &e.pump
	p.dirty.Store(true)
	for p.dirty.Load() && p.turn.TryLock() {
		e.takeTurn()
	}
}

func (e *Engine) takeTurn() {
	p := &e.pump
	defer p.turn.Unlock()
	p.dirty.Store(false)
	for !p.closed {
		count := e.native.readEvents(&p.cursor, p.buffer[:])
		for i := range p.buffer[:count] {
			e.handOn(&p.buffer[i])
		}
		if count < len(p.buffer) {
			break
		}
	}
}

func (p *pump) remove(s *Subscription) {
	for i, known := range p.subscribers {
		if known == s {
			p.subscribers = append(p.subscribers[:i:i], p.subscribers[i+1:]...)
			close(s.channel)
			return
		}
	}
}

// close waits for the turn, so that nothing that happened before it is lost.
func (p *pump) close() {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.lock.Lock()
	defer p.lock.Unlock()
	for len(p.subscribers) > 0 {
		p.remove(p.subscribers[0])
	}
	p.closed = true
}
