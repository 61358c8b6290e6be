//go:build cgo

package resil

import (
	"context"
	"log/slog"
	"time"
)

// handOn logs one event and gives it to the subscribers. Runs in the pump's turn.
func (e *Engine) handOn(raw *rawEvent) {
	p := &e.pump
	lost := raw.seq - p.seen - 1
	p.seen = raw.seq
	level, logger := slog.LevelInfo, e.logger()
	if EventKind(raw.kind) == EventWarning {
		level = slog.LevelWarn
	}
	logs := logger != nil && logger.Enabled(context.Background(), level)
	listened := p.note(raw)
	if !logs && !listened {
		return
	}
	line := e.native.eventText(raw)
	endpoint := e.endpointOf(raw.endpoint)
	if logs && line != "" {
		if endpoint == nil {
			logger.Log(context.Background(), level, line)
		} else {
			logger.LogAttrs(context.Background(), level, line, slog.String("endpoint", endpoint.String()))
		}
	}
	if listened {
		p.send(raw.decode(endpoint, line), lost)
	}
}

// note counts what only this package counts, and tells whether anybody listens.
func (p *pump) note(raw *rawEvent) bool {
	p.lock.Lock()
	defer p.lock.Unlock()
	if EventKind(raw.kind) == EventBreaker {
		into := p.transitions[raw.endpoint]
		into[raw.after]++
		p.transitions[raw.endpoint] = into
	}
	return len(p.subscribers) > 0
}

// send never waits for a subscriber.
func (p *pump) send(event Event, lost uint64) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, s := range p.subscribers {
		s.dropped.Add(lost)
		select {
		case s.channel <- event:
		default:
			s.dropped.Add(1)
		}
	}
}

func (e *Engine) logger() *slog.Logger {
	switch {
	case e.options.quiet:
		return nil
	case e.options.logger != nil:
		return e.options.logger
	}
	return slog.Default()
}

// endpointOf is nil for a warning about none.
func (e *Engine) endpointOf(id int32) *Endpoint {
	e.lock.RLock()
	known := e.byID[id]
	e.lock.RUnlock()
	if known == nil && id >= 0 {
		return e.typeEndpoint(id)
	}
	return known
}

// typeEndpoint is the endpoint of an actor type whose actors share a breaker. The engine made it for itself when the first of them
// was asked for, and only its snapshot tells whose it is.
func (e *Engine) typeEndpoint(id int32) *Endpoint {
	snapshot, err := e.readSnapshot()
	if err != nil {
		return nil
	}
	for i := range snapshot.Endpoints {
		if one := &snapshot.Endpoints[i]; one.Endpoint == id && one.Kind == "actor" && one.ActorID == "" {
			key := endpointKey{kindActor, one.Name, ""}
			e.lock.Lock()
			defer e.lock.Unlock()
			if e.endpoints[key] == nil {
				e.intern(key)
			}
			return e.byID[id]
		}
	}
	return nil
}

// decode names the fields that the kind of event gives a meaning to; see resil.h.
func (raw *rawEvent) decode(endpoint *Endpoint, line string) Event {
	event := Event{Seq: raw.seq, Time: time.Duration(raw.time), Kind: EventKind(raw.kind), Endpoint: endpoint, Text: line}
	switch event.Kind {
	case EventBreaker:
		event.From, event.To = State(raw.before), State(raw.after)
	case EventRetry:
		event.Attempts, event.Outcome, event.Delay = int(raw.before), Outcome(raw.after), time.Duration(raw.value)
	case EventRecovered:
		event.Attempts = int(raw.before)
	case EventRejected:
		event.Attempts, event.Reason, event.Delay = int(raw.before), Reason(raw.after), time.Duration(raw.value)
	case EventTimedOut:
		event.Attempts, event.Outcome, event.Delay = int(raw.before), Timeout, time.Duration(raw.value)
	case EventGaveUp:
		event.Attempts, event.Reason, event.Outcome = int(raw.before), Reason(raw.after), Outcome(raw.value)
	}
	return event
}
