//go:build cgo

package resil

import (
	"fmt"
	"sync/atomic"
)

// Endpoint is a target plus what separates breakers inside it. Get it once and keep it: it survives reloads.
type Endpoint struct {
	word     *uint64 // the breaker's state, in the engine's memory
	native   *native
	settings *settings
	plain    bool // nothing in the settings looks at a success
	id       int32
	shared   *shared
	engine   *Engine
	key      endpointKey
	err      error
}

type endpointKey struct {
	kind           int32
	name, instance string
}

const (
	kindApp = iota
	kindActor
	kindInbound
	kindOutbound
	kindBuiltin
)

// App is a method of an app; a method has a breaker of its own. The method may be "".
func (e *Engine) App(name, method string) *Endpoint {
	return e.endpoint(endpointKey{kindApp, name, method})
}

// Actor is an actor of a type, by its id.
func (e *Engine) Actor(actorType, id string) *Endpoint {
	return e.endpoint(endpointKey{kindActor, actorType, id})
}

// Inbound is what a component sends here. componentType (Pubsub, Binding, …, or "") only chooses default policies.
func (e *Engine) Inbound(component, componentType string) *Endpoint {
	return e.endpoint(endpointKey{kindInbound, component, componentType})
}

// Outbound is what is sent to a component. componentType (Statestore, Pubsub, …, or "") only chooses default policies.
func (e *Engine) Outbound(component, componentType string) *Endpoint {
	return e.endpoint(endpointKey{kindOutbound, component, componentType})
}

// Builtin is a reserved policy by its name, e.g. DaprBuiltInServiceRetries.
func (e *Engine) Builtin(policy string) *Endpoint {
	return e.endpoint(endpointKey{kindBuiltin, policy, ""})
}

func (e *Engine) endpoint(key endpointKey) *Endpoint {
	e.lock.RLock()
	known := e.endpoints[key]
	e.lock.RUnlock()
	if known != nil {
		return known
	}
	if e.native.closed.Load() {
		return e.broken(key, ErrClosed)
	}
	e.lock.Lock()
	made := e.endpoints[key]
	if made == nil {
		made = e.intern(key)
	}
	e.lock.Unlock()
	e.drain() // a new endpoint may come with a warning
	return made
}

// intern runs under the lock.
func (e *Engine) intern(key endpointKey) *Endpoint {
	id := e.native.intern(key.kind, key.name, key.instance)
	switch {
	case id == codeFull:
		return e.broken(key, ErrFull)
	case id < 0:
		return e.broken(key, fmt.Errorf("resil: %s is no target (%s): it needs a name", key, nameOf(id)))
	}
	made := &Endpoint{engine: e, native: e.native, settings: &defaults, plain: true, key: key, id: id, shared: &shared{}}
	made.word = e.native.word(id)
	made.shared.base = made
	e.endpoints[key], e.byID[id] = made, made
	return made
}

// never is a word that is not fast, for endpoints without one.
var never uint64

func (e *Engine) broken(key endpointKey, err error) *Endpoint {
	return &Endpoint{engine: e, native: e.native, settings: &defaults, key: key, id: -1, shared: &shared{}, word: &never, err: err}
}

// Err is why the endpoint can't be used, or nil: [ErrFull], [ErrClosed], or a name that the engine refused. Every operation
// on it returns the same error, so few callers need to ask.
func (ep *Endpoint) Err() error { return ep.err }

// String is the endpoint as log lines name it, e.g. `app[order-processor, orders]`.
func (ep *Endpoint) String() string { return ep.key.String() }

func (k endpointKey) String() string {
	kind := [...]string{"app", "actor", "inbound", "outbound", "builtin"}[k.kind]
	if k.instance == "" {
		return fmt.Sprintf("%s[%s]", kind, k.name)
	}
	return fmt.Sprintf("%s[%s, %s]", kind, k.name, k.instance)
}

// State is the state of the endpoint's breaker now, read without moving it; ok is false if the endpoint has no breaker.
func (ep *Endpoint) State() (state State, ok bool) {
	if ep.err != nil {
		return Closed, false
	}
	code := ep.native.state(ep.id)
	return State(max(code, 0)), code >= 0
}

// With returns the endpoint with options for the calls made through it. Breaker and statistics are shared.
func (ep *Endpoint) With(opts ...CallOption) *Endpoint {
	derived, merged := *ep, *ep.settings
	for _, apply := range opts {
		apply(&merged)
	}
	derived.settings = &merged
	derived.plain = ep.err == nil && merged.classifyResult == nil && !merged.limited()
	return &derived
}

// load reads the word: while its fast bit is set, begin would allow and a success would change nothing.
func (ep *Endpoint) load() uint64 { return atomic.LoadUint64(ep.word) }
