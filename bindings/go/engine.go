//go:build cgo

package resil

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Engine holds the policies of one or more documents and the state of every breaker.
type Engine struct {
	native  *native
	options *options
	pump    pump

	lock      sync.RWMutex
	endpoints map[endpointKey]*Endpoint
	byID      map[int32]*Endpoint
}

// Load reads `kind: Resiliency` documents from a file, or from every .yaml and .yml of a folder. A document that is not
// right is refused whole, with a [*ConfigError] that names the place and the remedy.
func Load(name string, opts ...Option) (*Engine, error) { return load(path(name), opts) }

// LoadText is [Load] from a text.
func LoadText(yaml string, opts ...Option) (*Engine, error) { return load(text(yaml), opts) }

func load(from source, opts []Option) (*Engine, error) {
	o := optionsOf(opts)
	n, err := open(from, o)
	if err != nil {
		return nil, err
	}
	e := &Engine{native: n, options: o, endpoints: map[endpointKey]*Endpoint{}, byID: map[int32]*Endpoint{}}
	e.pump.transitions = map[int32][3]uint64{}
	e.drain()
	return e, nil
}

// Check returns everything that [Load] would complain about, an error or warning a line, or "".
func Check(name string, opts ...Option) (string, error) { return check(path(name), optionsOf(opts)) }

// CheckText is [Check] for a text.
func CheckText(yaml string, opts ...Option) (string, error) {
	return check(text(yaml), optionsOf(opts))
}

// Reload replaces all policies, or, if there is any error, none. Endpoints stay valid; a breaker keeps its state if its
// settings are equal; an operation in flight finishes under the policy that it began with.
func (e *Engine) Reload(name string) error { return e.reload(path(name)) }

// ReloadText is [Engine.Reload] from a text.
func (e *Engine) ReloadText(yaml string) error { return e.reload(text(yaml)) }

func (e *Engine) reload(from source) error {
	if e.native.closed.Load() {
		return ErrClosed
	}
	err := e.native.reload(from, e.options)
	e.drain()
	return err
}

// AppID is what [WithAppID] said.
func (e *Engine) AppID() string { return e.options.appID }

// unfreed is how many engines there are in C; manyUnfreed, from how many on Close asks the collector to look for closed
// ones, since it cannot see how much memory they hold.
var unfreed atomic.Int64

const manyUnfreed = 64

// Close ends the engine: operations that begin afterwards are refused with [ErrClosed], those in flight still end as they
// would have, and their subscribers' channels are closed. The engine's memory is returned when nothing can reach it any
// more: no operation in flight, and no Endpoint that the program still holds. Closing twice is fine.
func (e *Engine) Close() error {
	if e.native.closed.Swap(true) {
		return nil
	}
	e.drain()
	e.pump.close()
	e.lock.Lock()
	clear(e.endpoints)
	clear(e.byID)
	e.lock.Unlock()
	if unfreed.Load() > manyUnfreed {
		runtime.GC()
	}
	return nil
}
