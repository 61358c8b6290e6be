//go:build cgo

package resil

import (
	"sync/atomic"
	"unsafe"
)

// shared is what an endpoint and all that [Endpoint.With] derived from it have in common: what was decided without the engine.
type shared struct {
	healthy    tally // calls
	rejections tally
	rejection  atomic.Pointer[rejection]
	base       *Endpoint
}

// tally counts. Most endpoints are quiet, so it begins as one number; a busy one gets a cache line for each of eight groups of
// goroutines, so that they do not pass one line around.
type tally struct {
	first atomic.Int64
	wide  atomic.Pointer[[stripes]stripe]
}

type stripe struct {
	count atomic.Int64
	_     [56]byte
}

const (
	stripes  = 8
	busyFrom = 4096
)

func (t *tally) add() {
	if wide := t.wide.Load(); wide != nil {
		own(wide).Add(1)
		return
	}
	t.addFirst()
}

//go:noinline
func (t *tally) addFirst() {
	if t.first.Add(1) == busyFrom {
		t.wide.CompareAndSwap(nil, new([stripes]stripe))
	}
}

// own picks by the address of the goroutine's stack: free to ask for, and different for goroutines that run at once.
func own(wide *[stripes]stripe) *atomic.Int64 {
	var here byte
	address := uintptr(unsafe.Pointer(&here))
	return &wide[(address>>11^address>>14)%stripes].count
}

// sum is what was counted. What is counted meanwhile may be in it or not.
func (t *tally) sum() int64 {
	count := t.first.Load()
	if wide := t.wide.Load(); wide != nil {
		for i := range wide {
			count += wide[i].count.Load()
		}
	}
	return count
}

// take is sum, and what it returns is not counted again.
func (t *tally) take() int64 {
	count := t.first.Swap(0)
	if wide := t.wide.Load(); wide != nil {
		for i := range wide {
			count += wide[i].count.Swap(0)
		}
	}
	return count
}
