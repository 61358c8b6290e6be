//go:build cgo

package resil

import (
	"runtime"
	"time"
)

// BeginCrossing is Begin, but it asks the engine even where the answer is known.
func (op *Operation) BeginCrossing() Decision { return op.cross(op.ep.load()) }

// Unfreed is how many engines there are in C.
func Unfreed() int64 { return unfreed.Load() }

// Freed waits until the collector has left no more than `left` engines in C. It gives up only long after a loaded machine would
// have come to it.
func Freed(left int64) bool {
	for start := time.Now(); unfreed.Load() > left; time.Sleep(time.Millisecond) {
		if time.Since(start) > time.Minute {
			return false
		}
		runtime.GC()
	}
	return true
}

// ID is the engine's number of the endpoint.
func (ep *Endpoint) ID() int32 { return ep.id }
