//go:build cgo

package resil

import (
	"sync/atomic"
	"unsafe"
)

// tally counts the healthy calls that the engine did not see. Most endpoints are quiet, so it begins as one number; a busy
// one gets a cache line for each of eight groups of goroutines, so that they do not pass one line around.
type tally struct {
	first atomic.Int64
	wide  atomic.Pointer[[stripes]stripe]
}

type stripe struct {
	calls atomic.Int64
	_     [56]byte
}

const (
	stripes  = 8
	busyFrom = 4096
)

func (t *tally) add() {
	if wide := t.wide.Load(); wide != nil {
		wide[ownStripe()].calls.Add(1)
	} else if t.first.Add(1) == busyFrom {
		t.wide.CompareAndSwap(nil, new([stripes]stripe))
	}
}

// ownStripe picks by the address of the goroutine's stack: free to ask for, and different for goroutines that run at once.
func ownStripe() uintptr {
	var here byte
	address := uintptr(unsafe.Pointer(&here))
	return (address>>11 ^ address>>14) % stripes
}

// take returns what was counted since the last take. Calls that end meanwhile are in this take or the next.
func (t *tally) take() int64 {
	calls := t.first.Swap(0)
	if wide := t.wide.Load(); wide != nil {
		for i := range wide {
			calls += wide[i].calls.Swap(0)
		}
	}
	return calls
}
