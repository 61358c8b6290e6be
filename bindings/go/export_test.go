//go:build cgo

package resil

import (
	"runtime"
	"time"
)

// Crossing returns the operation in a form that enters the engine even for a healthy call.
func (op Operation) Crossing() Operation {
	op.plain = false
	return op
}

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
