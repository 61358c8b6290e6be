//go:build cgo

package resil

import (
	"runtime"
	"time"
)

// BeginCrossing is Begin, but it asks the engine even where the answer is known.
func (op *Operation) BeginCrossing() Decision { return op.cross(op.ep.load()) }

// Unfreed is how many engines there are in C, once the collector has had its chance.
func Unfreed() int64 {
	for range 20 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return unfreed.Load()
}

// ID is the engine's number of the endpoint.
func (ep *Endpoint) ID() int32 { return ep.id }
